"""How relation fields are paired, and which side holds the foreign key."""

from __future__ import annotations

import pytest
from tests.prisma.semantics.places import hint, model

from oneclick_deploy.prisma.parsing import parse
from oneclick_deploy.prisma.semantics.relations import generated_name
from oneclick_deploy.prisma.semantics.views import ReferentialAction, Relation, RelationKind

USER = "model User {\n  id Int @id\n  posts Post[]\n}\n"
POST = """
model Post {
  id Int @id
  userId Int
  user User @relation(fields: [userId], references: [id], onDelete: Cascade, map: "fk")
}
"""


def shapes(schema: str) -> list[str]:
    """``one-to-many PostToUser Post.user User.posts``."""
    return [_shape(each) for each in parse(schema).relations]


def _shape(relation: Relation) -> str:
    field_a = relation.field_a.name if relation.field_a else "-"
    field_b = relation.field_b.name if relation.field_b else "-"
    sides = f"{relation.model_a.name}.{field_a} {relation.model_b.name}.{field_b}"
    return f"{relation.kind} {relation.name} {sides}"


def test_the_side_with_the_foreign_key_is_a_wherever_it_is_written() -> None:
    expected = ["one-to-many PostToUser Post.user User.posts"]
    assert shapes(USER + POST) == shapes(POST + USER) == expected


def test_a_relation_field_knows_what_it_says_and_its_opposite() -> None:
    datasource = 'datasource db {\n  provider = "postgresql"\n}\n'
    schema = parse(datasource + USER + POST).check()
    (relation,) = schema.relations
    posts, user = relation.field_b, relation.field_a
    assert posts is not None
    assert user is not None
    assert (user.opposite, posts.opposite) == (posts, user)
    assert (user.relation, posts.relation) == (relation, relation)
    assert [each.name for each in user.fields or ()] == ["userId"]
    assert [each.name for each in user.references or ()] == ["id"]
    assert (user.on_delete, user.on_update) == (ReferentialAction.CASCADE, None)
    assert (user.mapped_name, posts.fields, posts.attribute) == ("fk", None, None)
    assert (relation.is_named, relation.is_self_relation) == (False, False)


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        (["a B? @relation(fields: [x], references: [id])"], "one-to-many AToB A.a B.-"),
        (["a B @relation(fields: [y], references: [id])"], "one-to-one AToB A.a B.-"),
        (["a B[]"], "one-to-many AToB B.- A.a"),
    ],
)
def test_a_lone_field_is_recorded_by_what_it_says(lines: list[str], expected: str) -> None:
    schema = model("x Int", "y Int @unique", *lines, more="model B {\n  id Int @id\n}\n")
    assert shapes(schema) == [expected]


@pytest.mark.parametrize(
    ("field_a", "field_b", "expected"),
    [
        ("B", "A?", "one-to-one AToB A.f B.f"),
        ("B?", "A", "one-to-one AToB B.f A.f"),
        ("B", "A", "one-to-one AToB A.f B.f"),
        ("B?", "A?", "one-to-one AToB A.f B.f"),
        ("B?", "A? @relation(fields: [id], references: [id])", "one-to-one AToB B.f A.f"),
        ("B[]", "A[]", "many-to-many AToB A.f B.f"),
        ("B[]", "A", "one-to-many AToB B.f A.f"),
        ("B[]", "A?", "one-to-many AToB B.f A.f"),
    ],
)
def test_arities_tell_the_kind_and_the_side(field_a: str, field_b: str, expected: str) -> None:
    first = f"model A {{\n  id Int @id\n  f {field_a}\n}}\n"
    second = f"model B {{\n  id Int @id\n  f {field_b}\n}}\n"
    assert shapes(first + second) == shapes(second + first) == [expected]


def test_names_keep_relations_of_the_same_models_apart() -> None:
    schema = """
model A {
  id Int @id
  x  Int
  y  Int
  b  B   @relation("first", fields: [x], references: [id])
  c  B   @relation("second", fields: [y], references: [id])
}

model B {
  id Int @id
  c  A[] @relation("second")
  b  A[] @relation("first")
}
"""
    assert shapes(schema) == ["one-to-many first A.b B.b", "one-to-many second A.c B.c"]
    assert [each.is_named for each in parse(schema).relations] == [True, True]


def test_a_model_may_refer_to_itself() -> None:
    schema = model(
        "parentId Int?",
        'parent A? @relation("tree", fields: [parentId], references: [id])',
        'children A[] @relation("tree")',
        'likes A[] @relation("like")',
        'likedBy A[] @relation("like")',
    )
    assert shapes(schema) == [
        "one-to-many tree A.parent A.children",
        "many-to-many like A.likedBy A.likes",
    ]
    assert all(each.is_self_relation for each in parse(schema).relations)


def test_relations_are_in_the_order_of_the_fields_at_their_owning_side() -> None:
    schema = """
model C {
  id  Int @id
  aId Int
  bs  B[]
  a   A   @relation(fields: [aId], references: [id])
}

model B {
  id  Int @id
  cId Int
  as  A[]
  c   C   @relation(fields: [cId], references: [id])
}

model A {
  id Int @id
  bs B[]
  cs C[]
}
"""
    assert [each.name for each in parse(schema).relations] == ["AToC", "BToC", "AToB"]


def test_generated_names_sort_the_models() -> None:
    assert generated_name("User", "Post") == generated_name("Post", "User") == "PostToUser"


def test_a_field_that_two_fields_refer_to_belongs_to_the_first_relation() -> None:
    schema = parse(
        model(
            "b B @relation(fields: [id], references: [id])",
            "c B",
            more="model B {\n  id Int @id\n  a A[]\n}\n",
        )
    )
    first, second = schema.relations
    assert first.field_b is second.field_b
    assert first.field_b is not None
    assert first.field_b.relation is first


def test_kinds_have_names() -> None:
    assert [str(each) for each in RelationKind] == ["one-to-one", "one-to-many", "many-to-many"]


def test_hints_name_the_nearest_field_and_action() -> None:
    more = "model B {\n  id Int @id\n  a A[]\n}\n"
    wrong = model("bId Int", "b B @relation(fields: [bIdd], references: [id])", more=more)
    assert hint(wrong) == "Did you mean `bId`?"
    wrong = model("b B @relation(fields: [id], references: [Id])", more=more)
    assert hint(wrong) == "Did you mean `id`?"
    wrong = model("b B @relation(fields: [id], references: [id], onDelete: SetNul)", more=more)
    assert hint(wrong) == "Did you mean `SetNull`?"
    assert hint(model("b B @relation(fields: [id], references: [id]) @id", more=more)) == (
        "Put it on `id`."
    )
