"""What random schemas are made of, and how they are written down, neatly or oddly."""

from __future__ import annotations

import json
from random import Random

from attrs import define, field


@define(eq=False)
class Field:
    """A scalar field; empty text means that a part is absent."""

    name: str
    type: str
    arity: str = ""
    native: str = ""
    default: str = ""
    mapped: str = ""
    unique: str | None = None
    id: str | None = None
    is_updated_at: bool = False
    is_ignored: bool = False

    @property
    def is_key_part(self) -> bool:
        return self.id is not None or self.unique is not None

    def line(self) -> list[str]:
        attributes = []
        if self.id is not None:
            attributes.append(f"@id{_brackets(self.id)}")
        if self.unique is not None:
            attributes.append(f"@unique{_brackets(self.unique)}")
        if self.default:
            attributes.append(f"@default({self.default})")
        if self.native:
            attributes.append(f"@{self.native}")
        if self.mapped:
            attributes.append(f"@map({quoted(self.mapped)})")
        if self.is_updated_at:
            attributes.append("@updatedAt")
        if self.is_ignored:
            attributes.append("@ignore")
        return [self.name, self.type + self.arity, *attributes]


@define(eq=False)
class Relation:
    """Two models that know each other; the first holds the foreign key, if there is one."""

    kind: str
    first: Model
    second: Model
    first_field: str
    second_field: str
    name: str = ""
    columns: list[Field] = field(factory=list)
    references: list[str] = field(factory=list)
    is_optional: bool = False
    on_delete: str = ""
    on_update: str = ""
    mapped: str = ""
    is_ignored: bool = False


@define(eq=False)
class Side:
    """One end of a relation, as a field of its model."""

    relation: Relation
    is_first: bool

    @property
    def name(self) -> str:
        return self.relation.first_field if self.is_first else self.relation.second_field

    def line(self) -> list[str]:
        relation = self.relation
        other = relation.second if self.is_first else relation.first
        arguments = [f'"{relation.name}"'] if relation.name else []
        if relation.kind == "m-n":
            arity = "[]"
        elif self.is_first:
            arity = "?" if relation.is_optional else ""
            columns = ", ".join(column.name for column in relation.columns)
            arguments += [f"fields: [{columns}]", f"references: [{', '.join(relation.references)}]"]
            if relation.on_delete:
                arguments.append(f"onDelete: {relation.on_delete}")
            if relation.on_update:
                arguments.append(f"onUpdate: {relation.on_update}")
            if relation.mapped:
                arguments.append(f"map: {quoted(relation.mapped)}")
        else:
            arity = "?" if relation.kind == "1-1" else "[]"
        attributes = [f"@relation({', '.join(arguments)})"] if arguments else []
        if relation.is_ignored:
            attributes.append("@ignore")
        return [self.name, other.name + arity, *attributes]


@define(eq=False)
class Index:
    """A block attribute over fields: id, unique, index or fulltext."""

    kind: str
    entries: list[tuple[Field, str]]
    arguments: list[str] = field(factory=list)

    def text(self) -> str:
        entries = ", ".join(each.name + _brackets(options) for each, options in self.entries)
        return f"@@{self.kind}({', '.join([f'[{entries}]', *self.arguments])})"


@define(eq=False)
class Model:
    """A model or view."""

    name: str
    members: list[Field | Side] = field(factory=list)
    indexes: list[Index] = field(factory=list)
    mapped: str = ""
    namespace: str = ""
    is_ignored: bool = False
    is_view: bool = False

    @property
    def fields(self) -> list[Field]:
        return [each for each in self.members if isinstance(each, Field)]

    @property
    def sides(self) -> list[Side]:
        return [each for each in self.members if isinstance(each, Side)]

    def head(self) -> str:
        return f"{'view' if self.is_view else 'model'} {self.name}"

    def lines(self) -> list[list[str]]:
        attributes = [index.text() for index in self.indexes]
        return [*(each.line() for each in self.members), *_block_attributes(self, attributes)]


@define(eq=False)
class Enum:
    """An enum; values are pairs of a name and what it is mapped to."""

    name: str
    values: list[tuple[str, str]]
    mapped: str = ""
    namespace: str = ""
    is_ignored: bool = False

    def head(self) -> str:
        return f"enum {self.name}"

    def lines(self) -> list[list[str]]:
        values = [
            [name, f"@map({quoted(mapped)})"] if mapped else [name] for name, mapped in self.values
        ]
        return [*values, *_block_attributes(self, [])]


@define(eq=False)
class Config:
    """A datasource or generator."""

    keyword: str
    name: str
    properties: dict[str, str]

    def head(self) -> str:
        return f"{self.keyword} {self.name}"

    def lines(self) -> list[list[str]]:
        return [[key, "=", value] for key, value in self.properties.items()]


Block = Config | Enum | Model


@define(eq=False)
class RandomSchema:
    """A schema that can be changed and written; ``layout`` seeds how oddly, None is neatly."""

    provider: str
    blocks: list[Block]
    relations: list[Relation] = field(factory=list)
    layout: int | None = None
    seed: int = 0
    runnable: bool = False
    source: str = "db"
    namespaces: list[str] = field(factory=list)
    relation_mode: str = "foreignKeys"
    has_partial_indexes: bool = False
    names: int = 0

    @property
    def models(self) -> list[Model]:
        return [each for each in self.blocks if isinstance(each, Model)]

    @property
    def enums(self) -> list[Enum]:
        return [each for each in self.blocks if isinstance(each, Enum)]

    @property
    def datasource(self) -> Config:
        return next(
            each
            for each in self.blocks
            if isinstance(each, Config) and each.keyword == "datasource"
        )

    @property
    def text(self) -> str:
        """The schema as one file."""
        return _write(self.blocks, self.layout)

    def files(self, count: int) -> dict[str, str]:
        """The schema as several files, whose paths are sorted."""
        parts: list[list[Block]] = [[] for _ in range(count)]
        choose = Random(self.seed)
        for block in self.blocks:
            choose.choice(parts).append(block)
        layout = self.layout
        return {
            f"{'abc'[number % 3]}{number}.prisma": _write(
                part, None if layout is None else layout + number
            )
            for number, part in enumerate(parts)
        }

    def __str__(self) -> str:
        return self.text


def quoted(text: str) -> str:
    """A string of the schema language."""
    return json.dumps(text, ensure_ascii=False)


def _brackets(arguments: str) -> str:
    return f"({arguments})" if arguments else ""


def _block_attributes(block: Model | Enum, attributes: list[str]) -> list[list[str]]:
    if block.mapped:
        attributes.append(f"@@map({quoted(block.mapped)})")
    if block.namespace:
        attributes.append(f'@@schema("{block.namespace}")')
    if block.is_ignored:
        attributes.append("@@ignore")
    return [[each] for each in attributes]


# Writing

# Comments hold what would be syntax elsewhere.
_COMMENTS = (
    "// a comment",
    "// } closes nothing",
    '// "not a string',
    "// model Not { id Int @id }",
    '// @@map("nothing") /* nor this */',
    "//",
    "// ünïcödé 日本語 🎉",
    "/// documentation",
    '/// with "quotes" and { braces }',
    "///",
)
_INLINE = ("/* here */", "/**/", "/* } */", "/* ] ) */", "/* 日本 */")


def _write(blocks: list[Block], layout: int | None) -> str:
    if layout is None:
        return "\n".join(
            "\n".join(
                [f"{block.head()} {{", *("  " + " ".join(line) for line in block.lines()), "}"]
            )
            + "\n"
            for block in blocks
        )
    return _Untidy(Random(layout)).write(blocks)


class _Untidy:
    """Writes what means the same in as many ways as the language allows."""

    def __init__(self, random: Random) -> None:
        self._random = random
        self._chance = random.random
        self._newline = random.choice(["\n", "\n", "\n", "\r\n"])

    def write(self, blocks: list[Block]) -> str:
        lines: list[str] = []
        for block in blocks:
            lines += self._between()
            lines += self._block(block)
        lines += self._between()
        text = self._newline.join(lines)
        return text + self._newline if self._chance() < 0.8 else text

    def _between(self) -> list[str]:
        lines = []
        while self._chance() < 0.5:
            lines.append(self._random.choice(["", "", "  ", "\t", self._comment()]))
            if self._chance() < 0.1:
                lines.append(f"/* several{self._newline}   lines {{ */")
        return lines

    def _comment(self) -> str:
        return self._random.choice(["", " ", "\t"]) + self._random.choice(_COMMENTS)

    def _block(self, block: Block) -> list[str]:
        keyword, name = block.head().split(" ")
        head = self._random.choice(_INLINE) if self._chance() < 0.05 else ""
        head += self._space() + keyword + self._space(1) + name + self._space() + "{"
        # Whatever follows the bracket on its line is ignored.
        head += self._random.choice(["", "", "", " ", " // comment", " anything at all"])
        lines = [head]
        for words in block.lines():
            while self._chance() < 0.2:
                lines.append(self._random.choice(["", "   ", self._comment()]))
            lines.append(self._line(words))
        if self._chance() < 0.2:
            lines.append(self._comment())
        end = self._random.choice(["", "", "", "", "", " // after", " /* after */"])
        lines.append(self._random.choice(["", "", "", " ", "\t"]) + "}" + end)
        return lines

    def _line(self, words: list[str]) -> str:
        name, *rest = words
        if rest[:1] == ["="]:
            line = name + self._space() + "=" + self._space() + rest[1]
        else:
            # The order of attributes means nothing, except that the type comes first.
            kept = 0 if name.startswith("@@") else 1
            attributes = rest[kept:]
            self._random.shuffle(attributes)
            line = name
            for word in rest[:kept] + attributes:
                line += self._space(1) + self._loosen(word)
            if kept == 0 or not rest:
                line = self._loosen(name) if name.startswith("@@") else line
        end = self._random.choice(["", "", "", "", " ", "\t", " // after", "  /// after it"])
        start = self._random.choice(["  ", "  ", "\t", "", "      "])
        if rest[:1] != ["="] and self._chance() < 0.05:
            start += self._random.choice(_INLINE)
        if self._chance() < 0.05:
            # One comment ends a line, no two.
            end = f" {self._random.choice(_INLINE)}"
        return start + line + end

    def _space(self, least: int = 0) -> str:
        if self._chance() < 0.7:
            return " "
        return " " * self._random.randint(least, 4) or "\t" * least

    def _loosen(self, word: str) -> str:
        """Put spaces where an attribute may have them, outside of strings."""
        if not word.startswith("@") or self._chance() < 0.6:
            return word
        parts = word.split('"')
        for number in range(0, len(parts), 2):
            for mark, loose in (("(", "( "), (")", " )"), ("[", "[ "), ("]", " ]"), (", ", ",")):
                if self._chance() < 0.5:
                    parts[number] = parts[number].replace(mark, loose)
            parts[number] = parts[number].replace(": ", self._random.choice([": ", ":", " : "]))
        return '"'.join(parts) if '\\"' not in word else word
