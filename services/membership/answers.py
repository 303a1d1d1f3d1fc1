"""From a command's outcome to the answer: a repeat is answered like the first time."""

from pydantic import BaseModel

from shared.store import Outcome


def answered[S: BaseModel](outcome: Outcome[S], model: type[S]) -> S:
    """Return the state to show."""
    if outcome.repeated and outcome.result is not None:
        return model.model_validate(outcome.result)
    return outcome.state
