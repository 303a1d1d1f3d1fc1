"""Every page, in both sizes and themes: axe finds nothing, nothing overflows, nothing breaks the policy."""

from typing import Literal

import pytest
from playwright.sync_api import expect

from tests.browser.calls import call_of
from tests.browser.conftest import Enter
from tests.browser.people import SIZES, Person, World

THEMES: tuple[Literal["light", "dark"], ...] = ("light", "dark")
PAGES: dict[str, tuple[str, ...]] = {
    "manager": (
        "/n/{network}/today",
        "/n/{network}/needs",
        "/n/{network}/board",
        "/n/{network}/sessions",
        "/n/{network}/sessions/new",
        "/n/{network}/sessions/{session}",
        "/n/{network}/calls",
        "/n/{network}/calls/new",
        "/n/{network}/calls/{call}",
        "/n/{network}/companies",
        "/n/{network}/report",
        "/n/{network}/deliveries",
        "/n/{network}/webhooks",
        "/n/{network}/imports",
        "/settings",
    ),
    "company": (
        "/o/{company}/{network}/overview",
        "/o/{company}/{network}/post-need",
        "/o/{company}/{network}/courses",
        "/o/{company}/{network}/courses/{session}",
        "/o/{company}/{network}/bookings",
        "/o/{company}/people",
        "/inbox",
    ),
    "participant": ("/me/courses",),
    "provider": ("/p/{provider}/calls", "/p/{provider}/calls/{call}", "/p/{provider}/sessions"),
    "funder": ("/reports", "/reports/{network}"),
    "admin": ("/admin/networks", "/admin/organisations", "/admin/people?organisation={company}"),
}


def addresses(person: Person, world: World) -> list[str]:
    with world.api("manager") as manager:
        listed = manager.get("/api/courses/v1/sessions", params={"network_id": world.network}).json()
    values = {
        "network": world.network,
        "session": listed["items"][-1]["id"],
        "call": call_of(world),
        **world.organisations,
    }
    return [path.format(**values) for path in PAGES[person.role]]


@pytest.mark.parametrize("role", PAGES)
def test_axe_finds_nothing_and_nothing_is_wider_than_the_window(
    enter: Enter, world: World, role: str
) -> None:
    person = enter(role).sign_in()
    found = []
    for path in addresses(person, world):
        person.go(path)
        for width, height in (*SIZES.values(), (320, 640)):
            person.page.set_viewport_size({"width": width, "height": height})
            person.settled()
            if not person.fits():
                found.append(f"{path} is {person.overflow()} px too wide at {width} px")
            for theme in THEMES if width != 320 else ():
                person.page.emulate_media(color_scheme=theme, reduced_motion="reduce")
                found += [f"{width} px, {theme}: {one}" for one in person.violations()]
    assert found == []


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_the_sign_in_page_and_the_page_of_the_api_are_clean(enter: Enter, theme: str) -> None:
    person = enter("manager", "phone", theme)
    person.go("/sign-in")
    assert person.violations() == []
    assert person.fits()
    person.page.goto("/docs/")
    expect(person.page.get_by_text("Verbundwerk membership")).to_be_visible()


def test_english_pages_speak_english(enter: Enter, world: World) -> None:
    person = enter("manager").sign_in()
    person.open_menu()
    person.page.get_by_role("menuitem", name="English").click()
    expect(person.page.locator("html")).to_have_attribute("lang", "en")
    person.go(f"/n/{world.network}/sessions")
    expect(person.page.get_by_role("heading", level=1)).to_have_text("Sessions")


@pytest.mark.parametrize("role", PAGES)
def test_pages_are_light_on_a_phone(enter: Enter, world: World, role: str, record_property: object) -> None:
    """Prints largest contentful paint, transferred bytes and the delay of a press; holds the bytes."""
    person = enter(role, "phone").sign_in()
    rows = []
    for path in addresses(person, world):
        client = person.context.new_cdp_session(person.page)
        client.send("Network.clearBrowserCache")
        person.go(path)
        rows.append((path.split("?")[0], *measured(person)))
    for path, kilobytes, paint, delay in rows:
        shown = path.replace(world.network, "…")
        line = f"{kilobytes:5.0f} kB {paint:6.0f} ms LCP {delay:4.0f} ms press  {shown}"
        print(line)  # noqa: T201  shown by `pytest -rP`
    assert max(kilobytes for _, kilobytes, _, _ in rows) < 400


def measured(person: Person) -> tuple[float, float, float]:
    """Return compressed bytes of scripts, styles, fonts and page in kB, LCP and the delay of a press in ms."""
    found = person.page.evaluate(
        """async () => {
          const lcp = await new Promise((resolve) => {
            new PerformanceObserver((list) => resolve(list.getEntries().at(-1).startTime))
              .observe({ type: "largest-contentful-paint", buffered: true });
            setTimeout(() => resolve(0), 3000);
          });
          const entries = [...performance.getEntriesByType("resource"), ...performance.getEntriesByType("navigation")];
          const bytes = entries.filter((one) => !one.name.includes("/api/"))
            .reduce((sum, one) => sum + one.encodedBodySize, 0);
          return { lcp, bytes };
        }"""
    )
    person.page.evaluate(
        """() => {
          window.slowest = 0;
          new PerformanceObserver((list) => {
            for (const one of list.getEntries()) window.slowest = Math.max(window.slowest, one.duration);
          }).observe({ type: "event", durationThreshold: 16, buffered: false });
        }"""
    )
    person.open_menu()
    delay = person.page.evaluate(
        "new Promise((done) => requestAnimationFrame(() => setTimeout(() => done(slowest), 100)))"
    )
    person.page.keyboard.press("Escape")
    return float(found["bytes"]) / 1000, float(found["lcp"]), float(delay)
