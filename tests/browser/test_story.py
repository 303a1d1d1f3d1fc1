"""The walkthrough, across five browsers: from two companies' needs to a seat, a message and a figure."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Enter
from tests.browser.people import Person, World

# A topic of its own for each size, so that the two stories do not meet in one pool.
TOPICS = {"desktop": "Roboter und Cobots programmieren", "phone": "Leistungselektronik prüfen"}


def post_need(company: Person, topic: str, heads: int) -> None:
    at = f"/o/{company.world.organisations[company.role]}/{company.world.network}"
    page = company.go(f"{at}/post-need").page
    page.get_by_label("Thema").select_option(label=topic)
    company.button("Weiter").click()
    page.get_by_label("Zahl der Personen").fill(str(heads))
    company.button("Weiter").click()
    company.button("Weiter").click()
    expect(page.get_by_role("heading", name="Stimmt das so?")).to_be_visible()
    company.button("Bedarf melden").click()
    expect(page.get_by_role("status").filter(has_text=f"Gemeldet: {topic}")).to_be_visible()


def move_by_menu(manager: Person, topic: str, item: str | re.Pattern[str]) -> None:
    manager.page.get_by_role("button", name=f"Verschieben: {topic}").first.click()
    manager.page.get_by_role("menuitem", name=item).click()


def pledge(company: Person, topic: str, seats: int) -> None:
    at = f"/o/{company.world.organisations[company.role]}/{company.world.network}"
    page = company.go(f"{at}/overview").page
    card = page.get_by_role("listitem").filter(has_text=topic).filter(has_text="zusagen")
    card.get_by_label("Plätze, die Sie zusagen").fill(str(seats))
    card.get_by_role("button", name=re.compile(r"zusagen$")).click()
    expect(page.get_by_text(f"{seats} Plätze sind zugesagt.")).to_be_visible()


def book(company: Person, topic: str, names: list[str]) -> None:
    at = f"/o/{company.world.organisations[company.role]}/{company.world.network}"
    page = company.go(f"{at}/courses").page
    company.button(re.compile(rf"Ansehen und buchen\s*: {topic}")).click()
    company.settled()
    for name in names:
        page.get_by_role("checkbox", name=name).check()
    company.button(re.compile("verbindlich buchen")).click()
    expect(page.get_by_text("Der Platz ist bestätigt.").first).to_be_visible()


@pytest.mark.parametrize("size", ["desktop", "phone"])
def test_two_needs_become_a_course_with_booked_seats_and_a_figure(
    enter: Enter, world: World, size: str
) -> None:
    topic = TOPICS[size]
    first, second = enter("company", size).sign_in(), enter("second_company", size).sign_in()
    manager = enter("manager", size).sign_in()
    with world.api("funder") as funder:
        before = figures(funder, world.network)

    post_need(first, topic, 2)
    post_need(second, topic, 3)

    page = manager.go(f"/n/{world.network}/board").page
    move_by_menu(manager, topic, "In ein neues Bündel")
    page.get_by_role("dialog").get_by_label("Mindestzahl Plätze").fill("4")
    page.get_by_role("dialog").get_by_role("button", name="Bündel eröffnen").click()
    expect(page.get_by_role("dialog")).to_have_count(0)
    pool = page.get_by_role("region", name=topic)
    expect(pool).to_be_visible()
    expect(page.get_by_role("button", name=f"Verschieben: {topic}")).to_have_count(1)
    move_by_menu(manager, topic, re.compile(r"^Bündel \d"))
    expect(
        pool.get_by_text("Kallmann Sensorik GmbH (Demo)").or_(pool.get_by_text("Gerber Drehteile"))
    ).to_have_count(2)

    pledge(first, topic, 2)
    pledge(second, topic, 3)

    # What the manager has to do next stands on the first page.
    page = manager.go(f"/n/{world.network}/today").page
    row = page.get_by_role("listitem").filter(has_text=topic)
    row.get_by_role("link", name=re.compile("Kurs ansetzen")).click()
    manager.settled()
    page.get_by_label("Preis je Platz in Euro").fill("480")
    page.get_by_label("Wo", exact=True).select_option(label="Göppingen")
    manager.button("Als Entwurf ansetzen").click()
    manager.button("Buchung öffnen").click()
    expect(page.get_by_text("Der Kurs ist buchbar.")).to_be_visible()

    book(first, topic, ["Björn Öztürk"])
    book(second, topic, ["Zoë O’Connor"])

    participant = enter("participant", size).sign_in()
    expect(participant.page.get_by_role("heading", name=topic)).to_be_visible(timeout=40_000)
    expect(participant.page.get_by_text("Göppingen").first).to_be_visible()

    funder_page = enter("funder", size).sign_in().go(f"/reports/{world.network}").page
    wanted = int(before["seats_confirmed"]) + 2
    cell = funder_page.get_by_role("row").filter(has_text="Bestätigte Plätze").first
    expect(cell).to_contain_text(str(wanted))


def figures(client: object, network: str) -> dict[str, float]:
    answer = client.get(f"/api/reporting/v1/networks/{network}/figures")  # type: ignore[attr-defined]
    return {figure["key"]: figure["value"] for figure in answer.json()["figures"]}
