"""A session and everything that is decided while it is sold and held. Pure: no clock, no I/O.

| Module | Decides |
|---|---|
| `table` | which command is possible in which state |
| `parts`, `state` | what a session is made of |
| `plan` | schedule, open |
| `phases` | who may book when |
| `bookings`, `groups` | book, substitute, cancel; one or several at once |
| `queue`, `offers` | who gets a free seat and why; timed offers |
| `contingents` | seats kept for a company |
| `dates` | postpone, move, ask again |
| `lifecycle` | go or no go, cancel, start, complete, settle |
| `standing` | a membership that rests or ends |
| `due` | what happens by itself, and when |
| `explain` | why X before Y |
"""

from services.courses.sessions.domain.lifecycle import ReasonCode
from services.courses.sessions.domain.parts import Ended, Seat
from services.courses.sessions.domain.state import Session
from services.courses.sessions.domain.table import TABLE, SessionCommand, SessionState

__all__ = ["TABLE", "Ended", "ReasonCode", "Seat", "Session", "SessionCommand", "SessionState"]
