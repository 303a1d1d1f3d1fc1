"""What one run of the demo's story is made of: kept in a file, so that a second run is the same one."""

import json
import secrets
from datetime import UTC, datetime, timedelta
from pathlib import Path


def load_state(var: Path) -> dict[str, str]:
    """Return what one run of the story is made of; kept, so that a second run is the same one."""
    file = var / "secrets" / "demo.json"
    if not file.exists():
        today = datetime.now(UTC).replace(hour=7, minute=0, second=0, microsecond=0)
        state = {
            "run": secrets.token_hex(4),
            "password": secrets.token_urlsafe(18),
            "since": today.date().isoformat(),
            "first_day": (today + timedelta(days=20)).isoformat(),
        }
        file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        file.touch(mode=0o600)
        file.write_text(json.dumps(state, indent=2), encoding="utf-8")
    found: dict[str, str] = json.loads(file.read_text(encoding="utf-8"))
    return found
