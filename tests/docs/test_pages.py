"""Every Python block of the README and of the documentation runs, page by page."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from sybil import Sybil
from sybil.parsers.markdown import PythonCodeBlockParser

import oneclick_deploy as od
from oneclick_deploy.local.tools import find_tool
from tests.conftest import REPOSITORY
from tests.contract.checker import ContractChecker

PAGES = [
    page
    for page in [REPOSITORY / "README.md", *sorted((REPOSITORY / "docs").glob("*.md"))]
    if "```python" in page.read_text("utf-8")
]
PRIVATE = ("TURSO_", "CLOUDFLARE_", "ONECLICK_STORE", "CREDENTIALS_ENCRYPTION_KEY")
READER = Sybil(parsers=[PythonCodeBlockParser()], patterns=["*.md"])


@pytest.fixture(autouse=True)
def in_checkout(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Run where the pages' relative paths lead somewhere, with nobody's accounts and no home."""
    monkeypatch.chdir(REPOSITORY)
    monkeypatch.setenv("HOME", str(tmp_path))
    for name in [each for each in os.environ if each.startswith(PRIVATE)]:
        monkeypatch.delenv(name)


@pytest.fixture(autouse=True)
def clouds(
    monkeypatch: pytest.MonkeyPatch, contract: ContractChecker | None
) -> Iterator[list[od.LocalCloud]]:
    """Have the exchanges of every cloud checked, and stop those that a page leaves running."""
    started: list[od.LocalCloud] = []
    start = od.LocalCloud.start

    def watched(cloud: od.LocalCloud) -> od.LocalCloud:
        start(cloud)
        started.append(cloud)
        if contract is not None:
            contract.register(cloud.turso_url, "turso")
            contract.register(cloud.cloudflare_url, "cloudflare")
        return cloud

    monkeypatch.setattr(od.LocalCloud, "start", watched)
    yield started
    for cloud in started:
        cloud.stop()


@pytest.mark.parametrize("page", PAGES, ids=[page.stem for page in PAGES])
def test_the_python_blocks_of_the_page_run(page: Path) -> None:
    """In order and in one namespace, as a reader types them."""
    document = READER.parse(page)
    if "examples/guestbook" in document.text and find_tool("workerd") is None:
        pytest.skip("the guestbook's code needs workerd: run tools/install_test_tools.py")
    for block in document.examples():
        block.evaluate()
