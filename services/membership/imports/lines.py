"""How a line becomes an organisation with its membership, or a person. Every line stands by itself."""

from collections.abc import Sequence
from dataclasses import dataclass

from services.membership.imports.domain import Line, OrganisationLine, PersonLine, refused
from services.membership.imports.handlers import LineRefused, Result, Take
from services.membership.imports.store import Import
from services.membership.joining.handlers import enrol_member
from services.membership.memberships.domain import NetworkNotOpen
from services.membership.networks.domain import ADMITTING, Network
from services.membership.organisations import domain as organisations_domain
from services.membership.organisations.domain import Organisation, Particulars
from services.membership.organisations.store import of_network
from services.membership.parts import Parts
from services.membership.people.domain import ROLES_OF_KIND, EmailInUse, Person, PersonStatus, email_key
from services.membership.people.handlers import create_person
from shared.clock import epoch_ms
from shared.decisions import Change
from shared.errors import IdempotencyKeyReused
from shared.events.membership import OrganisationKind
from shared.ids import NetworkId, OrganisationId, PersonId, derived_id
from shared.mongo import Document
from shared.roles import Grant
from shared.store import Cause


@dataclass(frozen=True, slots=True)
class Known:
    """The organisations of the network that the lines of a chunk may mean, by match key."""

    by_key: dict[str, list[Organisation]]

    def find(self, line: Line, keys: Sequence[str]) -> Organisation | None:
        """Return the one that is meant: by number first. Errors: `LineRefused` if several fit."""
        for key in keys:
            found = self.by_key.get(key, [])
            if len(found) > 1:
                raise LineRefused(refused(line, "name", "organisation-ambiguous"))
            if found:
                return found[0]
        return None


async def known(parts: Parts, job: Import, lines: Sequence[Line]) -> Known:
    """Look up what the lines may mean, in one query."""
    keys = sorted({key for line in lines for key in line.keys(job.scope.key)})
    by_key: dict[str, list[Organisation]] = {}
    if job.network_id is None or not keys:
        return Known(by_key)
    where: Document = {**of_network(job.network_id), "match": {"$in": keys}}
    for document in await parts.organisations.collection.find(where, {"state": 1, "match": 1}):
        for key in document["match"]:
            by_key.setdefault(key, []).append(Organisation.model_validate(document["state"]))
    return Known(by_key)


async def organisations(parts: Parts, job: Import, lines: Sequence[Line]) -> Take:
    """Return how a line of organisations is taken: found again by number or name and district, else registered."""
    network = await parts.networks.get(job.network_id or "")
    there = await known(parts, job, lines)

    async def take(line: Line) -> Result:
        assert isinstance(line, OrganisationLine)  # noqa: S101  the import's kind says so
        found = there.find(line, line.keys(network.id))
        if found is not None and line.kind not in {None, found.kind}:
            raise LineRefused(refused(line, "kind", "kind-differs"))
        if line.member_since is not None and network.status not in ADMITTING:
            raise NetworkNotOpen(state=network.status.value)
        if job.dry_run:
            return _foreseen(found, line, network)
        return await _take_organisation(parts, job, line, found, network)

    return take


def _foreseen(found: Organisation | None, line: OrganisationLine, network: Network) -> Result:
    if found is None:
        return Result.CREATED
    return Result.UPDATED if _revised(found, line, network).events else Result.UNCHANGED


def _revised(found: Organisation, line: OrganisationLine, network: Network) -> Change[Organisation]:
    """A list corrects what was registered for its network, and leaves alone what came from elsewhere."""
    if found.registered_for != network.id:
        return Change(found)
    wanted = Particulars.model_validate({name: getattr(line, name) for name in Particulars.model_fields})
    # An empty cell says nothing: it deletes no value.
    kept = {name: getattr(found, name) for name, value in wanted if value is None}
    return organisations_domain.revise(found, wanted.model_copy(update=kept))


async def _take_organisation(
    parts: Parts, job: Import, line: OrganisationLine, found: Organisation | None, network: Network
) -> Result:
    new = _new(job, line, found, network)
    outcome = await parts.organisations.put(
        new.id,
        lambda present: (
            organisations_domain.register(None, new) if present is None else _revised(present, line, network)
        ),
        _cause(job, line, "organisation"),
    )
    written = outcome.result is not None
    if line.member_since is not None:
        enrolled = await enrol_member(
            network,
            outcome.state,
            line.roles,
            line.member_since,
            cause=_cause(job, line, "membership"),
            organisations=parts.organisations,
            memberships=parts.memberships,
            clock=parts.clock,
        )
        written = written or enrolled.result is not None
    if outcome.state.created_ms >= job.created_ms:
        return Result.CREATED
    return Result.UPDATED if written else Result.UNCHANGED


def _new(job: Import, line: OrganisationLine, found: Organisation | None, network: Network) -> Organisation:
    if found is not None:
        return found
    return Organisation(
        # Two imports of the same list at once meet in one document.
        id=OrganisationId(derived_id("organisation", "import", *line.keys(network.id)[:1], network.id)),
        name=line.name,
        kind=line.kind or OrganisationKind.COMPANY,
        ags=line.ags,
        industry_scheme=line.industry_scheme,
        industry_code=line.industry_code,
        azav_until=line.azav_until,
        reference=line.reference,
        registered_by=PersonId(job.by),
        registered_for=NetworkId(network.id),
        created_ms=job.created_ms,
    )


def _cause(job: Import, line: Line, part: str) -> Cause:
    return Cause(f"import:{job.id}:{line.line}:{part}", causation_id=f"import:{job.id}")


async def people(parts: Parts, job: Import, lines: Sequence[Line]) -> Take:
    """Return how a line of people is taken: found again by the e-mail address, else invited."""
    there = await known(parts, job, lines)
    own = None if job.organisation_id is None else await parts.organisations.get(job.organisation_id)

    async def take(line: Line) -> Result:
        assert isinstance(line, PersonLine)  # noqa: S101  the import's kind says so
        organisation = own or there.find(line, line.keys(job.scope.key))
        if organisation is None:
            column = "organisation" if line.reference is None else "reference"
            raise LineRefused(refused(line, column, "no-such-organisation"))
        if line.role not in ROLES_OF_KIND[organisation.kind]:
            raise LineRefused(refused(line, "role", "role-unfitting"))
        return await _take_person(parts, job, line, organisation)

    return take


async def _take_person(parts: Parts, job: Import, line: PersonLine, organisation: Organisation) -> Result:
    person_id = PersonId(derived_id("person", "import", email_key(line.email), organisation.id))
    grant = Grant(role=line.role, organisation_id=organisation.id)
    present = await parts.people.by_email(line.email)
    if present is not None:
        if grant not in present.grants:
            raise EmailInUse
        return Result.CREATED if present.created_ms >= job.created_ms else Result.UNCHANGED
    if job.dry_run:
        return Result.CREATED
    person = Person(
        id=person_id,
        name=line.name,
        email=line.email,
        locale=line.locale,
        grants=(grant,),
        status=PersonStatus.INVITED,
        created_ms=epoch_ms(parts.clock()),
    )
    try:
        await create_person(person, None, people=parts.people, passwords=parts.passwords)
    except IdempotencyKeyReused:  # another import of the same list was faster
        return Result.UNCHANGED
    return Result.CREATED
