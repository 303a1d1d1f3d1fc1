"""The people to sign in as in the demo, one a role, and the file from which the sign-in page lists them."""

import json
from pathlib import Path

from deploy.local.credentials import Credentials
from tools import story
from tools.walkthrough import Demo

FILE = "demo.json"


def cast(demo: Demo, admin: Credentials) -> list[dict[str, str]]:
    """Create who is missing and return everybody with address and password, the story's first role first."""
    grant = {"role": "funder", "network_id": demo.network}
    funder = demo.person("funder", "Fördergeberin (Demo)", grant)
    rows: tuple[tuple[str, str, str], ...] = (
        ("manager", "Verbundmanagement Ostalb", demo.mail("manager0")),
        ("company", "Personal, Gerber Drehteile", demo.mail("gerber")),
        ("second_company", "Personal, Kallmann Sensorik", demo.mail("kallmann")),
        ("participant", story.PARTICIPANT_NAME, demo.mail("{}.{}".format(*story.PARTICIPANT))),
        ("funder", "Fördergeberin", funder),
        ("provider", story.PROVIDER, demo.mail("academy")),
    )
    rows += (("admin", "Plattformverwaltung", admin.admin_email),)
    secret = {"admin": admin.admin_password}
    return [
        {"role": role, "name": name, "email": email, "password": secret.get(role, demo.password)}
        for role, name, email in rows
    ]


def write(folder: Path, people: list[dict[str, str]]) -> None:
    """Write the file that the local gateway serves. It holds passwords: of a demo, on this machine only."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / FILE).write_text(json.dumps({"people": people}, ensure_ascii=False, indent=1), encoding="utf-8")
