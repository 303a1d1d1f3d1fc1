"""What managers and providers send."""

from datetime import date
from typing import Annotated

from pydantic import AwareDatetime, Field

from services.courses.calls.terms import (
    POINTS_MAX,
    CriterionKind,
    FundingOption,
    OfferContent,
    VatCode,
    VenueKind,
)
from shared.errors import Invalid
from shared.events.calls import AwardReason, CallEndReason
from shared.events.courses import CourseFormat, NeedLevel
from shared.ids import OrganisationId, PoolId, Ref
from shared.text import LongNote, Name, Note
from shared.web import Body

Seats = Annotated[int, Field(strict=True, ge=1, le=500)]
Cents = Annotated[int, Field(strict=True, ge=0, le=100_000_000)]
Code = Annotated[str, Field(max_length=100)]


class CriterionBody(Body):
    """One criterion; `weight` in percent. Price and AZAV approval are computed, the others judged by people."""

    key: Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,31}$")]
    kind: CriterionKind
    weight: Annotated[int, Field(strict=True, ge=1, le=100)]
    description: Note = ""


class SpecificationBody(Body):
    """What is asked for; units of 45 minutes, `reference_seats` is what prices are compared at."""

    topic_code: Annotated[str, Field(max_length=64)]
    teaching_units: Annotated[int, Field(strict=True, ge=1)]
    level: NeedLevel | None = None
    format: CourseFormat
    kldb: Annotated[list[Code], Field(max_length=50, default_factory=list)]
    esco_uris: Annotated[list[Code], Field(max_length=50, default_factory=list)]
    ags: Annotated[list[Code], Field(max_length=50, default_factory=list)]
    earliest: date
    latest: date
    weekdays: Annotated[list[Annotated[int, Field(strict=True, ge=1, le=7)]], Field(default_factory=list)]
    minimum_seats: Seats
    maximum_seats: Seats
    reference_seats: Seats
    budget_cents_per_seat: Cents | None = None
    notes: LongNote = ""


class CallTerms(Body):
    """A draft; without `specification` it is taken from the pool's needs, without `criteria` from a proposal."""

    specification: SpecificationBody | None = None
    criteria: Annotated[list[CriterionBody], Field(max_length=12, default_factory=list)]
    providers: Annotated[list[Ref[OrganisationId]], Field(max_length=50, default_factory=list)]
    few_providers_reason: Note = ""
    due_at: AwareDatetime


class DraftCall(CallTerms):
    """A call for offers for a pool."""

    pool_id: Ref[PoolId]


class ExtendCall(Body):
    """The later due time."""

    due_at: AwareDatetime


class CancelCall(Body):
    """Why there is no award."""

    reason_code: CallEndReason
    note: Note = ""


class AskQuestion(Body):
    """A question; every provider will read it, without its author."""

    provider_id: Ref[OrganisationId]
    text: Annotated[Note, Field(min_length=1)]


class AnswerQuestion(Body):
    """The answer for all providers."""

    text: Annotated[Note, Field(min_length=1)]


class ScoreOffer(Body):
    """0 to 100 points by criterion key, and why."""

    points: Annotated[
        dict[Code, Annotated[int, Field(strict=True, ge=0, le=POINTS_MAX)]], Field(max_length=12)
    ]
    note: Note = ""


class AwardOffer(Body):
    """The choice; the code has to fit the scores, the text says why in words."""

    offer_id: Ref[str]
    reason_code: AwardReason
    reason: Annotated[Note, Field(min_length=1)]


class DayBody(Body):
    """One block of teaching; RFC 3339 instants with an offset."""

    starts_at: AwareDatetime
    ends_at: AwareDatetime


class OptionBody(Body):
    """Dates at one of the offer's venues, which count from 0."""

    days: Annotated[list[DayBody], Field(min_length=1, max_length=100)]
    venue: Annotated[int, Field(strict=True, ge=0, le=19)] = 0


class VenueBody(Body):
    """Where teaching takes place; a member's workshop names the member."""

    kind: VenueKind
    label: Name
    ags: Annotated[str, Field(max_length=5)] | None = None
    seats: Seats | None = None
    host_organisation_id: Ref[OrganisationId] | None = None


class TrainerBody(Body):
    """A trainer by qualification; no name is needed before there is a contract."""

    qualification: Annotated[Note, Field(min_length=1)]
    years_of_practice: Annotated[int, Field(strict=True, ge=0, le=60)] = 0


class SubmitOffer(Body):
    """An offer; prices are net, in cents: a fixed part and a part per seat."""

    provider_id: Ref[OrganisationId]
    fixed_cents: Cents
    per_seat_cents: Cents
    vat_code: VatCode
    teaching_units: Annotated[int, Field(strict=True, ge=1, le=2000)]
    minimum_seats: Seats
    maximum_seats: Seats
    azav_certified_until: date | None = None
    funding: Annotated[list[FundingOption], Field(max_length=3, default_factory=list)]
    options: Annotated[list[OptionBody], Field(min_length=1, max_length=20)]
    venues: Annotated[list[VenueBody], Field(min_length=1, max_length=20)]
    trainers: Annotated[list[TrainerBody], Field(max_length=20, default_factory=list)]
    concept: LongNote = ""
    valid_until: date

    def content(self) -> OfferContent:
        """Return the offer. Errors: `Invalid` 422 for days that end before they start or overlap."""
        for number, option in enumerate(self.options):
            _check_order(option, f"#/options/{number}/days")
        return OfferContent.model_validate(self.model_dump(exclude={"provider_id"}))


def _check_order(option: OptionBody, pointer: str) -> None:
    earlier = None
    for number, day in enumerate(option.days):
        if day.ends_at <= day.starts_at or (earlier is not None and day.starts_at < earlier):
            raise Invalid(
                pointer=f"{pointer}/{number}",
                reason_en="Days end after they start, one after the other.",
                reason_de="Tage enden nach ihrem Beginn, einer nach dem anderen.",
            )
        earlier = day.ends_at


class WithdrawOffer(Body):
    """Whose offer is taken back."""

    provider_id: Ref[OrganisationId]
