"""What each database can do, as Prisma knows it."""

from __future__ import annotations

import pytest

from oneclick_deploy.prisma.connectors import connector_for
from oneclick_deploy.prisma.connectors.connector import ColumnType
from oneclick_deploy.prisma.semantics.views import ReferentialAction, ScalarType


@pytest.mark.parametrize(
    ("provider", "limit"),
    [("sqlite", 10000), ("postgresql", 63), ("mysql", 64), ("sqlserver", 128), ("mongodb", 127)],
)
def test_names_have_a_limit_in_bytes(provider: str, limit: int) -> None:
    assert connector_for(provider).identifier_limit == limit


def test_sqlite_has_no_native_types() -> None:
    sqlite = connector_for("sqlite")
    assert dict(sqlite.native_types or {}) == {}
    assert dict(sqlite.default_types) == {}


@pytest.mark.parametrize("provider", ["postgresql", "mysql"])
def test_every_scalar_has_a_default_type_that_fits_it(provider: str) -> None:
    connector = connector_for(provider)
    known = connector.native_types or {}
    assert set(connector.default_types) == set(ScalarType)
    for scalar, column_type in connector.default_types.items():
        rule = known[column_type.name]
        assert scalar in rule.scalars
        assert len(column_type.arguments) in {rule.required, rule.required + rule.optional}


def test_the_default_types_are_prismas() -> None:
    postgresql = {
        scalar.value: str(column_type)
        for scalar, column_type in connector_for("postgresql").default_types.items()
    }
    assert postgresql == {
        "Int": "Integer",
        "BigInt": "BigInt",
        "Float": "DoublePrecision",
        "Decimal": "Decimal(65,30)",
        "Boolean": "Boolean",
        "String": "Text",
        "DateTime": "Timestamp(3)",
        "Bytes": "ByteA",
        "Json": "JsonB",
    }
    mysql = {
        scalar.value: str(column_type)
        for scalar, column_type in connector_for("mysql").default_types.items()
    }
    assert mysql == {
        "Int": "Int",
        "BigInt": "BigInt",
        "Float": "Double",
        "Decimal": "Decimal(65,30)",
        "Boolean": "TinyInt",
        "String": "VarChar(191)",
        "DateTime": "DateTime(3)",
        "Bytes": "LongBlob",
        "Json": "Json",
    }


def test_a_type_is_written_with_its_arguments() -> None:
    assert str(ColumnType("Decimal", ("10", "2"))) == "Decimal(10,2)"
    assert str(ColumnType("Text")) == "Text"


@pytest.mark.parametrize(
    ("provider", "emulated"),
    [
        ("sqlite", {"Cascade", "Restrict", "SetNull"}),
        ("postgresql", {"Cascade", "Restrict", "SetNull"}),
        ("mysql", {"Cascade", "Restrict", "NoAction", "SetNull"}),
    ],
)
def test_actions_depend_on_who_carries_them_out(provider: str, emulated: set[str]) -> None:
    connector = connector_for(provider)
    assert set(connector.actions_under("foreignKeys")) == set(ReferentialAction)
    assert set(connector.actions_under("prisma")) == emulated


def test_only_mongodb_emulates_relations_by_itself() -> None:
    assert connector_for("mongodb").default_relation_mode == "prisma"
    assert connector_for("postgresql").default_relation_mode == "foreignKeys"


def test_without_a_datasource_there_are_no_native_types_at_all() -> None:
    nothing = connector_for(None)
    assert nothing.native_types is not None
    assert not nothing.native_types
