"""An inspection: the census, sizes, broken keys, the fit; what it tells and how it ends."""

from __future__ import annotations

import contextlib
import math
import random
import sqlite3
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings, strategies as st
from tests.data.previews import VALUES, everything, execute, files_of, ordinary

from oneclick_deploy import errors
from oneclick_deploy.data import SqliteSource
from oneclick_deploy.data.columns import Kind, TargetColumn, TargetTable
from oneclick_deploy.data.inspection import (
    ColumnCensus,
    DateForms,
    Inspection,
    InspectionProgress,
    KeyViolations,
    Step,
    Target,
    census as module,
    inspect,
)
from oneclick_deploy.data.problems import Problem
from oneclick_deploy.runtime.cancel import CancelToken

TYPES = {type(None): "nulls", int: "integers", float: "reals", str: "texts", bytes: "blobs"}


@pytest.fixture
def memory() -> Iterator[sqlite3.Connection]:
    with contextlib.closing(sqlite3.connect(":memory:", isolation_level=None)) as connection:
        yield connection


def expected(name: str, declared: str, values: list[object]) -> ColumnCensus:
    """The census, counted in Python."""
    counts = Counter(TYPES[type(value)] for value in values)
    integers = [value for value in values if isinstance(value, int)]
    texts = [value.partition("\x00")[0] for value in values if isinstance(value, str)]
    return ColumnCensus(
        name=name,
        declared=declared,
        **counts,
        least=min(integers, default=None),
        greatest=max(integers, default=None),
        longest_text=max(map(len, texts), default=0),
        longest_blob=max((len(each) for each in values if isinstance(each, bytes)), default=0),
    )


# The census


def test_every_value_of_every_table_is_counted(tmp_path):
    path = everything(tmp_path / "preview.db")
    before = files_of(path)
    found = inspect(path)
    with SqliteSource(path) as source:
        for table in found.tables:
            rows = list(source.rows(table))
            assert table.rows == len(rows)
            for at, column in enumerate(table.census):
                wanted = expected(table.columns[at], table.declared[at], [row[at] for row in rows])
                assert column.name == wanted.name
                if column.dates is None:
                    assert column == wanted
    assert files_of(path) == before


def test_types_that_no_sampled_row_has_are_counted_as_well(memory):
    memory.execute("CREATE TABLE t (v, w INTEGER)")
    values = [(number, number) for number in range(1000)]
    odd = {300: "text", 301: b"blob", 302: None, 303: 1.5, 304: -(2**63), 305: 2**63 - 1}
    memory.executemany(
        "INSERT INTO t VALUES (?, ?)", [(odd.get(n, v), w) for n, (v, w) in enumerate(values)]
    )
    first, second = inspect(memory).tables[0].census
    assert first == expected("v", "", [odd.get(n, v) for n, (v, _) in enumerate(values)])
    assert second == expected("w", "INTEGER", list(range(1000)))
    assert first.is_mixed
    assert not second.is_mixed


@pytest.mark.parametrize("rowids", ["dense", "sparse", "extreme"])
def test_a_big_table_is_counted_in_slices(memory, monkeypatch, rowids):
    monkeypatch.setattr(module, "_SLICE_ROWS", 10)
    keys = {
        "dense": range(1, 201),
        "sparse": random.Random(1).sample(range(-(2**61), 2**61), 200),
        "extreme": [-(2**63), 2**63 - 1, *range(198)],
    }[rowids]
    memory.execute("CREATE TABLE t (id INTEGER PRIMARY KEY, v)")
    memory.executemany("INSERT INTO t VALUES (?, ?)", [(key, key % 7 or "x") for key in keys])
    told: list[InspectionProgress] = []
    (table,) = inspect(memory, on_progress=told.append).tables
    assert table.census[0] == expected("id", "INTEGER", list(keys))
    assert table.census[1] == expected("v", "", [key % 7 or "x" for key in keys])
    rows = [each.done for each in told if each.step is Step.CENSUS]
    assert len(rows) > 5
    assert rows == sorted(rows)
    assert rows[-1] == 200


def test_forms_of_dates_are_counted(memory):
    memory.execute("CREATE TABLE t (at DATETIME, day DATE, other TEXT)")
    forms = [
        *(1700000000000, -5, "2024-05-06T07:08:09.123Z", "2024-05-06T07:08:09.123+00:00"),
        *("2024-05-06 07:08:09", "2024-05-06", "2024-05-06 07:08:09 +00:00", "x", 1.5, b"x", None),
    ]
    memory.executemany("INSERT INTO t VALUES (?1, ?1, ?1)", [(form,) for form in forms])
    at, day, other = inspect(memory).tables[0].census
    assert at.dates == day.dates == DateForms(integers=2, iso=2, current=1, others=5)
    assert at.is_mixed
    assert other.dates is None


def test_two_hundred_columns_are_counted(memory):
    columns = ", ".join(f"c{number}" for number in range(200))
    memory.execute(f"CREATE TABLE t ({columns})")
    row = [VALUES[number % len(VALUES)] for number in range(200)]
    memory.execute(f"INSERT INTO t VALUES ({', '.join('?' * 200)})", row)
    (table,) = inspect(memory).tables
    assert list(table.census) == [
        expected(f"c{number}", "", [value]) for number, value in enumerate(row)
    ]


def test_virtual_tables_and_tables_without_rows_are_counted(memory):
    memory.executescript(
        "CREATE TABLE bare (a); CREATE VIRTUAL TABLE docs USING fts5(body);"
        "INSERT INTO docs VALUES ('words'), (NULL);"
        "CREATE TABLE only_generated (a INTEGER PRIMARY KEY, b AS (a)); INSERT INTO only_generated VALUES (1);"
    )
    found = inspect(memory)
    assert found.table("docs").census == (
        ColumnCensus(name="body", nulls=1, texts=1, longest_text=5),
    )
    assert found.table("docs").bytes > 0
    assert found.table("bare").column("a") == ColumnCensus(name="a")
    assert found.table("only_generated").column("b") is None


STORED = st.one_of(
    st.none(),
    st.integers(-(2**63), 2**63 - 1),
    st.floats(allow_nan=False),
    st.text(st.characters(exclude_categories=["Cs"])),
    st.binary(),
)


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(STORED, STORED), max_size=20), st.integers(1, 20))
def test_the_census_is_that_of_python(memory, monkeypatch, rows, sample):
    monkeypatch.setattr(module, "_SAMPLE", sample)
    monkeypatch.setattr(module, "_SLICE_ROWS", 3)
    memory.executescript("DROP TABLE IF EXISTS t; CREATE TABLE t (a, b BLOB)")
    memory.executemany("INSERT INTO t VALUES (?, ?)", rows)
    (table,) = inspect(memory).tables
    assert table.census == (
        expected("a", "", [row[0] for row in rows]),
        expected("b", "BLOB", [row[1] for row in rows]),
    )


def test_texts_that_are_not_utf_8_are_counted(memory):
    memory.executescript("CREATE TABLE t (v TEXT); INSERT INTO t VALUES (CAST(x'ff61ff' AS TEXT))")
    assert inspect(memory).tables[0].census[0].texts == 1


# Sizes


def test_bytes_are_those_of_the_pages(tmp_path):
    path = ordinary(tmp_path / "preview.db", users=2000)
    found = inspect(path)
    assert not found.sizes_are_estimated
    assert found.size == path.stat().st_size
    assert found.table("User").index_bytes > 4096
    parts = sum(table.bytes + table.index_bytes for table in found.tables)
    assert 0.8 * found.size < parts <= found.size


def test_bytes_are_estimated_where_pages_cannot_be_counted(tmp_path, monkeypatch):
    path = ordinary(tmp_path / "preview.db", users=2000)
    counted = inspect(path)
    from oneclick_deploy.data.inspection import sizes

    monkeypatch.setattr(sizes, "_COUNT_PAGES", "SELECT name, pgsize FROM dbstat_is_missing")
    found = inspect(path)
    assert found.sizes_are_estimated
    assert "estimated" in str(found)
    for table in counted.tables:
        assert math.isclose(found.table(table.name).bytes, table.bytes, rel_tol=0.4, abs_tol=5000)


# Foreign keys


def test_broken_keys_are_counted_with_their_first_rows(memory):
    memory.executescript(
        "CREATE TABLE p (id INTEGER PRIMARY KEY, a, b, UNIQUE (a, b));"
        "CREATE TABLE k (id INTEGER PRIMARY KEY, p REFERENCES p, q REFERENCES gone(id), a, b,"
        " FOREIGN KEY (a, b) REFERENCES p (a, b));"
        "CREATE TABLE w (id TEXT PRIMARY KEY, p REFERENCES p) WITHOUT ROWID;"
        "INSERT INTO p VALUES (1, 1, 1);"
        "INSERT INTO k (p) VALUES (1), (NULL), (2), (3), (4), (5), (6), (7);"
        "INSERT INTO k (q) VALUES (1); INSERT INTO k (a, b) VALUES (1, 1), (1, 2), (NULL, 3);"
        "INSERT INTO w VALUES ('x', 9);"
    )
    assert inspect(memory).violations == (
        KeyViolations(table="k", columns=("p",), references="p", rows=6, first=(3, 4, 5, 6, 7)),
        KeyViolations(table="k", columns=("q",), references="gone", rows=1, first=(9,)),
        KeyViolations(table="k", columns=("a", "b"), references="p", rows=1, first=(11,)),
        KeyViolations(table="w", columns=("p",), references="p", rows=1),
    )


def test_keys_that_cannot_be_checked_are_told(memory):
    memory.executescript(
        "CREATE TABLE p (a); CREATE TABLE k (x REFERENCES p (a)); INSERT INTO k VALUES (1);"
    )
    (found,) = inspect(memory).violations
    assert found.rows == 0
    assert "mismatch" in found.reason


# The fit


@pytest.fixture
def posts(memory) -> sqlite3.Connection:
    memory.executescript(
        "CREATE TABLE Post (id INTEGER PRIMARY KEY, title TEXT, views BIGINT, at DATETIME);"
        "INSERT INTO Post VALUES (1, 'a', 5, 1700000000000), (2, 'b', 'many', 'yesterday'),"
        " (3, 'nul' || char(0), 1.5, 1700000000000);"
    )
    return memory


SCHEMA = """
model Post {
  id    Int       @id
  title String?
  views BigInt?
  at    DateTime?
}
"""


@pytest.mark.parametrize("schema", [None, SCHEMA])
@pytest.mark.parametrize("target", ["postgresql", "mysql", "libsql"])
def test_values_that_a_target_refuses_are_counted(posts, target, schema):
    problems = {
        (each.column, each.problem): each
        for each in inspect(posts, target=target, schema=schema).problems
    }
    numbers = problems.pop(("views", Problem.NOT_A_NUMBER), None)
    if target == "libsql" and schema is None:
        assert numbers is None
    else:
        assert numbers.row == "2"
        assert problems.pop(("at", Problem.NOT_A_DATE)).rows == 1
    assert (("title", Problem.HAS_NUL) in problems) == (target == "postgresql")


def test_without_a_target_nothing_is_refused(posts):
    assert inspect(posts).problems == ()


def test_a_target_with_a_catalogue_is_taken(posts):
    columns = [
        TargetColumn(name="id", kind=Kind.INTEGER, bits=32),
        *(TargetColumn(name=name, kind=Kind.TEXT) for name in ("title", "views", "at")),
    ]
    table = TargetTable(name="Post", columns=tuple(columns))
    assert {
        each.problem
        for each in inspect(posts, target=Target(dialect="postgresql", tables=(table,))).problems
    } == {Problem.HAS_NUL}


def test_tables_and_columns_without_a_place_are_told(posts):
    posts.executescript(
        "CREATE TABLE Other (a); INSERT INTO Other VALUES (1); CREATE TABLE Gone (a)"
    )
    found = inspect(posts, target="postgresql", schema="model Post {\n id Int @id\n}\n")
    assert [name for name, _ in found.unplaced] == ["Other", "Post"]
    assert "title, views, at" in dict(found.unplaced)["Post"]


@pytest.mark.parametrize("target", ["oracle", "", 7, ["postgresql"]])
def test_other_targets_are_refused(posts, target):
    with pytest.raises(errors.ConfigurationError, match="no target"):
        inspect(posts, target=target)


def test_a_target_takes_no_schema_beside_it(posts):
    with pytest.raises(errors.ConfigurationError):
        inspect(posts, target=Target(dialect="mysql"), schema=SCHEMA)


def test_a_schema_without_a_target_is_refused(posts):
    with pytest.raises(errors.ConfigurationError, match="target"):
        inspect(posts, schema=SCHEMA)


# Telling and ending


def test_an_open_source_is_inspected_and_stays_open(tmp_path):
    with SqliteSource(ordinary(tmp_path / "preview.db")) as source:
        assert inspect(source).rows == 9
        assert source.report.rows == 9
        assert len(list(source.rows(source.report.table("User")))) == 3


def test_steps_come_in_their_order(tmp_path):
    told: list[InspectionProgress] = []
    inspect(ordinary(tmp_path / "preview.db"), target="mysql", on_progress=told.append)
    steps = list(dict.fromkeys(each.step for each in told))
    assert steps == list(Step)
    assert all(0 <= each.done <= each.total for each in told)


@pytest.mark.parametrize("step", Step)
def test_an_inspection_can_be_cancelled_at_each_step(tmp_path, step):
    path = ordinary(tmp_path / "preview.db")
    before = files_of(path)
    cancel = CancelToken()

    def tell(progress: InspectionProgress) -> None:
        if progress.step is step:
            cancel.cancel()

    with pytest.raises(errors.DeployCancelledError):
        inspect(path, target="mysql", cancel=cancel, on_progress=tell)
    assert files_of(path) == before


def test_a_long_statement_is_stopped_by_the_token(memory):
    import threading

    from oneclick_deploy.data.sources.reading import stoppable

    endless = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT max(i) FROM n"
    cancel = CancelToken()
    timer = threading.Timer(0.05, cancel.cancel)
    timer.start()
    with pytest.raises(errors.DeployCancelledError), stoppable(memory, cancel):
        memory.execute(endless).fetchone()
    timer.join()


def test_what_a_handler_raises_comes_out(tmp_path):
    class OwnError(Exception):
        pass

    def tell(_: InspectionProgress) -> None:
        raise OwnError

    with pytest.raises(OwnError):
        inspect(ordinary(tmp_path / "preview.db"), on_progress=tell)


# Printing


def test_an_inspection_prints_what_matters(posts):
    posts.executescript(
        'CREATE TABLE "odd\nname" (a REFERENCES Post); INSERT INTO "odd\nname" VALUES (77);'
        "CREATE TABLE _prisma_migrations (id);"
    )
    text = str(inspect(posts, target="postgresql"))
    for part in (
        "2 tables, 4 rows",
        "Post: 3 rows, 4.0 KiB",
        "2 as milliseconds, 1 otherwise",
        "odd\\nname (a): 1 row without a row of Post, first in rowid 1",
        "Post.views: 2 values, not-a-number, first in row 2: 'many'",
        "_prisma_migrations: Prisma's history of migrations",
    ):
        assert part in text
    assert all(len(line) < 200 for line in text.splitlines())


def test_long_lists_are_cut(memory):
    for number in range(60):
        memory.execute(f"CREATE TABLE t{number} (a REFERENCES gone)")
        memory.execute(f"INSERT INTO t{number} VALUES (1)")
    assert "  and 10 more" in str(inspect(memory)).splitlines()


def test_an_empty_inspection_prints():
    assert str(Inspection(tables=(), size=0)) == "0 tables, 0 rows, 0 B"


# Hostile databases


@settings(
    max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None
)
@given(st.data())
def test_no_damage_breaks_out_of_our_errors(tmp_path, data):
    path = Path(tmp_path) / "preview.db"
    if not path.exists():
        everything(path)
    content = bytearray(path.read_bytes())
    for _ in range(data.draw(st.integers(1, 8))):
        content[data.draw(st.integers(0, len(content) - 1))] = data.draw(st.integers(0, 255))
    with contextlib.suppress(errors.OneClickError):
        str(inspect(bytes(content), target="postgresql"))


def test_a_schema_of_rules_that_only_the_app_knows_is_inspected(tmp_path):
    path = tmp_path / "preview.db"
    with contextlib.closing(sqlite3.connect(path)) as connection:
        connection.create_collation("mine", lambda a, b: (a > b) - (a < b))
        connection.executescript(
            "CREATE TABLE p (id TEXT COLLATE mine PRIMARY KEY); CREATE TABLE k (p TEXT REFERENCES p);"
            "INSERT INTO p VALUES ('x'); INSERT INTO k VALUES ('x');"
        )
    found = inspect(path)
    assert found.rows == 2
    assert "cannot be checked" in str(found)


def test_many_tables_are_inspected(tmp_path):
    path = tmp_path / "preview.db"
    tables = "".join(f"CREATE TABLE t{number} (a, b);" for number in range(300))
    execute(path, f"BEGIN; {tables} COMMIT;")
    assert len(inspect(path).tables) == 300
