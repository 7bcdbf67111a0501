"""Random schema texts: everything that the grammar allows, and texts that somebody damaged.

`schema_texts` and `damaged_texts` are strategies for hypothesis. `random_text` and `damaged` draw
from a `random.Random`, which is many times faster; a seed names a text.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from random import Random

from hypothesis import strategies as st

NAMES = ("a", "id", "Int", "User_2", "x-y", "1st", "é", "中文", "ﬁ", "model", "enum", "null", "𐐀b")
PATHS = (*NAMES, "a.b", "db.VarChar", "a..b", "a.")
# A value that begins with a digit is a number, and nothing may follow it.
WORDS = tuple(each for each in PATHS if not each[0].isdigit())
STRINGS = (
    "",
    "text",
    "é 😀",
    "// no comment",
    "{ } [ ] ( )",
    '\\"',
    "\\\\",
    "\\u00e9\\n",
    "\\ud83d\\ude00",
    "/* */",
)
NUMBERS = ("0", "007", "-1", "1.50", "-0.0", "12345678901234567890")
COMMENTS = ("//", "// text", "/// text", "///", "//// é", "/* text */", "/**/", "/* a\n * b\r\n */")
SPACES = (" ", " ", "  ", "\t", "\u00a0", "\u3000 ")
LINE_ENDS = ("\n", "\r\n", "\r")

# What damage inserts: tokens out of place, halves of tokens, characters that nobody expects.
SCRAPS = (
    *"{}()[],:=@\"\\/!?-_.#;'\n\r\t \x00\x1f\ufeff",
    *(
        "@@",
        "//",
        "///",
        "/*",
        "*/",
        "[]",
        "[]?",
        "\r\n",
        "\u00a0",
        "é",
        "中",
        "😀",
        "\u0301",
        "²",
        "٣",
    ),
    *("model", "model A {", "type X =", "enum E {", "view", "datasource", "generator", "x {\n}\n"),
    *("Unsupported(", 'Unsupported("x")', "\\n", "\\u0041", "\\ud83d", "\\u12", "\\q", "@id"),
    *("@default(", "a:", "a: ", "a(", "null", "{ a: 1 }", "1", "1.5", "-2", "/**/", "@relation"),
)

SMALL_SCHEMAS = (
    (
        'datasource db {\n  provider = "postgresql"\n}\n\n'
        "model User {\n  id    Int     @id @default(autoincrement()) /// the key\n"
        '  name  String? @map("n") @db.VarChar(20) // shown\n'
        "  posts Post[]\n  role  Role    @default(USER)\n  tags  String[]\n\n"
        '  @@index([name, role(sort: Desc)], map: "by_name")\n  @@map("users")\n}\n\n'
        "/// Something written.\nmodel Post {\n  id       Int  @id\n"
        "  authorId Int\n  author   User @relation(fields: [authorId], references: [id])\n"
        '  place    Unsupported("point")?\n}\n\nenum Role {\n  USER  @map("u")\n  ADMIN\n}\n'
    ),
    (
        'generator client {\n  provider        = "prisma-client"\n'
        '  previewFeatures = ["views", "partialIndexes"]\n  output          = "../out"\n}\n'
        "view Active {\n  id Int @unique\n  at DateTime? // when\n}\ntype Point {\n  x Float\n}\n"
        "model M {\n  id Int @id\n  a  Int?\n  @@index([a], where: { a: { not: null } })\n}\n"
    ),
)


def random_text(random: Random, *, blocks: int = 4) -> str:
    """A text that the grammar allows, of at most so many blocks: Prisma finds no syntax error."""
    return Writer(random).file(blocks)


def damaged(random: Random, text: str) -> str:
    """The text after a few accidents with characters, lines, tokens or bytes."""
    for _ in range(random.choice((1, 1, 1, 2, 3, 5, 9))):
        text = random.choice(_ACCIDENTS)(random, text)
    return text


def schema_texts() -> st.SearchStrategy[str]:
    """Texts that the grammar allows."""
    return st.randoms(use_true_random=False).map(random_text)


def damaged_texts(originals: Sequence[str] = SMALL_SCHEMAS) -> st.SearchStrategy[str]:
    """Schemas after a few accidents, and random ones too."""
    return st.builds(
        damaged,
        st.randoms(use_true_random=False),
        st.one_of(st.sampled_from(originals), schema_texts(), st.text(max_size=60)),
    )


class Writer:
    """Writes the parts of a text, with every spacing that may stand between two tokens."""

    def __init__(self, random: Random) -> None:
        self.random = random
        self.line_ends = random.choice((("\n",), ("\n",), ("\r\n",), ("\r",), LINE_ENDS))
        self.plain = random.random() < 0.5

    def one(self, choices: Sequence[str]) -> str:
        return self.random.choice(choices)

    def chance(self, probability: float) -> bool:
        return self.random.random() < probability

    def some(self, write: Callable[[], str], most: int) -> list[str]:
        return [write() for _ in range(self.random.randint(0, most))]

    def gap(self) -> str:
        """Spaces where none are needed."""
        return "" if self.plain or self.chance(0.5) else self.one(SPACES)

    def space(self) -> str:
        """Spaces where some are needed."""
        return " " if self.plain else self.one(SPACES)

    def line_end(self) -> str:
        return self.gap() + self.one(self.line_ends)

    def trailing(self) -> str:
        """The end of a line, with a comment or without."""
        comment = self.gap() + self.one(COMMENTS) if self.chance(0.2) else ""
        return comment + self.line_end()

    def between(self) -> str:
        """Blank lines and comments between lines."""
        lines = []
        while self.chance(0.2):
            lines.append(self.gap() + (self.one(COMMENTS) if self.chance(0.7) else ""))
            lines.append(self.line_end())
        return "".join(lines)

    def name(self) -> str:
        return self.one(NAMES)

    def string(self) -> str:
        return f'"{self.one(STRINGS)}"'

    def listed(self, brackets: str, write: Callable[[], str]) -> str:
        comma = f"{self.gap()},{self.gap()}"
        inside = comma.join(self.some(write, 3))
        return f"{brackets[0]}{self.gap()}{inside}{self.gap()}{brackets[1]}"

    def value(self, depth: int = 0) -> str:
        kind = self.random.randint(0, 8 if depth < 3 else 5)
        if kind <= 1:
            return self.one(WORDS)
        if kind <= 3:
            return self.string()
        if kind <= 5:
            return self.one(NUMBERS)
        if kind == 6:
            return self.one(PATHS) + self.gap() + self.arguments(depth + 1)
        if kind == 7:
            return self.listed("[]", lambda: self.value(depth + 1))
        return self.listed("{}", lambda: self.named(lambda: self.value(depth + 1)))

    def named(self, write: Callable[[], str]) -> str:
        return f"{self.name()}{self.gap()}:{self.gap()}{write()}"

    def argument(self, depth: int) -> str:
        kind = self.random.random()
        if kind < 0.6:
            return self.value(depth)
        return self.named(str if kind < 0.65 else lambda: self.value(depth))

    def arguments(self, depth: int = 0) -> str:
        written = self.listed("()", lambda: self.argument(depth))
        return f"{written[:-1]},{self.gap()})" if self.chance(0.05) else written

    def attribute(self, sign: str = "@", names: Sequence[str] = PATHS) -> str:
        arguments = self.gap() + self.arguments() if self.chance(0.5) else ""
        return f"{sign}{self.gap()}{self.one(names)}{arguments}"

    def attributes(self, names: Sequence[str] = PATHS) -> str:
        written = self.some(lambda: self.attribute(names=names), 2)
        return "".join(self.gap() + each for each in written)

    def field(self) -> str:
        type_ = f"Unsupported({self.gap()}{self.string()}{self.gap()})"
        if not self.chance(0.1):
            type_ = self.name()
        arity = self.gap() + self.one(("?", "[]")) if self.chance(0.3) else ""
        field = f"{self.name()}{self.space()}{type_}{arity}"
        return self.gap() + field + self.attributes() + self.trailing()

    def enum_value(self) -> str:
        return self.gap() + self.name() + self.attributes() + self.trailing()

    def block_attribute(self) -> str:
        return self.gap() + self.attribute("@@") + self.trailing()

    def property(self) -> str:
        value = self.value() if self.chance(0.9) else ""
        return f"{self.gap()}{self.name()}{self.gap()}={self.gap()}{value}{self.trailing()}"

    def block(self) -> str:
        keyword, members = self.random.choice(
            (
                ("model", (self.field, self.field, self.block_attribute)),
                ("model", (self.field, self.field, self.block_attribute)),
                ("view", (self.field, self.block_attribute)),
                ("enum", (self.enum_value, self.enum_value, self.block_attribute)),
                ("datasource", (self.property,)),
                ("generator", (self.property,)),
            )
        )
        ignored = ' // ignored { ( "' if self.chance(0.1) else ""
        lines = self.some(lambda: self.random.choice(members)() + self.between(), 5)
        head = f"{keyword}{self.space()}{self.name()}{self.gap()}{{{ignored}{self.line_end()}"
        body = self.between() + "".join(lines) + self.gap()
        return f"{self.gap()}{head}{body}}}{self.trailing()}{self.between()}"

    def file(self, blocks: int) -> str:
        text = self.between() + "".join(self.some(self.block, blocks))
        return text.rstrip("\r\n") if self.chance(0.2) else text


def _insert(random: Random, text: str) -> str:
    at = random.randint(0, len(text))
    return text[:at] + random.choice(SCRAPS) + text[at:]


def _remove(random: Random, text: str) -> str:
    at = random.randint(0, len(text))
    return text[:at] + text[at + random.choice((1, 1, 1, 2, 5, 12, 40)) :]


def _replace_sign(random: Random, text: str) -> str:
    places = [at for at, each in enumerate(text) if each in '(){}[]"@,:=\n']
    if not places:
        return text
    at = random.choice(places)
    return text[:at] + random.choice(SCRAPS) + text[at + 1 :]


def _copy(random: Random, text: str) -> str:
    start, at = random.randint(0, len(text)), random.randint(0, len(text))
    return text[:at] + text[start : start + random.randint(1, 40)] + text[at:]


def _swap_lines(random: Random, text: str) -> str:
    lines = text.splitlines(keepends=True)
    if not lines:
        return text
    first, second = random.randrange(len(lines)), random.randrange(len(lines))
    lines[first], lines[second] = lines[second], lines[first]
    return "".join(lines)


def _change_line_ends(random: Random, text: str) -> str:
    return text.replace("\n", random.choice(LINE_ENDS), random.choice((1, -1)))


def _change_byte(random: Random, text: str) -> str:
    data = bytearray(text.encode("utf-8", "surrogatepass"))
    if data:
        data[random.randrange(len(data))] = random.randrange(256)
    return data.decode("utf-8", random.choice(("replace", "ignore", "surrogateescape")))


_ACCIDENTS = (
    *(_insert, _insert, _insert, _remove, _remove, _replace_sign, _replace_sign),
    *(_copy, _swap_lines, _change_line_ends, _change_byte),
)
