"""Commands on networks."""

from collections.abc import Callable
from datetime import date
from zoneinfo import ZoneInfo

from services.membership.networks import domain
from services.membership.networks.domain import Network
from services.membership.networks.policies import Policies
from services.membership.networks.store import due_on
from shared.clock import Clock
from shared.decisions import Change
from shared.store import Aggregates, Cause, Outcome

ZONE = ZoneInfo("Europe/Berlin")


async def found_network(new: Network, *, cause: Cause, networks: Aggregates[Network]) -> Outcome[Network]:
    """Found a network. Safe to repeat with the same cause. Errors: `TiersNotMonotone` 422."""
    return await networks.put(new.id, lambda present: domain.found(present, new), cause)


async def change_network(
    network_id: str,
    decide: Callable[[Network], Change[Network]],
    *,
    cause: Cause,
    networks: Aggregates[Network],
) -> Outcome[Network]:
    """Activate, close, mark or revise a network, set goals or documents. Errors: `NotFound` 404, `WrongState` 409."""
    return await networks.change(network_id, decide, cause)


async def change_policies(
    network_id: str,
    policies: Policies,
    valid_from: date | None,
    *,
    cause: Cause,
    networks: Aggregates[Network],
    clock: Clock,
) -> Outcome[Network]:
    """Set new policies, from today if no day is given. Errors: `NotFound` 404, those of `domain.change_policies`."""
    today = day_of(clock)
    return await networks.change(
        network_id,
        lambda network: domain.change_policies(network, policies, valid_from or today, today),
        cause,
    )


async def begin_due_policies(*, networks: Aggregates[Network], clock: Clock) -> int:
    """Put in force what waits for a day that has come; several replicas may do it at once. Returns how many."""
    today = day_of(clock)
    due = await networks.collection.find(due_on(today), {"_id": 1})
    for document in due:
        await networks.change(document["_id"], lambda network: domain.begin_policies(network, today), Cause())
    return len(due)


def day_of(clock: Clock) -> date:
    """Return the present day where the networks are."""
    return clock().astimezone(ZONE).date()
