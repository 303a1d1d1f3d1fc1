"""A membership of one organisation in one network. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from services.membership.domain import changed, next_state
from shared.decisions import Change
from shared.errors import Rejected, WrongState
from shared.events.envelope import Event, Value
from shared.events.membership import (
    MembershipAdmitted,
    MembershipApplied,
    MembershipDeclined,
    MembershipResumed,
    MembershipRole,
    MembershipRolesChanged,
    MembershipSuspended,
    MembershipTerminated,
    MembershipWithdrawn,
    OrganisationKind,
)
from shared.ids import MembershipId, NetworkId, OrganisationId

KIND = "membership"
MAX_PAST_ROLES = 100


class MembershipState(StrEnum):
    INVITED = "invited"
    APPLIED = "applied"
    ACTIVE = "active"
    SUSPENDED = "suspended"
    TERMINATED = "terminated"
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"


class MembershipCommand(StrEnum):
    INVITE = "invite"
    ACCEPT_INVITATION = "accept_invitation"
    ACCEPT_DOCUMENT = "accept_document"
    APPLY = "apply"
    ADMIT = "admit"
    DECLINE = "decline"
    WITHDRAW = "withdraw"
    ASSIGN_ROLES = "assign_roles"
    SUSPEND = "suspend"
    RESUME = "resume"
    TERMINATE = "terminate"


class DeclineReason(StrEnum):
    OUTSIDE_REGION = "outside_region"
    OUTSIDE_SECTOR = "outside_sector"
    INCOMPLETE = "incomplete"
    OTHER = "other"


class TerminationReason(StrEnum):
    LEFT = "left"
    ORGANISATION_ENDED = "organisation_ended"
    AGREEMENT_BROKEN = "agreement_broken"
    OTHER = "other"


_S, _C = MembershipState, MembershipCommand
TRANSITIONS: dict[tuple[MembershipState, MembershipCommand], MembershipState] = {
    (_S.INVITED, _C.INVITE): _S.INVITED,
    (_S.INVITED, _C.ACCEPT_INVITATION): _S.ACTIVE,
    (_S.INVITED, _C.ACCEPT_DOCUMENT): _S.INVITED,
    (_S.INVITED, _C.DECLINE): _S.DECLINED,
    (_S.INVITED, _C.WITHDRAW): _S.WITHDRAWN,
    (_S.APPLIED, _C.ADMIT): _S.ACTIVE,
    (_S.APPLIED, _C.ACCEPT_DOCUMENT): _S.APPLIED,
    (_S.APPLIED, _C.DECLINE): _S.DECLINED,
    (_S.APPLIED, _C.WITHDRAW): _S.WITHDRAWN,
    (_S.ACTIVE, _C.ASSIGN_ROLES): _S.ACTIVE,
    (_S.ACTIVE, _C.ACCEPT_DOCUMENT): _S.ACTIVE,
    (_S.ACTIVE, _C.SUSPEND): _S.SUSPENDED,
    (_S.ACTIVE, _C.TERMINATE): _S.TERMINATED,
    (_S.SUSPENDED, _C.RESUME): _S.ACTIVE,
    (_S.SUSPENDED, _C.TERMINATE): _S.TERMINATED,
    (_S.SUSPENDED, _C.ACCEPT_DOCUMENT): _S.SUSPENDED,
    (_S.TERMINATED, _C.INVITE): _S.INVITED,
    (_S.DECLINED, _C.INVITE): _S.INVITED,
    (_S.WITHDRAWN, _C.INVITE): _S.INVITED,
    (_S.TERMINATED, _C.APPLY): _S.APPLIED,
    (_S.DECLINED, _C.APPLY): _S.APPLIED,
    (_S.WITHDRAWN, _C.APPLY): _S.APPLIED,
}
# Members and applicants: the network's manager sees the organisation. An invitation alone shows nothing.
LIVE = frozenset({_S.APPLIED, _S.ACTIVE, _S.SUSPENDED})


class NetworkNotOpen(Rejected):
    status = 409
    en = "The network is {state} and admits nobody."
    de = "Der Verbund ist {state} und nimmt niemanden auf."


class AgreementMissing(Rejected):
    status = 409
    en = "The organisation has not accepted version {version} of the document {document} yet."
    de = "Die Organisation hat Version {version} des Dokuments {document} noch nicht angenommen."


class DocumentKind(StrEnum):
    AGREEMENT = "agreement"
    DATA_PROTECTION_ANNEX = "data_protection_annex"


class DatedRole(Value):
    """A role from `since` on; `until` is the first day without it, None while it is held."""

    role: MembershipRole
    since: date
    until: date | None = None


class Acceptance(Value):
    """The organisation accepted this version of a document on a day."""

    document: DocumentKind
    version: int
    accepted_on: date


class Invitation(Value):
    """The network offers these roles; it can be accepted until the end of `until`."""

    roles: tuple[MembershipRole, ...]
    until: date


@dataclass(frozen=True, slots=True)
class Openness:
    """What a network says at an admission: its state, whether it admits, which versions have to be accepted."""

    state: str
    admits: bool
    required: Mapping[DocumentKind, int] = field(default_factory=dict)


class Membership(Value):
    """State of a membership; its id belongs to the pair, so a pair has one for ever."""

    id: MembershipId
    network_id: NetworkId
    organisation_id: OrganisationId
    organisation_kind: OrganisationKind
    status: MembershipState
    roles: tuple[DatedRole, ...] = ()
    past_roles: tuple[DatedRole, ...] = ()
    acceptances: tuple[Acceptance, ...] = ()
    invitation: Invitation | None = None
    since: date | None = None
    created_ms: int


def apply(present: Membership | None, new: Membership) -> Change[Membership]:
    """Apply for the first time, or again after an end. Errors: `WrongState` 409 while one is running."""
    if present is not None:
        next_state(TRANSITIONS, present.status, MembershipCommand.APPLY, KIND)
    applied = MembershipApplied(
        membership_id=new.id, network_id=new.network_id, organisation_id=new.organisation_id
    )
    kept = {} if present is None else {"created_ms": present.created_ms, "past_roles": present.past_roles}
    return changed(new.model_copy(update=kept), applied)


def admit(
    membership: Membership, roles: tuple[MembershipRole, ...], since: date, network: Openness
) -> Change[Membership]:
    """Admit an applicant with its first roles. Errors: `NetworkNotOpen`, `AgreementMissing`, `WrongState` 409."""
    status = next_state(TRANSITIONS, membership.status, MembershipCommand.ADMIT, KIND)
    return admitted(membership, status, roles, since, network)


def assign_roles(
    membership: Membership, roles: tuple[MembershipRole, ...], since: date
) -> Change[Membership]:
    """Set the roles; those it had keep their date, new ones hold from `since`, others end on that day.

    Errors: `WrongState` 409.
    """
    next_state(TRANSITIONS, membership.status, MembershipCommand.ASSIGN_ROLES, KIND)
    had = {held.role: held for held in membership.roles}
    wanted = tuple(sorted(set(roles)))
    if set(wanted) == set(had):
        return Change(membership)
    held = tuple(had.get(role, DatedRole(role=role, since=since)) for role in wanted)
    ended = tuple(
        one.model_copy(update={"until": max(since, one.since)})
        for one in membership.roles
        if one.role not in wanted
    )
    after = membership.model_copy(
        update={"roles": held, "past_roles": (*membership.past_roles, *ended)[-MAX_PAST_ROLES:]}
    )
    told = MembershipRolesChanged(
        membership_id=membership.id,
        network_id=membership.network_id,
        organisation_id=membership.organisation_id,
        roles=wanted,
        since=since,
    )
    return changed(after, told)


def decline(membership: Membership, reason: DeclineReason) -> Change[Membership]:
    """Turn an applicant down. Errors: `WrongState` 409."""
    told = MembershipDeclined(
        membership_id=membership.id,
        network_id=membership.network_id,
        organisation_id=membership.organisation_id,
        reason_code=reason.value,
    )
    return _moved(membership, MembershipCommand.DECLINE, told)


def terminate(membership: Membership, reason: TerminationReason) -> Change[Membership]:
    """End a membership. Errors: `WrongState` 409."""
    told = MembershipTerminated(
        membership_id=membership.id,
        network_id=membership.network_id,
        organisation_id=membership.organisation_id,
        reason_code=reason.value,
    )
    return _moved(membership, MembershipCommand.TERMINATE, told)


_SHORT = {
    MembershipCommand.WITHDRAW: MembershipWithdrawn,
    MembershipCommand.SUSPEND: MembershipSuspended,
    MembershipCommand.RESUME: MembershipResumed,
}


def move(membership: Membership, command: MembershipCommand) -> Change[Membership]:
    """Withdraw, suspend or resume. Errors: `WrongState` 409."""
    if command not in _SHORT:
        raise WrongState(kind=KIND, state=membership.status.value)
    told = _SHORT[command](
        membership_id=membership.id,
        network_id=membership.network_id,
        organisation_id=membership.organisation_id,
    )
    return _moved(membership, command, told)


def admitted(
    membership: Membership,
    status: MembershipState,
    roles: tuple[MembershipRole, ...],
    since: date,
    network: Openness,
) -> Change[Membership]:
    """Put the membership into effect with these roles. Errors: `NetworkNotOpen`, `AgreementMissing` 409."""
    if not network.admits:
        raise NetworkNotOpen(state=network.state)
    accepted = {(one.document, one.version) for one in membership.acceptances}
    for document, version in network.required.items():
        if (document, version) not in accepted:
            raise AgreementMissing(document=document.value, version=version)
    wanted = tuple(sorted(set(roles)))
    after = membership.model_copy(
        update={
            "status": status,
            "since": since,
            "roles": tuple(DatedRole(role=role, since=since) for role in wanted),
            "invitation": None,
        }
    )
    told = MembershipAdmitted(
        membership_id=membership.id,
        network_id=membership.network_id,
        organisation_id=membership.organisation_id,
        organisation_kind=membership.organisation_kind,
        roles=wanted,
        since=since,
    )
    return changed(after, told)


def _moved(membership: Membership, command: MembershipCommand, told: Event) -> Change[Membership]:
    status = next_state(TRANSITIONS, membership.status, command, KIND)
    return changed(membership.model_copy(update={"status": status}), told)
