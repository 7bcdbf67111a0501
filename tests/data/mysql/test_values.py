"""Every kind of value arrives in MariaDB as it was, by LOAD DATA and by INSERT."""

from __future__ import annotations

import datetime as dt
import random
import struct
from decimal import Decimal

import pytest
from tests.data.mysql.moves import ask, move, preview

from oneclick_deploy.data import SqliteSource
from oneclick_deploy.data.columns import Kind
from oneclick_deploy.data.mysql import MysqlImport
from oneclick_deploy.data.mysql.session import Session
from oneclick_deploy.data.problems import Policies, Policy, Problem
from oneclick_deploy.errors import DatabaseError, DataSourceError

TEXTS = [
    "", "a", "é😀", "nul\x00inside", "\x00", "\x00\x00", "line\nbreak\r\n\t", "'\"`;--", "\\N", "\\",
    "\\\\n\\t", "'", "''", "\\'", "NULL", "a\\", "\u2028\u202e", "\ufeffbom", "x" * 10_000, "\x1a",
    " spaces ", "%s {0}", "\U0010ffff", "X'41'", "b'1'", "','", "'),('", "\tx\t", "\n", "\x7f\x80",
]  # fmt: skip
BLOBS = [b"", b"\x00", bytes(range(256)), b"\xff\xfe\xfd\xfc\xfb", b"'\\\n\t", b"\xff" * 70_000]


def _at(*parts: int) -> dt.datetime:
    """PyMySQL's answer, which has no time zone."""
    return dt.datetime(*parts, tzinfo=dt.UTC).replace(tzinfo=None)


WAYS = pytest.mark.parametrize("local_infile", [True, False], ids=["load-data", "insert"])


@WAYS
def test_texts_and_bytes_arrive_letter_for_letter(tmp_path, mariadb_database, local_infile):
    rows = [(n, text, BLOBS[n % len(BLOBS)]) for n, text in enumerate(TEXTS)]
    rows.append((len(rows), None, None))
    path = preview(tmp_path / "p.db", "CREATE TABLE t (id INTEGER, s TEXT, b BLOB)", {"t": rows})
    move(
        path,
        mariadb_database,
        "CREATE TABLE t (id INT PRIMARY KEY, s LONGTEXT, b LONGBLOB)",
        local_infile=local_infile,
    )
    assert ask(mariadb_database, "SELECT * FROM t ORDER BY id") == rows


@WAYS
def test_numbers_and_times_arrive_exactly(tmp_path, mariadb_database, local_infile):
    path = preview(
        tmp_path / "p.db",
        "CREATE TABLE t (id INTEGER PRIMARY KEY, small, big, huge, tiny, bit, price DECIMAL, far,"
        " at DATETIME, stamp DATETIME, day DATETIME, clock DATETIME, color TEXT, doc TEXT,"
        " fixed BLOB, single REAL, year)",
        {
            "t": [
                (0, -32768, -(2**63), 2**63 - 1, 1, 1, 0.1, "123456789012345678901234567890.5",
                 -1, 1_000, "2024-02-29", "12:34:56.789", "it's", '{"a": [1, "\\u00e9\\\\"]}',
                 b"\x00\x01", 0.1, 2024),
                (7, 32767, 2**63 - 1, 0, 0, 0, -9999.99, 1,
                 "2024-01-02T03:04:05.678+02:00", "2030-01-01 00:00:00", 0, "00:00:00", "b\\c",
                 "[]", b"\xff\xfe", 16777216.0, 1999),
                (9, None, None, None, None, None, None, None, None, None, None, None, None, None,
                 None, None, None),
            ]
        },
    )  # fmt: skip
    move(
        path,
        mariadb_database,
        "CREATE TABLE t (id INT PRIMARY KEY AUTO_INCREMENT, small SMALLINT, big BIGINT,"
        " huge BIGINT UNSIGNED, tiny TINYINT(1), bit BIT(1), price DECIMAL(65,30),"
        " far DECIMAL(65,30), at DATETIME(3), stamp TIMESTAMP NULL, day DATE, clock TIME(3),"
        r" color ENUM('it''s', 'b\\c'), doc JSON, fixed BINARY(2), single FLOAT, year YEAR)",
        local_infile=local_infile,
    )
    assert ask(mariadb_database, "SELECT *, single + 0e0 = CAST(0.1 AS FLOAT) FROM t ORDER BY id")[
        :1
    ] == [
        (0, -32768, -(2**63), 2**63 - 1, 1, b"\x01", Decimal("0.1"),
         Decimal("123456789012345678901234567890.5"),
         _at(1969, 12, 31, 23, 59, 59, 999000), _at(1970, 1, 1, 0, 0, 1),
         dt.date(2024, 2, 29), dt.timedelta(hours=12, minutes=34, seconds=56, milliseconds=789),
         "it's", '{"a": [1, "\\u00e9\\\\"]}', b"\x00\x01", 0.1, 2024, 1),
    ]  # fmt: skip
    assert ask(mariadb_database, "SELECT at, stamp, day, color, fixed FROM t WHERE id = 7") == [
        (
            _at(2024, 1, 2, 1, 4, 5, 678000),
            _at(2030, 1, 1),
            dt.date(1970, 1, 1),
            "b\\c",
            b"\xff\xfe",
        )
    ]
    assert set(ask(mariadb_database, "SELECT * FROM t WHERE id = 9")[0][1:]) == {None}


@WAYS
def test_thousands_of_doubles_arrive_bit_for_bit(tmp_path, mariadb_database, local_infile):
    some = random.Random(5)
    bits = (struct.unpack("<d", some.randbytes(8))[0] for _ in range(2500))
    doubles = [each for each in bits if each - each == 0]
    doubles += [some.uniform(-1, 1) * 10.0 ** some.randrange(-9, 20) for _ in range(2500)]
    doubles += [0.0, 5e-324, 2.2250738585072014e-308, 1.7976931348623157e308, 1e14, 1e15]
    doubles += [123456789012345.0, 1e-4, 9.9e-5, 0.1 + 0.2]
    rows = list(enumerate(doubles))
    path = preview(tmp_path / "p.db", "CREATE TABLE t (id INTEGER, x)", {"t": rows})
    move(
        path,
        mariadb_database,
        "CREATE TABLE t (id INT PRIMARY KEY, x DOUBLE)",
        local_infile=local_infile,
    )
    assert ask(mariadb_database, "SELECT * FROM t ORDER BY id") == rows


def test_a_zero_with_a_sign_which_mariadb_does_not_keep_is_refused(tmp_path, mariadb_database):
    path = preview(
        tmp_path / "p.db", "CREATE TABLE t (id INTEGER, x)", {"t": [(1, 0.0), (2, -0.0)]}
    )
    with pytest.raises(DataSourceError, match="t, row 2, column x: '-0' became '0'"):
        move(path, mariadb_database, "CREATE TABLE t (id INT PRIMARY KEY, x DOUBLE)")
    assert ask(mariadb_database, "SELECT COUNT(*) FROM t") == [(0,)]


def test_infinities_are_refused_and_named(tmp_path, mariadb_database):
    path = preview(tmp_path / "p.db", "CREATE TABLE t (x REAL)", {"t": [(1.5,), (float("inf"),)]})
    with pytest.raises(DataSourceError, match=r"t\.x, row 2: inf is not-finite"):
        move(path, mariadb_database, "CREATE TABLE t (x DOUBLE)")
    assert ask(mariadb_database, "SELECT COUNT(*) FROM t") == [(0,)]


@WAYS
def test_values_with_problems_follow_the_policies(tmp_path, mariadb_database, local_infile):
    rows = [(1, "short", 5), (2, "much too long", 6), (3, "fine", "seven"), (4, None, 8)]
    path = preview(tmp_path / "p.db", "CREATE TABLE t (id INTEGER, s TEXT, n)", {"t": rows})
    schema = "CREATE TABLE t (id INT PRIMARY KEY, s VARCHAR(8), n INT)"
    with pytest.raises(DataSourceError) as refused:
        move(path, mariadb_database, schema, local_infile=local_infile)
    assert "t.s, row 2: 'much too long' is too-long" in str(refused.value)
    assert "t.n, row 3: 'seven' is not-a-number" in str(refused.value)
    policies = Policies(
        by_problem={Problem.TOO_LONG: Policy.CONVERT, Problem.NOT_A_NUMBER: Policy.SKIP}
    )
    report = move(path, mariadb_database, policies=policies, local_infile=local_infile)
    assert ask(mariadb_database, "SELECT * FROM t") == [
        (1, "short", 5),
        (2, "much too", 6),
        (4, None, 8),
    ]
    assert [(each.problem, each.rows) for each in report.problems] == [
        (Problem.TOO_LONG, 1),
        (Problem.NOT_A_NUMBER, 1),
    ]
    assert report.rows == 3


@pytest.mark.parametrize(
    "broken",
    [
        b"\xff",
        b"\xfe",
        b"a\xfd",
        b"\xfd\xfd",
        b"\xc3",
        b"\xc3\x28",
        b"\xed\xa0\x80",
        b"\xfc",
        b"\xfb",
    ],
)
def test_texts_that_are_not_utf8_are_refused_and_named(tmp_path, mariadb_database, broken):
    path = preview(
        tmp_path / "p.db",
        "CREATE TABLE t (id INTEGER, s TEXT, u TEXT);"
        f"INSERT INTO t VALUES (1, 'é', 'x'), (2, CAST(x'{broken.hex()}' AS TEXT), 'y')",
    )
    with pytest.raises(DataSourceError, match=r"t\.s, row 2.*is not-utf8"):
        move(path, mariadb_database, "CREATE TABLE t (id INT, s TEXT, u TEXT)")
    assert ask(mariadb_database, "SELECT COUNT(*) FROM t") == [(0,)]


@WAYS
def test_texts_of_other_character_sets_are_converted_or_refused(
    tmp_path, mariadb_database, local_infile
):
    path = preview(tmp_path / "p.db", "CREATE TABLE t (id INTEGER, s TEXT)", {"t": [(1, "é")]})
    schema = "CREATE TABLE t (id INT, s TEXT CHARACTER SET latin1)"
    move(path, mariadb_database, schema, local_infile=local_infile)
    assert ask(mariadb_database, "SELECT HEX(s), s FROM t") == [("E9", "é")]
    ask(mariadb_database, "TRUNCATE t")
    preview(path, "CREATE TABLE t (id INTEGER, s TEXT)", {"t": [(1, "😀")]})
    with pytest.raises(DatabaseError, match="Incorrect string value"):
        move(path, mariadb_database, local_infile=local_infile)
    assert ask(mariadb_database, "SELECT COUNT(*) FROM t") == [(0,)]


@WAYS
def test_rows_of_many_sizes_fit_into_the_packets(tmp_path, mariadb_database, local_infile):
    rows = [(n, bytes([n % 251]) * (n * 40_000 % 1_300_001)) for n in range(40)]
    path = preview(tmp_path / "p.db", "CREATE TABLE t (id INTEGER, b BLOB)", {"t": rows})
    move(
        path,
        mariadb_database,
        "CREATE TABLE t (id INT PRIMARY KEY, b LONGBLOB)",
        local_infile=local_infile,
    )
    assert ask(mariadb_database, "SELECT * FROM t ORDER BY id") == rows


def test_a_row_too_large_for_a_statement_is_refused_before_it_is_sent(tmp_path, mariadb_database):
    path = preview(tmp_path / "p.db", "CREATE TABLE t (b TEXT)", {"t": [("x" * 17_000_000,)]})
    with pytest.raises(DataSourceError, match="a row of t takes a statement of 17000"):
        move(path, mariadb_database, "CREATE TABLE t (b LONGTEXT)", local_infile=False)
    assert ask(mariadb_database, "SELECT COUNT(*) FROM t") == [(0,)]


@WAYS
def test_names_may_be_anything_that_both_databases_take(tmp_path, mariadb_database, local_infile):
    table, columns = 'we`ird; DROP "x"\' %s', ["select", "a b", "ke`y", "ключ", "%d", "it's"]
    quoted = [f"`{name.replace('`', '``')}`" for name in [table, *columns]]
    sqlite = ", ".join('"' + name.replace('"', '""') + '" TEXT' for name in columns)
    name = '"' + table.replace('"', '""') + '"'
    rows = [("1", "2", "3", "4", "5", "6")]
    path = preview(tmp_path / "p.db", f"CREATE TABLE {name} ({sqlite})", {table: rows})
    listed = ", ".join(f"{each} TEXT" for each in quoted[1:])
    move(
        path,
        mariadb_database,
        f"CREATE TABLE {quoted[0]} ({listed})",
        local_infile=local_infile,
    )
    assert ask(mariadb_database, f"SELECT * FROM {quoted[0]}") == rows


@WAYS
def test_hundreds_of_columns_go_over(tmp_path, mariadb_database, local_infile):
    names = [f"c{n}" for n in range(400)]
    row = tuple(str(n) if n % 2 else n for n in range(400))
    types = [("TEXT", "TINYTEXT") if n % 2 else ("INTEGER", "INT") for n in range(400)]
    sqlite = ", ".join(f"{a} {t[0]}" for a, t in zip(names, types, strict=True))
    mysql = ", ".join(f"{a} {t[1]}" for a, t in zip(names, types, strict=True))
    path = preview(tmp_path / "p.db", f"CREATE TABLE t ({sqlite})", {"t": [row]})
    move(path, mariadb_database, f"CREATE TABLE t ({mysql})", local_infile=local_infile)
    assert ask(mariadb_database, "SELECT * FROM t") == [row]


def test_generated_columns_and_defaults_are_the_servers(tmp_path, mariadb_database):
    path = preview(tmp_path / "p.db", "CREATE TABLE t (a INTEGER, double INTEGER)", {"t": [(2, 9)]})
    move(
        path,
        mariadb_database,
        "CREATE TABLE t (a INT, `double` INT AS (a * 2) STORED, more INT DEFAULT 3)",
    )
    assert ask(mariadb_database, "SELECT * FROM t") == [(2, 4, 3)]


def test_the_catalogue_says_what_columns_take(mariadb_database):
    move_script = (
        "CREATE TABLE p (id INT UNSIGNED PRIMARY KEY);"
        "CREATE TABLE t (a MEDIUMINT UNSIGNED NOT NULL, b VARCHAR(20), c TINYTEXT, d BIT(12),"
        r" e ENUM('a,b', 'c''d', 'e\\f', 'g\nh'), f JSON, g DECIMAL(9,4), h DATETIME(6),"
        " i TIMESTAMP(3) NULL, j INT AS (a + 1), k UUID, l POINT, m CHAR(3), n VARBINARY(7),"
        " o MEDIUMBLOB, p INT UNSIGNED, q BOOLEAN, r LONGTEXT, PRIMARY KEY (b, a),"
        " CONSTRAINT own FOREIGN KEY (p) REFERENCES p (id))"
    )
    from tests.prisma.servers import run_on_mariadb

    run_on_mariadb(mariadb_database, move_script)
    with Session.open(mariadb_database) as session:
        catalogue = session.catalogue()
    table = catalogue.tables["t"]
    found = {column.name: column for column in table.columns}
    assert table.primary_key == ("b", "a")
    assert [
        (k.name, k.columns, k.references, k.referenced_columns) for k in table.foreign_keys
    ] == [("own", ("p",), "p", ("id",))]
    kinds = {name: column.kind for name, column in found.items()}
    assert kinds == {
        "a": Kind.INTEGER, "b": Kind.TEXT, "c": Kind.TEXT, "d": Kind.BYTES, "e": Kind.ENUM,
        "f": Kind.JSON, "g": Kind.DECIMAL, "h": Kind.DATETIME, "i": Kind.DATETIME,
        "j": Kind.INTEGER, "k": Kind.UUID, "l": Kind.OTHER, "m": Kind.TEXT, "n": Kind.BYTES,
        "o": Kind.BYTES, "p": Kind.INTEGER, "q": Kind.BOOLEAN, "r": Kind.TEXT,
    }  # fmt: skip
    assert (found["a"].bits, found["a"].unsigned, found["a"].nullable) == (24, True, False)
    assert (found["b"].length, found["b"].most_bytes) == (20, None)
    assert (found["c"].length, found["c"].most_bytes) == (None, 255)
    assert (found["d"].length, found["n"].length, found["o"].most_bytes) == (2, 7, 2**24 - 1)
    assert found["e"].values == ("a,b", "c'd", "e\\f", "g\nh")
    assert (found["g"].precision, found["g"].scale) == (9, 4)
    assert (found["h"].precision, found["h"].with_timezone) == (6, False)
    assert (found["i"].precision, found["i"].with_timezone) == (3, True)
    assert found["j"].is_generated
    assert not found["f"].binary_json


async def test_the_asynchronous_import_does_the_same(tmp_path, mariadb_database):
    from oneclick_deploy.data.mysql import AsyncMysqlImport

    path = preview(tmp_path / "p.db", "CREATE TABLE t (a INTEGER)", {"t": [(1,), (2,)]})
    move_script = "CREATE TABLE t (a INT)"
    from tests.prisma.servers import run_on_mariadb

    run_on_mariadb(mariadb_database, move_script)
    with SqliteSource(path) as source:
        report = await AsyncMysqlImport(source, mariadb_database).run()
    assert report.rows == 2
    with SqliteSource(path) as source:
        again = MysqlImport(source, mariadb_database).run()
    assert [table.skipped_rows for table in again.tables] == [2]
    assert again.tables[0].checksum == report.tables[0].checksum
