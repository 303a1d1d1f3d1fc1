"""What goes wrong in real life: the last seat, an ended session, long names, no mouse."""

import json
import re
import uuid

import pytest
from playwright.sync_api import Page, expect

from deploy.local.process import wait_until
from tests.browser.conftest import Enter
from tests.browser.people import Person, World

COURSES = "/api/courses/v1"
LONG = "Maximiliane-Friederike Freifrau von und zu Übermäßig-Langnamen auf Schloß Süßbach"


def session_with(world: World, seats: int) -> str:
    """Open a session of a topic for so many seats; return its id."""
    with world.api("manager") as manager:

        def post(path: str, body: dict[str, object]) -> dict[str, str]:
            answer = manager.post(path, json=body, headers={"Idempotency-Key": uuid.uuid4().hex})
            answer.raise_for_status()
            found: dict[str, str] = answer.json()
            return found

        course = post(
            f"{COURSES}/courses",
            {"network_id": world.network, "topic_code": "auto-cobot", "teaching_units": 8},
        )
        body = {
            "course_id": course["id"],
            "days": [{"starts_at": "2027-05-04T08:00:00+02:00", "ends_at": "2027-05-04T15:00:00+02:00"}],
            "minimum_seats": 1,
            "capacity": seats,
            "price_cents": 10_000,
            "cost_key": "per_seat",
        }
        made = post(f"{COURSES}/sessions", body)
        post(f"{COURSES}/sessions/{made['id']}/open", {})
    return made["id"]


def book_page(person: Person, session: str) -> Page:
    at = f"/o/{person.world.organisations[person.role]}/{person.world.network}"
    return person.go(f"{at}/courses/{session}").page


def test_one_gets_the_last_seat_and_the_other_reads_her_place_in_the_queue(
    enter: Enter, world: World
) -> None:
    session = session_with(world, 1)
    people = [enter("company").sign_in(), enter("second_company", "phone").sign_in()]
    for person, name in zip(people, ("Björn Öztürk", "Zoë O’Connor"), strict=True):
        book_page(person, session).get_by_role("checkbox", name=name).check()
    # Both see the seat as free, and press.
    for person in people:
        person.page.evaluate(
            "[...document.querySelectorAll('button')]"
            ".find((one) => one.textContent.includes('verbindlich buchen')).click()"
        )
    answers = []
    for person in people:
        answer = person.page.locator(".notice[role=status]").first
        expect(answer).to_be_visible()
        answers.append(answer.inner_text())
    assert sum("Der Platz ist bestätigt." in text for text in answers) == 1
    assert sum("Wartelistenplatz 1" in text for text in answers) == 1
    with world.api("manager") as manager:
        seats = manager.get(f"{COURSES}/sessions/{session}").json()["seats"]
    assert (seats["confirmed"], seats["waitlisted"]) == (1, 1)


def test_a_session_that_ends_in_the_middle_of_a_form_loses_nothing(enter: Enter, world: World) -> None:
    company = enter("company").sign_in()
    page = company.go(f"/o/{world.organisations['company']}/{world.network}/post-need").page
    page.get_by_label("Thema").select_option(label="CNC-Programmierung")
    company.button("Weiter").click()
    page.get_by_label("Zahl der Personen").fill("7")
    company.button("Weiter").click()
    company.button("Weiter").click()
    company.end_session()
    company.button("Bedarf melden").click()

    dialog = page.get_by_role("alertdialog")
    expect(dialog).to_contain_text("Ihre Sitzung ist abgelaufen")
    assert company.violations() == []
    dialog.get_by_label("Passwort").fill(world.cast["company"]["password"])
    dialog.get_by_role("button", name="Anmelden").click()

    sent = page.get_by_role("status").filter(has_text="Gemeldet: CNC-Programmierung, 7 Personen")
    expect(sent).to_be_visible()
    with world.api("company") as client:
        needs = client.get(f"{COURSES}/needs", params={"network_id": world.network}).json()["items"]
    assert [need["headcount"] for need in needs if need["topic_code"] == "auto-cnc"] == [7]


def test_a_draft_is_there_again_after_the_page_was_closed(enter: Enter, world: World) -> None:
    company = enter("second_company").sign_in()
    path = f"/o/{world.organisations['second_company']}/{world.network}/post-need"
    page = company.go(path).page
    page.get_by_label("Thema").select_option(label="CNC-Programmierung")
    company.button("Weiter").click()
    page.get_by_label("Zahl der Personen").fill("4")
    expect(page.get_by_label("Zahl der Personen")).to_have_value("4")
    wait_until(
        lambda: page.evaluate(
            "Object.entries(localStorage).some(([key, text]) =>"
            " key.startsWith('vw.draft.need') && JSON.parse(text).value.heads === 4)"
        ),
        10,
    )
    company.go(path)
    expect(page.get_by_label("Zahl der Personen")).to_have_value("4")
    expect(page.get_by_text("Ihr Entwurf ist noch da.")).to_be_visible()


@pytest.mark.parametrize(
    "name", ["Jörg Müßiggänger-Öztürk", LONG, "محمد عبد الرحمن الخوارزمي", "דוד בן־גוריון", "李 明"]
)
def test_names_of_every_kind_are_shown_whole_on_a_phone(enter: Enter, world: World, name: str) -> None:
    company = enter("company", "phone").sign_in()
    page = company.go(f"/o/{world.organisations['company']}/people").page
    page.get_by_label("Name").fill(name)
    page.get_by_label("Dienstliche E-Mail-Adresse").fill(f"{uuid.uuid4().hex}@demo.example")
    company.button("Person anlegen").click()
    shown = page.get_by_role("listitem").get_by_text(name, exact=True)
    expect(shown).to_be_visible()
    assert company.fits()
    assert company.violations() == []


def test_a_refusal_stands_at_its_field_and_in_the_summary(enter: Enter, world: World) -> None:
    company = enter("company").sign_in()
    page = company.go(f"/o/{world.organisations['company']}/people").page
    page.get_by_label("Name").fill("Ohne Adresse")
    page.get_by_label("Dienstliche E-Mail-Adresse").fill("das ist keine")
    company.button("Person anlegen").click()
    field = page.get_by_label("Dienstliche E-Mail-Adresse")
    expect(field).to_have_attribute("aria-invalid", "true")
    summary = page.get_by_role("alert").filter(has_text="Prüfen Sie diese Angaben")
    expect(summary).to_be_focused()
    summary.get_by_role("link").click()
    expect(field).to_be_focused()
    expect(field).to_have_value("das ist keine")


def press_until(page: Page, wanted: re.Pattern[str], key: str = "Tab", most: int = 80) -> None:
    """Press a key until the focused element's name fits."""
    seen = []
    for _ in range(most):
        page.keyboard.press(key)
        name = page.evaluate(
            "(document.activeElement?.getAttribute('aria-label') ||"
            " document.activeElement?.closest('label')?.innerText ||"
            " document.activeElement?.innerText || '').trim()"
        )
        seen.append(name)
        if wanted.search(name):
            return
    raise AssertionError(f"never focused {wanted.pattern}; saw {json.dumps(seen, ensure_ascii=False)}")


def test_the_keyboard_alone_leads_from_sign_in_to_a_booking(enter: Enter, world: World) -> None:
    session_with(world, 3)
    company = enter("second_company")
    page = company.page
    page.goto("/")
    expect(page.get_by_role("heading", name="Demo: Rolle wählen")).to_be_visible()
    press_until(page, re.compile("Kallmann"))
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Unsere Qualifizierung")).to_be_visible()
    company.settled()
    press_until(page, re.compile("^Kurse finden"))
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1, name="Kurse finden")).to_be_visible()
    company.settled()
    press_until(page, re.compile(r"Ansehen und buchen\s*: Cobots"))
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Plätze buchen")).to_be_visible()
    company.settled()
    press_until(page, re.compile("Ærøskøbing"))
    page.keyboard.press("Space")
    press_until(page, re.compile("verbindlich buchen"))
    page.keyboard.press("Enter")
    expect(page.get_by_text("Der Platz ist bestätigt.").first).to_be_visible()


def test_a_need_is_lifted_and_dropped_by_the_keyboard(enter: Enter, world: World) -> None:
    with world.api("company") as client:
        body = {
            "network_id": world.network,
            "organisation_id": world.organisations["company"],
            "topic_code": "auto-plc1",
            "headcount": 2,
            "window_from": "2027-01-10",
            "window_to": "2027-06-30",
            "format": "any",
        }
        client.post(f"{COURSES}/needs", json=body, headers={"Idempotency-Key": uuid.uuid4().hex})
    with world.api("manager") as manager_api:
        pool = {"network_id": world.network, "topic_code": "auto-plc1", "minimum_seats": 6}
        manager_api.post(f"{COURSES}/pools", json=pool, headers={"Idempotency-Key": uuid.uuid4().hex})
    manager = enter("manager").sign_in()
    page = manager.go(f"/n/{world.network}/board").page
    row = page.get_by_role("row").filter(has_text="SPS und TIA, Grundlagen")
    handle = row.get_by_role("button", name="Bedarf ziehen")
    handle.focus()
    page.keyboard.press("Enter")
    # The only place to drop it is the pool of its topic, and the focus goes there.
    expect(handle).not_to_be_focused()
    page.keyboard.press("Enter")
    column = page.get_by_role("region", name="SPS und TIA, Grundlagen")
    expect(column.get_by_text("Gerber Drehteile GmbH (Demo)")).to_be_visible()
