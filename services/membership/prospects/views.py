"""Prospects as their network sees them, and an invitation as the invited one sees it."""

from datetime import date

from services.membership.networks.domain import Network
from services.membership.prospects.domain import Channel, Prospect, ProspectState, Source
from services.membership.prospects.store import prospect_of
from shared.events.membership import MembershipRole, OrganisationKind
from shared.mongo import Collection, Filter
from shared.web import Page, Paging, View, page_of


class TalkView(View):
    id: str
    on: date
    channel: Channel
    note: str


class ContactView(View):
    name: str | None
    email: str | None
    phone: str | None


class ProspectView(View):
    """A prospect; once converted, only `organisation_id` tells who it was."""

    id: str
    network_id: str
    organisation_name: str
    kind: OrganisationKind
    ags: str
    contact: ContactView
    source: Source
    status: ProspectState
    talks: list[TalkView]
    until: date | None
    roles: list[MembershipRole]
    organisation_id: str | None


class ProspectLinkView(View):
    """The link to send; whoever has it can join in the prospect's place until the end of `until`."""

    url: str
    until: date


class ProspectInvitationView(View):
    """What somebody is invited to; version 0 means that there is no such document."""

    network_name: str
    organisation_name: str
    kind: OrganisationKind
    ags: str
    roles: list[MembershipRole]
    until: date | None
    agreement: str | None
    agreement_version: int
    annex: str | None
    annex_version: int


class JoinedView(View):
    organisation_id: str
    membership_id: str
    person_id: str


def view_of(prospect: Prospect) -> ProspectView:
    shown = prospect.model_dump(include=set(ProspectView.model_fields))
    return ProspectView.model_validate(shown)


def invitation_of(prospect: Prospect, network: Network) -> ProspectInvitationView:
    documents = network.documents
    return ProspectInvitationView(
        network_name=network.name,
        organisation_name=prospect.organisation_name,
        kind=prospect.kind,
        ags=prospect.ags,
        roles=list(prospect.roles),
        until=prospect.until,
        agreement=documents.agreement,
        agreement_version=documents.agreement_version if documents.agreement else 0,
        annex=documents.annex,
        annex_version=documents.annex_version if documents.annex else 0,
    )


async def prospects_where(collection: Collection, where: Filter, paging: Paging) -> Page[ProspectView]:
    return await page_of(collection, where, paging, lambda document: view_of(prospect_of(document)))
