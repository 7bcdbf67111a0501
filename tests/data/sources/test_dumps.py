"""SQL dumps: what the tools print is read exactly, and nothing else is run."""

from __future__ import annotations

import contextlib
import math
import shutil
import sqlite3
import subprocess
import threading
from pathlib import Path

import pytest
from hypothesis import given, settings, strategies as st
from tests.data.previews import everything, execute

from oneclick_deploy import errors
from oneclick_deploy.data import SqliteSource
from oneclick_deploy.data.sources import dump as module
from oneclick_deploy.data.sources.dump import is_dump
from oneclick_deploy.data.sources.dump_rules import unistr
from oneclick_deploy.runtime.cancel import CancelToken

SHELL = shutil.which("sqlite3")
needs_shell = pytest.mark.skipif(SHELL is None, reason="the sqlite3 shell is not installed")


def content(source: SqliteSource) -> dict[str, list[tuple]]:
    return {table.name: list(source.rows(table)) for table in source.report.tables}


def read(dump: str) -> dict[str, list[tuple]]:
    with SqliteSource(dump) as source:
        return content(source)


def refusal(dump: str, kind: type[errors.OneClickError] = errors.DataSourceError) -> str:
    with pytest.raises(errors.OneClickError) as caught:
        SqliteSource(dump)
    assert type(caught.value) is kind
    assert caught.value.hint
    assert caught.value.__suppress_context__ or caught.value.__context__ is None
    return caught.value.message


def printed(path: Path) -> str:
    done = subprocess.run([SHELL, str(path), ".dump"], capture_output=True, check=True)
    return done.stdout.decode()


# What is a dump


@pytest.mark.parametrize(
    "text",
    [
        "CREATE TABLE t (a);",
        "  create table t (a);",
        "PRAGMA foreign_keys=OFF;\nBEGIN TRANSACTION;\n",
        "\ufeffBEGIN;",
        "-- a comment",
        "/* a comment */ CREATE TABLE t (a)",
        "anything\nin two lines",
        "anything\rin two lines",
        "insert into t values (1);",
    ],
)
def test_a_text_of_lines_or_of_sql_is_a_dump(text):
    assert is_dump(text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "dev.db",
        "create.db",
        "CREATE TABLE.db",
        "begin",
        "/tmp/a;b.db",
        "C:\\x\\dev.db",
        "a -- b",
    ],
)
def test_any_other_text_is_a_path(text):
    assert not is_dump(text)


# What the tools print


TRICKY = """
CREATE TABLE t (id INTEGER PRIMARY KEY AUTOINCREMENT, v, b BLOB);
INSERT INTO t (v, b) VALUES
  (1e999, x'00ff'), (-1e999, x''), ('q''s' || char(10) || char(13) || '\\n', NULL),
  ('semi;colon -- no comment /* nor this', 'text in blob'), (0.1, 5), (9223372036854775807, NULL),
  ('BEGIN; COMMIT; ROLLBACK;', NULL), ('😀é', NULL), ('Inf', NULL);
DELETE FROM t WHERE id = 2;
INSERT INTO t (id, v) VALUES (100, 'last');
DELETE FROM t WHERE id = 100;
CREATE TABLE "odd ""name"", (x)" ("a;b" TEXT, "Inf" REAL);
INSERT INTO "odd ""name"", (x)" VALUES ('x', 1e999);
CREATE INDEX i ON t (v);
CREATE VIEW w AS SELECT 1;
CREATE TRIGGER r AFTER INSERT ON t BEGIN
  INSERT INTO "odd ""name"", (x)" VALUES ('made by a trigger', 1);
  SELECT CASE WHEN new.v = 'END;' THEN 1 ELSE 2 END;
END;
ANALYZE;
"""


@pytest.fixture
def tricky(tmp_path: Path) -> Path:
    execute(tmp_path / "tricky.db", TRICKY)
    return tmp_path / "tricky.db"


@needs_shell
@pytest.mark.parametrize("line_end", ["\n", "\r\n"])
def test_the_shell_s_dump_is_read_exactly(tricky, line_end):
    dump = printed(tricky).replace("\n", line_end)
    with SqliteSource(tricky) as wanted, SqliteSource(dump) as found:
        assert content(found) == content(wanted)
        assert found.report.sequences == wanted.report.sequences == (("t", 100),)
        assert found.report.skipped == wanted.report.skipped


def test_python_s_dump_is_read_exactly(tricky):
    with contextlib.closing(sqlite3.connect(tricky)) as connection:
        dump = "\n".join(connection.iterdump())
    assert "Inf" in dump
    with SqliteSource(tricky) as wanted, SqliteSource(dump) as found:
        assert content(found) == content(wanted)
        assert found.report.sequences == wanted.report.sequences


@needs_shell
def test_every_kind_of_table_comes_back(tmp_path):
    path = everything(tmp_path / "preview.db")
    with contextlib.closing(sqlite3.connect(path)) as connection, connection:
        # The shell ends a text at its first NUL and writes -0.0 as 0.0, and SQLite reads the
        # least of its numbers as 0.0: that is lost before us.
        connection.execute(
            'DELETE FROM "Everything" WHERE instr("any", char(0)) OR "any" BETWEEN -1e-300 AND 1e-300'
        )
        connection.execute(
            'DELETE FROM "NoKey" WHERE instr("v", char(0)) OR "v" BETWEEN -1e-300 AND 1e-300'
        )
        connection.execute(
            'DELETE FROM "Strict" WHERE instr("v", char(0)) OR "v" BETWEEN -1e-300 AND 1e-300'
        )
    with SqliteSource(path) as wanted, SqliteSource(printed(path)) as found:
        assert content(found) == content(wanted)


@needs_shell
def test_virtual_tables_come_back_with_their_content(tmp_path):
    path = tmp_path / "preview.db"
    execute(
        path,
        "CREATE VIRTUAL TABLE docs USING fts5(title, body); INSERT INTO docs VALUES ('a', 'the words'), ('b', 'others');"
        "CREATE VIRTUAL TABLE box USING rtree(id, x0, x1); INSERT INTO box VALUES (1, 2, 3);",
    )
    with contextlib.closing(sqlite3.connect(path)) as connection:
        python = "\n".join(connection.iterdump())
    for dump in (printed(path), python):
        with SqliteSource(dump) as found:
            assert content(found) == {
                "docs": [("a", "the words"), ("b", "others")],
                "box": [(1, 2.0, 3.0)],
            }
            query = "SELECT title FROM docs WHERE docs MATCH 'words'"
            assert found.connection.execute(query).fetchall() == [("a",)]


def test_a_script_that_makes_virtual_tables_itself_is_run(tmp_path):
    assert read(
        "CREATE VIRTUAL TABLE docs USING fts5(body);\nINSERT INTO docs VALUES ('words');\n"
    ) == {"docs": [("words",)]}


def test_replace_and_unistr_give_line_breaks():
    assert read(
        "CREATE TABLE t (a);\nINSERT INTO t VALUES(replace('a\\nb','\\n',char(10)));\n"
        "INSERT INTO t VALUES(unistr('a\\000ab\\u0041\\+01F600\\U0001F601\\\\'));\n"
    ) == {"t": [("a\nb",), ("a\nbA😀😁\\",)]}


def test_blobs_and_texts_with_line_breaks_of_windows_stay():
    assert read("CREATE TABLE t (a);\r\nINSERT INTO t VALUES('a\r\nb'), (x'0d0A');\r\n") == {
        "t": [("a\r\nb",), (b"\r\n",)]
    }


def test_counters_may_be_set_before_their_table_is_made():
    with SqliteSource(
        "INSERT INTO sqlite_sequence VALUES('t', 9);\n"
        "CREATE TABLE t (id INTEGER PRIMARY KEY AUTOINCREMENT);\n"
    ) as source:
        assert source.report.sequences == (("t", 9),)


def test_triggers_do_not_change_the_rows():
    assert read(
        "CREATE TABLE t (a);\nCREATE TRIGGER r AFTER INSERT ON t BEGIN DELETE FROM t; END;\n"
        "INSERT INTO t VALUES (1);\n"
    ) == {"t": [(1,)]}


def test_rows_may_come_before_the_table_they_refer_to():
    assert read(
        "PRAGMA foreign_keys=ON;\nCREATE TABLE a (p REFERENCES b(id));\nINSERT INTO a VALUES (1);\n"
        "CREATE TABLE b (id INTEGER PRIMARY KEY);\nINSERT INTO b VALUES (1);\n"
    ) == {"a": [(1,)], "b": [(1,)]}


def test_settings_of_the_session_are_left_out():
    assert read(
        'PRAGMA journal_mode=WAL;\nPRAGMA main.synchronous = FULL;\nPRAGMA "page_size"=512;\n'
        "PRAGMA user_version=7;\nSAVEPOINT s;\nCREATE TABLE t (a);\nRELEASE s;\nEND;\n"
    ) == {"t": []}


def test_a_mark_of_the_byte_order_does_not_matter():
    assert read("\ufeffCREATE TABLE t (a);\n") == {"t": []}


# What is refused


LISTED = (
    "INSERT INTO sqlite_schema(type,name,tbl_name,rootpage,sql)VALUES('table','x','x',{},'{}');"
)


@pytest.mark.parametrize(
    ("statement", "reason"),
    [
        ("ATTACH 'outside.db' AS o;", "opens another file"),
        ("DETACH main;", "closes a database"),
        ("VACUUM INTO 'outside.db';", "VACUUM"),
        ("VACUUM;", "VACUUM"),
        ("SELECT load_extension('x');", "load_extension()"),
        ("CREATE TABLE u AS SELECT LOAD_EXTENSION('x');", "load_extension()"),
        ("SELECT writefile('outside.txt', 'x');", "writefile"),
        ("SELECT readfile('/etc/passwd');", "readfile"),
        ("PRAGMA temp_store_directory = '/tmp';", "temp_store_directory"),
        ("PRAGMA writable_schema = ON; UPDATE sqlite_master SET sql = 'x';", "sqlite_master"),
        ("PRAGMA mmap_size = 1;", "mmap_size"),
        ("PRAGMA nonsense;", "nonsense"),
        ("CREATE TEMP TABLE x (a);", "temporary"),
        ("CREATE VIRTUAL TABLE x USING dbstat(main);", "dbstat"),
        ("CREATE VIRTUAL TABLE x USING csv(filename='/etc/passwd');", "csv"),
        (LISTED.format(0, "CREATE VIRTUAL TABLE x USING csv(filename=''x'')"), "list of all tables"),
        (LISTED.format(2, "CREATE TABLE x (a)"), "may not be modified"),
        (".import /etc/passwd t", "syntax error"),
        (".system touch outside.txt\n", "syntax error"),
        ("COPY t FROM stdin;", "syntax error"),
    ],
)  # fmt: skip
def test_what_reaches_outside_is_refused_with_its_line(tmp_path, monkeypatch, statement, reason):
    monkeypatch.chdir(tmp_path)
    message = refusal(f"CREATE TABLE t (a);\n\n{statement}\n")
    assert "line 3 of the SQL dump" in message
    assert reason in message
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    ("dump", "line", "said"),
    [
        ("CREATE TABLE t (a);\nINSERT INTO u VALUES (1);\n", 2, "no such table: u"),
        ("CREATE TABLE t (a);\n-- x\n/* y\n */ INSERT INTO t VALUES (1, 2);\n", 4, "2 values"),
        ("CREATE TABLE t (a UNIQUE);\nINSERT INTO t VALUES (1);\nINSERT INTO t VALUES (1);", 3, "UNIQUE"),
        ("CREATE TABLE t (a);\nINSERT INTO t VALUES ('a\nb\nc", 2, ""),
        ("CREATE TABLE t (a);\nINSERT INTO t VALUES ('\ud800');\n", 2, "surrogate"),
        ("CREATE TABLE t (a);\nINSERT INTO t VALUES ('a\x00');\n", 2, "NUL"),
        ("CREATE TABLE t (a);\nINSERT INTO t VALUES (unistr('\\q'));\n", 2, "raised exception"),
        ("CREATE TABLE t (a);\nROLLBACK; -- due to errors\n", 2, "ROLLBACK"),
    ],
)  # fmt: skip
def test_mistakes_are_named_with_their_line(dump, line, said):
    message = refusal(dump)
    assert f"line {line} of the SQL dump" in message
    assert said in message
    message.encode()


@needs_shell
@pytest.mark.parametrize("part", [0.2, 0.5, 0.8, 0.99])
def test_a_dump_that_was_cut_off_is_refused(tricky, part):
    whole = printed(tricky)
    assert "line " in refusal(whole[: int(len(whole) * part)])


@pytest.mark.parametrize(
    ("head", "name"),
    [
        ("--\n-- PostgreSQL database dump\n--\n", "PostgreSQL"),
        ("-- MySQL dump 10.13\n", "MySQL"),
        ("/*!999999\\- enable the sandbox mode */\n-- MariaDB dump 10.19\n", "MariaDB"),
    ],
)
def test_dumps_of_other_databases_are_called_so(head, name):
    assert name in refusal(f"{head}CREATE TABLE t (a);\n", errors.NotADatabaseError)


@pytest.mark.parametrize("dump", ["\n", "-- nothing\n", "BEGIN;\nCOMMIT;\n", ";\n;\n"])
def test_a_dump_without_tables_is_empty(dump):
    assert "no table" in refusal(dump, errors.EmptyDatabaseError)


def test_a_dump_that_grows_without_end_is_stopped():
    message = refusal(
        "CREATE TABLE t (a);\nINSERT INTO t WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL "
        "SELECT i + 1 FROM n) SELECT hex(zeroblob(400000)) FROM n;\n"
    )
    assert "line 2" in message
    assert "far more" in message


def test_a_value_without_end_is_stopped():
    assert "too big" in refusal("CREATE TABLE t (a);\nINSERT INTO t VALUES (zeroblob(1e9));\n")


def test_a_dump_that_never_ends_is_stopped(monkeypatch):
    monkeypatch.setattr(module, "_MOST_SECONDS", 0.05)
    message = refusal(
        "CREATE TABLE t (a);\nINSERT INTO t WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL "
        "SELECT i + 1 FROM n) SELECT max(i) FROM n;\n"
    )
    assert "takes too long" in message


def test_a_dump_can_be_cancelled():
    cancel = CancelToken()
    timer = threading.Timer(0.05, cancel.cancel)
    timer.start()
    with pytest.raises(errors.DeployCancelledError):
        SqliteSource(
            "CREATE TABLE t (a);\nINSERT INTO t WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL "
            "SELECT i + 1 FROM n) SELECT max(i) FROM n;\n",
            cancel=cancel,
        )
    timer.join()


def test_a_dump_that_is_too_long_is_refused(monkeypatch):
    monkeypatch.setattr(module, "MOST_CHARACTERS", 10)
    assert "million characters" in refusal("CREATE TABLE t (a);\n")


# Properties


VALUES = st.one_of(
    st.none(),
    st.integers(-(2**63), 2**63 - 1),
    st.floats(allow_nan=False).filter(lambda value: value != 0 or math.copysign(1, value) > 0),
    st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00")),
    st.binary(),
)


@settings(max_examples=50)
@given(st.lists(st.tuples(VALUES, VALUES), max_size=5))
def test_whatever_python_dumps_comes_back(rows):
    with contextlib.closing(sqlite3.connect(":memory:")) as connection:
        connection.execute("CREATE TABLE t (a, b)")
        connection.executemany("INSERT INTO t VALUES (?, ?)", rows)
        connection.commit()
        dump = "\n".join(connection.iterdump())
        wanted = connection.execute("SELECT a, b FROM t").fetchall()
    found = read(dump)["t"]
    # A literal may be read back in another last digit; the types are those of the dump.
    assert [[type(each) for each in row] for row in found] == [
        [type(each) for each in row] for row in wanted
    ]
    for one, other in zip(found, wanted, strict=True):
        for left, right in zip(one, other, strict=True):
            assert left == right or left == pytest.approx(right, rel=1e-14)


@given(st.text(st.characters(exclude_categories=["Cs"])))
def test_unistr_undoes_its_escapes(text):
    escaped = "".join("\\\\" if each == "\\" else f"\\+{ord(each):06x}" for each in text)
    assert unistr(escaped) == text


@pytest.mark.parametrize("wrong", ["\\", "a\\q", "\\12", "\\u12", "\\\\\\", "\\+11000g"])
def test_unistr_refuses_other_escapes(wrong):
    with pytest.raises(ValueError, match="escape"):
        unistr(wrong)


@settings(max_examples=60, deadline=None)
@given(st.text(alphabet="CREATE TABLE t(a);'\"-/*\n[]`INSERT1x", max_size=60))
def test_no_text_breaks_out_of_our_errors(text):
    with contextlib.suppress(errors.OneClickError), SqliteSource(f"\n{text}"):
        pass
