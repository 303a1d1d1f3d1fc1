"""Events of the membership service, topic `verbund.membership.events`."""

from datetime import date
from enum import StrEnum
from typing import Literal

from shared.events import erasures
from shared.events.envelope import Event, Value
from shared.ids import LetterId, MembershipId, NetworkId, OrganisationId


class OrganisationKind(StrEnum):
    COMPANY = "company"
    PROVIDER = "provider"
    ASSOCIATION = "association"
    PUBLIC_BODY = "public_body"


class SmeClass(StrEnum):
    """EU size class after Recommendation 2003/361/EC; `large` is what is no SME."""

    MICRO = "micro"
    SMALL = "small"
    MEDIUM = "medium"
    LARGE = "large"


class MembershipRole(StrEnum):
    """What an organisation does in a network; several at once, each dated."""

    ORGANISER = "organiser"
    FINANCIER = "financier"
    SENDER = "sender"
    BEST_PRACTICE_GIVER = "best_practice_giver"
    DRIVER = "driver"


class CancellationTier(Value):
    """A cancellation at least `days_before` calendar days before the first course day costs `fee_percent`."""

    days_before: int
    fee_percent: int


class NetworkFounded(Event):
    type: Literal["verbund.membership.network-founded.v1"] = "verbund.membership.network-founded.v1"
    network_id: NetworkId
    sector_focus: str
    ags: tuple[str, ...]


class NetworkActivated(Event):
    type: Literal["verbund.membership.network-activated.v1"] = "verbund.membership.network-activated.v1"
    network_id: NetworkId


class NetworkBecameSelfSustaining(Event):
    type: Literal["verbund.membership.network-became-self-sustaining.v1"] = (
        "verbund.membership.network-became-self-sustaining.v1"
    )
    network_id: NetworkId


class NetworkClosed(Event):
    type: Literal["verbund.membership.network-closed.v1"] = "verbund.membership.network-closed.v1"
    network_id: NetworkId


class NetworkPoliciesChanged(Event):
    """The network's rules for courses; courses freezes a version into every booking."""

    type: Literal["verbund.membership.network-policies-changed.v1"] = (
        "verbund.membership.network-policies-changed.v1"
    )
    network_id: NetworkId
    version: int
    cancellation: tuple[CancellationTier, ...]
    waitlist_cap_per_company: int | None = None


class OrganisationRegistered(Event):
    type: Literal["verbund.membership.organisation-registered.v1"] = (
        "verbund.membership.organisation-registered.v1"
    )
    organisation_id: OrganisationId
    kind: OrganisationKind
    industry_scheme: str | None = None
    industry_code: str | None = None
    ags: str


class OrganisationRevised(Event):
    """District or industry may have changed, or something that no event carries."""

    type: Literal["verbund.membership.organisation-revised.v1"] = "verbund.membership.organisation-revised.v1"
    organisation_id: OrganisationId
    industry_scheme: str | None = None
    industry_code: str | None = None
    ags: str


class SizeDeclared(Event):
    type: Literal["verbund.membership.size-declared.v1"] = "verbund.membership.size-declared.v1"
    organisation_id: OrganisationId
    year: int
    sme_class: SmeClass


class MembershipApplied(Event):
    type: Literal["verbund.membership.membership-applied.v1"] = "verbund.membership.membership-applied.v1"
    membership_id: MembershipId
    network_id: NetworkId
    organisation_id: OrganisationId


class MembershipAdmitted(Event):
    type: Literal["verbund.membership.membership-admitted.v1"] = "verbund.membership.membership-admitted.v1"
    membership_id: MembershipId
    network_id: NetworkId
    organisation_id: OrganisationId
    organisation_kind: OrganisationKind
    roles: tuple[MembershipRole, ...]
    since: date


class MembershipDeclined(Event):
    type: Literal["verbund.membership.membership-declined.v1"] = "verbund.membership.membership-declined.v1"
    membership_id: MembershipId
    network_id: NetworkId
    organisation_id: OrganisationId
    reason_code: str


class MembershipTerminated(Event):
    type: Literal["verbund.membership.membership-terminated.v1"] = (
        "verbund.membership.membership-terminated.v1"
    )
    membership_id: MembershipId
    network_id: NetworkId
    organisation_id: OrganisationId
    reason_code: str


class MembershipWithdrawn(Event):
    type: Literal["verbund.membership.membership-withdrawn.v1"] = "verbund.membership.membership-withdrawn.v1"
    membership_id: MembershipId
    network_id: NetworkId
    organisation_id: OrganisationId


class MembershipSuspended(Event):
    type: Literal["verbund.membership.membership-suspended.v1"] = "verbund.membership.membership-suspended.v1"
    membership_id: MembershipId
    network_id: NetworkId
    organisation_id: OrganisationId


class MembershipResumed(Event):
    type: Literal["verbund.membership.membership-resumed.v1"] = "verbund.membership.membership-resumed.v1"
    membership_id: MembershipId
    network_id: NetworkId
    organisation_id: OrganisationId


class MembershipRolesChanged(Event):
    type: Literal["verbund.membership.membership-roles-changed.v1"] = (
        "verbund.membership.membership-roles-changed.v1"
    )
    membership_id: MembershipId
    network_id: NetworkId
    organisation_id: OrganisationId
    roles: tuple[MembershipRole, ...]
    since: date


class LetterKind(StrEnum):
    """Mails with a link that lets in."""

    INVITATION = "invitation"
    SIGN_IN = "sign_in"
    PASSWORD_RESET = "password_reset"  # noqa: S105  # pragma: allowlist secret


class LetterRequested(Event):
    """Somebody asked for a mail with a link. For whom is in no event: who sends it asks membership.

    A letter is requested for unknown addresses too, so that an event does not tell whether somebody is known.
    """

    type: Literal["verbund.membership.letter-requested.v1"] = "verbund.membership.letter-requested.v1"
    letter_id: LetterId
    kind: LetterKind


TOPIC = "verbund.membership.events"
EVENTS: tuple[type[Event], ...] = (
    NetworkFounded,
    NetworkActivated,
    NetworkBecameSelfSustaining,
    NetworkClosed,
    NetworkPoliciesChanged,
    OrganisationRegistered,
    OrganisationRevised,
    SizeDeclared,
    MembershipApplied,
    MembershipAdmitted,
    MembershipDeclined,
    MembershipTerminated,
    MembershipWithdrawn,
    MembershipSuspended,
    MembershipResumed,
    MembershipRolesChanged,
    *erasures.MEMBERSHIP,
    LetterRequested,
)
