"""A membership of one organisation in one network. Pure."""

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


class MembershipState(StrEnum):
    APPLIED = "applied"
    ACTIVE = "active"
    SUSPENDED = "suspended"
    TERMINATED = "terminated"
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"


class MembershipCommand(StrEnum):
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
    (_S.APPLIED, _C.ADMIT): _S.ACTIVE,
    (_S.APPLIED, _C.DECLINE): _S.DECLINED,
    (_S.APPLIED, _C.WITHDRAW): _S.WITHDRAWN,
    (_S.ACTIVE, _C.ASSIGN_ROLES): _S.ACTIVE,
    (_S.ACTIVE, _C.SUSPEND): _S.SUSPENDED,
    (_S.ACTIVE, _C.TERMINATE): _S.TERMINATED,
    (_S.SUSPENDED, _C.RESUME): _S.ACTIVE,
    (_S.SUSPENDED, _C.TERMINATE): _S.TERMINATED,
    (_S.TERMINATED, _C.APPLY): _S.APPLIED,
    (_S.DECLINED, _C.APPLY): _S.APPLIED,
    (_S.WITHDRAWN, _C.APPLY): _S.APPLIED,
}
# Members and applicants: the network's manager sees the organisation.
LIVE = frozenset({_S.APPLIED, _S.ACTIVE, _S.SUSPENDED})


class NetworkNotOpen(Rejected):
    status = 409
    en = "The network is {state} and admits nobody."
    de = "Der Verbund ist {state} und nimmt niemanden auf."


class DatedRole(Value):
    role: MembershipRole
    since: date


class Membership(Value):
    """State of a membership; its id belongs to the pair, so a pair has one for ever."""

    id: MembershipId
    network_id: NetworkId
    organisation_id: OrganisationId
    organisation_kind: OrganisationKind
    status: MembershipState
    roles: tuple[DatedRole, ...] = ()
    since: date | None = None
    created_ms: int


def apply(present: Membership | None, new: Membership) -> Change[Membership]:
    """Apply for the first time, or again after an end. Errors: `WrongState` 409 while one is running."""
    if present is not None:
        next_state(TRANSITIONS, present.status, MembershipCommand.APPLY, KIND)
    applied = MembershipApplied(
        membership_id=new.id, network_id=new.network_id, organisation_id=new.organisation_id
    )
    created_ms = new.created_ms if present is None else present.created_ms
    return changed(new.model_copy(update={"created_ms": created_ms}), applied)


def admit(
    membership: Membership,
    roles: tuple[MembershipRole, ...],
    since: date,
    *,
    network_open: bool,
    network: str,
) -> Change[Membership]:
    """Admit an applicant with its first roles. Errors: `NetworkNotOpen`, `WrongState` 409."""
    status = next_state(TRANSITIONS, membership.status, MembershipCommand.ADMIT, KIND)
    if not network_open:
        raise NetworkNotOpen(state=network)
    wanted = tuple(sorted(set(roles)))
    after = membership.model_copy(
        update={
            "status": status,
            "since": since,
            "roles": tuple(DatedRole(role=role, since=since) for role in wanted),
        }
    )
    admitted = MembershipAdmitted(
        membership_id=membership.id,
        network_id=membership.network_id,
        organisation_id=membership.organisation_id,
        organisation_kind=membership.organisation_kind,
        roles=wanted,
        since=since,
    )
    return changed(after, admitted)


def enrol(
    present: Membership | None,
    new: Membership,
    roles: tuple[MembershipRole, ...],
    since: date,
    *,
    network: str,
    network_open: bool,
) -> Change[Membership]:
    """Enter an organisation that is a member already: apply and admit in one step; a running one stays.

    Errors: `NetworkNotOpen` 409.
    """
    if present is not None and present.status in {MembershipState.ACTIVE, MembershipState.SUSPENDED}:
        return Change(present)
    applied = Change(present) if present is not None and present.status in LIVE else apply(present, new)
    admitted = admit(applied.state, roles, since, network_open=network_open, network=network)
    return Change(admitted.state, (*applied.events, *admitted.events), admitted.result)


def assign_roles(
    membership: Membership, roles: tuple[MembershipRole, ...], since: date
) -> Change[Membership]:
    """Set the roles; those it had keep their date, new ones hold from `since`. Errors: `WrongState` 409."""
    next_state(TRANSITIONS, membership.status, MembershipCommand.ASSIGN_ROLES, KIND)
    had = {held.role: held for held in membership.roles}
    wanted = tuple(sorted(set(roles)))
    if set(wanted) == set(had):
        return Change(membership)
    held = tuple(had.get(role, DatedRole(role=role, since=since)) for role in wanted)
    told = MembershipRolesChanged(
        membership_id=membership.id,
        network_id=membership.network_id,
        organisation_id=membership.organisation_id,
        roles=wanted,
        since=since,
    )
    return changed(membership.model_copy(update={"roles": held}), told)


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


def _moved(membership: Membership, command: MembershipCommand, told: Event) -> Change[Membership]:
    status = next_state(TRANSITIONS, membership.status, command, KIND)
    return changed(membership.model_copy(update={"status": status}), told)
