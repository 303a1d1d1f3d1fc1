"""The people of the walkthrough story, how they join and how they book, through the public API only."""

import secrets
import time
from typing import Any

import httpx
from rich.progress import Progress

from deploy.local import credentials
from tools import story
from tools.client import Api, Refused

MEMBERSHIP, COURSES = "/api/membership/v1", "/api/courses/v1"
REPORTING, NOTIFICATIONS = "/api/reporting/v1", "/api/notifications/v1"
WAIT_S = 60


class Demo:
    """The story, chapter by chapter."""

    def __init__(self, url: str, state: dict[str, str], admin: credentials.Credentials) -> None:
        self._url = url
        self._state = state
        self._admin = self._as(admin.admin_email, admin.admin_password)
        self._networks: list[str] = []
        self._organisations: dict[str, str] = {}
        self._hr: dict[str, Api] = {}
        self._providers: dict[str, Api] = {}
        self._manager = self._admin
        self._session = ""
        self._bookings: list[dict[str, Any]] = []

    def _as(self, email: str, password: str) -> Api:
        return Api(self._url, self._state["run"]).sign_in(email, password)

    def _mail(self, name: str) -> str:
        return f"{name}.{self._state['run']}@demo.example"

    @property
    def password(self) -> str:
        """The password of everybody but the admin."""
        return self._state["password"]

    def mail(self, key: str) -> str:
        """Return the e-mail address of a person of the story."""
        return self._mail(key)

    def person(self, key: str, name: str, grant: dict[str, str]) -> str:
        """Create a person with one role and return the e-mail address."""
        self._person(key, name, [grant])
        return self._mail(key)

    def close(self) -> None:
        """Sign everybody's connections off."""
        for person in (self._admin, self._manager, *self._hr.values(), *self._providers.values()):
            person.close()

    @property
    def network(self) -> str:
        """The id of the story's network."""
        return self._networks[0]

    @property
    def manager_token(self) -> str:
        """The manager's access token."""
        return self._manager.token

    @property
    def as_manager(self) -> Api:
        """The manager's sight of the API."""
        return self._manager

    def as_company(self, hero: str) -> Api:
        """A company's sight of the API."""
        return self._hr[hero]

    def as_provider(self, bidder: str) -> Api:
        """A training provider's sight of the API."""
        return self._providers[bidder]

    @property
    def state(self) -> dict[str, str]:
        """What this run of the story is made of."""
        return self._state

    def token(self, hero: str) -> str:
        """The access token of a company's HR person."""
        return self._hr[hero].token

    def organisation(self, hero: str) -> str:
        """The id of a company."""
        return self._organisations[hero]

    def extra_session(self, capacity: int) -> str:
        """Schedule and open a session of the story's course, outside of any pool."""
        key = secrets.token_hex(8)
        course = {
            "network_id": self.network,
            "topic_code": story.TOPIC,
            "teaching_units": story.TEACHING_UNITS,
        }
        body = {
            "course_id": self._manager.post(f"{COURSES}/courses", course, f"course/{key}")["id"],
            "days": [{"starts_at": "2027-03-27T08:00:00+01:00", "ends_at": "2027-03-27T15:00:00+01:00"}],
            "minimum_seats": 1,
            "capacity": capacity,
            "price_cents": 100,
            "cost_key": "per_seat",
        }
        session: str = self._manager.post(f"{COURSES}/sessions", body, f"session/{key}")["id"]
        self._manager.post(f"{COURSES}/sessions/{session}/open")
        return session

    def found_networks(self, progress: Progress) -> None:
        """26 networks and their 12 managers."""
        task = progress.add_task("membership: 26 Verbünde", total=len(story.NETWORKS) + story.MANAGERS)
        for number, (name, focus, ags) in enumerate(story.NETWORKS):
            body = {"name": name, "sector_focus": focus, "ags": list(ags)}
            network = self._admin.post(f"{MEMBERSHIP}/networks", body, f"network/{number}")
            self._admin.post(f"{MEMBERSHIP}/networks/{network['id']}/activate")
            self._networks.append(network["id"])
            progress.advance(task)
        for number in range(story.MANAGERS):
            grants = [
                {"role": "network_manager", "network_id": network_id}
                for network_id in self._networks[number :: story.MANAGERS]
            ]
            self._person(f"manager{number}", f"Verbundmanagement {number + 1}", grants)
            progress.advance(task)
        self._manager = self._as(self._mail("manager0"), self._state["password"])

    def _person(self, key: str, name: str, grants: list[dict[str, str]]) -> str:
        body = {"name": name, "email": self._mail(key), "password": self._state["password"], "grants": grants}
        return str(self._admin.post(f"{MEMBERSHIP}/people", body, f"person/{key}")["id"])

    def admit_companies(self, progress: Progress) -> None:
        """Five companies declare their size, apply and are admitted."""
        task = progress.add_task("membership: 5 Betriebe", total=len(story.HEROES))
        for hero in story.HEROES:
            body = {"name": hero.name, "kind": "company", "ags": hero.ags}
            made = self._admin.post(f"{MEMBERSHIP}/organisations", body, f"organisation/{hero.key}")
            self._organisations[hero.key] = made["id"]
            for year in (2024, 2025):
                figures = {
                    "year": year,
                    "annual_work_units": hero.units,
                    "turnover_cents": hero.turnover_cents,
                    "balance_sheet_cents": hero.turnover_cents,
                }
                path = f"{MEMBERSHIP}/organisations/{made['id']}/size-declarations"
                self._admin.post(path, figures, f"size/{hero.key}/{year}")
            grants = [{"role": "company_hr", "organisation_id": made["id"]}]
            self._person(hero.key, f"Personal {hero.key.title()}", grants)
            self._hr[hero.key] = self._as(self._mail(hero.key), self._state["password"])
            path = f"{MEMBERSHIP}/networks/{self._networks[0]}/memberships"
            applied = self._hr[hero.key].post(path, {"organisation_id": made["id"]}, f"apply/{hero.key}")
            roles = {"roles": ["sender"], "since": self._state["since"]}
            self._manager.post(f"{MEMBERSHIP}/memberships/{applied['id']}/admit", roles)
            progress.advance(task)
        for bidder in story.BIDDERS:
            self._register_provider(bidder)
        self._admit_provider()

    def _register_provider(self, bidder: story.Bidder) -> None:
        body = {"name": bidder.name, "kind": "provider", "ags": bidder.ags}
        made = self._admin.post(f"{MEMBERSHIP}/organisations", body, f"organisation/{bidder.key}")
        self._organisations[bidder.key] = made["id"]
        self._person(bidder.key, bidder.name, [{"role": "provider", "organisation_id": made["id"]}])
        self._providers[bidder.key] = self._as(self._mail(bidder.key), self._state["password"])

    def _admit_provider(self) -> None:
        """The first training provider joins the network."""
        path = f"{MEMBERSHIP}/networks/{self._networks[0]}/memberships"
        provider = {"organisation_id": self._organisations["academy"]}
        applied = self._admin.post(path, provider, "apply/academy")
        roles = {"roles": ["driver"], "since": self._state["since"]}
        self._manager.post(f"{MEMBERSHIP}/memberships/{applied['id']}/admit", roles)

    def book(self, progress: Progress, session_id: str) -> None:
        """Twelve people on ten seats; one cancels, the first in the queue moves up; one is substituted."""
        self._session = session_id
        task = progress.add_task("courses: Buchungen", total=len(story.PEOPLE))
        names = iter(story.PEOPLE)
        for hero in story.HEROES:
            for number in range(hero.requests):
                participant = self._employee(hero.key, number, next(names))
                body = {"organisation_id": self._organisations[hero.key], "participant_id": participant}
                path = f"{COURSES}/sessions/{self._session}/bookings"
                key = f"booking/{hero.key}/{number}"
                self._bookings.append(self._hr[hero.key].post(path, body, key))
                progress.advance(task)
        first = self._booking_path(0)
        self._hr["gerber"].post(f"{first}/cancel")
        stranger = self._employee("kallmann", 99, story.SUBSTITUTE)
        path = f"{self._booking_path(story.HEROES[0].requests)}/substitute"
        self._hr["kallmann"].post(path, {"participant_id": stranger})

    def _employee(self, hero: str, number: int, name: str) -> str:
        if (hero, number) == story.PARTICIPANT:
            grants = [{"role": "participant", "organisation_id": self._organisations[hero]}]
            return self._person(f"{hero}.{number}", name, grants)
        path = f"{MEMBERSHIP}/organisations/{self._organisations[hero]}/people"
        body = {"name": name, "email": self._mail(f"{hero}.{number}"), "locale": "en" if number else "de"}
        return str(self._hr[hero].post(path, body, f"employee/{hero}/{number}")["id"])

    def _booking_path(self, index: int) -> str:
        return f"{COURSES}/sessions/{self._session}/bookings/{self._bookings[index]['id']}"

    def outcome(self) -> dict[str, Any]:
        """What became of the bookings: statuses now, the cancellation's fee, unread messages."""
        cancelled = self._hr["gerber"].get(self._booking_path(0))
        promoted = self._hr["neckar"].get(self._booking_path(10))
        waiting = self._hr["neckar"].get(self._booking_path(11))
        return {"cancelled": cancelled, "promoted": promoted, "waiting": waiting}

    def inbox(self, at_least: int) -> list[str]:
        """Wait for the company's messages and return their titles, newest first."""
        deadline = time.monotonic() + WAIT_S
        while True:
            found = self._hr["gerber"].get(f"{NOTIFICATIONS}/inbox")["items"]
            if len(found) >= at_least or time.monotonic() > deadline:
                return [message["title"] for message in found]
            time.sleep(0.2)

    def figures(self) -> dict[str, Any]:
        """Wait until the report says what is expected, and return it as it is."""
        deadline = time.monotonic() + WAIT_S
        found: dict[str, Any] = {}
        while True:
            try:
                report = self._manager.get(f"{REPORTING}/networks/{self._networks[0]}/figures")
                found = {figure["key"]: figure["value"] for figure in report["figures"]}
            except Refused as refused:  # before its first event a network has no report
                if refused.status != httpx.codes.NOT_FOUND:
                    raise
            right = all(found.get(key) == value for key, value in story.EXPECTED.items())
            if right or time.monotonic() > deadline:
                return found
            time.sleep(0.2)
