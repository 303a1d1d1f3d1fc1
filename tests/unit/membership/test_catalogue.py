"""The catalogue of personal data names every field that may hold some, and the printed page says the same."""

import importlib
import inspect
import pkgutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NewType, get_args, get_type_hints

import pytest
from pydantic import BaseModel

import services
from services.courses.privacy.store import MENTIONING
from services.membership.erasures.worker import HELD
from services.membership.main import build
from services.membership.parts import Parts
from services.membership.privacy.catalogue import catalogue, markdown
from services.membership.privacy.holdings import NOBODYS, OWN_PARTS, SHOWN, exported
from services.notifications.privacy import HELD as HELD_BY_NOTIFICATIONS
from services.notifications.privacy import SHOWN as SHOWN_BY_NOTIFICATIONS
from shared.events.envelope import Event
from shared.ids import PersonId

# The vault and whatever else is about people in person: every field counts, whatever its type.
ABOUT_PEOPLE = ("people.Person", "prospects.")


def models() -> Iterator[tuple[str, str, type[BaseModel]]]:
    """Yield (service, noun.Class, class) of every model that a domain module defines."""
    for found in pkgutil.walk_packages(services.__path__, "services."):
        if found.name.split(".")[3:4] != ["domain"]:
            continue
        module = importlib.import_module(found.name)
        _, service, noun = found.name.split(".")[:3]
        for name, one in inspect.getmembers(module, inspect.isclass):
            if one.__module__ == found.name and issubclass(one, BaseModel) and not issubclass(one, Event):
                yield service, f"{noun}.{name}", one


def mentions(kind: Any, wanted: Any) -> bool:
    """Whether a type is or contains `wanted`; an id type does not count as text."""
    if isinstance(kind, NewType):
        return kind is wanted
    return kind is wanted or any(mentions(part, wanted) for part in get_args(kind))


def suspects() -> Iterator[tuple[str, str]]:
    for service, name, model in models():
        for field, kind in get_type_hints(model).items():
            about_people = service == "membership" and name.startswith(ABOUT_PEOPLE)
            text = service == "membership" and mentions(kind, str)
            if field in model.model_fields and (about_people or text or mentions(kind, PersonId)):
                yield service, f"{name}.{field}"


def inherited(name: str) -> set[str]:
    """Return the names under which a field of a base class is listed, e.g. an ended seat's as the seat's."""
    noun, _, rest = name.partition(".")
    model, _, field = rest.partition(".")
    found = {one.__name__: one for _, full, one in models() if full.startswith(f"{noun}.")}
    return {f"{noun}.{base.__name__}.{field}" for base in found[model].__mro__ if base.__name__ in found}


def test_every_field_that_may_be_personal_is_listed() -> None:
    found = catalogue()
    listed = {f"{one.model}.{one.field}" for one in found.fields if one.model} | set(found.not_personal)
    missing = [name for _, name in suspects() if not inherited(name) & listed]
    assert not missing, "list these in services/membership/data/personal_data.yaml"


def test_every_listed_field_exists() -> None:
    known = {f"{name}.{field}" for _, name, model in models() for field in model.model_fields}
    found = catalogue()
    listed = {f"{one.model}.{one.field}" for one in found.fields if one.model} | set(found.not_personal)
    assert listed <= known


def test_everything_that_is_a_persons_own_goes_with_her() -> None:
    expire_by_themselves = {
        "limits",
        "imports",
        "import_chunks",
        "oidc_flows",
    }  # within days; counters are keyed by hashes
    own_process = {
        "people",
        "erasures",
        "prospects",
    }  # contacts of prospects have no account and rules of their own
    named = {
        one.collection
        for one in catalogue().fields
        if one.service == "membership" and one.erasure == "deleted"
    }
    by_links = {"letters", "letter_links"}  # `Links.forget`: a letter's event may not be out yet
    assert named - expire_by_themselves - own_process - by_links == set(HELD)
    in_courses = {one.collection for one in catalogue().fields if one.service == "courses"}
    assert in_courses == {"sessions", *MENTIONING}
    elsewhere = {one.collection for one in catalogue().fields if one.service == "notifications"}
    assert elsewhere == set(HELD_BY_NOTIFICATIONS)


def test_every_collection_that_names_people_is_in_the_export() -> None:
    parts: Parts = build("api").app.state.parts
    listed = {one.collection for one in catalogue().fields if one.service == "membership"}
    assert listed - set(NOBODYS) <= set(exported(parts)), "add it to services/membership/privacy/holdings.py"
    assert set(OWN_PARTS) <= listed
    assert {"inbox", *SHOWN_BY_NOTIFICATIONS} == set(HELD_BY_NOTIFICATIONS)  # courses: both read MENTIONING


def test_no_secret_is_shown_when_a_collection_is_exported() -> None:
    secrets = {"hash", "hashes", "secret", "recovery", "flow", "nonce", "verifier", "_id"}
    for shown in (*SHOWN.values(), *SHOWN_BY_NOTIFICATIONS.values()):
        assert not secrets & set(shown.fields)


def test_a_field_that_nobody_listed_is_noticed() -> None:
    class Prospect(BaseModel):
        phone: str
        contact: PersonId | None = None
        members: dict[PersonId, int]
        size: int

    hints = get_type_hints(Prospect, localns={"PersonId": PersonId})
    assert [name for name, kind in hints.items() if mentions(kind, str)] == ["phone"]
    assert [name for name, kind in hints.items() if mentions(kind, PersonId)] == ["contact", "members"]


@pytest.mark.parametrize("field", catalogue().fields, ids=lambda field: f"{field.collection}.{field.field}")
def test_every_field_says_what_for_and_how_long(field: Any) -> None:
    assert field.purpose_en
    assert field.purpose_de
    assert "GDPR" in field.legal_basis
    assert field.retention in catalogue().retention


def test_printed_page_is_what_the_catalogue_says() -> None:
    assert Path("docs/privacy/personal-data.md").read_text(encoding="utf-8") == markdown()
