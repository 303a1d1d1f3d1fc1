"""One person in a browser: signs in as a demo role and acts on pages as people see them."""

import json
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
from playwright.sync_api import Browser, BrowserContext, Locator, Page, expect
from playwright.sync_api import Error as BrowserError

AXE = Path("web/node_modules/axe-core/axe.min.js")
# What the pages may say on the console: nothing, but that a service refused.
REFUSAL = re.compile(r"Failed to load resource: the server responded with a status of 4\d\d")
SIZES = {"desktop": (1280, 860), "phone": (375, 812)}


@dataclass(eq=False)
class World:
    """The running system with the demo in it."""

    url: str
    cast: dict[str, dict[str, str]]
    network: str
    organisations: dict[str, str]

    def api(self, role: str) -> httpx.Client:
        """Return a client of the API, signed in as this role."""
        who = self.cast[role]
        answer = httpx.post(
            f"{self.url}/api/membership/v1/tokens",
            json={"email": who["email"], "password": who["password"]},
        )
        answer.raise_for_status()
        token = answer.json()["access_token"]
        return httpx.Client(
            base_url=self.url,
            headers={"Authorization": f"Bearer {token}", "Accept-Language": "de"},
            timeout=20,
        )


class Person:
    """A browser of one's own: nothing is shared with the others'."""

    def __init__(self, browser: Browser, world: World, role: str, size: str, theme: str = "light") -> None:
        width, height = SIZES[size]
        self.world = world
        self.role = role
        self.size = size
        self.context: BrowserContext = browser.new_context(
            viewport={"width": width, "height": height},
            color_scheme="dark" if theme == "dark" else "light",
            has_touch=size == "phone",
            locale="de-DE",
            base_url=world.url,
        )
        self.context.set_default_timeout(15_000)
        self.page: Page = self.context.new_page()
        self.complaints: list[str] = []
        self.page.on("console", self._heard)
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))

    def _heard(self, message: Any) -> None:
        if message.type in {"error", "warning"} and not REFUSAL.search(message.text):
            self.complaints.append(f"{self.page.url}: {message.text}")

    def sign_in(self) -> "Person":
        """Pick the role on the sign-in page."""
        self.page.goto("/")
        name = self.world.cast[self.role]["name"]
        self.page.get_by_role("button", name=name).click()
        expect(self.page.get_by_role("heading", level=1)).not_to_have_text("Verbundwerk")
        return self

    def go(self, path: str) -> "Person":
        """Open an address and wait until its content is there."""
        self.page.goto(path)
        self.settled()
        return self

    def settled(self) -> None:
        """Wait until the page has its heading and shows no skeleton."""
        expect(self.page.locator("h1")).to_be_visible()
        expect(self.page.locator(".skeleton")).to_have_count(0)

    def button(self, name: str | re.Pattern[str]) -> Locator:
        """Return the button, else the link, with this name in the page's content."""
        content = self.page.locator("main")
        return content.get_by_role("button", name=name).or_(content.get_by_role("link", name=name)).first

    def open_menu(self) -> None:
        """Open the menu with language, theme and signing out."""
        self.page.get_by_role("button", name=re.compile("^(Menü von|Menu of)")).click()
        expect(self.page.get_by_role("menu")).to_be_visible()

    def violations(self) -> list[str]:
        """Return what axe finds on the page."""
        self.page.evaluate(AXE.read_text(encoding="utf-8"))
        found = self.page.evaluate(
            "axe.run(document, {resultTypes: ['violations']}).then((result) => result.violations.map("
            "(one) => `${one.id}: ${one.nodes.map((node) => node.html.slice(0, 160)).join(' | ')}`))"
        )
        return [f"{self.page.url} {one}" for one in found]

    def fits(self) -> bool:
        """Say whether the page becomes as narrow as the window; charts follow a frame later than the text."""
        try:
            self.page.wait_for_function(
                "document.documentElement.scrollWidth <= document.documentElement.clientWidth", timeout=5_000
            )
        except BrowserError:
            return False
        return True

    def overflow(self) -> int:
        """Return by how many pixels the page is wider than the window."""
        return int(
            self.page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        )

    def end_session(self) -> None:
        """Let the session end as it does after weeks: the access token is old and the refresh token void."""
        tokens = json.loads(self.page.evaluate("localStorage.getItem('vw.tokens')"))
        httpx.post(
            f"{self.world.url}/api/membership/v1/tokens/revoke", json={"refresh_token": tokens["refresh"]}
        ).raise_for_status()
        tokens |= {"access": "expired", "ends": 0}
        self.page.evaluate("(text) => localStorage.setItem('vw.tokens', text)", json.dumps(tokens))

    def close(self) -> None:
        """Close the browser's window; it must not have complained."""
        self.context.close()
        assert not self.complaints, self.complaints
