"""Keys and indexes: what they hold, and in which order."""

from __future__ import annotations

from tests.prisma.semantics.places import hint, messages, model, postgresql

from oneclick_deploy.prisma.parsing import parse
from oneclick_deploy.prisma.semantics.views import IndexKind, Sort
from oneclick_deploy.prisma.syntax import tree

EVERYTHING = """
generator client {
  provider        = "prisma-client"
  output          = "client"
  previewFeatures = ["partialIndexes"]
}

datasource db {
  provider = "postgresql"
}

model A {
  a Int
  b String @unique(map: "b_key", sort: Desc)
  c Json
  d Int    @unique(where: raw("d > 0"))

  @@unique([a, b], name: "both", map: "ab")
  @@index([c(ops: JsonbPathOps)], type: Gin)
  @@index([b(ops: raw("text_pattern_ops"), sort: Asc), a], name: "old")
  @@id([d, a], map: "key")
  @@unique(a, where: { d: { not: null } })
}
"""


def test_indexes_of_fields_come_first_then_those_of_the_block_by_kind() -> None:
    (model_a,) = parse(EVERYTHING).check().models
    assert [(each.kind, [part.field.name for part in each.fields]) for each in model_a.indexes] == [
        (IndexKind.UNIQUE, ["b"]),
        (IndexKind.UNIQUE, ["d"]),
        (IndexKind.NORMAL, ["c"]),
        (IndexKind.NORMAL, ["b", "a"]),
        (IndexKind.UNIQUE, ["a", "b"]),
        (IndexKind.UNIQUE, ["a"]),
    ]
    assert [each.source_field is not None for each in model_a.indexes] == [
        *[True] * 2,
        *[False] * 4,
    ]


def test_names_orders_and_operators_are_kept() -> None:
    (model_a,) = parse(EVERYTHING).models
    b, d, gin, old, both, partial = model_a.indexes
    assert (b.mapped_name, b.fields[0].sort) == ("b_key", Sort.DESC)
    assert d.where == "d > 0"
    assert (gin.algorithm, gin.fields[0].operator_class) == ("Gin", "JsonbPathOps")
    assert (old.name, old.mapped_name) == (None, "old")
    assert (old.fields[0].operator_class, old.fields[0].sort) == ("text_pattern_ops", Sort.ASC)
    assert old.fields[0].is_raw_operator_class
    assert (both.name, both.mapped_name) == ("both", "ab")
    assert isinstance(partial.where, tree.Object)


def test_the_primary_key_knows_where_it_was_written() -> None:
    (model_a,) = parse(EVERYTHING).models
    assert model_a.primary_key is not None
    assert [each.field.name for each in model_a.primary_key.fields] == ["d", "a"]
    assert (model_a.primary_key.mapped_name, model_a.primary_key.source_field) == ("key", None)
    (simple,) = parse(model()).models
    assert simple.primary_key is not None
    assert simple.primary_key.source_field is simple.field("id")


def test_an_index_reaches_into_composite_types() -> None:
    schema = parse(
        'datasource db {\n  provider = "mongodb"\n}\ntype Place {\n  city String\n}\n'
        'model A {\n  id Int @id @map("_id")\n  place Place\n  @@index([place.city(sort: Desc)])\n}'
    )
    (part,) = schema.models[0].indexes[0].fields
    assert (part.field.name, [each.name for each in part.path]) == ("place", ["city"])
    assert part.sort is Sort.DESC


def test_shard_keys_are_kept() -> None:
    schema = parse(
        "model A {\n  a Int @id\n  b Int @shardKey\n}\nmodel B {\n  a Int @id\n  @@shardKey(a)\n}"
    )
    keys = [each.shard_key for each in schema.models]
    assert [[field.name for field in key.fields] for key in keys if key] == [["b"], ["a"]]


def test_an_optional_id_is_accepted_in_an_ignored_model() -> None:
    assert messages("model A {\n  a Int? @id\n  @@ignore\n}\n") == []
    assert messages("model A {\n  a Int? @id\n}\n") == [
        'Error parsing attribute "@id": Fields that are marked as id must be required.'
    ]


def test_a_negative_length_of_an_indexed_field_is_passed_over() -> None:
    schema = parse(postgresql("b String", "@@index([b(length: -1)])"))
    assert schema.models[0].indexes[0].fields[0].length is None


def test_the_first_of_two_equal_arguments_of_a_field_counts_and_unknown_ones_do_not() -> None:
    schema = parse(postgresql("b String", "@@index([b(sort: Desc, sort: Asc, foo: 1)])"))
    assert schema.models[0].indexes[0].fields[0].sort is Sort.DESC


def test_an_operator_class_that_breaks_the_engine_is_an_error() -> None:
    (message,) = messages(postgresql("b String", "@@index([b(ops: foo(1))])"))
    assert message == "Unexpected token. Expected one of: Invalid operator class: foo(1)"


def test_the_hint_names_the_nearest_field_type_or_operator() -> None:
    assert hint(model("title Int", "@@index([tilte])")) == "Did you mean `title`?"
    assert hint(model("@@index([id], type: Bree)")) == "Did you mean `BTree`?"
    assert hint(model("@@index([id], type: X)")) == (
        "Known are BTree, Hash, Gist, Gin, SpGist, Brin."
    )
    assert hint(model("@@index([id(ops: Int4Blooms)])")) == "Did you mean `Int4BloomOps`?"
    assert hint(model("@@index([id(ops: q)])")) == 'Write its SQL: `raw("q")`.'
    assert hint("model A {\n  a Int @id\n  b Int @id\n}\n") == (
        "For a key of several fields write `@@id([a, b])`."
    )
    assert hint(model("b Int", '@@unique([id, b], name: "id-b")')) == (
        'The name in the database is given with `map: "id-b"`.'
    )
