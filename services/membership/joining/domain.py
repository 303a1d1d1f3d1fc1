"""How an organisation comes into a network by invitation or from a list, and what it accepts. Pure."""

from datetime import date

from services.membership.domain import changed, next_state
from services.membership.memberships.domain import (
    KIND,
    TRANSITIONS,
    Acceptance,
    DocumentKind,
    Invitation,
    Membership,
    MembershipCommand,
    MembershipState,
    Openness,
    admit,
    admitted,
    apply,
)
from shared.decisions import Change
from shared.errors import Rejected
from shared.events.membership import MembershipRole
from shared.events.memberships import AgreementAccepted, MembershipInvited


class NotThePresentVersion(Rejected):
    status = 409
    en = "The present version of this document is {version}."
    de = "Die gültige Fassung dieses Dokuments ist {version}."


class InvitationExpired(Rejected):
    status = 409
    en = "The invitation could be accepted until {until}."
    de = "Die Einladung konnte bis {until} angenommen werden."


def invite(present: Membership | None, new: Membership, invitation: Invitation) -> Change[Membership]:
    """Ask an organisation to join, or ask again with other roles or another day. Errors: `WrongState` 409."""
    if present is not None:
        next_state(TRANSITIONS, present.status, MembershipCommand.INVITE, KIND)
    base = new if present is None else present.model_copy(update={"roles": (), "since": None})
    wanted = invitation.model_copy(update={"roles": tuple(sorted(set(invitation.roles)))})
    after = base.model_copy(update={"status": MembershipState.INVITED, "invitation": wanted})
    if after == present:
        return Change(present)
    told = MembershipInvited(
        membership_id=after.id,
        network_id=after.network_id,
        organisation_id=after.organisation_id,
        until=wanted.until,
    )
    return changed(after, told)


def accept_invitation(membership: Membership, today: date, network: Openness) -> Change[Membership]:
    """Join with the offered roles from today on.

    Errors: `InvitationExpired`, `NetworkNotOpen`, `AgreementMissing`, `WrongState` 409.
    """
    invitation = membership.invitation
    status = next_state(TRANSITIONS, membership.status, MembershipCommand.ACCEPT_INVITATION, KIND)
    assert invitation is not None  # noqa: S101  who is invited has an invitation
    if today > invitation.until:
        raise InvitationExpired(until=invitation.until.isoformat())
    return admitted(membership, status, invitation.roles, today, network)


def accept_document(
    membership: Membership, document: DocumentKind, version: int, today: date, present_version: int
) -> Change[Membership]:
    """Accept the present version of a document; again changes nothing.

    Errors: `NotThePresentVersion`, `WrongState` 409.
    """
    next_state(TRANSITIONS, membership.status, MembershipCommand.ACCEPT_DOCUMENT, KIND)
    if version != present_version or version < 1:
        raise NotThePresentVersion(pointer="#/version", version=present_version)
    if any((one.document, one.version) == (document, version) for one in membership.acceptances):
        return Change(membership)
    new = Acceptance(document=document, version=version, accepted_on=today)
    told = AgreementAccepted(
        membership_id=membership.id,
        network_id=membership.network_id,
        organisation_id=membership.organisation_id,
        document=document.value,
        version=version,
        accepted_on=today,
    )
    return changed(membership.model_copy(update={"acceptances": (*membership.acceptances, new)}), told)


def enrol(
    present: Membership | None,
    new: Membership,
    roles: tuple[MembershipRole, ...],
    since: date,
    network: Openness,
) -> Change[Membership]:
    """Enter an organisation that is a member already: apply and admit in one step; a running one stays.

    What a member of old has accepted is on paper, so no version is asked for. Errors: `NetworkNotOpen` 409.
    """
    if present is not None and present.status in {MembershipState.ACTIVE, MembershipState.SUSPENDED}:
        return Change(present)
    waiting = present is not None and present.status is MembershipState.APPLIED
    applied = Change(present) if present is not None and waiting else _reapplied(present, new)
    on_paper = Openness(network.state, network.admits)
    entered = admit(applied.state, roles, since, on_paper)
    return Change(entered.state, (*applied.events, *entered.events), entered.result)


def _reapplied(present: Membership | None, new: Membership) -> Change[Membership]:
    """Apply; an invitation that nobody answered gives way."""
    if present is not None and present.status is MembershipState.INVITED:
        present = present.model_copy(update={"status": MembershipState.WITHDRAWN})
    return apply(present, new)
