"""The published language: the envelope, then one file per producing service."""

from shared.events import courses, membership, notifications
from shared.events.envelope import Envelope, Event, Unreadable, Value

PRODUCERS = (membership, courses, notifications)

__all__ = ["PRODUCERS", "Envelope", "Event", "Unreadable", "Value", "courses", "membership", "notifications"]
