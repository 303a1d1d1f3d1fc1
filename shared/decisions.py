"""What a pure decision returns."""

from dataclasses import dataclass

from pydantic import JsonValue

from shared.events.envelope import Event


@dataclass(frozen=True, slots=True)
class Change[S]:
    """The new state, the events that say why, and the answer for the caller.

    A change without events changes nothing: an aggregate tells everything that happens to it.
    """

    state: S
    events: tuple[Event, ...] = ()
    result: JsonValue = None
