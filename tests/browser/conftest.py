"""The guestbook, deployed once, and Chromium to visit it with."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

import oneclick_deploy as od
from oneclick_deploy.local.tools import find_tool
from tests.conftest import REPOSITORY

GUESTBOOK = REPOSITORY / "examples" / "guestbook"
# The browser talks to this machine only: its own services are switched off.
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
WATCH = """
window.violations = [];
document.addEventListener("securitypolicyviolation", (event) => {
  window.violations.push(`${event.violatedDirective}: ${event.blockedURI}`);
});
"""
DESKTOP = {"width": 1280, "height": 900}
PHONE = {"width": 390, "height": 844}


@pytest.fixture(scope="session")
def chromium() -> str:
    """Where Chromium is."""
    found = shutil.which("chromium") or shutil.which("chromium-browser")
    if found is None:
        pytest.skip("Chromium is not installed (Debian: apt-get install chromium)")
    return found


@pytest.fixture(scope="module")
def deployed(chromium: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[od.Deployment]:
    """The guestbook in a local cloud, with its preview data."""
    if find_tool("workerd") is None:
        pytest.skip("workerd is not installed: run tools/install_test_tools.py")
    app = od.App(
        name="guestbook", source=GUESTBOOK, site="public", preview_data=GUESTBOOK / "preview.db"
    )
    with (
        od.LocalCloud(tmp_path_factory.mktemp("cloud")) as cloud,
        od.DeploymentOrchestrator.local(cloud) as orchestrator,
    ):
        yield orchestrator.deploy(app)


@pytest.fixture(scope="module")
def browser(chromium: str) -> Iterator[Any]:
    """One Chromium for the module."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=chromium, args=FLAGS)
        yield opened
        opened.close()


@pytest.fixture
def visit(browser: Any, deployed: od.Deployment) -> Iterator[Callable[..., Any]]:
    """Open the deployed site; after the test nothing may have gone wrong in any page."""
    contexts: list[Any] = []
    troubles: list[str] = []

    def open_page(path: str = "/", **options: Any) -> Any:
        given = {
            "viewport": DESKTOP,
            "reduced_motion": "reduce",
            "locale": "en-GB",
            "color_scheme": "light",
        }
        context = browser.new_context(**(given | options))
        contexts.append(context)
        context.set_default_timeout(10_000)
        context.add_init_script(WATCH)
        page = context.new_page()
        page.on("console", lambda said: said.type == "error" and troubles.append(said.text))
        page.on("pageerror", lambda error: troubles.append(str(error)))
        page.on("requestfailed", lambda request: _note_failure(request, troubles))
        page.on("response", lambda answer: _note(answer, troubles))
        page.goto(f"{deployed.url}{path}")
        page.wait_for_selector("#feed[aria-busy=false]")
        return page

    yield open_page
    for context in contexts:
        for page in context.pages:
            troubles += page.evaluate("window.violations")
        context.close()
    assert troubles == []


def _note_failure(request: Any, troubles: list[str]) -> None:
    # The page gives up a search when another begins, and a reload ends what is under way.
    if request.failure != "net::ERR_ABORTED":
        troubles.append(f"{request.url} failed: {request.failure}")


def _note(answer: Any, troubles: list[str]) -> None:
    if answer.status >= 400:
        troubles.append(f"{answer.status} {answer.request.method} {answer.url}")


@pytest.fixture
def preview() -> Iterator[sqlite3.Connection]:
    """What the preview left behind."""
    with closing(sqlite3.connect(f"file:{GUESTBOOK / 'preview.db'}?mode=ro", uri=True)) as opened:
        yield opened


@pytest.fixture
def shot(tmp_path: Path) -> Callable[[Any, str], bytes]:
    """Keep a picture of a whole page in the test's directory."""

    def take(page: Any, name: str) -> bytes:
        page.evaluate("scrollTo({ top: 0, behavior: 'instant' })")
        # Cards come in one after the other.
        page.locator("#feed > li:last-child .card").evaluate(
            "card => Promise.all(card.getAnimations().map((each) => each.finished))"
        )
        picture: bytes = page.screenshot(path=tmp_path / f"{name}.png", full_page=True)
        return picture

    return take
