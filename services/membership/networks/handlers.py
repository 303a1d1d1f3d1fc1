"""Commands on networks."""

from collections.abc import Callable

from services.membership.networks import domain
from services.membership.networks.domain import Network, Policies
from shared.decisions import Change
from shared.store import Aggregates, Cause, Outcome


async def found_network(new: Network, *, cause: Cause, networks: Aggregates[Network]) -> Outcome[Network]:
    """Found a network. Safe to repeat with the same cause. Errors: `TiersNotMonotone` 422."""
    return await networks.put(new.id, lambda present: domain.found(present, new), cause)


async def move_network(
    network_id: str,
    decide: Callable[[Network], Change[Network]],
    *,
    cause: Cause,
    networks: Aggregates[Network],
) -> Outcome[Network]:
    """Activate, close or mark a network. Errors: `NotFound` 404, `WrongState` 409."""
    return await networks.change(network_id, decide, cause)


async def change_policies(
    network_id: str, policies: Policies, *, cause: Cause, networks: Aggregates[Network]
) -> Outcome[Network]:
    """Set new policies as the next version. Errors: `NotFound` 404, `WrongState` 409, `TiersNotMonotone` 422."""
    return await networks.change(network_id, lambda network: domain.change_policies(network, policies), cause)
