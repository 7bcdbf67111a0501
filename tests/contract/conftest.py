"""The providers' contracts, loaded once."""

from __future__ import annotations

from pathlib import Path

import pytest

from .openapi import Contract


@pytest.fixture(scope="session")
def turso(shared: Path) -> Contract:
    return Contract.load(shared / "specs/turso.json", provider="turso")


@pytest.fixture(scope="session")
def cloudflare(shared: Path) -> Contract:
    return Contract.load(
        shared / "specs/cloudflare-sdk.json", provider="cloudflare", prefix="/client/v4"
    )
