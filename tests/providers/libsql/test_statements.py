"""Scripts are split as SQLite reads them."""

from __future__ import annotations

import sqlite3

import pytest
from hypothesis import given, settings, strategies as st

from oneclick_deploy.errors import ConfigurationError
from oneclick_deploy.providers.libsql import first_keyword, split_script

TRIGGER = """CREATE TRIGGER "t;1" AFTER INSERT ON a BEGIN
  INSERT INTO b VALUES (';', new.x); -- end; of it
  UPDATE b SET x = CASE WHEN x THEN 1 ELSE 2 END;
  SELECT 1;
END"""


@pytest.mark.parametrize(
    ("sql", "statements"),
    [
        ("", []),
        (" ;;\n ; ", []),
        ("-- only a comment", []),
        ("/* unfinished", []),
        ("SELECT 1", ["SELECT 1"]),
        ("SELECT 1;", ["SELECT 1"]),
        ("\ufeffSELECT 1;\r\nSELECT 2\r\n", ["SELECT 1", "SELECT 2"]),
        ("SELECT ';'; SELECT 2", ["SELECT ';'", "SELECT 2"]),
        ("SELECT 'it''s;'; SELECT 2", ["SELECT 'it''s;'", "SELECT 2"]),
        ('SELECT ";", [;], `;`; SELECT 2', ['SELECT ";", [;], `;`', "SELECT 2"]),
        ("SELECT 1 -- a; b\n; SELECT 2", ["SELECT 1 -- a; b", "SELECT 2"]),
        ("SELECT 1 /* a; b */; SELECT 2", ["SELECT 1 /* a; b */", "SELECT 2"]),
        ("/* a; */ SELECT 1; -- b;\nSELECT 2", ["SELECT 1", "SELECT 2"]),
        ("SELECT /*/ ; */ 1; SELECT 2", ["SELECT /*/ ; */ 1", "SELECT 2"]),
        ("SELECT 'open; SELECT 2", ["SELECT 'open; SELECT 2"]),
        ("SELECT 5-4; SELECT 6/2", ["SELECT 5-4", "SELECT 6/2"]),
        (f"{TRIGGER};\nSELECT 1;", [TRIGGER, "SELECT 1"]),
        (f"{TRIGGER}\n/* x */ ; SELECT 1", [f"{TRIGGER}\n/* x */", "SELECT 1"]),
        (f"EXPLAIN {TRIGGER}; SELECT 1", [f"EXPLAIN {TRIGGER}", "SELECT 1"]),
        (
            "create temp trigger x begin select 1; end; select 2",
            ["create temp trigger x begin select 1; end", "select 2"],
        ),
        ("CREATE TABLE trigger_log(a); SELECT 1", ["CREATE TABLE trigger_log(a)", "SELECT 1"]),
        ("CREATE TABLE trigger(a); END; SELECT 1", ["CREATE TABLE trigger(a)", "END", "SELECT 1"]),
    ],
)
def test_a_script_is_split_at_the_semicolons_that_end_statements(sql, statements):
    assert split_script(sql) == statements


def test_a_script_with_nul_is_refused():
    with pytest.raises(ConfigurationError, match="NUL"):
        split_script("SELECT 1;\x00")


@pytest.mark.parametrize(
    "sql",
    [
        ";" * 300_000,
        "'" * 300_001,
        "/*" * 300_000,
        "-" * 300_000,
        "/" * 300_000,
        "SELECT ';';" * 50_000,
        "CREATE TRIGGER x BEGIN " + "SELECT 1;" * 50_000,
        "CREATE TRIGGER x BEGIN SELECT 1;" + "-- x\n" * 50_000,
        "CREATE TRIGGER x BEGIN SELECT 1;" + ";" * 200_000,
        "CREATE TRIGGER x BEGIN " + "SELECT 1; /* e */ en " * 30_000,
        "CREATE TRIGGER x BEGIN SELECT 1;" + "END /**/" * 50_000,
        "CREATE TRIGGER x BEGIN SELECT 1;" + ";/**/" * 50_000,
        "EXPLAIN " + "/**/ " * 100_000,
        "CREATE " + "TEMP " * 100_000,
        "[" * 300_000,
        "\n" * 500_000 + "x",
    ],
    ids=range(16),
)
def test_huge_and_hostile_scripts_are_split_in_linear_time(sql):
    split_script(sql)


WORDS = "CREATE TEMP TEMPORARY TRIGGER END EXPLAIN BEGIN SELECT x 1 $ é € create trigger end;"
PIECES = st.sampled_from(
    [
        *WORDS.split(),
        *[";", "'", '"', "`", "[", "]", "--", "/*", "*/", "-", "/", "("],
        " ",
        "\n",
        "\v",
    ]
)


@settings(deadline=None)
@given(st.lists(PIECES, max_size=25).map(" ".join) | st.lists(PIECES, max_size=25).map("".join))
def test_statements_end_exactly_where_sqlite_says_they_are_complete(sql):
    assert split_script(sql) == _by_sqlite(sql)


def _by_sqlite(sql: str) -> list[str]:
    """The slow way: ask SQLite at every semicolon."""
    found, start = [], 0
    for position, character in enumerate(sql):
        if character == ";" and sqlite3.complete_statement(sql[start : position + 1]):
            found.append(sql[start:position])
            start = position + 1
    found.append(sql[start:])
    return [text for text in map(_without_lead, found) if text]


def _without_lead(text: str) -> str:
    text = text.strip(" \t\n\f\r")
    while text.startswith(("--", "/*")):
        end = "\n" if text.startswith("--") else "*/"
        _, _, text = text[2:].partition(end)
        text = text.strip(" \t\n\f\r")
    return text


@pytest.mark.parametrize(
    ("sql", "word"),
    [
        ("select 1", "SELECT"),
        ("\ufeff -- x\n/* y */ Insert into t", "INSERT"),
        ("(select 1)", ""),
        ("", ""),
        ("-- x", ""),
    ],
)
def test_the_first_keyword_is_found_behind_comments(sql, word):
    assert first_keyword(sql) == word
