"""From a command to its answer: a repeat is answered like the first time."""

from collections.abc import Awaitable, Callable

from pydantic import BaseModel

from shared.store import Outcome


def answered[S: BaseModel](outcome: Outcome[S], model: type[S]) -> S:
    """Return the state to show."""
    if outcome.repeated and outcome.result is not None:
        return model.model_validate(outcome.result)
    return outcome.state


async def shown[S: BaseModel, V](
    handling: Awaitable[Outcome[S]], model: type[S], view: Callable[[S], V]
) -> V:
    """Let a command be handled and return what is shown of its outcome: the end of every route that changes."""
    return view(answered(await handling, model))
