"""What is still to be applied, and where a database stands."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, strategies as st

from oneclick_deploy.errors import MigrationFailedBeforeError, MigrationResolveError
from oneclick_deploy.prisma.migrations import (
    AppliedMigration,
    Migration,
    MigrationHistory,
    pending,
)
from oneclick_deploy.prisma.migrations.planning import status_of
from oneclick_deploy.prisma.migrations.resolving import rows_to_roll_back, to_mark_applied

BEGAN = datetime(2026, 1, 1, 12, tzinfo=UTC)


def history(*names: str) -> MigrationHistory:
    return MigrationHistory(
        provider="sqlite", migrations=tuple(Migration.of(name, f"-- {name}\n") for name in names)
    )


def row(name: str, *, finished: bool = True, **more: Any) -> AppliedMigration:
    known = {"checksum": Migration.of(name, f"-- {name}\n").checksum, "rolled_back": False}
    return AppliedMigration(name=name, finished=finished, **(known | more))


def names(migrations: list[Migration]) -> list[str]:
    return [migration.name for migration in migrations]


# What is to be applied


def test_everything_is_pending_in_a_new_database():
    assert names(pending(history("a", "b"), [])) == ["a", "b"]


def test_nothing_is_pending_when_everything_was_applied():
    assert pending(history("a", "b"), [row("b"), row("a")]) == []


def test_a_migration_before_an_applied_one_is_applied_too():
    assert names(pending(history("a", "b", "c"), [row("b")])) == ["a", "c"]


def test_a_failed_migration_stops_everything():
    logs = "A migration failed to apply.\n\nDatabase error:\nno such table: x\n"
    failed = row("a", finished=False, logs=logs, started_at=BEGAN)
    later = row("z", finished=False, started_at=BEGAN + timedelta(seconds=1))
    with pytest.raises(MigrationFailedBeforeError) as caught:
        pending(history("a", "b"), [later, failed])
    assert caught.value.message == (
        "the migration a failed in this database before (P3009) (begun 2026-01-01 12:00:00 UTC), "
        "and 1 more: no such table: x"
    )
    assert (caught.value.code, caught.value.migration) == ("P3009", "a")
    assert "prisma migrate resolve" in caught.value.hint


def test_a_failed_migration_that_the_app_does_not_have_stops_everything_too():
    with pytest.raises(MigrationFailedBeforeError, match="gone"):
        pending(history("b"), [row("gone", finished=False)])


@pytest.mark.parametrize("finished", [True, False])
def test_a_rolled_back_migration_is_applied_again(finished):
    rows = [row("a", finished=finished, rolled_back=True)]
    assert names(pending(history("a", "b"), rows)) == ["a", "b"]


def test_a_migration_that_was_rolled_back_and_applied_again_is_done():
    rows = [row("a", finished=False, rolled_back=True), row("a")]
    assert pending(history("a"), rows) == []
    assert pending(history("a"), rows[::-1]) == []


def test_rows_that_the_app_does_not_have_are_ignored():
    assert names(pending(history("b"), [row("a"), row("z")])) == ["b"]


def test_a_changed_checksum_is_ignored_as_prisma_does():
    assert pending(history("a"), [row("a", checksum="another")]) == []


@given(st.lists(st.sampled_from("abcdef"), unique=True), st.lists(st.sampled_from("abcdefgh")))
def test_what_is_pending_and_what_was_applied_make_the_history(all_names, applied):
    own = history(*sorted(all_names))
    found = names(pending(own, [row(name) for name in applied]))
    assert found == [name for name in sorted(all_names) if name not in applied]


# Where a database stands


def test_a_status_tells_every_migration_once_where_it_belongs():
    rows = [
        row("a"),
        row("b", checksum="changed since"),
        row("c", finished=False, rolled_back=True, started_at=BEGAN),
        row("d", finished=False, rolled_back=True, started_at=BEGAN),
        row("d", started_at=BEGAN + timedelta(hours=1)),
        row("e", finished=False),
        row("gone"),
    ]
    found = status_of(history("a", "b", "c", "d", "e", "f"), rows, has_table=True)
    assert found.applied == ("a", "b", "d")
    assert found.pending == ("c", "f")
    assert found.failed == ("e",)
    assert found.rolled_back == ("c",)
    assert found.edited == ("b",)
    assert found.unknown == ("gone",)
    assert not found.up_to_date


def test_an_edited_migration_does_not_make_a_database_out_of_date():
    found = status_of(history("a"), [row("a", checksum="other")], has_table=True)
    assert found.edited == ("a",)
    assert found.up_to_date


def test_other_ends_of_lines_are_no_edit():
    crlf = Migration.of("a", "-- a\r\n").checksum
    assert status_of(history("a"), [row("a", checksum=crlf)], has_table=True).edited == ()


@pytest.mark.parametrize(
    "rows",
    [[], [row("a"), row("b")], [row("a", finished=False)]],
    ids=["pending", "unknown", "failed"],
)
def test_a_database_is_out_of_date_when_anything_differs(rows):
    assert not status_of(history("a"), rows, has_table=True).up_to_date


def test_a_database_without_the_table_is_not_up_to_date():
    assert not status_of(history(), [], has_table=False).up_to_date


# Marking by hand


def test_a_failed_migration_is_rolled_back():
    failed = row("a", finished=False, id="1")
    assert rows_to_roll_back([failed, row("b")], "a") == [failed]


def test_rolling_back_twice_is_no_error_and_marks_nothing():
    assert rows_to_roll_back([row("a", finished=False, rolled_back=True)], "a") == []


@pytest.mark.parametrize(
    ("rows", "code"), [([row("b")], "P3011"), ([], "P3011"), ([row("a")], "P3012")]
)
def test_what_did_not_fail_cannot_be_rolled_back(rows, code):
    with pytest.raises(MigrationResolveError) as caught:
        rows_to_roll_back(rows, "a")
    assert caught.value.code == code
    assert code in caught.value.message
    assert caught.value.migration == "a"
    assert caught.value.hint


def test_a_pending_and_a_failed_migration_can_be_marked_as_applied():
    own = history("a", "b")
    assert to_mark_applied(own, [], "b") == (own.migrations[1], [])
    failed = row("b", finished=False)
    assert to_mark_applied(own, [row("a"), failed], "b") == (own.migrations[1], [failed])


@pytest.mark.parametrize(
    ("name", "rows", "code"),
    [("nowhere", [], "P3017"), ("a", [row("a")], "P3008"), ("A", [], "P3017")],
)
def test_what_is_not_there_or_applied_cannot_be_marked_as_applied(name, rows, code):
    with pytest.raises(MigrationResolveError) as caught:
        to_mark_applied(history("a"), rows, name)
    assert caught.value.code == code
    assert caught.value.hint
