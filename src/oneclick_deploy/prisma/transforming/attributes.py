"""What attributes say that only some databases know: names of keys, kinds of indexes, schemas."""

from __future__ import annotations

from typing import TYPE_CHECKING

from oneclick_deploy.prisma.semantics.views import IndexKind
from oneclick_deploy.prisma.syntax.tree import Array, Call
from oneclick_deploy.prisma.transforming.result import ChangeKind
from oneclick_deploy.prisma.transforming.rewrite import Why

if TYPE_CHECKING:
    from oneclick_deploy.prisma.connectors.connector import Connector
    from oneclick_deploy.prisma.schema import Schema
    from oneclick_deploy.prisma.semantics.views import Index, Model
    from oneclick_deploy.prisma.syntax.source import SourceFile
    from oneclick_deploy.prisma.syntax.tree import Attribute, EnumBlock, ModelBlock
    from oneclick_deploy.prisma.transforming.rewrite import Rewrite

# Kinds of PostgreSQL that answer the same queries as a B-tree, if slower or faster.
_REPLACEABLE = frozenset({"Hash", "Brin", "BTree"})


class AttributeRules:
    """Removes what one target does not know.

    Args:
        schema: The schema as given.
        connector: The target's.
        title: The target's name, for the reasons.
        rewrite: Takes the changes.
    """

    def __init__(self, schema: Schema, connector: Connector, title: str, rewrite: Rewrite) -> None:
        self._schema = schema
        self._connector = connector
        self._title = title
        self._rewrite = rewrite

    def apply(self) -> None:
        """Look at every model and enum."""
        for model in self._schema.analysis.models:
            self._drop_names(model)
            self._drop_shard_key(model)
            for index in model.indexes:
                self._rewrite_index(model, index)
            if model.primary_key is not None:
                self._drop_key_options(model.file, model.primary_key.attribute)
        if not self._connector.has_namespaces:
            self._drop_namespaces()

    def _drop_names(self, model: Model) -> None:
        """Drop ``map:`` where the database gives no names to such things."""
        key = model.primary_key
        if key is not None and not self._connector.has_named_primary_keys:
            self._drop(model.file, key.attribute, "map", ChangeKind.NAME, "names no primary keys")
        for relation in model.relation_fields:
            if relation.attribute is not None and not self._connector.has_named_foreign_keys:
                why = "names no foreign keys"
                self._drop(model.file, relation.attribute, "map", ChangeKind.NAME, why)
        for field in model.scalar_fields:
            if field.default is not None and not self._connector.has_named_defaults:
                why = "names no default values"
                self._drop(model.file, field.default.attribute, "map", ChangeKind.NAME, why)

    def _drop_shard_key(self, model: Model) -> None:
        if model.shard_key is not None and not self._connector.has_shard_keys:
            why = Why(ChangeKind.INDEX, f"{self._title} has no shard keys.")
            self._rewrite.drop_attribute(model.file, model.shard_key.attribute, why)

    def _rewrite_index(self, model: Model, index: Index) -> None:
        connector, attribute = self._connector, index.attribute
        if index.kind is IndexKind.FULLTEXT and not connector.has_fulltext:
            reason = f"{self._title} has no full-text index that Prisma can make."
            self._rewrite.drop_attribute(model.file, attribute, Why(ChangeKind.INDEX, reason))
            return
        algorithm = index.algorithm
        if algorithm is not None and algorithm not in connector.algorithms:
            if algorithm not in _REPLACEABLE:
                reason = f"{self._title} has no {algorithm} index, and no other that does its work."
                self._rewrite.drop_attribute(model.file, attribute, Why(ChangeKind.INDEX, reason))
                return
            self._drop(model.file, attribute, "type", ChangeKind.INDEX, f"has no {algorithm} index")
        if "Gin" not in connector.algorithms:
            self._drop_inside(model.file, attribute, "ops", "has no operator classes")
        if index.where is not None and not connector.has_partial_indexes and not index.is_unique:
            why = "has no partial indexes; the index is on all rows"
            self._drop(model.file, attribute, "where", ChangeKind.INDEX, why)
        self._drop_key_options(model.file, attribute)

    def _drop_key_options(self, file: SourceFile, attribute: Attribute) -> None:
        connector = self._connector
        if not connector.has_clustering:
            why = "does not choose what is clustered"
            self._drop(file, attribute, "clustered", ChangeKind.INDEX, why)
        if not connector.has_index_lengths:
            why = "has no indexes on the beginnings of texts"
            self._drop_inside(file, attribute, "length", why)
        if attribute.name.name == "id" and not connector.has_primary_key_sort:
            why = "has no order in primary keys"
            self._drop(file, attribute, "sort", ChangeKind.INDEX, why)
            self._drop_inside(file, attribute, "sort", why)

    def _drop_namespaces(self) -> None:
        why = Why(ChangeKind.NAMESPACE, f"{self._title} has no schemas inside a database.")
        analysis = self._schema.analysis
        blocks: list[ModelBlock | EnumBlock] = [each.node for each in analysis.models]
        blocks += (each.node for each in analysis.enums)
        for block in blocks:
            for attribute in block.attributes:
                if attribute.name.name == "schema":
                    self._rewrite.drop_attribute(block.file, attribute, why)

    def _drop(
        self, file: SourceFile, attribute: Attribute, name: str, kind: ChangeKind, why: str
    ) -> None:
        """Drop the argument of that name, where it is given."""
        for argument in attribute.arguments.items:
            if argument.name is not None and argument.name.name == name:
                reason = f"{self._title} {why}."
                self._rewrite.drop_argument(file, attribute, argument, Why(kind, reason))

    def _drop_inside(self, file: SourceFile, attribute: Attribute, name: str, why: str) -> None:
        """Drop an argument of the fields in a list: ``[title(length: 10)]``."""
        reason = Why(ChangeKind.INDEX, f"{self._title} {why}.")
        for argument in attribute.arguments.items:
            value = argument.value
            for item in value.items if isinstance(value, Array) else (value,):
                if not isinstance(item, Call):
                    if argument.name is not None and argument.name.name == name:
                        self._rewrite.drop_argument(file, attribute, argument, reason)
                    continue
                for inner in item.arguments.items:
                    if inner.name is not None and inner.name.name == name:
                        self._rewrite.drop_argument(file, item, inner, reason)
