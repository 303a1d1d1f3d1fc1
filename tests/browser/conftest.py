"""The whole system with its demo, once, and Chromium in front of it."""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, sync_playwright

from deploy.local.settings import Settings, load
from tests.browser.people import Person, World

CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark these tests, give them the time that a system needs to start, skip them without a browser."""
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.browser)
            item.add_marker(pytest.mark.connected)
            item.add_marker(pytest.mark.timeout(900))
            item.add_marker(pytest.mark.skipif(CHROMIUM is None, reason="no Chromium on this machine"))


@pytest.fixture(scope="package")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """Start everything on free ports, tell the demo's story, stop everything.

    BROWSER_VAR names the folder of a system that runs already and has its demo; then that one is used.
    """
    if given := os.environ.get("BROWSER_VAR"):
        yield world_of(load({"VERBUNDWERK_VAR": given}))
        return
    var = tmp_path_factory.mktemp("browser") / "var"
    environment = {**os.environ, "VERBUNDWERK_VAR": str(var), "VERBUNDWERK_PORTS": "free"}
    # Tests read pages faster than people do.
    environment |= {"RATE_PER_CLIENT": "1000", "RATE_PER_PERSON": "1000"}

    def run(*arguments: str) -> None:
        done = subprocess.run(
            [sys.executable, "-m", *arguments],
            env=environment,
            check=False,
            capture_output=True,
            text=True,
        )
        assert done.returncode == 0, done.stdout + done.stderr

    run("deploy.local", "up")
    try:
        run("tools.demo")
        yield world_of(load(environment))
    finally:
        run("deploy.local", "down")


def world_of(settings: Settings) -> World:
    """Read who is in the demo, and where."""
    people = json.loads((settings.demo / "demo.json").read_text(encoding="utf-8"))["people"]
    found = World(settings.public_url, {person["role"]: person for person in people}, "", {})
    for role in ("funder", "company", "second_company", "provider"):
        with found.api(role) as client:
            grant = client.get("/api/membership/v1/me").json()["grants"][0]
        if role == "funder":
            found.network = grant["network_id"]
        else:
            found.organisations[role] = grant["organisation_id"]
    return found


@pytest.fixture(scope="package")
def browser() -> Iterator[Browser]:
    """Start the distribution's Chromium. Playwright's event loop must be gone before other tests start theirs."""
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield started
        started.close()


type Enter = Callable[..., Person]


@pytest.fixture
def enter(browser: Browser, world: World) -> Iterator[Enter]:
    """Return what opens a browser for a role; all are closed and must not have complained."""
    people: list[Person] = []

    def opened(role: str, size: str = "desktop", theme: str = "light") -> Person:
        people.append(Person(browser, world, role, size, theme))
        return people[-1]

    yield opened
    for person in people:
        person.close()
