"""Fixtures that every test may use."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).resolve().parent.parent


@pytest.fixture(scope="session")
def shared() -> Path:
    """The shared facts, traces and specifications beside the checkout."""
    place = Path(os.environ.get("ONECLICK_SHARED", REPOSITORY.parent / "shared"))
    if not (place / "specs").is_dir():
        pytest.skip(f"the shared data is not at {place}; set ONECLICK_SHARED to its place")
    return place
