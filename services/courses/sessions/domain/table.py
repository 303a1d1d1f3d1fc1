"""The states of a session, and which command leads where. What the table does not list is refused (409)."""

from enum import StrEnum


class SessionState(StrEnum):
    DRAFT = "draft"
    OPEN = "open"
    CONFIRMED = "confirmed"
    RUNNING = "running"
    COMPLETED = "completed"
    SETTLED = "settled"
    POSTPONED = "postponed"
    CANCELLED = "cancelled"


class SessionCommand(StrEnum):
    OPEN = "open"
    BOOK = "book"
    ANSWER_OFFER = "answer_offer"
    ANSWER_DATES = "answer_dates"
    CANCEL_BOOKING = "cancel_booking"
    SUBSTITUTE = "substitute"
    RESERVE = "reserve"
    CONFIRM = "confirm"
    POSTPONE = "postpone"
    RESCHEDULE = "reschedule"
    START = "start"
    COMPLETE = "complete"
    SETTLE = "settle"
    CANCEL = "cancel"


_S, _C = SessionState, SessionCommand
_SOLD = (_C.BOOK, _C.ANSWER_OFFER, _C.ANSWER_DATES, _C.CANCEL_BOOKING, _C.SUBSTITUTE, _C.RESERVE)
TABLE: dict[tuple[SessionState, SessionCommand], SessionState] = {
    (_S.DRAFT, _C.OPEN): _S.OPEN,
    (_S.DRAFT, _C.RESERVE): _S.DRAFT,
    (_S.DRAFT, _C.RESCHEDULE): _S.DRAFT,
    (_S.DRAFT, _C.CANCEL): _S.CANCELLED,
    **{(_S.OPEN, command): _S.OPEN for command in _SOLD},
    (_S.OPEN, _C.CONFIRM): _S.CONFIRMED,
    (_S.OPEN, _C.RESCHEDULE): _S.OPEN,
    (_S.OPEN, _C.POSTPONE): _S.POSTPONED,
    (_S.OPEN, _C.CANCEL): _S.CANCELLED,
    **{(_S.CONFIRMED, command): _S.CONFIRMED for command in _SOLD},
    (_S.CONFIRMED, _C.RESCHEDULE): _S.CONFIRMED,
    (_S.CONFIRMED, _C.POSTPONE): _S.POSTPONED,
    (_S.CONFIRMED, _C.START): _S.RUNNING,
    (_S.CONFIRMED, _C.CANCEL): _S.CANCELLED,
    # Without a date nobody can book, and everybody may leave; new dates have to reach the minimum anew.
    (_S.POSTPONED, _C.CANCEL_BOOKING): _S.POSTPONED,
    (_S.POSTPONED, _C.SUBSTITUTE): _S.POSTPONED,
    (_S.POSTPONED, _C.RESCHEDULE): _S.OPEN,
    (_S.POSTPONED, _C.CANCEL): _S.CANCELLED,
    (_S.RUNNING, _C.COMPLETE): _S.COMPLETED,
    (_S.COMPLETED, _C.SETTLE): _S.SETTLED,
}

SOLD = frozenset({_S.OPEN, _S.CONFIRMED})  # seats are given and taken
ENDED = frozenset({_S.CANCELLED, _S.SETTLED})
