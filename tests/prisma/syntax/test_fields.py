"""Lines of models: names, types, arities, attributes."""

from __future__ import annotations

import pytest
from tests.prisma.syntax.reading import field, model, read

from oneclick_deploy.prisma.syntax.tree import NO_ARGUMENTS, Arity, Constant, Identifier


@pytest.mark.parametrize(
    ("line", "name", "arity"),
    [
        ("a Int", "Int", Arity.REQUIRED),
        ("a Int?", "Int", Arity.OPTIONAL),
        ("a Int[]", "Int", Arity.LIST),
        ("a\tInt  []", "Int", Arity.LIST),
        ("a Int\u00a0?", "Int", Arity.OPTIONAL),
        ("a Int@id", "Int", Arity.REQUIRED),
        ("1st 2nd", "2nd", Arity.REQUIRED),
        ("a-b c_d-", "c_d-", Arity.REQUIRED),
        ("Unsupported UnsupportedToo", "UnsupportedToo", Arity.REQUIRED),
        ("model Unsupported", "Unsupported", Arity.REQUIRED),
    ],
)
def test_a_field_has_a_name_and_a_type(line: str, name: str, arity: Arity) -> None:
    found = field(line)
    assert (found.type.name, found.arity, found.type.is_unsupported) == (name, arity, False)


@pytest.mark.parametrize(
    ("line", "text", "arity"),
    [
        ('a Unsupported("point")', "point", Arity.REQUIRED),
        ('a Unsupported( "x\\"y" )?', 'x"y', Arity.OPTIONAL),
        ('a Unsupported("")  []', "", Arity.LIST),
    ],
)
def test_an_unsupported_type_holds_the_text_of_the_database(
    line: str, text: str, arity: Arity
) -> None:
    found = field(line)
    assert (found.type.name, found.arity, found.type.is_unsupported) == (text, arity, True)


def test_the_span_of_an_unsupported_type_is_that_of_its_string() -> None:
    tree = read('model A {\n  a Unsupported("point")\n}\n')
    type_ = tree.blocks[0].fields[0].type  # type: ignore[union-attr]
    assert tree.file.text[type_.start : type_.end] == '"point"'


def test_the_span_of_a_field_includes_the_line_end() -> None:
    tree = read("model A {\r\n  a Int @id // key\r\n\r\n}\r\n")
    found = tree.blocks[0].fields[0]  # type: ignore[union-attr]
    assert tree.file.text[found.start : found.end] == "a Int @id // key\r\n"


def test_attributes_follow_in_order() -> None:
    found = field('a String @id@unique @map( "x" )  @ db.VarChar (20)')
    assert [each.name.name for each in found.attributes] == ["id", "unique", "map", "db.VarChar"]


def test_an_attribute_without_arguments_includes_the_spaces_after_it() -> None:
    line = "a Int @id  @unique // comment"
    text = f"model A {{\n{line}\n}}\n"
    found = read(text).blocks[0].fields[0].attributes  # type: ignore[union-attr]
    assert [text[each.start : each.end] for each in found] == ["@id  ", "@unique "]
    assert all(each.arguments is NO_ARGUMENTS for each in found)


def test_an_attribute_with_arguments_ends_with_its_bracket() -> None:
    line = 'a Int @map ( "x" )  @x(y(1))  // comment'
    text = f"model A {{\n{line}\n}}\n"
    found = read(text).blocks[0].fields[0].attributes  # type: ignore[union-attr]
    assert [text[each.start : each.end] for each in found] == ['@map ( "x" )', "@x(y(1))"]


@pytest.mark.parametrize("comment", ["", " // comment", "\t/// doc", " /* a\n b */"])
def test_a_block_attribute_includes_the_comment_after_it(comment: str) -> None:
    text = f"model A {{\n  @@ index([a]){comment}\n}}\n"
    (found,) = read(text).blocks[0].attributes  # type: ignore[union-attr]
    assert text[found.start : found.end] == f"@@ index([a]){comment}"
    assert found.name.name == "index"


@pytest.mark.parametrize("line", ["@@id([a])", '@@map("x")', "@@ignore", "@@schema( )"])
def test_block_attributes_stand_between_fields(line: str) -> None:
    found = model("a Int", line, "b Int", "@@last")
    assert [each.name.name for each in found.fields] == ["a", "b"]
    assert found.attributes[-1].name.name == "last"
    assert len(found.attributes) == 2


def test_arguments_have_names_or_not() -> None:
    (attribute,) = field('a B @relation("r", fields: [b], onDelete:Cascade, map : x)').attributes
    items = attribute.arguments.items
    assert [each.name.name if each.name else None for each in items] == [
        None,
        "fields",
        "onDelete",
        "map",
    ]
    assert isinstance(items[2].value, Constant)


def test_an_argument_without_a_value_is_kept_apart() -> None:
    (attribute,) = field("a Int @default(1, map: , x:)").attributes
    assert [each.name for each in attribute.arguments.empty] == ["map", "x"]
    assert len(attribute.arguments.items) == 1


@pytest.mark.parametrize(("arguments", "count"), [("(,)", 0), ("(1,)", 1), ("(a: , )", 0)])
def test_a_comma_before_the_closing_bracket_is_remembered(arguments: str, count: int) -> None:
    (attribute,) = field(f"a Int @x{arguments}").attributes
    assert attribute.arguments.trailing_comma is not None
    assert len(attribute.arguments.items) == count


@pytest.mark.parametrize("arguments", ["()", "( )", "( \t)"])
def test_arguments_may_be_none(arguments: str) -> None:
    (attribute,) = field(f"a Int @x{arguments}").attributes
    assert attribute.arguments.items == ()
    assert attribute.arguments.trailing_comma is None
    assert attribute.arguments.end > attribute.arguments.start


def test_the_span_of_a_named_argument_goes_from_its_name_to_its_value() -> None:
    text = "model A {\n  a Int @x( b : [1] , c )\n}\n"
    (attribute,) = read(text).blocks[0].fields[0].attributes  # type: ignore[union-attr]
    spans = [text[each.start : each.end] for each in attribute.arguments.items]
    assert spans == ["b : [1]", "c"]
    arguments = attribute.arguments
    assert text[arguments.start : arguments.end] == "( b : [1] , c )"


def test_nodes_compare_by_identity() -> None:
    first, second = (field("a Int") for _ in range(2))
    assert first != second
    assert first.name != Identifier(*first.name)
    assert len({first, second}) == 2
