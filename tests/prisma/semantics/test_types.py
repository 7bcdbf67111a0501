"""What the type of a field stands for."""

from __future__ import annotations

from tests.prisma.semantics.places import hint, messages, model

from oneclick_deploy.prisma.parsing import parse
from oneclick_deploy.prisma.semantics.views import (
    CompositeType,
    Enum,
    RelationField,
    ScalarField,
    ScalarType,
    Unsupported,
)
from oneclick_deploy.prisma.syntax.tree import Arity

EVERYTHING = """
model A {
  a BigInt @id
  b Mood?
  c Unsupported("circle")[]
  d A[] @relation("x")
  e A?  @relation("x", fields: [a], references: [a])
}

enum Mood {
  good
}
"""


def test_a_type_is_a_scalar_an_enum_or_only_the_databases() -> None:
    (model_a,) = parse(EVERYTHING).models
    a, b, c = model_a.scalar_fields
    assert a.type is ScalarType.BIG_INT
    assert isinstance(b.type, Enum)
    assert b.type.name == "Mood"
    assert isinstance(c.type, Unsupported)
    assert c.type.text == "circle"
    assert [each.arity for each in (a, b, c)] == [Arity.REQUIRED, Arity.OPTIONAL, Arity.LIST]


def test_a_field_whose_type_is_a_model_is_no_column() -> None:
    (model_a,) = parse(EVERYTHING).models
    assert [each.name for each in model_a.relation_fields] == ["d", "e"]
    assert all(each.referenced_model is model_a for each in model_a.relation_fields)
    assert [type(each) for each in model_a.fields] == [*[ScalarField] * 3, *[RelationField] * 2]


def test_composite_types_keep_their_fields() -> None:
    schema = parse(
        'datasource db {\n  provider = "mongodb"\n}\n'
        'type Address {\n  street String @map("s") @default("-")\n  inner  Address?\n}\n'
    )
    (address,) = schema.types
    street, inner = address.fields
    assert (street.type, street.mapped_name) == (ScalarType.STRING, "s")
    assert street.default is not None
    assert isinstance(inner.type, CompositeType)
    assert address.field("inner") is inner


def test_a_similar_name_is_proposed_where_prisma_proposes_none() -> None:
    assert hint(model("b Sting")) == "Did you mean `String`?"
    assert hint(model("b Mod", more="enum Mood {\n  x\n}\n")) == "Did you mean `Mood`?"
    assert hint(model("b Zzz")) == ""


def test_the_name_of_a_configuration_block_is_no_type() -> None:
    schema = model("b g", more='generator g {\n  provider = "x"\n}\n')
    assert messages(schema) == [
        'Type "g" is neither a built-in type, nor refers to another model, composite type, or enum.'
    ]
