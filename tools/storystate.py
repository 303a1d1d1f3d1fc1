"""What one run of the demo's story is made of: kept in a file, so that a second run is the same one."""

import json
import secrets
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from itertools import islice
from pathlib import Path

import holidays

VERSION = "2"  # a story that was told otherwise is told anew, to networks of its own
SATURDAY = 6


def load_state(var: Path) -> dict[str, str]:
    """Return what one run of the story is made of; kept, so that a second run is the same one."""
    file = var / "secrets" / "demo.json"
    if not file.exists() or json.loads(file.read_text(encoding="utf-8")).get("version") != VERSION:
        today = datetime.now(UTC).replace(hour=7, minute=0, second=0, microsecond=0)
        state = {
            "version": VERSION,
            "run": secrets.token_hex(4),
            "password": secrets.token_urlsafe(18),
            "since": today.date().isoformat(),
            "first_day": (today + timedelta(days=20)).isoformat(),
            "due_at": (today + timedelta(days=14)).isoformat(),
        }
        file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        file.touch(mode=0o600)
        file.write_text(json.dumps(state, indent=2), encoding="utf-8")
    found: dict[str, str] = json.loads(file.read_text(encoding="utf-8"))
    return found


def teaching_days(first: datetime, count: int) -> list[dict[str, str]]:
    """Return so many working days of Baden-Württemberg from `first` on, seven hours each, as the API takes them."""
    return [
        {"starts_at": day.isoformat(), "ends_at": (day + timedelta(hours=7)).isoformat()}
        for day in islice(_working_days(first), count)
    ]


def _working_days(first: datetime) -> Iterator[datetime]:
    free = holidays.country_holidays("DE", subdiv="BW")
    day = first
    while True:
        if day.isoweekday() < SATURDAY and date(day.year, day.month, day.day) not in free:
            yield day
        day += timedelta(days=1)
