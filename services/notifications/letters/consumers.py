"""What letters listen to."""

from collections.abc import Callable
from functools import partial

from services.notifications.letters import handlers
from services.notifications.letters.store import Letters
from shared.events import membership
from shared.kafka import Consumers

GROUP = "notifications.letters"


def listen(consumers: Consumers, *, letters: Letters, wake: Callable[[], None]) -> None:
    """Queue every letter that is asked for."""
    of_letter = partial(handlers.queue, letters=letters, wake=wake)
    consumers.handle(membership.TOPIC, GROUP, {membership.LetterRequested: of_letter})
