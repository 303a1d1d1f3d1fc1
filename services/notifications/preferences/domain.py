"""What a person wants to be told by mail, and when. Pure.

The inbox gets every message. Mail of a kind comes at once, gathered in a digest, or not at all; a mandatory kind
cannot be switched off, an optional one is off until asked for and off again when its time is over.
"""

from collections.abc import Mapping
from datetime import UTC, datetime, time, timedelta
from enum import StrEnum
from typing import Annotated
from zoneinfo import ZoneInfo

from pydantic import ConfigDict, Field

from shared.errors import Invalid, Rejected
from shared.events.envelope import Value

OPTIONAL_DAYS = 366  # the longest time for which an optional kind can be asked for
HOME = "Europe/Berlin"


class Choice(StrEnum):
    """How much a person may choose about a kind."""

    MANDATORY = "mandatory"
    DEFAULT = "default"
    OPTIONAL = "optional"


class Kind(Value):
    """A kind of message, with its name in both languages."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    choice: Choice
    de: str
    en: str


class Mode(StrEnum):
    """How mail of a kind comes."""

    INSTANT = "instant"
    DIGEST = "digest"
    OFF = "off"


class MandatoryKind(Rejected):
    status = 409
    en = "Messages of this kind cannot be switched off; you can have them in a digest."
    de = "Nachrichten dieser Art lassen sich nicht abschalten; Sie können sie gesammelt erhalten."


class Wish(Value):
    """What a person chose for a kind; `until_ms` ends the wish for an optional one."""

    mode: Mode
    until_ms: int | None = None


class Quiet(Value):
    """Hours without mail, in local time; may pass midnight. What comes meanwhile is sent at their end."""

    starts: time
    ends: time


class Digest(Value):
    """When digests come: at `at` local time, on `weekdays` (1 = Monday … 7)."""

    at: time = time(7, 30)
    weekdays: Annotated[tuple[int, ...], Field(min_length=1)] = (1, 2, 3, 4, 5)


class Preferences(Value):
    """The wishes of a person, or of a company for its common digest."""

    wishes: dict[str, Wish] = Field(default_factory=dict)
    quiet: Quiet | None = None
    digest: Digest = Digest()
    time_zone: str = HOME


class Now(Value):
    """The mail goes out now."""


class Later(Value):
    """The mail waits until `at` and is sent together with what else waits until then."""

    at: datetime


class Never(Value):
    """There is no mail; the inbox has the message."""


type Verdict = Now | Later | Never


def mode_of(kinds: Mapping[str, Kind], kind: str, wishes: Preferences, now_ms: int) -> Mode:
    """Return how mail of a kind comes to the person now."""
    choice = kinds[kind].choice
    wish = wishes.wishes.get(kind)
    if choice is Choice.OPTIONAL:
        return wish.mode if wish and wish.until_ms is not None and wish.until_ms > now_ms else Mode.OFF
    if wish is None or (choice is Choice.MANDATORY and wish.mode is Mode.OFF):
        return Mode.INSTANT
    return wish.mode


def judge(kinds: Mapping[str, Kind], kind: str, *, high: bool, wishes: Preferences, now: datetime) -> Verdict:
    """Return when a message of this kind is mailed to the person. High urgency waits for nothing."""
    mode = mode_of(kinds, kind, wishes, round(now.timestamp() * 1000))
    if mode is Mode.OFF:
        return Never()
    if high:
        return Now()
    if mode is Mode.DIGEST:
        return Later(at=next_digest(wishes, now))
    end = quiet_until(wishes, now)
    return Now() if end is None else Later(at=end)


def next_digest(wishes: Preferences, now: datetime) -> datetime:
    """Return the next instant of the person's digest after `now`."""
    zone = ZoneInfo(wishes.time_zone)
    day = now.astimezone(zone).date()
    for _ in range(8):
        at = datetime.combine(day, wishes.digest.at, zone).astimezone(UTC)
        if day.isoweekday() in wishes.digest.weekdays and at > now:
            return at
        day += timedelta(days=1)
    return now


def quiet_until(wishes: Preferences, now: datetime) -> datetime | None:
    """Return when the quiet hours end in which `now` lies, None if it lies in none."""
    if wishes.quiet is None:
        return None
    zone, (starts, ends) = ZoneInfo(wishes.time_zone), (wishes.quiet.starts, wishes.quiet.ends)
    local = now.astimezone(zone)
    clock = local.time().replace(tzinfo=None)
    inside = starts <= clock < ends if starts <= ends else clock >= starts or clock < ends
    if not inside:
        return None
    day = local.date() if clock < ends else local.date() + timedelta(days=1)
    return datetime.combine(day, ends, zone).astimezone(UTC)


def chosen(kinds: Mapping[str, Kind], kind: str, mode: Mode, until_ms: int | None, now_ms: int) -> Wish:
    """Return the wish if it may be. Errors: `MandatoryKind` 409, `Invalid` 422."""
    if kind not in kinds:
        raise Invalid(
            pointer="#/wishes",
            reason_en="There is no such kind of message.",
            reason_de="Diese Art von Nachricht gibt es nicht.",
        )
    choice = kinds[kind].choice
    if choice is Choice.MANDATORY and mode is Mode.OFF:
        raise MandatoryKind(pointer=f"#/wishes/{kind}")
    if choice is not Choice.OPTIONAL or mode is Mode.OFF:
        return Wish(mode=mode)
    latest = now_ms + OPTIONAL_DAYS * 24 * 3600 * 1000
    return Wish(mode=mode, until_ms=min(until_ms or latest, latest))
