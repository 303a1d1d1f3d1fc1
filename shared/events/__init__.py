"""The published language: the envelope, then one file per producing service."""

from shared.events import courses, membership
from shared.events.envelope import Envelope, Event, Unreadable, Value

PRODUCERS = (membership, courses)

__all__ = ["PRODUCERS", "Envelope", "Event", "Unreadable", "Value", "courses", "membership"]
