# Generated from tests/providers/libsql/_async/test_server.py by tools/unasync.py. Do not edit.
"""The client against a real sqld."""

from __future__ import annotations

import math
import random

import pytest
from hypothesis import HealthCheck, given, settings, strategies as st

from oneclick_deploy.errors import (
    AnswerTooLargeError,
    ConfigurationError,
    ConstraintError,
    DatabaseError,
    StreamExpiredError,
)
from oneclick_deploy.providers.libsql import (
    LibsqlClient,
    Statement,
    Step,
    error,
    negate,
    ok,
    place as place_value,
)

EXACT = [
    None,
    0,
    -1,
    2**63 - 1,
    -(2**63),
    2**53 + 1,
    0.1,
    -0.0,
    5e-324,
    1.7976931348623157e308,
    1e22,
    "",
    "a\x00b",
    "é😀\u2028\ufeff",
    "'; DROP TABLE t; --",
    b"",
    b"\x00",
    bytes(range(256)),
]
VALUES = st.one_of(
    st.none(),
    st.integers(-(2**63), 2**63 - 1),
    st.floats(allow_nan=False),
    st.text(),
    st.binary(),
)


def pages_of(client, table, **options):
    return [page.rows for page in client.read_table(table, **options)]


def test_values_come_back_exactly_as_they_were_stored(place):
    with LibsqlClient(place.url, settings=place.settings) as client:
        client.execute("CREATE TABLE t (id INTEGER PRIMARY KEY, x)")
        client.batch([("INSERT INTO t (x) VALUES (?)", (value,)) for value in EXACT])
        result = client.execute("SELECT x FROM t ORDER BY id")

    back = [row[0] for row in result.rows]
    assert back == EXACT
    assert [type(value) for value in back] == [type(value) for value in EXACT]
    assert math.copysign(1, back[EXACT.index(-0.0)]) == -1 or back[7] == 0
    assert result.columns == ("x",)


def test_any_list_of_values_survives_the_server(place):
    with LibsqlClient(place.url, settings=place.settings) as client:
        client.execute("CREATE TABLE t (id INTEGER PRIMARY KEY, x)")
        for values in _examples():
            places = [place_value(value) for value in values]
            marks = ", ".join(f"({mark})" for mark, _ in places)
            args = [arg for _, given_args in places for arg in given_args]
            client.batch(["DELETE FROM t", (f"INSERT INTO t (x) VALUES {marks}", args)])
            back = [row for page in client.read_table("t", columns=["x"]) for row in page.rows]
            assert [(type(x), x) for (x,) in back] == [(type(x), x) for x in values]


def _examples() -> list[list[object]]:
    """Lists that hypothesis thinks of, collected so that one loop can send them."""
    found: list[list[object]] = []

    @settings(
        max_examples=25,
        database=None,
        deadline=None,
        suppress_health_check=list(HealthCheck),
    )
    @given(st.lists(VALUES, min_size=1, max_size=40))
    def collect(values: list[object]) -> None:
        found.append(values)

    collect()
    return found


def test_random_doubles_are_exact_in_both_directions(place):
    chance = random.Random(20261120)
    values = [chance.uniform(-1, 1) * 10.0 ** chance.randint(-300, 300) for _ in range(3000)]
    with LibsqlClient(place.url, settings=place.settings) as client:
        client.execute("CREATE TABLE t (id INTEGER PRIMARY KEY, x REAL)")
        marks = ", ".join(["(?)"] * len(values))
        client.execute(f"INSERT INTO t (x) VALUES {marks}", values)
        result = client.execute("SELECT x FROM t ORDER BY id")

    assert [row[0] for row in result.rows] == values


def test_arguments_go_by_position_or_by_name(place):
    with LibsqlClient(place.url, settings=place.settings) as client:
        assert (client.execute("SELECT ?1 + ?2", [1, 2])).scalar() == 3
        assert (client.execute("SELECT :a + @b", {":a": 1, "b": 2})).scalar() == 3
        with pytest.raises(DatabaseError) as caught:
            client.execute("SELECT ?", [1, 2])

    assert caught.value.code == "ARGS_INVALID"
    assert caught.value.hint


def test_infinities_are_read_by_table_but_refused_where_their_sign_is_lost(place):
    with LibsqlClient(place.url, settings=place.settings) as client:
        client.execute("CREATE TABLE t (id INTEGER PRIMARY KEY, a, b)")
        client.execute("INSERT INTO t (a, b) VALUES (9e999, 1), (2, -9e999), (-9e999, 9e999)")
        pages = pages_of(client, "t", page_rows=2)
        with pytest.raises(DatabaseError, match="'a' holds an infinity") as caught:
            client.execute("SELECT a FROM t")
        text = client.execute("SELECT CAST(b AS TEXT) FROM t ORDER BY id")

    assert [row for page in pages for row in page] == [
        (1, math.inf, 1),
        (2, 2, -math.inf),
        (3, -math.inf, math.inf),
    ]
    assert "CAST" in caught.value.hint
    assert text.rows == (("1",), ("-Inf",), ("Inf",))


def test_a_broken_constraint_has_its_own_error(place):
    with LibsqlClient(place.url, settings=place.settings) as client:
        client.execute("CREATE TABLE t (x INTEGER UNIQUE NOT NULL CHECK (x > 0))")
        client.execute("INSERT INTO t VALUES (1)")
        for sql in (
            "INSERT INTO t VALUES (1)",
            "INSERT INTO t VALUES (NULL)",
            "UPDATE t SET x = 0",
        ):
            with pytest.raises(ConstraintError, match="constraint failed") as caught:
                client.execute(sql)
            assert caught.value.code == "SQLITE_CONSTRAINT"


def test_a_batch_leaves_all_or_nothing_and_names_the_culprit(place):
    with LibsqlClient(place.url, settings=place.settings) as client:
        results = client.batch(
            [
                "CREATE TABLE t (x UNIQUE)",
                ("INSERT INTO t VALUES (?), (?)", (1, 2)),
                Statement("SELECT count(*) FROM t"),
            ]
        )
        with pytest.raises(ConstraintError) as caught:
            client.batch(["INSERT INTO t VALUES (3)", "INSERT INTO t VALUES (1)", "DELETE FROM t"])
        left = client.execute("SELECT x FROM t ORDER BY x")

    assert [result.affected_row_count for result in results] == [0, 2, 0]
    assert results[1].last_insert_rowid == 2
    assert results[2].scalar() == 2
    assert caught.value.statement == 1
    assert left.rows == ((1,), (2,))


@pytest.mark.parametrize("bad", ["CREAT TABLE u (a)", "VACUUM", "-- nothing", "SELECT 'open"])
def test_a_statement_that_cannot_be_parsed_is_named_too(place, bad):
    with LibsqlClient(place.url, settings=place.settings) as client:
        with pytest.raises(DatabaseError) as caught:
            client.batch(["CREATE TABLE t (a)", "SELECT 1", bad, "SELECT 2"])
        tables = client.execute("SELECT name FROM sqlite_schema")

    assert caught.value.statement == 2
    assert tables.rows == ()


def test_a_failing_commit_undoes_the_batch(place):
    with LibsqlClient(place.url, settings=place.settings) as client:
        client.batch(
            [
                "CREATE TABLE a (id INTEGER PRIMARY KEY)",
                "CREATE TABLE b (a REFERENCES a DEFERRABLE INITIALLY DEFERRED)",
            ]
        )
        with pytest.raises(ConstraintError) as caught:
            client.batch(["INSERT INTO b VALUES (7)"])
        rows = client.execute("SELECT * FROM b")

    assert caught.value.statement is None
    assert rows.rows == ()


def test_an_empty_batch_sends_nothing(script):
    server = script([])
    with LibsqlClient("libsql://h.turso.io", transport=server.transport) as client:
        assert client.batch([]) == []
        assert client.migrate([]) == []
        client.sequence("-- nothing\n;")

    assert server.asked == []


@pytest.mark.parametrize("sql", ["BEGIN", "/* x */ commit;", "END", "ROLLBACK"])
def test_statements_that_would_end_the_transaction_are_refused(script, sql):
    with LibsqlClient("libsql://h.turso.io", transport=script([]).transport) as client:
        with pytest.raises(ConfigurationError, match="statement 1"):
            client.batch(["SELECT 1", sql])
        with pytest.raises(ConfigurationError, match="statement 1"):
            client.migrate(["SELECT 1", sql])


def test_savepoints_are_allowed_inside_a_batch(place):
    with LibsqlClient(place.url, settings=place.settings) as client:
        client.batch(
            [
                "CREATE TABLE t (x)",
                "SAVEPOINT s",
                "INSERT INTO t VALUES (1)",
                "ROLLBACK TO s",
                "RELEASE s",
            ]
        )
        assert (client.execute("SELECT count(*) FROM t")).scalar() == 0


def test_one_text_with_two_statements_is_refused_before_sending(place):
    """sqld runs the first and silently drops what it cannot parse after it."""
    with LibsqlClient(place.url, settings=place.settings) as client:
        with pytest.raises(ConfigurationError, match="more than one statement"):
            client.execute("CREATE TABLE t (a); nonsense")
        tables = client.execute("SELECT name FROM sqlite_schema; -- and a comment")

    assert tables.rows == ()


def test_a_migration_changes_tables_although_rows_refer_to_them(place):
    with LibsqlClient(place.url, settings=place.settings) as client:
        client.batch(
            [
                "CREATE TABLE a (id INTEGER PRIMARY KEY)",
                "CREATE TABLE b (a INTEGER REFERENCES a ON DELETE CASCADE)",
                "INSERT INTO a VALUES (1)",
                "INSERT INTO b VALUES (1)",
            ]
        )
        client.migrate(
            [
                "CREATE TABLE new_a (id INTEGER PRIMARY KEY, name TEXT)",
                "INSERT INTO new_a (id) SELECT id FROM a",
                "DROP TABLE a",
                "ALTER TABLE new_a RENAME TO a",
            ]
        )
        rows = client.execute("SELECT a FROM b")
        with pytest.raises(ConstraintError):
            client.execute("INSERT INTO b VALUES (2)")

    assert rows.rows == ((1,),)


def test_a_failed_migration_leaves_the_schema_as_it_was(place):
    with LibsqlClient(place.url, settings=place.settings) as client:
        client.migrate(["CREATE TABLE t (a)"])
        before = client.execute("SELECT sql FROM sqlite_schema")
        with pytest.raises(DatabaseError, match="nope") as caught:
            client.migrate(
                ["ALTER TABLE t ADD COLUMN b", "DROP TABLE t", "INSERT INTO nope VALUES (1)"]
            )
        after = client.execute("SELECT sql FROM sqlite_schema")

    assert caught.value.statement == 2
    assert after.rows == before.rows


def test_a_script_runs_up_to_its_first_error(place):
    with LibsqlClient(place.url, settings=place.settings) as client:
        client.sequence(
            "CREATE TABLE t (a);\n"
            "CREATE TRIGGER g AFTER INSERT ON t BEGIN SELECT 1; SELECT 2; END;\n"
            "INSERT INTO t VALUES (';')"
        )
        with pytest.raises(DatabaseError) as caught:
            client.sequence("INSERT INTO t VALUES (2); INSERT INTO nope VALUES (1); DROP TABLE t;")
        with pytest.raises(DatabaseError) as unread:
            client.sequence("INSERT INTO t VALUES (3); nonsense; DROP TABLE t")
        rows = client.execute("SELECT a FROM t")

    assert caught.value.statement == 1
    assert unread.value.statement == 1
    assert rows.rows == ((";",), (2,))


def test_steps_run_under_their_conditions(place):
    with LibsqlClient(place.url, settings=place.settings) as client:
        outcomes = client.batch_steps(
            [
                Step(statement="SELECT nope"),
                Step(statement="SELECT 1", condition=ok(0)),
                Step(statement=("SELECT ?", (2,)), condition=error(0)),
                Step(statement="SELECT 3", condition=negate(ok(0))),
            ]
        )

    assert outcomes[0].error is not None
    assert outcomes[0].error.statement == 0
    assert (outcomes[1].result, outcomes[1].error) == (None, None)
    assert [each.result.scalar() for each in outcomes[2:] if each.result] == [2, 3]


def test_a_transaction_commits_at_the_end_of_its_block(place):
    with LibsqlClient(place.url, settings=place.settings) as client:
        client.execute("CREATE TABLE t (x UNIQUE)")
        with client.transaction() as transaction:
            transaction.execute("INSERT INTO t VALUES (?)", (1,))
            transaction.batch(["INSERT INTO t VALUES (2)", "INSERT INTO t VALUES (3)"])
            assert (transaction.execute("SELECT count(*) FROM t")).scalar() == 3
            assert transaction.open
        assert not transaction.open
        assert (client.execute("SELECT count(*) FROM t")).scalar() == 3


def test_a_transaction_rolls_back_when_its_block_fails(place):
    def fail(client):
        with client.transaction() as transaction:
            transaction.execute("INSERT INTO t VALUES (1)")
            raise ZeroDivisionError

    with LibsqlClient(place.url, settings=place.settings) as client:
        client.execute("CREATE TABLE t (x)")
        with pytest.raises(ZeroDivisionError):
            fail(client)
        assert (client.execute("SELECT count(*) FROM t")).scalar() == 0


def test_a_failed_part_of_a_transaction_can_be_survived(place):
    with LibsqlClient(place.url, settings=place.settings) as client:
        client.execute("CREATE TABLE t (x UNIQUE)")
        with client.transaction(mode="deferred") as transaction:
            transaction.execute("INSERT INTO t VALUES (1)")
            with pytest.raises(ConstraintError) as caught:
                transaction.batch(["INSERT INTO t VALUES (2)", "INSERT INTO t VALUES (1)"])
            with pytest.raises(ConstraintError):
                transaction.execute("INSERT INTO t VALUES (1)")
            with pytest.raises(DatabaseError) as unread:
                transaction.batch(["INSERT INTO t VALUES (3)", "INSRT INTO t VALUES (3)"])
            transaction.execute("INSERT INTO t VALUES (4)")
        rows = client.execute("SELECT x FROM t ORDER BY x")

    assert (caught.value.statement, unread.value.statement) == (1, 1)
    assert rows.rows == ((1,), (4,))


def test_a_finished_transaction_says_so(place):
    with LibsqlClient(place.url, settings=place.settings) as client:
        with client.transaction() as transaction:
            transaction.rollback()
            with pytest.raises(StreamExpiredError, match="over"):
                transaction.execute("SELECT 1")
            with pytest.raises(StreamExpiredError):
                transaction.commit()
        assert (client.execute("SELECT 1")).scalar() == 1


@pytest.mark.off_contract
def test_a_stream_that_the_server_does_not_know_has_expired(place):
    def lose(client):
        with client.transaction() as transaction:
            transaction._baton = "not-a-baton-of-this-server"
            with pytest.raises(StreamExpiredError, match="baton") as first:
                transaction.execute("SELECT 1")
            assert not transaction.open
            assert "batch()" in first.value.hint

    with LibsqlClient(place.url, settings=place.settings) as client:
        with pytest.raises(StreamExpiredError, match="over"):
            lose(client)
        assert (client.execute("SELECT 1")).scalar() == 1


def test_a_statement_is_described_without_running_it(place):
    with LibsqlClient(place.url, settings=place.settings) as client:
        client.execute("CREATE TABLE t (a TEXT)")
        reading = client.describe("SELECT a, 1 AS one FROM t WHERE a = :name OR a = ?")
        writing = client.describe("INSERT INTO t VALUES (1)")
        with pytest.raises(DatabaseError, match="nope"):
            client.describe("SELECT * FROM nope")
        count = client.execute("SELECT count(*) FROM t")

    assert reading.parameters == (":name", None)
    assert [(column.name, column.decltype) for column in reading.columns] == [
        ("a", "TEXT"),
        ("one", None),
    ]
    assert (reading.is_readonly, writing.is_readonly) == (True, False)
    assert count.scalar() == 0


def test_the_server_tells_its_version_and_answers_pings(place):
    with LibsqlClient(place.url, settings=place.settings) as client:
        assert client.version()
        assert client.ping() > 0


def test_more_than_ten_megabytes_are_read_in_pages(place):
    rows, size = 130, 100_000
    with LibsqlClient(place.url, settings=place.settings) as client:
        client.execute("CREATE TABLE t (id INTEGER PRIMARY KEY, x)")
        client.execute(
            "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ?) "
            "INSERT INTO t SELECT i, CAST(printf('%.*c', ?, char(48 + i % 10)) AS BLOB) FROM n",
            (rows, size),
        )
        with pytest.raises(AnswerTooLargeError) as caught:
            client.execute("SELECT x FROM t")
        pages = pages_of(client, "t")

    read = [row for page in pages for row in page]
    assert "read_table" in caught.value.hint
    assert len(pages) > 1
    assert [row[0] for row in read] == list(range(1, rows + 1))
    assert all(row[1] == str(row[0] % 10).encode() * size for row in read)


def test_pages_shrink_to_single_rows_when_rows_are_huge(place):
    with LibsqlClient(place.url, settings=place.settings) as client:
        client.execute("CREATE TABLE t (x)")
        client.batch([("INSERT INTO t VALUES (zeroblob(?))", (4_000_000,))] * 4)
        pages = pages_of(client, "t")

    assert [len(page) for page in pages] == [1, 1, 1, 1]
    assert {len(row[0]) for page in pages for row in page} == {4_000_000}


@pytest.mark.parametrize(
    "schema",
    [
        "CREATE TABLE t (k TEXT PRIMARY KEY, n) WITHOUT ROWID",
        "CREATE TABLE t (k TEXT COLLATE NOCASE, n, PRIMARY KEY (k COLLATE BINARY)) WITHOUT ROWID",
        "CREATE TABLE t (n, k TEXT, PRIMARY KEY (n DESC, k)) WITHOUT ROWID",
        'CREATE TABLE t (k, n, "RowId", _rowid_)',
        "CREATE TABLE t (k, n, id INTEGER PRIMARY KEY, rowid TEXT, _rowid_ TEXT, oid TEXT)",
        "CREATE TABLE t (k, n, g GENERATED ALWAYS AS (n * 2))",
        "CREATE VIRTUAL TABLE t USING fts5(k, n)",
    ],
    ids=range(7),
)
def test_tables_of_every_kind_are_read_once_and_completely(place, schema):
    keys = ["a", "A", "b", "", "é", "a\x00", "B", "aa"]
    with LibsqlClient(place.url, settings=place.settings) as client:
        client.execute(schema)
        client.batch([("INSERT INTO t (k, n) VALUES (?, ?)", (k, n)) for n, k in enumerate(keys)])
        pages = pages_of(client, "t", columns=["k", "n"], page_rows=3)

    read = [row for page in pages for row in page]
    assert [len(page) for page in pages] == [3, 3, 2]
    assert sorted(read, key=lambda row: row[1]) == [(k, n) for n, k in enumerate(keys)]


def test_keys_at_the_ends_of_their_range_are_not_lost(place):
    with LibsqlClient(place.url, settings=place.settings) as client:
        client.execute("CREATE TABLE t (id INTEGER PRIMARY KEY)")
        client.execute("CREATE TABLE f (k REAL PRIMARY KEY) WITHOUT ROWID")
        numbers = [-(2**63), -1, 0, 2**63 - 1]
        client.batch([("INSERT INTO t VALUES (?)", (n,)) for n in numbers])
        client.execute("INSERT INTO f VALUES (-9e999), (0.5), (9e999)")
        whole = [row for page in client.read_table("t", page_rows=1) for row in page.rows]
        reals = [row for page in client.read_table("f", page_rows=1) for row in page.rows]

    assert [row[0] for row in whole] == numbers
    assert [row[0] for row in reals] == [-math.inf, 0.5, math.inf]


def test_an_empty_table_gives_no_page(place):
    with LibsqlClient(place.url, settings=place.settings) as client:
        client.execute('CREATE TABLE "odd ""name" (x)')
        assert pages_of(client, 'odd "name') == []


def test_what_cannot_be_paged_is_refused_with_a_reason(place):
    with LibsqlClient(place.url, settings=place.settings) as client:
        client.execute("CREATE TABLE t (x)")
        client.execute("CREATE VIEW v AS SELECT x FROM t")
        client.execute("CREATE TABLE taken (rowid, _rowid_, oid)")
        for table, columns, words in (
            ("nope", None, "no table 'nope'"),
            ("v", None, "is a view"),
            ("taken", None, "rowid"),
            ("t", ["x", "y"], "no column 'y'"),
            ("t", [], "no column to read"),
        ):
            with pytest.raises(ConfigurationError, match=words):
                pages_of(client, table, columns=columns)
        with pytest.raises(ConfigurationError, match="one row"):
            pages_of(client, "t", page_rows=0)


def test_text_that_is_not_utf8_is_a_clear_error(place):
    with LibsqlClient(place.url, settings=place.settings) as client:
        with pytest.raises(DatabaseError, match="utf-8") as caught:
            client.execute("SELECT CAST(x'ff' AS TEXT)")
        assert (client.execute("SELECT x'ff'")).scalar() == b"\xff"

    assert "AS BLOB" in caught.value.hint


def test_a_closed_client_opens_new_connections(place):
    with LibsqlClient(place.url, settings=place.settings) as client:
        client.ping()
        client.close()
        assert client.ping() > 0
