"""Parses texts for the tests, and checks that a tree fits its text."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from oneclick_deploy.prisma.diagnostics import Diagnostics
from oneclick_deploy.prisma.parsing import parse
from oneclick_deploy.prisma.schema import Schema
from oneclick_deploy.prisma.syntax import tree, wording
from oneclick_deploy.prisma.syntax.parser import parse_file
from oneclick_deploy.prisma.syntax.source import SourceFile

_BETWEEN = re.compile(r"(?:\s|//[^\r\n]*+|/\*[\s\S]*?\*/)*+")
_OLD_SYNTAX = {wording.COLON, wording.EXCLAMATION, wording.BRACKETS, wording.OPTIONAL_LIST}
_HEAD_LINE = re.compile(r"[^\r\n]*+(?:\r\n|\r|\n)")

Node = Any


def read(text: str) -> tree.SyntaxTree:
    """The tree of a text without mistakes."""
    diagnostics = Diagnostics()
    found = parse_file(SourceFile(path="schema.prisma", text=text), diagnostics)
    assert diagnostics.errors == []
    return found


def mistakes(text: str) -> list[tuple[str, str]]:
    """The stretches of a text that are no schema, and what is said about them."""
    return [(error.text, error.message) for error in parse(text).syntax_errors]


def hints(text: str) -> list[str]:
    """What is advised for each mistake."""
    return [error.hint for error in parse(text).syntax_errors]


def model(*lines: str) -> tree.ModelBlock:
    """A model of these lines, which have no mistakes."""
    (block,) = read("model A {\n" + "".join(f"  {line}\n" for line in lines) + "}\n").blocks
    assert isinstance(block, tree.ModelBlock)
    return block


def field(line: str) -> tree.Field:
    """The field that a line declares."""
    (found,) = model(line).fields
    return found


def value(text: str) -> tree.Expression:
    """A value, as it stands in an attribute."""
    (attribute,) = field(f"a Int @x({text})").attributes
    (argument,) = attribute.arguments.items
    return argument.value


def children(node: Node) -> list[Node]:
    """The nodes that stand directly in a node, in the order of the text."""
    found = [each for part in node for each in (part if type(part) is tuple else (part,))]
    nodes = [each for each in found if hasattr(each, "start") and each is not tree.NO_ARGUMENTS]
    return sorted(nodes, key=lambda each: each.start)


def everything(node: Node) -> Iterator[Node]:
    """A node and all that stands in it."""
    yield node
    for child in children(node):
        yield from everything(child)


def check_tree(found: tree.SyntaxTree) -> None:
    """Fail unless every node covers what it claims, and lies in its parent beside its siblings."""
    text = found.file.text
    assert str(found) == text
    for block in found.blocks:
        for node in everything(block):
            _check_text(node, text)
            end = node.start
            for child in children(node):
                assert end <= child.start <= child.end <= node.end, (node, child)
                end = child.end
    _check_between(found.blocks, 0, len(text), text)


def check_gaps(schema: Schema) -> None:
    """Fail unless everything that is neither a node nor a mistake is space or a comment."""
    for found in schema.trees:
        text = found.file.text
        errors = [each for each in schema.syntax_errors if each.file is found.file]
        outside: list[Any] = list(found.blocks)
        for block in found.blocks:
            head = _HEAD_LINE.match(text, block.start)
            assert head is not None
            inside = [each for each in errors if block.start <= each.start and each.end < block.end]
            members = [each for each in children(block) if each is not block.name]
            # A field in the old syntax is dropped, and the mistake is a part of its line only.
            if not any(each.message in _OLD_SYNTAX for each in inside):
                _check_covered([*members, *inside], head.end(), block.end - 1, text)
            errors = [each for each in errors if each not in inside]
        _check_covered([*outside, *errors], 0, len(text), text)


def _check_covered(covering: list[Any], start: int, end: int, text: str) -> None:
    for each in sorted(covering, key=lambda each: (each.start, each.end)):
        if each.start > start:
            assert _BETWEEN.fullmatch(text, start, each.start), text[start : each.start]
        start = max(start, each.end)
    assert _BETWEEN.fullmatch(text, start, end), text[start:end]


def _check_between(blocks: tuple[tree.Block, ...], start: int, end: int, text: str) -> None:
    position = start
    for block in blocks:
        assert position <= block.start < block.end <= end
        assert text[block.end - 1] == "}"
        position = block.end


def _check_text(node: Node, text: str) -> None:
    written = text[node.start : node.end]
    match node:
        case tree.Identifier() | tree.Constant():
            assert node.name == written
        case tree.Number():
            assert node.text == written
        case tree.String():
            assert written[0] + written[-1] == '""'
        case tree.FieldType() if node.is_unsupported:
            assert written[0] + written[-1] == '""'
        case tree.FieldType():
            assert node.name == written
        case tree.Array():
            assert written[0] + written[-1] == "[]"
        case tree.Object():
            assert written[0] + written[-1] == "{}"
        case tree.Arguments():
            assert written[0] + written[-1] == "()"
        case tree.Attribute():
            assert written[0] == "@"
        case tree.Field() | tree.EnumValue() | tree.Property():
            assert node.start == node.name.start
            assert written[-1] in "\r\n"
