"""The parser beside Prisma's own: the same mistakes, the same spans, the same documentation."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from random import Random
from typing import Any

import pytest
from tests.prisma.engine import PrismaEngine, RefusedError, files_of, findings_of, lint_question
from tests.prisma.syntax.reading import children, everything
from tests.prisma.syntax.schema_texts import SMALL_SCHEMAS, Writer, damaged, random_text

from oneclick_deploy.prisma.parsing import parse
from oneclick_deploy.prisma.syntax import tree, wording

Found = list[tuple[int, int, str]]

_WORDING = {value for value in vars(wording).values() if isinstance(value, str)}
_WORDING |= {*wording.INVALID_LINES, *map(wording.attribute_of_type, ("map", "x", "index", "id"))}
_WORDING |= {wording.attribute_of_type(name) for name in ("unique", "fulltext")}
_WORDING |= {wording.attribute_in_type(name) for name in wording.ATTRIBUTES_NOT_IN_TYPES}


def linted(prisma: PrismaEngine, texts: list[str]) -> Iterator[tuple[str, Found]]:
    """What the engine finds in each text; those that break it are left out."""
    answers = list(prisma.answers([lint_question(text) for text in texts]))
    for text, answer in zip(texts, answers, strict=True):
        if not isinstance(answer, RefusedError):
            findings = findings_of(text, answer)
            yield text, [(each.start, each.end, each.message) for each in findings]


def check_mistakes(prisma: PrismaEngine, texts: list[str]) -> None:
    """Fail where our syntax errors are others than Prisma's."""
    readable = [text for text in texts if "\ufffd" not in text and _is_unicode(text)]
    for text, theirs in linted(prisma, readable):
        expected = [
            each for each in theirs if each[2] in _WORDING or each[2].endswith(wording.INCOMPLETE)
        ]
        ours = [(each.start, each.end, each.message) for each in parse(text).syntax_errors]
        assert ours == expected, text


def _is_unicode(text: str) -> bool:
    return not any(0xD800 <= ord(each) < 0xE000 for each in text)


def test_damaged_schemas_have_the_same_syntax_errors(prisma: PrismaEngine) -> None:
    randoms = [Random(seed) for seed in range(1500)]
    check_mistakes(prisma, [damaged(random, random.choice(SMALL_SCHEMAS)) for random in randoms])


def test_random_texts_have_the_same_syntax_errors(prisma: PrismaEngine) -> None:
    texts = [random_text(Random(seed)) for seed in range(700)]
    check_mistakes(prisma, [*texts, *(damaged(Random(text), text) for text in texts)])


def test_damaged_worked_examples_have_the_same_syntax_errors(
    prisma: PrismaEngine, shared: Path
) -> None:
    paths = sorted((shared / "prisma-cases").rglob("*.prisma"))
    texts = [path.read_bytes().decode() for path in paths]
    randoms = [Random(seed) for seed in range(500)]
    check_mistakes(prisma, [damaged(random, random.choice(texts)) for random in randoms])


def test_attributes_have_the_same_spans(prisma: PrismaEngine) -> None:
    texts = [_with_unknown_attributes(Writer(Random(seed))) for seed in range(400)]
    for text, theirs in linted(prisma, texts):
        expected = [each[:2] for each in theirs if each[2].startswith("Attribute not known")]
        attributes = [
            node
            for block in parse(text).trees[0].blocks
            for node in everything(block)
            if isinstance(node, tree.Attribute) and node.name.name != "id"
        ]
        # Prisma lists those of one field in any order.
        assert sorted((each.start, each.end) for each in attributes) == sorted(expected), text


def test_every_span_that_prisma_names_is_one_of_ours(prisma: PrismaEngine) -> None:
    named = 0
    for text, theirs in linted(
        prisma, [_with_known_attributes(Writer(Random(seed))) for seed in range(600)]
    ):
        schema = parse(text)
        ours = {(each.start, each.end) for each in schema.syntax_errors}
        for block in schema.trees[0].blocks:
            ours |= {(each.start, each.end) for each in everything(block)}
            for each in everything(block):
                if isinstance(each, tree.Arguments) and each.trailing_comma is not None:
                    ours.add(each.trailing_comma)
        for finding in theirs:
            assert finding[:2] in ours, (text, finding)
            named += 1
    assert named > 300


def test_documentation_is_attached_to_the_same_things(prisma: PrismaEngine) -> None:
    texts = [_with_comments(Writer(Random(seed))) for seed in range(400)]
    questions = [{"ask": "dmmf", "files": files_of(text)} for text in texts]
    compared = 0
    for text, answer in zip(texts, list(prisma.answers(questions)), strict=True):
        if not isinstance(answer, RefusedError):
            assert _our_documentation(text) == _their_documentation(answer), text
            compared += 1
    assert compared > 250


UNKNOWN = ("foo", "x-y", "é", "中文")
KNOWN = ("id", "unique", "default", "map", "relation", "updatedAt", "ignore", "db.VarChar")
KNOWN_OF_BLOCKS = ("id", "unique", "index", "map", "ignore", "fulltext")


def _with_unknown_attributes(writer: Writer) -> str:
    lines = [f"model M {{{writer.line_end()}id Int @id{writer.line_end()}"]
    for number in range(writer.random.randint(1, 4)):
        field = f"{writer.gap()}f{number}{writer.space()}Int{writer.gap()}{writer.one(('', '?'))}"
        lines.append(field + writer.attributes(UNKNOWN) + writer.trailing())
    lines += writer.some(
        lambda: writer.gap() + writer.attribute("@@", UNKNOWN) + writer.trailing(), 3
    )
    lines.append(f"}}{writer.line_end()}enum E {{{writer.line_end()}")
    lines.append(f"{writer.gap()}A{writer.attributes(UNKNOWN)}{writer.trailing()}}}")
    return "".join(lines)


def _with_known_attributes(writer: Writer) -> str:
    field = f"a{writer.space()}String{writer.gap()}{writer.attribute(names=KNOWN)}"
    block = writer.attribute("@@", KNOWN_OF_BLOCKS)
    return (
        'datasource db {\n  provider = "postgresql"\n}\n'
        f"model M {{\n  id Int @id\n  {field}{writer.trailing()}  {block}{writer.trailing()}}}\n"
    )


_LINES = (
    *("datasource db {", 'provider = "postgresql"', "}", "enum E {", "A", "B", '@@map("e")', "}"),
    *("model M {", "id Int @id", "x Int?", '@@map("m")', "y String", "}", "generator g {"),
    *('provider = "x"', "}", "model N {", "id Int @id", "z Int", "}"),
)


def _with_comments(writer: Writer) -> str:
    """A valid schema with comments wherever they may stand."""
    text = writer.between()
    for line in _LINES:
        text += writer.gap() + line + writer.trailing() + writer.between()
    return text


def _our_documentation(text: str) -> dict[str, str | None]:
    found = {}
    for block in parse(text).trees[0].blocks:
        if not isinstance(block, tree.ConfigBlock):
            found[block.name.name] = block.documentation
            for member in children(block):
                if isinstance(member, tree.Field | tree.EnumValue):
                    found[f"{block.name.name}.{member.name.name}"] = member.documentation
    return found


def _their_documentation(answer: Any) -> dict[str, str | None]:
    found = {}
    for kind, members in (("models", "fields"), ("enums", "values")):
        for block in answer["datamodel"][kind]:
            found[block["name"]] = block.get("documentation")
            for member in block[members]:
                name = f"{block['name']}.{member['name']}"
                found[name] = member.get("documentation")
    return found


@pytest.mark.parametrize("depth", [10, 60])
def test_deep_values_that_we_read_are_read_by_prisma_too(prisma: PrismaEngine, depth: int) -> None:
    text = f"model A {{\n  id Int @id @default({'[' * depth}{']' * depth})\n}}\n"
    check_mistakes(prisma, [text])
    assert parse(text).syntax_errors == ()
