"""Everything that is held about a person (Art. 15, 20 GDPR): gathered from all services, for machines and readers."""

import asyncio
from datetime import UTC, datetime
from typing import Any, Literal

from jinja2 import Environment, PackageLoader, StrictUndefined
from pydantic import JsonValue

from services.membership.parts import Parts
from services.membership.people.domain import Person
from services.membership.people.views import grant_views, view_of
from services.membership.privacy import holdings
from services.membership.privacy.catalogue import catalogue
from shared.clock import utc_now
from shared.web import View

FORMAT = "verbundwerk.person-export.v1"
MOST_ACCESSES = 5000

_PAGES = Environment(
    loader=PackageLoader("services.membership", "data"), autoescape=True, undefined=StrictUndefined
)


class Export(View):
    """What is held about one person. `scope` "employer" holds only what an employer knows."""

    format: str = FORMAT
    made_at: datetime
    scope: Literal["person", "employer"]
    person: dict[str, JsonValue]
    sign_ins: list[dict[str, JsonValue]]
    accesses: list[dict[str, JsonValue]]
    bookings: list[dict[str, Any]]
    messages: list[dict[str, Any]]
    traces: list[dict[str, Any]]
    purposes: list[dict[str, str]]


async def gather(person: Person, employers: list[str] | None, language: str, parts: Parts) -> Export:
    """Gather the export, complete or not at all. Errors: `PeerDown` 503 while another service is away."""
    whole = employers is None
    bookings, messages, elsewhere, here, sign_ins, accesses = await asyncio.gather(
        parts.elsewhere.bookings(person.id),
        parts.elsewhere.messages(person.id) if whole else _nothing(),
        parts.elsewhere.traces(person.id) if whole else _nothing(),
        holdings.traces(person, parts) if whole else _nothing(),
        _sign_ins(person.id, parts) if whole else _nothing(),
        _accesses(person.id, parts) if whole else _nothing(),
    )
    shown: dict[str, JsonValue] = view_of(person).model_dump(mode="json")
    if employers is not None:
        bookings = [one for one in bookings if one["organisation_id"] in employers]
        kept = tuple(grant for grant in person.grants if grant.organisation_id in employers)
        shown["grants"] = [grant.model_dump(mode="json") for grant in grant_views(kept)]
    else:
        shown |= {
            "created_at": _moment(person.created_ms),
            "has_password": person.password_hash is not None,
        }
    return Export(
        made_at=utc_now(),
        scope="person" if whole else "employer",
        person=shown,
        sign_ins=sign_ins,
        accesses=accesses,
        bookings=bookings,
        messages=messages,
        traces=[*here, *elsewhere],
        purposes=_purposes(language),
    )


def page(export: Export, language: str) -> str:
    """Return the export as an HTML page in the reader's language."""
    template = _PAGES.get_template("export.html.j2")
    return template.render(export=export.model_dump(mode="json"), language=language, words=_WORDS[language])


async def _nothing() -> list[dict[str, Any]]:
    return []


async def _sign_ins(person_id: str, parts: Parts) -> list[dict[str, Any]]:
    found = await parts.refresh.of_person(person_id)
    return [
        {"ends_at": _moment(one["ends"]), "expires_at": _moment(one["expires"]), "ended": one["revoked"]}
        for one in found
    ]


async def _accesses(person_id: str, parts: Parts) -> list[dict[str, Any]]:
    log = parts.accesses.collection
    found = await log.find({"subject": person_id}, sort=[("sort", -1)], limit=MOST_ACCESSES)
    kept = ("viewer", "viewer_kind", "what", "why", "day", "count")
    return [{name: one[name] for name in kept} for one in found]


def _purposes(language: str) -> list[dict[str, str]]:
    found = catalogue()
    german = language == "de"
    return [
        {
            "field": f"{one.service}.{one.collection}.{one.field}",
            "what": one.de if german else one.en,
            "purpose": one.purpose_de if german else one.purpose_en,
            "legal_basis": one.legal_basis,
            "kept": found.retention[one.retention].de if german else found.retention[one.retention].en,
        }
        for one in found.fields
    ]


def _moment(ms: int) -> str:
    return datetime.fromtimestamp(ms / 1000, UTC).isoformat()


_WORDS: dict[str, dict[str, str]] = {
    "en": {
        "title": "Your data",
        "employer": "Data that you hold as the employer",
        "made_at": "As of",
        "person": "Person",
        "sign_ins": "Sign-in sessions",
        "accesses": "Who looked at the data",
        "bookings": "Bookings",
        "messages": "Messages",
        "traces": "What else names you or is kept for you",
        "purposes": "What is kept, what for, and how long",
        "none": "Nothing is held.",
        "rights": "You may have wrong data corrected and data erased, object to its use, and complain to a data "
        "protection authority. Write to the management of your network.",
    },
    "de": {
        "title": "Ihre Daten",
        "employer": "Daten, die Sie als Arbeitgeber führen",
        "made_at": "Stand",
        "person": "Person",
        "sign_ins": "Anmeldesitzungen",
        "accesses": "Wer die Daten angesehen hat",
        "bookings": "Buchungen",
        "messages": "Nachrichten",
        "traces": "Was Sie sonst nennt oder für Sie gespeichert ist",
        "purposes": "Was gespeichert ist, wofür und wie lange",
        "none": "Nichts gespeichert.",
        "rights": "Sie können falsche Daten berichtigen und Daten löschen lassen, der Nutzung widersprechen und sich "
        "bei einer Datenschutzaufsicht beschweren. Schreiben Sie an das Verbundmanagement.",
    },
}
