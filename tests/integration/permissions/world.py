"""All four services without their sockets, two networks with competitors in them, and a caller for every role."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial
from typing import Any

import httpx

from services.courses.memberships.store import MEMBERSHIPS, NETWORKS, Memberships, membership_id
from services.courses.planning import domain as planning
from services.courses.planning.problem import Goal, Plan
from services.courses.planning.proposal import Proposal
from services.courses.planning.store import Documents, run_store
from services.courses.pools.domain import Pool, open_pool
from services.courses.pools.store import pool_store
from services.membership.imports.columns import ImportKind
from services.membership.imports.domain import Scope as ImportScope
from services.membership.imports.handlers import Began, begin_import
from services.membership.parts import Parts
from services.membership.people.domain import Person, PersonStatus
from services.notifications.feeds.domain import Feed
from services.notifications.feeds.store import Feeds
from services.notifications.preferences.store import of_company, of_person
from services.notifications.webhooks.deliveries_api import ping
from services.notifications.webhooks.domain import Webhook
from services.notifications.webhooks.handlers import register
from services.notifications.webhooks.store import Queue, webhook_store
from services.reporting.figures import Summary
from services.reporting.store import ReadModel, _document
from shared.auth import Grant, Principal, Role
from shared.clock import new_id
from shared.ids import NetworkId, PoolId, derived_id
from shared.permissions import Line, Place, Scope, table_of
from shared.process import Service
from shared.store import Cause
from tests.integration.permissions import calls
from tests.integration.permissions.requests import Operation

NETWORK_ROLES = {Role.NETWORK_MANAGER, Role.FUNDER, Role.EVALUATOR}
VARIANTS = (
    "own",
    "other",
    "foreign",
)  # of one's own organisation, of a competitor in one's network, elsewhere
SERVICE_SCOPES = ("letters:open", "contacts:read", "bookings:read", "organisations:read")
PLAIN = {
    "question": "1",
    "list": "organisations",
    "file": "csv",
    "template": "booked_hr",
    "language": "de",
    "token": "x" * 43,
    "suppression_id": "0" * 64,
}
NETWORK_HOOK = ("network_webhook_id", "network_message_id", "delivery_id")
SCHEDULE: dict[str, Any] = {
    "days": [{"starts_at": "2099-05-04T07:00:00Z", "ends_at": "2099-05-04T10:00:00Z"}],
    "minimum_seats": 1,
    "capacity": 4,
    "price_cents": 69_000,
    "cost_key": "per_seat",
}
COSTS = {"cost_key": "per_seat", "fixed_cents": 1000, "minimum_seats": 1, "maximum_seats": 2}
NEED = {
    "topic_code": "emob-hv1",
    "headcount": 2,
    "window_from": "2099-01-04",
    "window_to": "2099-06-30",
    "format": "on_site",
}


@dataclass
class World:
    """`places[variant]` are the ids of the things there; `secrets[variant]` must not reach strangers."""

    services: Mapping[str, Service]
    parts: Parts
    callers: dict[str, Principal] = field(default_factory=dict)
    tokens: dict[str, str] = field(default_factory=dict)
    places: dict[str, dict[str, str]] = field(default_factory=lambda: {name: {} for name in VARIANTS})
    secrets: dict[str, set[str]] = field(default_factory=lambda: {name: set() for name in VARIANTS})

    async def call(
        self, service: str, method: str, path: str, who: str | None, *, query: Any = None, body: Any = None
    ) -> httpx.Response:
        transport = httpx.ASGITransport(self.services[service].app, client=("127.0.0.1", 1))
        headers = {"Authorization": f"Bearer {self.tokens[who]}"} if who else {}
        async with httpx.AsyncClient(transport=transport, base_url="http://world") as http:
            return await http.request(method, path, headers=headers, params=query, json=body)

    async def made(self, path: str, who: str, body: Any = None) -> dict[str, Any]:
        answer = await self.call(path.split("/")[2], "POST", path, who, body=body)
        assert answer.status_code in {200, 201, 202}, (path, answer.text)
        found: dict[str, Any] = answer.json()
        return found

    def place(self, variant: str, caller: str) -> dict[str, str]:
        """Return the ids to ask for; one's own inbox is another one for every caller."""
        entry = derived_id("entry", caller) if variant == "own" else derived_id("entry", "somebody")
        feed = derived_id("feed", caller if variant == "own" else "somebody")
        return {**PLAIN, **self.places[variant], "entry_id": entry, "feed_id": feed}

    def facts(self, variant: str, principal: Principal) -> Place:
        """Return whose the things of the variant are, as the permission table has to judge them."""
        place = self.places[variant]
        members = {self.places[name]["organisation_id"] for name in VARIANTS[:2]}
        return Place(
            network_id=place["network_id"],
            organisation_id=place["organisation_id"],
            person_id=principal.id if variant == "own" else "somebody",
            members=frozenset(members if variant != "foreign" else {place["organisation_id"]}),
        )

    def request(self, operation: Operation, variant: str, caller: str) -> tuple[str, dict[str, str], Any]:
        place = self.place(variant, caller)
        line = table_of(operation.service).lines.get(operation.id, Line())
        if variant == "own" and line.every_person == Scope.OWN_PERSON:
            place["person_id"] = self.callers[caller].id
        return operation.request(place)


async def build(services: Mapping[str, Service]) -> World:
    """Found two networks with their members, needs, pools, sessions and bookings, through the routes."""
    world = World(services, services["membership"].app.state.parts)
    await _caller(world, "platform_admin", Grant(role=Role.PLATFORM_ADMIN))
    for number, network in enumerate(("one", "two")):
        body = {"name": f"Verbund {network}", "sector_focus": "textile", "ags": ["08415"]}
        made = await world.made("/api/membership/v1/networks", "platform_admin", body)
        manager = Grant(role=Role.NETWORK_MANAGER, network_id=made["id"])
        await _caller(world, "network_manager" if number == 0 else "stranger", manager)
        for variant in ("own", "other") if number == 0 else ("foreign",):
            world.places[variant]["network_id"] = made["id"]
        await world.made(f"/api/membership/v1/networks/{made['id']}/activate", "platform_admin")
    for variant in VARIANTS:
        await _company(world, variant)
    await _callers(world)
    await _courses(world)
    await calls.add(world)
    await _waitlist(world)
    await _plans(world)
    await _readers(world)
    await _webhooks(world)
    await _mails(world)
    for variant in VARIANTS:
        network_level = (
            {
                "network_id",
                "course_id",
                "pool_id",
                "session_id",
                "call_id",
                "run_id",
                "shared_pool_id",
                "wave_id",
                *NETWORK_HOOK,
            }
            if variant != "foreign"
            else set()
        )
        world.secrets[variant] |= {
            value for name, value in world.places[variant].items() if name not in network_level
        }
    return world


async def _company(world: World, variant: str) -> None:
    place, manager = world.places[variant], "stranger" if variant == "foreign" else "network_manager"
    name = f"Geheim {variant} GmbH"
    body = {"name": name, "kind": "company", "ags": "08415"}
    registrar = "network_manager" if variant == "own" else "platform_admin"
    made = await world.made("/api/membership/v1/organisations", registrar, body)
    place["organisation_id"] = made["id"]
    applied = await world.made(
        f"/api/membership/v1/networks/{place['network_id']}/memberships",
        "platform_admin",
        {"organisation_id": made["id"]},
    )
    place["membership_id"] = applied["id"]
    admission = {"roles": ["sender"], "since": "2026-11-01"}
    await world.made(f"/api/membership/v1/memberships/{applied['id']}/admit", manager, admission)
    email = f"{variant}@geheim.example"
    person = await world.made(
        f"/api/membership/v1/organisations/{made['id']}/people",
        "platform_admin",
        {"name": f"Person {variant}", "email": email},
    )
    place["person_id"] = place["participant_id"] = person["id"]
    contact = {
        "name": f"Kontakt {variant}",
        "email": f"kontakt-{variant}@geheim.example",
        "grants": [{"role": "company_hr", "organisation_id": made["id"]}],
    }
    place["contact_id"] = (await world.made("/api/membership/v1/people", "platform_admin", contact))["id"]
    world.secrets[variant] |= {name, email, f"Person {variant}", contact["email"], contact["name"]}
    talked_to = {"name": f"Partner {variant}", "email": f"partner.{variant}@geheim.example"}
    prospect = await world.made(
        f"/api/membership/v1/networks/{place['network_id']}/prospects",
        manager,
        {"organisation_name": f"Interessent {variant}", "ags": "08415", "contact": talked_to},
    )
    place["prospect_id"] = prospect["id"]
    world.secrets[variant] |= {talked_to["name"], talked_to["email"], f"Interessent {variant}"}
    grant = {"amount_cents": 1, "granted_on": "2026-01-01", "giver": "Geber (Demo)"}
    aid = await world.made(
        f"/api/membership/v1/organisations/{made['id']}/aid-grants", "platform_admin", grant
    )
    place["grant_id"] = aid["grants"][0]["id"]
    invited = await world.made(
        f"/api/membership/v1/people/{place['contact_id']}/invitation", "platform_admin"
    )
    place["letter_id"] = invited["letter_id"]
    for scope, name in (("network_id", "import_id"), ("organisation_id", "employee_import_id")):
        place[name] = await _import(world, ImportScope(**{scope: place[scope]}))
    erasure = await world.made(
        f"/api/membership/v1/people/{person['id']}/erasure", "platform_admin", {"wait_hours": 600}
    )
    place["erasure_id"] = erasure["id"]
    courses = services_memberships(world.services["courses"])
    values = {"network_id": place["network_id"], "organisation_id": made["id"], "kind": "company"}
    await courses.keep_membership(
        membership_id(place["network_id"], made["id"]), 1, {**values, "active": True}
    )


async def _import(world: World, scope: ImportScope) -> str:
    kind = ImportKind.ORGANISATIONS if scope.network_id else ImportKind.PEOPLE
    content = b"Name;Kreis;E-Mail\n;08415;\n"  # a line without a name: finished at once, with a finding
    wanted = Began(new_id(), kind, scope, dry_run=False, by="somebody", fingerprint="")
    job = await begin_import(wanted, content, imports=world.parts.imports, clock=world.parts.clock)
    return job.id


def services_memberships(courses: Service) -> Memberships:
    return Memberships(courses.collection(MEMBERSHIPS), courses.collection(NETWORKS))


async def _callers(world: World) -> None:
    own = world.places["own"]
    for role in Role:
        if role.value in world.callers:
            continue
        place = (
            {"network_id": own["network_id"]}
            if role in NETWORK_ROLES
            else {"organisation_id": own["organisation_id"]}
        )
        await _caller(world, role.value, Grant(role=role, **place))
    await _caller(world, "person without a role")
    for name, scopes in (("service", SERVICE_SCOPES), ("service without a scope", ())):
        world.callers[name] = Principal(id=name, kind="service", scopes=frozenset(scopes))
        world.tokens[name] = world.parts.issuer.for_service(name, scopes)


async def _caller(world: World, name: str, *grants: Grant) -> None:
    person = Person(
        id=derived_id("caller", name),
        name=f"Caller {name}",
        email=f"{name.replace(' ', '.')}@caller.example",
        locale="de",
        grants=grants,
        status=PersonStatus.ACTIVE,
        created_ms=1,
    )
    await world.parts.people.add(person, None)
    world.callers[name] = Principal(id=person.id, grants=grants)
    world.tokens[name] = world.parts.issuer.for_person(person)


async def _courses(world: World) -> None:
    base = "/api/courses/v1"
    for variant in VARIANTS:
        place, manager = world.places[variant], "stranger" if variant == "foreign" else "network_manager"
        network = {"network_id": place["network_id"]}
        company = {**network, "organisation_id": place["organisation_id"]}
        place["need_id"] = (await world.made(f"{base}/needs", manager, {**NEED, **company}))["id"]
        if variant == "other":  # the same pool and session as the own company's
            place |= {name: world.places["own"][name] for name in ("course_id", "pool_id", "session_id")}
        else:
            pool = {**network, "topic_code": "emob-hv1", "minimum_seats": 1, "need_ids": [place["need_id"]]}
            place["pool_id"] = (await world.made(f"{base}/pools", manager, pool))["id"]
            await world.call(
                "courses", "put", f"{base}/pools/{place['pool_id']}/cost-plan", manager, body=COSTS
            )
            course = {**network, "topic_code": "emob-hv1", "teaching_units": 4}
            place["course_id"] = (await world.made(f"{base}/courses", manager, course))["id"]
            session = {**SCHEDULE, "course_id": place["course_id"]}
            place["session_id"] = (await world.made(f"{base}/sessions", manager, session))["id"]
            await world.made(f"{base}/sessions/{place['session_id']}/open", manager)
        pledge = {"organisation_id": place["organisation_id"], "seats": 1}
        await world.made(f"{base}/pools/{place['pool_id']}/pledges", manager, pledge)
        seat = {"organisation_id": place["organisation_id"], "participant_id": new_id()}
        booked = await world.made(f"{base}/sessions/{place['session_id']}/bookings", manager, seat)
        place["booking_id"] = booked["id"]


async def _waitlist(world: World) -> None:
    """Offers, contingents and reasons: everybody waits behind a full session, then fillers leave."""
    for variants in (("own", "other"), ("foreign",)):
        manager = "stranger" if variants == ("foreign",) else "network_manager"
        path = f"/api/courses/v1/sessions/{world.places[variants[0]]['session_id']}"
        filler = {"organisation_id": world.places[variants[0]]["organisation_id"]}
        fillers = [
            await world.made(f"{path}/bookings", manager, {**filler, "participant_id": new_id()})
            for _ in range(SCHEDULE["capacity"] - len(variants))
        ]
        for variant in variants:
            place = world.places[variant]
            company = {"organisation_id": place["organisation_id"]}
            body = {**company, "participant_id": new_id(), "ask_first": True}
            waits = await world.made(f"{path}/bookings", manager, body)
            await world.made(f"{path}/bookings/{fillers.pop()['id']}/cancel", manager)
            shown = await world.call("courses", "GET", f"{path}/bookings/{waits['id']}", manager)
            place["seat_offer_id"] = shown.json()["offer"]["id"]
            place |= {"first": place["booking_id"], "second": waits["id"]}
            await world.made(f"{path}/contingents", manager, {**company, "seats": 1})


async def _plans(world: World) -> None:
    courses = world.services["courses"]
    runs, documents = run_store(courses), Documents(courses.collection("planning_documents"))
    for variant in ("own", "foreign"):
        place, manager = world.places[variant], "stranger" if variant == "foreign" else "network_manager"
        asked = {"network_id": place["network_id"]}
        run = await world.made("/api/courses/v1/planning-runs", manager, asked)
        place["run_id"] = run["id"]
        text = Proposal(plan=Plan(goals=(Goal(name="heads", value=0),))).model_dump_json()
        digest = await documents.keep(f"{run['id']}:1", text)
        figures = planning.Summary(sessions=0, heads=0, heads_bound=0, heads_proven=True, asked=0, cents=0)
        await runs.change(run["id"], planning.start, Cause())
        await runs.change(
            run["id"], partial(planning.propose, attempt=1, sha256=digest, summary=figures), Cause()
        )
        inviting = Pool(
            id=PoolId(new_id()),
            network_id=NetworkId(new_id()),
            topic_code="emob-hv1",
            minimum_seats=1,
            partners={NetworkId(place["network_id"]): False},
            created_ms=1,
        )
        await pool_store(courses).put(inviting.id, partial(open_pool, pool=inviting), Cause())
        place["shared_pool_id"] = inviting.id
    world.places["other"] |= {name: world.places["own"][name] for name in ("run_id", "shared_pool_id")}


async def _webhooks(world: World) -> None:
    notifications = world.services["notifications"]
    webhooks = webhook_store(notifications)
    queue = Queue(notifications.collection("webhook_messages"), notifications.collection("webhook_lanes"))
    for variant in VARIANTS:
        place = world.places[variant]
        for kind in ("network", "organisation"):
            owner = place[f"{kind}_id"]
            made = Webhook.model_validate(
                {
                    "id": derived_id("webhook", owner),
                    f"{kind}_id": owner,
                    "url": "https://hooks.example/",
                    "secrets": [{"value": f"whsec_{derived_id('secret', owner)}"}],
                    "created_ms": 1,
                }
            )
            await register(made, Cause(), webhooks=webhooks)
            event = ping(owner, made.id, datetime(2026, 11, 24, tzinfo=UTC))
            await queue.add(made.id, event)
            place[f"{kind}_webhook_id"] = made.id
            place[f"{kind}_message_id"] = f"{made.id}:{event['_id']}"


async def _mails(world: World) -> None:
    """What notifications has beside inbox entries: given-up mail, calendar links, a dead address."""
    notifications = world.services["notifications"]
    for variant in ("own", "foreign"):
        place = world.places[variant]
        identity = f"{place['network_id']}:1:company_hr:booked_hr"
        kept = {key: place[key] for key in ("session_id", "booking_id", "network_id", "organisation_id")}
        fixed = {"created": 1, "due": 1, "tries": 1, "done": [], "refused": [], "error": None}
        row = {"template": "booked_hr", "audience": "company_hr", "state": "parked", "sort": identity}
        await notifications.collection("notifications").insert({"_id": identity, **kept, **fixed, **row})
    feeds = Feeds(notifications.collection("feeds"))
    for variant in VARIANTS:
        place = world.places[variant]
        network = world.places["foreign" if variant == "foreign" else "own"]["network_id"]
        place["delivery_id"] = f"{network}:1:company_hr:booked_hr"
        identity = place["company_feed_id"] = derived_id("feed", place["organisation_id"])
        made = Feed(id=identity, organisation_id=place["organisation_id"], created_ms=1, language="de")
        await feeds.add(of_company(place["organisation_id"]), identity, made)
    for name, person_id in {**{name: one.id for name, one in world.callers.items()}, "somebody": "x"}.items():
        identity = derived_id("feed", name)
        made = Feed(id=identity, person_id=person_id, created_ms=1, language="de")
        await feeds.add(of_person(person_id), identity, made)
    await notifications.collection("suppressions").insert(
        {"_id": "0" * 64, "person_id": None, "code": "550", "since": 1, "sort": "0"}
    )


async def _readers(world: World) -> None:
    """What the two services that only read have: figures, inbox entries, deliveries."""
    reporting = world.services["reporting"]
    generation = (await ReadModel(reporting.collection).generations()).live
    for variant in ("own", "foreign"):
        summary = Summary(reached=frozenset({world.places[variant]["organisation_id"]}))
        await (
            ReadModel(reporting.collection)
            ._figures(generation)
            .insert(
                {
                    "_id": world.places[variant]["network_id"],
                    "wanted": 1,
                    "pending": False,
                    "rev": 1,
                    "revision": 1,
                    "computed_at": "2026-11-24T00:00:00Z",
                    "summary": _document(summary),
                }
            )
        )
    inbox = world.services["notifications"].collection("inbox")
    people = {name: caller.id for name, caller in world.callers.items()}
    for number, (name, person_id) in enumerate({**people, "somebody": new_id()}.items()):
        variant = "own" if name != "somebody" else "foreign"
        kept = {key: world.places[variant][key] for key in ("session_id", "booking_id", "network_id")}
        identity = derived_id("entry", name)
        await inbox.insert(
            {
                "_id": identity,
                "person_id": person_id,
                **kept,
                "template": "booked_participant",
                "urgency": "normal",
                "facts": {},
                "created": 1,
                "sort": f"{number:013d}-{identity}",
                "unread": True,
                "read_at": None,
            }
        )
    world.secrets["foreign"].add(derived_id("entry", "somebody"))
