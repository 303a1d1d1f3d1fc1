"""A letter that somebody asked for becomes something to send."""

from collections.abc import Callable

from services.notifications.letters.store import Letters
from shared.events.envelope import Envelope
from shared.events.membership import LetterRequested


async def queue(
    event: LetterRequested, envelope: Envelope, *, letters: Letters, wake: Callable[[], None]
) -> None:
    """Queue the letter once. Safe to repeat."""
    if await letters.queue(event.letter_id, event.kind.value, envelope):
        wake()
