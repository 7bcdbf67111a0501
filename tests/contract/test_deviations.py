"""The rows where facts overrule a specification, and the ways they go stale."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path

import pytest

from .deviations import DEVIATIONS, deviations_of
from .overlay import (
    ExtraAnswer,
    ExtraFields,
    ExtraOperation,
    ExtraQuery,
    ListItems,
    RequiredFields,
    StaleDeviationError,
)
from .schemas import Json

FILES = {"turso": "turso.json", "cloudflare": "cloudflare-sdk.json"}
ABOUT = {"provider": "turso", "reason": "seen", "facts": "turso.md"}
STALE = [
    ExtraFields(**ABOUT, where="Database", fields={"Name": {}}),
    ExtraFields(**ABOUT, where="Databases", fields={"name": {}}),
    ExtraFields(**ABOUT, where="Group", fields={"name": {}}),
    RequiredFields(**ABOUT, where="Database", names=("hostname",)),
    RequiredFields(**ABOUT, where="NewGroup", names=("location",)),
    ExtraQuery(
        **ABOUT, where="GET /v1/organizations/{organizationSlug}/databases", keys={"group": {}}
    ),
    ExtraQuery(**ABOUT, where="GET /v1/databases", keys={"limit": {}}),
    ExtraOperation(**ABOUT, where="GET /v1/locations", responses={}),
    ExtraAnswer(**ABOUT, where="PUT /v1/locations 400", content={"text/plain": {}}),
    ExtraAnswer(**ABOUT, where="GET /v1/locations 200", content={"application/json": {}}),
]


@pytest.fixture
def document(shared: Path) -> Json:
    read: Json = json.loads((shared / "specs/turso.json").read_text())
    return read


def test_every_row_names_a_provider_a_reason_and_its_facts(shared: Path) -> None:
    for row in DEVIATIONS:
        assert row.provider in FILES, row
        assert row.reason, row
        assert (shared / "facts" / row.facts).is_file(), row


def test_no_row_is_there_twice() -> None:
    counted = Counter((type(row).__name__, row.provider, row.where) for row in DEVIATIONS)
    assert counted.most_common(1)[0][1] == 1


@pytest.mark.parametrize("provider", FILES)
def test_every_row_changes_its_document(shared: Path, provider: str) -> None:
    document = json.loads((shared / "specs" / FILES[provider]).read_text())
    for row in deviations_of(provider):
        before = json.dumps(document)
        row.apply(document)
        assert json.dumps(document) != before, row


@pytest.mark.parametrize("row", STALE, ids=lambda row: type(row).__name__)
def test_a_row_that_does_not_fit_any_more_is_refused(document: Json, row: ExtraFields) -> None:
    with pytest.raises(StaleDeviationError):
        row.apply(document)


def test_a_list_that_is_described_by_now_is_left_alone() -> None:
    row = ListItems(**ABOUT, where="List", items={"type": "string"})
    result = {"type": "array", "items": {"type": "integer"}}
    document = {"components": {"schemas": {"List": {"properties": {"result": result}}}}}
    with pytest.raises(StaleDeviationError):
        row.apply(document)
