"""The garbage collector is away while a schema is compiled, and back afterwards."""

from __future__ import annotations

import gc

import pytest

from oneclick_deploy.errors import InvalidSchemaError
from oneclick_deploy.prisma import parse, render_sql
from oneclick_deploy.prisma.collector import collector_paused

SCHEMA = 'datasource db {\n  provider = "sqlite"\n}\nmodel A {\n  id Int @id\n}\n'


def test_the_collector_is_back_after_a_compilation() -> None:
    assert render_sql(SCHEMA)
    assert gc.isenabled()


def test_the_collector_is_back_after_a_refusal() -> None:
    with pytest.raises(InvalidSchemaError):
        parse("model A {\n  id Nothing\n}\n").check()
    assert gc.isenabled()


def test_the_collector_stays_away_until_the_last_compilation_ends() -> None:
    with collector_paused:
        with collector_paused:
            assert not gc.isenabled()
        assert not gc.isenabled()
    assert gc.isenabled()


def test_a_collector_that_its_owner_switched_off_stays_off() -> None:
    gc.disable()
    try:
        render_sql(SCHEMA)
        assert not gc.isenabled()
    finally:
        gc.enable()
