"""A network: its life from forming to closed, and its rules for courses in versions. Pure."""

from enum import StrEnum
from itertools import pairwise

from services.membership.domain import changed, next_state
from shared.decisions import Change
from shared.errors import AlreadyExists, Rejected
from shared.events.envelope import Value
from shared.events.membership import (
    CancellationTier,
    NetworkActivated,
    NetworkBecameSelfSustaining,
    NetworkClosed,
    NetworkFounded,
    NetworkPoliciesChanged,
)
from shared.ids import NetworkId

KIND = "network"
MAX_DAYS_BEFORE = 365
MAX_TIERS = 10


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


_S, _C = NetworkState, NetworkCommand
TRANSITIONS: dict[tuple[NetworkState, NetworkCommand], NetworkState] = {
    (_S.FORMING, _C.ACTIVATE): _S.ACTIVE,
    (_S.FORMING, _C.CHANGE_POLICIES): _S.FORMING,
    (_S.FORMING, _C.CLOSE): _S.CLOSED,
    (_S.ACTIVE, _C.MARK_SELF_SUSTAINING): _S.SELF_SUSTAINING,
    (_S.ACTIVE, _C.CHANGE_POLICIES): _S.ACTIVE,
    (_S.ACTIVE, _C.CLOSE): _S.CLOSED,
    (_S.SELF_SUSTAINING, _C.CHANGE_POLICIES): _S.SELF_SUSTAINING,
    (_S.SELF_SUSTAINING, _C.CLOSE): _S.CLOSED,
}
# A network that carries itself goes on admitting: only the grant has ended.
ADMITTING = frozenset({_S.ACTIVE, _S.SELF_SUSTAINING})


class TiersNotMonotone(Rejected):
    status = 422
    en = (
        "Cancellation tiers go from many days to 0 days before the course, without a gap at the end, "
        "and a later cancellation never costs less."
    )
    de = (
        "Stornostufen gehen von vielen Tagen bis 0 Tage vor dem Kurs, ohne Lücke am Ende, "
        "und später abzusagen kostet nie weniger."
    )


class Policies(Value):
    """The rules for courses. `waitlist_cap_per_company` None means no cap."""

    cancellation: tuple[CancellationTier, ...]
    waitlist_cap_per_company: int | None = None


class Network(Value):
    """State of a network. `name` never leaves this service's answers."""

    id: NetworkId
    name: str
    sector_focus: SectorFocus
    ags: tuple[str, ...]
    status: NetworkState
    policies: Policies
    policies_version: int
    created_ms: int


def check_policies(policies: Policies) -> None:
    """Errors: `TiersNotMonotone` 422 unless every day has exactly one fee and waiting never makes it cheaper."""
    tiers = policies.cancellation
    days = [tier.days_before for tier in tiers]
    fees = [tier.fee_percent for tier in tiers]
    fits = (
        0 < len(tiers) <= MAX_TIERS
        and days[-1] == 0
        and days[0] <= MAX_DAYS_BEFORE
        and all(before > after for before, after in pairwise(days))
        and all(before <= after for before, after in pairwise(fees))
        and all(0 <= fee <= 100 for fee in fees)
    )
    if not fits:
        raise TiersNotMonotone(pointer="#/cancellation")


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


def change_policies(network: Network, policies: Policies) -> Change[Network]:
    """Set new rules, as the next version; equal rules change nothing.

    Errors: `TiersNotMonotone` 422, `WrongState` 409.
    """
    check_policies(policies)
    moved = _moved(network, NetworkCommand.CHANGE_POLICIES)
    if policies == network.policies:
        return Change(network)
    after = moved.model_copy(update={"policies": policies, "policies_version": network.policies_version + 1})
    return changed(after, _policies_changed(after))


def _moved(network: Network, command: NetworkCommand) -> Network:
    return network.model_copy(update={"status": next_state(TRANSITIONS, network.status, command, KIND)})


def _policies_changed(network: Network) -> NetworkPoliciesChanged:
    return NetworkPoliciesChanged(
        network_id=network.id,
        version=network.policies_version,
        cancellation=network.policies.cancellation,
        waitlist_cap_per_company=network.policies.waitlist_cap_per_company,
    )
