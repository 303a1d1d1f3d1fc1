"""What is asked for in a call, and what an offer consists of. Pure; money in cents, units of 45 minutes."""

from datetime import date
from enum import StrEnum

from services.courses.rules import UNITS_MAX, require_district, require_topic
from shared.errors import Invalid
from shared.events.courses import CourseFormat, NeedLevel, SessionDay
from shared.events.envelope import Value
from shared.ids import OrganisationId

WEIGHT_TOTAL = 100
POINTS_MAX = 100


class CriterionKind(StrEnum):
    """What is judged. Price and approval are computed from the offer, the rest is judged by people."""

    PRICE = "price"
    AZAV = "azav"
    DIDACTICS = "didactics"
    DATES = "dates"
    VENUE = "venue"
    TRAINERS = "trainers"
    OTHER = "other"


COMPUTED = frozenset({CriterionKind.PRICE, CriterionKind.AZAV})


class Criterion(Value):
    """One criterion; `weight` in percent, all of a call add up to 100."""

    key: str
    kind: CriterionKind
    weight: int
    description: str = ""


class Specification(Value):
    """What the providers are asked for: the same for all of them, and without any company's name."""

    topic_code: str
    teaching_units: int
    level: NeedLevel | None = None
    format: CourseFormat
    kldb: tuple[str, ...] = ()
    esco_uris: tuple[str, ...] = ()
    ags: tuple[str, ...] = ()
    earliest: date
    latest: date
    weekdays: tuple[int, ...] = ()
    minimum_seats: int
    maximum_seats: int
    reference_seats: int
    budget_cents_per_seat: int | None = None
    notes: str = ""


class VenueKind(StrEnum):
    PROVIDER = "provider"
    MEMBER_WORKSHOP = "member_workshop"
    RENTED = "rented"
    ONLINE = "online"


class Venue(Value):
    """Where an offer would teach; a member's workshop names its company."""

    kind: VenueKind
    label: str
    ags: str | None = None
    seats: int | None = None
    host_organisation_id: OrganisationId | None = None


class Option(Value):
    """One proposal of dates at one of the offer's venues (counted from 0)."""

    days: tuple[SessionDay, ...]
    venue: int


class Trainer(Value):
    """Who would teach, described by what they can, not by name."""

    qualification: str
    years_of_practice: int = 0


class VatCode(StrEnum):
    """Domain notes 2.11: by offer and format."""

    EXEMPT_4_21A = "exempt_4_21a"
    EXEMPT_4_22A = "exempt_4_22a"
    SMALL_BUSINESS = "small_business"
    STANDARD = "standard"


class FundingOption(StrEnum):
    SECTION_82 = "section_82"
    SECTION_82A = "section_82a"
    ESF_FACHKURS = "esf_fachkurs"


class OfferContent(Value):
    """An offer in the clear; prices are net. It exists outside of its seal only once the call is opened."""

    fixed_cents: int
    per_seat_cents: int
    vat_code: VatCode
    teaching_units: int
    minimum_seats: int
    maximum_seats: int
    azav_certified_until: date | None = None
    funding: tuple[FundingOption, ...] = ()
    options: tuple[Option, ...]
    venues: tuple[Venue, ...]
    trainers: tuple[Trainer, ...] = ()
    concept: str = ""
    valid_until: date

    def total_cents(self, seats: int) -> int:
        """Return the net price for a number of seats."""
        return self.fixed_cents + self.per_seat_cents * seats


def check_specification(spec: Specification) -> None:
    """Refuse a specification that nobody could answer. Errors: `Invalid` 422."""
    require_topic(spec.topic_code)
    for number, ags in enumerate(spec.ags):
        require_district(ags, f"#/specification/ags/{number}")
    if not 1 <= spec.teaching_units <= UNITS_MAX:
        raise Invalid(
            pointer="#/specification/teaching_units",
            reason_en=f"A course has 1 to {UNITS_MAX} teaching units.",
            reason_de=f"Ein Kurs hat 1 bis {UNITS_MAX} Unterrichtseinheiten.",
        )
    if spec.earliest > spec.latest:
        raise Invalid(
            pointer="#/specification/latest",
            reason_en="The time window ends before it begins.",
            reason_de="Das Zeitfenster endet vor seinem Beginn.",
        )
    if not spec.minimum_seats <= spec.reference_seats <= spec.maximum_seats:
        raise Invalid(
            pointer="#/specification/reference_seats",
            reason_en="The reference number of seats lies between minimum and maximum.",
            reason_de="Die Bezugsgröße der Plätze liegt zwischen Mindest- und Höchstzahl.",
        )


def check_criteria(criteria: tuple[Criterion, ...]) -> None:
    """Refuse criteria that do not add up or are not told apart. Errors: `Invalid` 422."""
    if sum(each.weight for each in criteria) != WEIGHT_TOTAL:
        raise Invalid(
            pointer="#/criteria",
            reason_en="The weights of the criteria add up to 100 percent.",
            reason_de="Die Gewichte der Kriterien ergeben zusammen 100 Prozent.",
        )
    keys = [each.key for each in criteria]
    computed = [each.kind for each in criteria if each.kind in COMPUTED]
    if len(set(keys)) != len(keys) or len(set(computed)) != len(computed):
        raise Invalid(
            pointer="#/criteria",
            reason_en="Every criterion has a key of its own; price and approval occur once at most.",
            reason_de="Jedes Kriterium hat einen eigenen Schlüssel; Preis und Zulassung kommen höchstens einmal vor.",
        )


def check_content(content: OfferContent, spec: Specification) -> None:
    """Refuse an offer that does not answer the call. Errors: `Invalid` 422."""
    if content.minimum_seats > content.maximum_seats:
        raise Invalid(
            pointer="#/minimum_seats",
            reason_en="The minimum is above the maximum.",
            reason_de="Die Mindestzahl liegt über der Höchstzahl.",
        )
    if content.maximum_seats < spec.minimum_seats:
        raise Invalid(
            pointer="#/maximum_seats",
            reason_en="The offer has fewer seats than the call asks for at least.",
            reason_de="Das Angebot hat weniger Plätze, als die Anfrage mindestens verlangt.",
        )
    for number, venue in enumerate(content.venues):
        _check_venue(venue, f"#/venues/{number}")
    for number, option in enumerate(content.options):
        if option.venue >= len(content.venues):
            raise Invalid(
                pointer=f"#/options/{number}/venue",
                reason_en="The offer has no such venue.",
                reason_de="Diesen Ort enthält das Angebot nicht.",
            )
    if content.azav_certified_until is None and FundingOption.SECTION_82 in content.funding:
        raise Invalid(
            pointer="#/funding",
            reason_en="Section 82 needs a provider with AZAV approval (SGB III).",
            reason_de="§ 82 SGB III setzt einen AZAV-zugelassenen Träger voraus.",
        )


def _check_venue(venue: Venue, pointer: str) -> None:
    require_district(venue.ags, f"{pointer}/ags")
    if (venue.kind is VenueKind.MEMBER_WORKSHOP) != (venue.host_organisation_id is not None):
        raise Invalid(
            pointer=f"{pointer}/host_organisation_id",
            reason_en="A member's workshop, and nothing else, names the member.",
            reason_de="Bei der Werkstatt eines Mitglieds, und nur dort, steht das Mitglied.",
        )
    if (venue.kind is VenueKind.ONLINE) != (venue.ags is None):
        raise Invalid(
            pointer=f"{pointer}/ags",
            reason_en="Every venue but an online one lies in a district.",
            reason_de="Jeder Ort außer online liegt in einem Kreis.",
        )
