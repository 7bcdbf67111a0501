"""Breaks the text of a schema, mostly in ways that people do."""

from __future__ import annotations

import re
from collections.abc import Callable
from random import Random

from tests.prisma.random_structure import RandomSchema
from tests.prisma.random_values import SCALARS

_JUNK = (
    *("@", "@@", "@id", "@unique", "@default(now())", "@default(autoincrement())", "@relation"),
    *("@relation(fields: [id], references: [id])", "@@id([id])", "@@index([nothing])", "@@map(1)"),
    *("@db.Text", "@db.VarChar(0)", "@db.Decimal(1, 2)", "@default(1)", '@default("x")', "[]", "?"),
    *(
        "String",
        "Int",
        "Nothing",
        "{",
        "}",
        "(",
        ")",
        '"',
        "model X {",
        "enum",
        "1",
        "-",
        "//",
        "/*",
    ),
    *("@map()", '@map("")', "@updatedAt", "@ignore", "@@ignore", ",", ":", "=", "null", "_x", "é"),
    *(
        "Unsupported",
        "Unsupported(1)",
        '@@schema("nowhere")',
        "@default(dbgenerated())",
        "type T {",
    ),
    *("@default([1])", "@default(foo())", "@id @id", "onDelete: SetNull", "onUpdate: Nonsense"),
)
_TOKEN = re.compile(r'"(?:[^"\\\n]|\\.)*"|@@?[\w.]+|\w+|[^\w\s]')


def spoil(schema: RandomSchema | str, seed: int = 0) -> str:
    """A text that Prisma probably refuses."""
    text = str(schema)
    random = Random(f"spoil {seed} {len(text)}")
    for _ in range(random.choice([1, 1, 1, 2, 3])):
        text = random.choice(_SPOILERS)(random, text)
    return text


def _drop_token(random: Random, text: str) -> str:
    return _replace_token(random, text, lambda _: "")


def _swap_token(random: Random, text: str) -> str:
    """Put a word of somewhere else, or junk, in place of another."""
    others = [*_TOKEN.findall(text), *_JUNK]
    return _replace_token(random, text, lambda _: random.choice(others))


def _swap_alike(random: Random, text: str) -> str:
    """Put a word in the place of another word, an attribute in the place of an attribute."""
    tokens = _TOKEN.findall(text)

    def other(token: str) -> str:
        kind = _kind(token)
        return random.choice([each for each in (*tokens, *_JUNK) if _kind(each) == kind])

    return _replace_token(random, text, other)


def _kind(token: str) -> str:
    return "w" if token[0].isalnum() else token[:1] + (token[1:2] if token[:2] == "@@" else "")


def _change_type(random: Random, text: str) -> str:
    """Give a field another type or arity."""
    fields = list(re.finditer(r"^\s*\w+\s+(\w+(?:\?|\[\])?)(?=\s|$)", text, re.MULTILINE))
    if not fields:
        return text
    start, end = random.choice(fields).span(1)
    bare = text[start:end].rstrip("?[]")
    names = re.findall(r"^\s*(?:model|enum|view)\s+(\w+)", text, re.MULTILINE)
    type_ = random.choice([bare, bare, *SCALARS, *names, "Missing", 'Unsupported("x")'])
    return text[:start] + type_ + random.choice(["", "?", "[]"]) + text[end:]


def _add_attribute(random: Random, text: str) -> str:
    """Give a line an attribute of another line."""
    attributes = re.findall(r"@\w[\w.]*(?:\([^()\n]*(?:\([^()\n]*\))?[^()\n]*\))?", text)
    lines = [match.end() for match in re.finditer(r"^\s*\w+\s+\w+.*[^{\s]", text, re.MULTILINE)]
    if not (attributes and lines):
        return text
    place = random.choice(lines)
    return f"{text[:place]} {random.choice(attributes)}{text[place:]}"


def _add_junk(random: Random, text: str) -> str:
    return _replace_token(random, text, lambda token: f"{token} {random.choice(_JUNK)}")


def _double_token(random: Random, text: str) -> str:
    return _replace_token(random, text, lambda token: f"{token} {token}")


def _replace_token(random: Random, text: str, change: Callable[[str], str]) -> str:
    tokens = list(_TOKEN.finditer(text))
    if not tokens:
        return text
    match = random.choice(tokens)
    return text[: match.start()] + change(match[0]) + text[match.end() :]


def _drop_line(random: Random, text: str) -> str:
    lines = text.splitlines(keepends=True)
    if lines:
        del lines[random.randrange(len(lines))]
    return "".join(lines)


def _double_line(random: Random, text: str) -> str:
    lines = text.splitlines(keepends=True)
    if lines:
        place = random.randrange(len(lines))
        lines.insert(random.randrange(len(lines)), lines[place])
    return "".join(lines)


def _double_block(random: Random, text: str) -> str:
    blocks = re.findall(r"^\w+ +\w+ *\{.*?^\}", text, re.MULTILINE | re.DOTALL)
    return text + "\n" + random.choice(blocks) + "\n" if blocks else text


def _cut(random: Random, text: str) -> str:
    return text[: random.randrange(len(text) + 1)]


def _rename(random: Random, text: str) -> str:
    """Rename one occurrence of a name that occurs twice."""
    words = [each for each in re.findall(r"\b\w+\d\w*\b", text) if text.count(each) > 1]
    return text.replace(random.choice(words), "Renamed", 1) if words else text


def _other_provider(random: Random, text: str) -> str:
    provider = random.choice(
        ["sqlite", "postgresql", "mysql", "mongodb", "sqlserver", "libsql", ""]
    )
    return re.sub(r'provider( *= *)"(sqlite|postgresql|mysql)"', rf'provider\1"{provider}"', text)


_SPOILERS: tuple[Callable[[Random, str], str], ...] = (
    *[_drop_token] * 2,
    *[_swap_token] * 2,
    *[_swap_alike] * 10,
    *[_change_type] * 8,
    *[_add_attribute] * 5,
    *[_add_junk] * 2,
    _double_token,
    *[_drop_line] * 3,
    *[_double_line] * 2,
    _double_block,
    _cut,
    *[_rename] * 6,
    _other_provider,
)
