"""A network: its life from forming to closed, its region, goals, documents, and rules in versions. Pure."""

from datetime import date
from enum import StrEnum

from services.membership.domain import changed, next_state
from services.membership.networks.policies import (
    MAX_HISTORY,
    MAX_SCHEDULED,
    Policies,
    PoliciesInThePast,
    PolicyVersion,
    ScheduledPolicies,
    TooManyScheduled,
    check_policies,
)
from shared.decisions import Change
from shared.errors import AlreadyExists
from shared.events.envelope import Value
from shared.events.membership import (
    NetworkActivated,
    NetworkBecameSelfSustaining,
    NetworkClosed,
    NetworkFounded,
    NetworkPoliciesChanged,
)
from shared.events.networks import (
    NetworkDocumentsChanged,
    NetworkGoal,
    NetworkGoalsChanged,
    NetworkPoliciesScheduled,
    NetworkRevised,
)
from shared.ids import NetworkId

KIND = "network"


class SectorFocus(StrEnum):
    METAL_ELECTRO = "metal_electro"
    TEXTILE = "textile"
    CROSS_INDUSTRY = "cross_industry"


class NetworkState(StrEnum):
    FORMING = "forming"
    ACTIVE = "active"
    SELF_SUSTAINING = "self_sustaining"
    CLOSED = "closed"


class NetworkCommand(StrEnum):
    ACTIVATE = "activate"
    MARK_SELF_SUSTAINING = "mark_self_sustaining"
    CLOSE = "close"
    CHANGE_POLICIES = "change_policies"
    REVISE = "revise"


_S, _C = NetworkState, NetworkCommand
TRANSITIONS: dict[tuple[NetworkState, NetworkCommand], NetworkState] = {
    (_S.FORMING, _C.ACTIVATE): _S.ACTIVE,
    (_S.FORMING, _C.CHANGE_POLICIES): _S.FORMING,
    (_S.FORMING, _C.REVISE): _S.FORMING,
    (_S.FORMING, _C.CLOSE): _S.CLOSED,
    (_S.ACTIVE, _C.MARK_SELF_SUSTAINING): _S.SELF_SUSTAINING,
    (_S.ACTIVE, _C.CHANGE_POLICIES): _S.ACTIVE,
    (_S.ACTIVE, _C.REVISE): _S.ACTIVE,
    (_S.ACTIVE, _C.CLOSE): _S.CLOSED,
    (_S.SELF_SUSTAINING, _C.CHANGE_POLICIES): _S.SELF_SUSTAINING,
    (_S.SELF_SUSTAINING, _C.REVISE): _S.SELF_SUSTAINING,
    (_S.SELF_SUSTAINING, _C.CLOSE): _S.CLOSED,
}
# A network that carries itself goes on admitting: only the grant has ended.
ADMITTING = frozenset({_S.ACTIVE, _S.SELF_SUSTAINING})


class GoalMetric(StrEnum):
    """What a goal counts; reporting has a figure of the same name."""

    COMPANIES_MEMBERS = "companies_members"
    COMPANIES_REACHED = "companies_reached"
    SMES_REACHED = "smes_reached"
    NEEDS_POSTED = "needs_posted"
    SESSIONS_SCHEDULED = "sessions_scheduled"
    SEATS_CONFIRMED = "seats_confirmed"
    PERSON_UNITS = "person_units"


class Goal(Value):
    """A figure that the network wants to reach by the day `due`."""

    metric: GoalMetric
    target: int
    due: date


class Documents(Value):
    """What members accept: cooperation agreement and data-protection annex (Art. 26 GDPR), each with its version.

    Titles and places are texts that never leave this service's answers.
    """

    agreement_version: int = 0
    agreement: str | None = None
    annex_version: int = 0
    annex: str | None = None


class Network(Value):
    """State of a network. `name` never leaves this service's answers.

    `policies` are in force; `history` holds every version with its first day, `scheduled` what waits for its day.
    """

    id: NetworkId
    name: str
    sector_focus: SectorFocus
    ags: tuple[str, ...]
    status: NetworkState
    policies: Policies
    policies_version: int
    history: tuple[PolicyVersion, ...] = ()
    scheduled: tuple[ScheduledPolicies, ...] = ()
    goals: tuple[Goal, ...] = ()
    documents: Documents = Documents()
    created_ms: int


def found(present: Network | None, new: Network) -> Change[Network]:
    """Found a network with its first policies. Errors: `AlreadyExists` 409 for another one of this id."""
    if present is not None:
        same = (new.name, new.sector_focus, new.ags) == (present.name, present.sector_focus, present.ags)
        if not same:
            raise AlreadyExists(kind=KIND)
        return Change(present)
    check_policies(new.policies)
    founded = NetworkFounded(network_id=new.id, sector_focus=new.sector_focus.value, ags=new.ags)
    return changed(new, founded, _policies_changed(new))


def activate(network: Network) -> Change[Network]:
    """Let the network admit members. Errors: `WrongState` 409."""
    return changed(_moved(network, NetworkCommand.ACTIVATE), NetworkActivated(network_id=network.id))


def mark_self_sustaining(network: Network) -> Change[Network]:
    """Note that the network goes on without its grant. Errors: `WrongState` 409."""
    after = _moved(network, NetworkCommand.MARK_SELF_SUSTAINING)
    return changed(after, NetworkBecameSelfSustaining(network_id=network.id))


def close(network: Network) -> Change[Network]:
    """End the network. Errors: `WrongState` 409."""
    return changed(_moved(network, NetworkCommand.CLOSE), NetworkClosed(network_id=network.id))


def change_policies(network: Network, policies: Policies, valid_from: date, today: date) -> Change[Network]:
    """Set new rules from a day on, as the next version when they begin; equal rules change nothing.

    For the same later day the newest rules count; rules equal to those in force withdraw what waits for that day.
    Errors: `TiersNotMonotone`, `PoliciesInThePast` 422, `WrongState`, `TooManyScheduled` 409.
    """
    check_policies(policies)
    moved = _moved(network, NetworkCommand.CHANGE_POLICIES)
    if valid_from < today:
        raise PoliciesInThePast(pointer="#/valid_from")
    if valid_from == today:
        if policies == network.policies:
            return Change(network)
        after = _begun(moved, ScheduledPolicies(valid_from=valid_from, policies=policies))
        return changed(after, _policies_changed(after))
    waiting = {one.valid_from: one for one in network.scheduled}
    had = waiting.pop(valid_from, None)
    if policies == network.policies:
        if had is None:
            return Change(network)
    elif had is not None and had.policies == policies:
        return Change(network)
    else:
        waiting[valid_from] = ScheduledPolicies(valid_from=valid_from, policies=policies)
    if len(waiting) > MAX_SCHEDULED:
        raise TooManyScheduled(limit=MAX_SCHEDULED)
    after = moved.model_copy(update={"scheduled": tuple(waiting[day] for day in sorted(waiting))})
    told = NetworkPoliciesScheduled(
        network_id=network.id, valid_from=valid_from, withdrawn=valid_from not in waiting
    )
    return changed(after, told)


def begin_policies(network: Network, today: date) -> Change[Network]:
    """Put rules in force whose day has come, one version after the other; a closed network begins none."""
    due = [one for one in network.scheduled if one.valid_from <= today]
    if not due or network.status is NetworkState.CLOSED:
        return Change(network)
    after = network.model_copy(
        update={"scheduled": tuple(one for one in network.scheduled if one not in due)}
    )
    told = []
    for one in due:
        after = _begun(after, one)
        told.append(_policies_changed(after))
    return changed(after, *told)


def revise(network: Network, name: str, sector_focus: SectorFocus, ags: tuple[str, ...]) -> Change[Network]:
    """Correct name, sector focus or region; equal values change nothing. Errors: `WrongState` 409."""
    moved = _moved(network, NetworkCommand.REVISE)
    after = moved.model_copy(update={"name": name, "sector_focus": sector_focus, "ags": ags})
    if after == network:
        return Change(network)
    return changed(
        after, NetworkRevised(network_id=network.id, sector_focus=sector_focus.value, ags=after.ags)
    )


def set_goals(network: Network, goals: tuple[Goal, ...]) -> Change[Network]:
    """Set all goals at once; equal ones change nothing. Errors: `WrongState` 409."""
    wanted = tuple(sorted(set(goals), key=lambda goal: (goal.due, goal.metric, goal.target)))
    after = _moved(network, NetworkCommand.REVISE).model_copy(update={"goals": wanted})
    if after == network:
        return Change(network)
    told = tuple(NetworkGoal(metric=one.metric.value, target=one.target, due=one.due) for one in wanted)
    return changed(after, NetworkGoalsChanged(network_id=network.id, goals=told))


def set_documents(network: Network, agreement: str | None, annex: str | None) -> Change[Network]:
    """Name what members accept; each text that differs is the next version. Errors: `WrongState` 409."""
    had = network.documents
    documents = Documents(
        agreement=agreement,
        agreement_version=had.agreement_version + (agreement != had.agreement),
        annex=annex,
        annex_version=had.annex_version + (annex != had.annex),
    )
    moved = _moved(network, NetworkCommand.REVISE)
    if documents == had:
        return Change(network)
    told = NetworkDocumentsChanged(
        network_id=network.id,
        agreement_version=documents.agreement_version,
        annex_version=documents.annex_version,
    )
    return changed(moved.model_copy(update={"documents": documents}), told)


def _begun(network: Network, new: ScheduledPolicies) -> Network:
    version = network.policies_version + 1
    begun = PolicyVersion(version=version, valid_from=new.valid_from, policies=new.policies)
    return network.model_copy(
        update={
            "policies": new.policies,
            "policies_version": version,
            "history": (*network.history, begun)[-MAX_HISTORY:],
        }
    )


def _moved(network: Network, command: NetworkCommand) -> Network:
    return network.model_copy(update={"status": next_state(TRANSITIONS, network.status, command, KIND)})


def _policies_changed(network: Network) -> NetworkPoliciesChanged:
    policies = network.policies
    return NetworkPoliciesChanged(
        network_id=network.id,
        version=network.policies_version,
        cancellation=policies.cancellation,
        waitlist_cap_per_company=policies.waitlist_cap_per_company,
        valid_from=network.history[-1].valid_from if network.history else None,
        pooling_days=policies.pooling_days,
        pool_minimum_companies=policies.pool_minimum_companies,
        pre_emptive_working_days=policies.pre_emptive_working_days,
        cost_key=policies.cost_key,
    )
