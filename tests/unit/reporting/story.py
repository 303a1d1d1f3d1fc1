"""The walkthrough of the domain notes as events: four SMEs and a large company share one course."""

from collections import Counter
from datetime import UTC, date, datetime, timedelta

from shared.events import courses, membership
from shared.events.course_values import CostKey, CourseFormat, SeatCounts, SessionDay
from shared.events.envelope import Envelope, Event
from shared.events.membership import MembershipRole, OrganisationKind, SmeClass
from shared.ids import derived_id

START = datetime(2026, 3, 2, 8, 0, tzinfo=UTC)
CAPACITY = 10
UNITS = 48

# What the figures have to be at the end of `Story.play`.
EXPECTED = {
    "needs_posted": 4,
    "needs_headcount": 8,
    "needs_pooled": 4,
    "needs_withdrawn": 0,
    "pools_opened": 1,
    "pools_viable": 1,
    "pools_planned": 1,
    "sessions_scheduled": 1,
    "sessions_open": 1,
    "sessions_cancelled": 0,
    "seats_offered": 10,
    "seats_confirmed": 10,
    "seats_free": 0,
    "seats_waitlisted": 1,
    "fill_rate_percent": 100.0,
    "bookings_cancelled": 1,
    "substitutions": 1,
    "companies_members": 5,
    "companies_active": 5,
    "companies_reached": 5,
    "smes_reached": 4,
    "reached_unknown_size": 0,
    "person_units": 480,
}


class Story:
    """Collects events with their envelopes; `name` makes all ids its own, so that stories do not mix."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.network = self.id("network")
        self.events: list[tuple[Event, Envelope]] = []
        self._sequences: Counter[str] = Counter()

    def id(self, *parts: str) -> str:
        return derived_id(self.name, *parts)

    def tell(self, subject: str, event: Event, traceparent: str | None = None) -> None:
        self._sequences[subject] += 1
        sequence = self._sequences[subject]
        source = "membership" if ".membership." in event.type else "courses"
        self.events.append(
            (
                event,
                Envelope(
                    id=f"{subject}:{sequence}",
                    source=f"/services/{source}",
                    type=event.type,
                    subject=subject,
                    time=START + timedelta(minutes=len(self.events)),
                    sequence=sequence,
                    data=event.model_dump_json().encode(),
                    traceparent=traceparent,
                ),
            )
        )

    def play(self) -> "Story":
        sizes = dict.fromkeys(["gerber", "kallmann", "lindach", "ohm"], SmeClass.SMALL)
        self.join({**sizes, "neckar": SmeClass.LARGE})
        self.pool({"gerber": 2, "kallmann": 3, "lindach": 1, "ohm": 2}, {"neckar": 4})
        self.schedule()
        seats = ["gerber"] * 2 + ["kallmann"] * 3 + ["lindach"] + ["ohm"] * 2 + ["neckar"] * 4
        self.book(seats)
        self.cancel_first(seats)
        return self

    def join(self, companies: dict[str, SmeClass]) -> None:
        self.tell(
            self.network,
            membership.NetworkFounded(network_id=self.network, sector_focus="metal_electro", ags=("08136",)),
        )
        for name, size in companies.items():
            organisation, member = self.id(name), self.id("membership", name)
            kind = OrganisationKind.COMPANY
            self.tell(
                organisation,
                membership.OrganisationRegistered(organisation_id=organisation, kind=kind, ags="08136"),
            )
            self.tell(
                organisation,
                membership.SizeDeclared(organisation_id=organisation, year=2025, sme_class=size),
            )
            self.tell(
                member,
                membership.MembershipAdmitted(
                    membership_id=member,
                    network_id=self.network,
                    organisation_id=organisation,
                    organisation_kind=kind,
                    roles=(MembershipRole.SENDER,),
                    since=date(2026, 1, 1),
                ),
            )

    def pool(self, needs: dict[str, int], more: dict[str, int]) -> None:
        pool, network = self.id("pool"), self.network
        for name, headcount in needs.items():
            self.tell(
                self.id("need", name),
                courses.NeedPosted(
                    need_id=self.id("need", name),
                    network_id=network,
                    organisation_id=self.id(name),
                    topic_code="hv-2e",
                    headcount=headcount,
                    window_from=date(2026, 4, 1),
                    window_to=date(2026, 9, 30),
                    format=CourseFormat.ON_SITE,
                ),
            )
        self.tell(
            pool,
            courses.PoolOpened(pool_id=pool, network_id=network, topic_code="hv-2e", minimum_seats=6),
        )
        for name, headcount in needs.items():
            need = self.id("need", name)
            self.tell(
                pool,
                courses.NeedAddedToPool(pool_id=pool, network_id=network, need_id=need, headcount=headcount),
            )
            self.tell(need, courses.NeedPooled(need_id=need, network_id=network, pool_id=pool))
        pledged = 0
        for number, (name, seats) in enumerate({**needs, **more}.items(), 1):
            pledged += seats
            self.tell(
                pool,
                courses.SeatsPledged(
                    pool_id=pool,
                    network_id=network,
                    organisation_id=self.id(name),
                    seats=seats,
                    pledged_seats=pledged,
                    pledging_companies=number,
                ),
            )
        self.tell(
            pool,
            courses.PoolBecameViable(
                pool_id=pool, network_id=network, pledged_seats=pledged, pledging_companies=5
            ),
        )

    def schedule(self) -> None:
        session, network = self.id("session"), self.network
        self.tell(
            session,
            courses.SessionScheduled(
                session_id=session,
                network_id=network,
                course_id=self.id("course"),
                pool_id=self.id("pool"),
                topic_code="hv-2e",
                teaching_units=UNITS,
                days=(SessionDay(starts_at=START, ends_at=START + timedelta(hours=8)),),
                time_zone="Europe/Berlin",
                minimum_seats=6,
                capacity=CAPACITY,
                price_cents=215_000,
                cost_key=CostKey.PER_SEAT,
            ),
        )
        self.tell(
            self.id("pool"),
            courses.PoolPlanned(pool_id=self.id("pool"), network_id=network, session_id=session),
        )
        self.tell(session, courses.BookingOpened(session_id=session, network_id=network))

    def book(self, seats: list[str]) -> None:
        session = self.id("session")
        for number, name in enumerate(seats, 1):
            confirmed = min(number, CAPACITY)
            counts = SeatCounts(confirmed=confirmed, waitlisted=number - confirmed, free=CAPACITY - confirmed)
            booking = {
                "booking_id": self.id("booking", str(number)),
                "session_id": session,
                "network_id": self.network,
                "organisation_id": self.id(name),
                "seats": counts,
            }
            if number <= CAPACITY:
                self.tell(session, courses.CourseBooked(price_cents=215_000, **booking))
            else:
                self.tell(session, courses.BookingWaitlisted(position=number - CAPACITY, **booking))

    def cancel_first(self, seats: list[str]) -> None:
        session, network = self.id("session"), self.network
        common = {"session_id": session, "network_id": network}
        self.tell(
            session,
            courses.BookingCancelled(
                booking_id=self.id("booking", "1"),
                organisation_id=self.id(seats[0]),
                was_confirmed=True,
                days_before=20,
                fee_percent=0,
                fee_cents=0,
                refilled=True,
                seats=SeatCounts(confirmed=9, waitlisted=2, free=1),
                **common,
            ),
        )
        self.tell(
            session,
            courses.WaitlistPromoted(
                booking_id=self.id("booking", "11"),
                organisation_id=self.id(seats[10]),
                price_cents=215_000,
                seats=SeatCounts(confirmed=10, waitlisted=1, free=0),
                **common,
            ),
        )
        self.tell(
            session,
            courses.ParticipantSubstituted(
                booking_id=self.id("booking", "3"), organisation_id=self.id(seats[2]), **common
            ),
        )
