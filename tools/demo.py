"""`make demo`: the 26 networks and four needs' way to a seat, a mail and a figure, by the public API only.

On that way: pool, pledges, sealed offers of three providers, award, record, plan, session, catalogue, bookings.

Run again it finds everything done, since every command carries the same Idempotency-Key.
Ends with 1 if a step or a figure of the report is not the expected one.
"""

import sys
from typing import Any

from rich.console import Console
from rich.progress import Progress
from rich.table import Table

from deploy.local import credentials, settings
from tools import cast, story
from tools.chapters import telling
from tools.chapters.surprise import Surprise
from tools.client import Refused
from tools.storystate import load_state
from tools.walkthrough import Demo

console = Console(highlight=False)


def play() -> bool:
    """Tell the story against the running system; True if every figure is right."""
    chosen = settings.load()
    admin = credentials.ensure(chosen.secrets)
    demo = Demo(chosen.url("gateway"), load_state(chosen.var), admin)
    with Progress(console=console) as progress:
        steps = telling.tell(demo, progress)
    outcome = demo.outcome()
    console.print("courses: 12 Anfragen auf 10 Plätze; eine Stornierung, die Warteliste rückt nach")
    for key, booking in outcome.items():
        console.print(
            f"  {key}: {booking['status']}, Position {booking['position']}, Gebühr {booking.get('fee_cents')} ct"
        )
    console.print("notifications: Posteingang von Gerber Drehteile (Demo)")
    for title in demo.inbox(at_least=story.HEROES[0].requests + 1):
        console.print(f"  {title}")
    figures = demo.figures()
    cast.write(chosen.demo, cast.cast(demo, admin))
    console.print(f"web: {chosen.public_url} – dort eine Rolle wählen")
    stepped = _report("Schritt", steps, story.EXPECTED_STEPS)
    reported = _report("reporting: Kennzahl", figures, story.EXPECTED)
    return stepped and reported and _check(outcome)


def _check(outcome: dict[str, Any]) -> bool:
    expected = {"cancelled": ("cancelled", 0), "promoted": ("confirmed", 0), "waiting": ("waitlisted", 0)}
    found = {key: (booking["status"], booking.get("fee_cents") or 0) for key, booking in outcome.items()}
    return found == expected


def _report(title: str, figures: dict[str, Any], expectations: dict[str, Any]) -> bool:
    table = Table(title, "Wert", "erwartet", "")
    right = True
    for key, expected in expectations.items():
        same = figures.get(key) == expected
        right = right and same
        table.add_row(key, str(figures.get(key)), str(expected), "stimmt" if same else "FALSCH")
    console.print(table)
    return right


def main() -> int:
    """Run the demo. Returns the exit status."""
    try:
        right = play()
    except Refused as refused:
        console.print(f"Die API hat abgelehnt: {refused}", style="red", markup=False)
        return 1
    except Surprise as surprise:
        console.print(f"Anders als erwartet: {surprise}", style="red", markup=False)
        return 1
    console.print("Alle Zahlen stimmen." if right else "Mindestens eine Zahl stimmt nicht.")
    return 0 if right else 1


if __name__ == "__main__":
    sys.exit(main())
