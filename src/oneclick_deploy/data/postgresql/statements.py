"""The SQL of an import into PostgreSQL."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final

from oneclick_deploy.data.columns import TargetTable
from oneclick_deploy.data.postgresql.catalogue import Counter, Place, Reference

# Only SET LOCAL: behind a pooler in transaction mode another client gets this session next.
_SETTINGS: Final = (
    "statement_timeout = 0",
    "idle_in_transaction_session_timeout = 0",
    "lock_timeout = '30s'",
    "TimeZone = 'UTC'",
    "DateStyle = 'ISO, YMD'",
    "IntervalStyle = 'postgres'",
    "extra_float_digits = 1",
    "bytea_output = 'hex'",
    "standard_conforming_strings = on",
    "check_function_bodies = on",
)
SAVEPOINT: Final = "SAVEPOINT oneclick_import"
RELEASE: Final = "RELEASE SAVEPOINT oneclick_import"
TAKE_BACK: Final = "ROLLBACK TO SAVEPOINT oneclick_import"
_STAGE: Final = "oneclick_import_stage"
STAGED: Final = ("pg_temp", _STAGE)


def begin(search_path: str) -> str:
    """Open the transaction of an import."""
    path = f"search_path = {quoted(search_path)}"
    settings = "; ".join(f"SET LOCAL {setting}" for setting in (*_SETTINGS, path))
    return f"BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE; {settings}"


def quoted(name: str) -> str:
    """A name."""
    return '"' + name.replace('"', '""') + '"'


def qualified(place: Place) -> str:
    """A name with its schema."""
    return f"{quoted(place[0])}.{quoted(place[1])}"


def names(columns: Iterable[str]) -> str:
    """A list of names."""
    return ", ".join(map(quoted, columns))


def lock(places: Sequence[Place]) -> str:
    """Keep others from writing into tables, and let them read."""
    return f"LOCK TABLE {', '.join(map(qualified, places))} IN SHARE ROW EXCLUSIVE MODE"


def which_hold_rows(places: Sequence[Place]) -> str:
    """Ask for the numbers of the tables that are not empty."""
    return " UNION ALL ".join(
        f"SELECT {number} WHERE EXISTS (SELECT 1 FROM {qualified(place)})"  # noqa: S608 - quoted
        for number, place in enumerate(places)
    )


def copy_in(table: str, columns: Sequence[str], *, freeze: bool = False) -> str:
    """Load lines; a table that nobody else can see yet gets rows that need no vacuum."""
    frozen = ", FREEZE" if freeze else ""
    return f"COPY {table} ({names(columns)}) FROM STDIN WITH (ENCODING 'UTF8'{frozen})"


def stage(place: Place, columns: Sequence[str]) -> str:
    """A table beside another one, for its columns alone, until the transaction ends."""
    return (
        f"DROP TABLE IF EXISTS pg_temp.{_STAGE}; CREATE TEMPORARY TABLE {_STAGE} ON COMMIT DROP AS "  # noqa: S608
        f"SELECT {names(columns)} FROM {qualified(place)} LIMIT 0"
    )


def merge(table: TargetTable, columns: Sequence[str], *, update: bool) -> str:
    """Move the staged rows over; those with a key that is there are passed over or written."""
    place = table.namespace, table.name
    changes = [column for column in columns if column not in table.primary_key]
    listed = names(columns)
    action = "NOTHING"
    if update and changes:
        settings = ", ".join(f"{quoted(each)} = EXCLUDED.{quoted(each)}" for each in changes)
        action = f"UPDATE SET {settings}"
    conflict = f"({names(table.primary_key)}) " if update else ""
    return (
        f"INSERT INTO {qualified(place)} ({listed}) OVERRIDING SYSTEM VALUE "  # noqa: S608 - quoted
        f"SELECT {listed} FROM pg_temp.{_STAGE} ON CONFLICT {conflict}DO {action}"
    )


def staged_in(table: TargetTable) -> str:
    """A condition: the rows whose keys were staged."""
    key = names(table.primary_key)
    return f"({key}) IN (SELECT {key} FROM pg_temp.{_STAGE})"  # noqa: S608 - quoted


def drop_reference(key: Reference) -> str:
    """Drop a foreign key."""
    return f"ALTER TABLE {qualified(key.place)} DROP CONSTRAINT {quoted(key.name)}"


def add_reference(key: Reference) -> list[str]:
    """Make a foreign key again as it was, and check the rows."""
    table, name = qualified(key.place), quoted(key.name)
    definition = key.definition.removesuffix(" NOT VALID")
    made = [f"ALTER TABLE {table} ADD CONSTRAINT {name} {definition} NOT VALID"]
    if key.is_valid:
        made.append(f"ALTER TABLE {table} VALIDATE CONSTRAINT {name}")
    if key.comment is not None:
        made.append(f"COMMENT ON CONSTRAINT {name} ON {table} IS {_text(key.comment)}")
    return made


def greatest(counter: Counter) -> str:
    """Ask for the greatest number in use."""
    return f"SELECT max({quoted(counter.column)}) FROM {qualified(counter.table)}"  # noqa: S608


def advance(counter: Counter, greatest: int) -> str | None:
    """Let a sequence go on after the greatest number in use; None when it does already."""
    after = greatest + counter.increment
    following = counter.start if counter.last is None else counter.last + counter.increment
    if counter.increment < 0 or following >= after:
        return None
    if counter.is_owned and after <= counter.greatest:
        # Unlike setval() this is taken back with the transaction.
        return f"ALTER SEQUENCE {qualified(counter.place)} RESTART WITH {after}"
    last = min(greatest, counter.greatest)
    return f"SELECT setval({_text(qualified(counter.place))}, {last})"


def _text(value: str) -> str:
    doubled = value.replace("'", "''")
    return "E'" + doubled.replace("\\", "\\\\") + "'" if "\\" in value else f"'{doubled}'"
