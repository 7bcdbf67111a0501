"""PostgreSQL's operator classes belong to index types and native types that exist."""

from __future__ import annotations

from oneclick_deploy.prisma.connectors import connector_for
from oneclick_deploy.prisma.connectors.operator_classes import CLASSES, SCALARS, takes


def test_index_types_are_those_of_postgresql() -> None:
    postgresql = connector_for("postgresql")
    assert set(CLASSES) == set(SCALARS) == postgresql.algorithms - {"BTree", "Hash"}


def test_native_types_are_those_of_postgresql() -> None:
    known = connector_for("postgresql").native_types or {}
    assert all(name in known for classes in CLASSES.values() for name in classes)


def test_an_index_type_takes_its_own_classes_only() -> None:
    assert takes("Gin", "JsonbPathOps")
    assert takes("Gin", "ArrayOps")
    assert takes("Gist", "InetOps")
    assert takes("SpGist", "InetOps")
    assert takes("Brin", "InetInclusionOps")
    assert not takes("Brin", "InetOps")
    assert not takes("Brin", "ArrayOps")
    assert not takes("BTree", "TextOps")
    assert not takes("Hash", "TextOps")
