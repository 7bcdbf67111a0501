from __future__ import annotations

import sqlite3

import pytest
from hypothesis import given, settings, strategies as st

from oneclick_deploy.errors import ConfigurationError
from oneclick_deploy.providers.libsql import quote_identifier

NAMES = st.text(st.characters(exclude_characters="\x00", exclude_categories=("Cs",)), min_size=1)


@settings(deadline=None)
@given(NAMES)
def test_a_quoted_name_is_read_back_exactly(name):
    database = sqlite3.connect(":memory:")
    try:
        database.execute(f"CREATE TABLE t ({quote_identifier(name)})")
        assert database.execute("SELECT name FROM pragma_table_xinfo('t')").fetchall() == [(name,)]
    finally:
        database.close()


def test_a_hostile_name_cannot_leave_its_quotes():
    assert quote_identifier('a"; DROP TABLE users; --') == '"a""; DROP TABLE users; --"'


@pytest.mark.parametrize("name", ["a\x00b", "\ud800"])
def test_names_that_sql_cannot_carry_are_refused(name):
    with pytest.raises(ConfigurationError):
        quote_identifier(name)
