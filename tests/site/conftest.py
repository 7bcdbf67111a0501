"""The site and the requests that were recorded from Cloudflare's own client."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

Recorded = Callable[[str], list[dict[str, Any]]]


@pytest.fixture(scope="session")
def pages_traces(shared: Path) -> Path:
    """The recorded runs of ``wrangler pages``."""
    return shared / "traces" / "cloudflare-pages"


@pytest.fixture(scope="session")
def expected(pages_traces: Path) -> dict[str, Any]:
    """What the client made of the demo site."""
    return json.loads((pages_traces / "EXPECTED.json").read_text(encoding="utf-8"))


@pytest.fixture
def demo_site(pages_traces: Path, tmp_path: Path) -> Path:
    """The demo site in a folder of its own."""
    files = json.loads((pages_traces / "site.json").read_text(encoding="utf-8"))
    root = tmp_path / "site"
    for name, content in files.items():
        try:
            (root / name).parent.mkdir(parents=True, exist_ok=True)
            (root / name).write_bytes(base64.b64decode(content))
        except OSError as error:
            pytest.skip(f"this file system cannot hold {name!a}: {error}")
    return root


@pytest.fixture
def requests_of(pages_traces: Path) -> Recorded:
    """Give the requests of one recorded run."""

    def read(name: str) -> list[dict[str, Any]]:
        trace = json.loads((pages_traces / "pages" / f"{name}.json").read_text(encoding="utf-8"))
        return [exchange["request"] for exchange in trace["exchanges"]]

    return read


@pytest.fixture
def write(tmp_path: Path) -> Callable[..., Path]:
    """Write files below a new output directory and give the directory."""

    def files(contents: dict[str, bytes | str]) -> Path:
        root = tmp_path / "out"
        root.mkdir(exist_ok=True)
        for name, content in contents.items():
            (root / name).parent.mkdir(parents=True, exist_ok=True)
            data = content.encode() if isinstance(content, str) else content
            (root / name).write_bytes(data)
        return root

    return files
