"""Values, arguments and attributes: everything that stays on one line."""

from __future__ import annotations

from re import Match

from oneclick_deploy.prisma.syntax import lexicon
from oneclick_deploy.prisma.syntax.source import SourceFile
from oneclick_deploy.prisma.syntax.strings import unescaped
from oneclick_deploy.prisma.syntax.tree import (
    NO_ARGUMENTS,
    Argument,
    Arguments,
    Array,
    Attribute,
    Call,
    Constant,
    Expression,
    Identifier,
    Member,
    Number,
    Object,
    String,
)

# Prisma recurses without a bound and crashes far beyond this; schemas need four levels or five.
DEEPEST = 64


class ExpressionReader:
    """Reads values at a place in a file; a result of None means that none stands there.

    Args:
        file: The file; names and strings are taken from its text.
        text: The simplified text, which the patterns look at.

    Attributes:
        findings: The mistakes so far: start, end, message, hint. Whoever gives up on a stretch of
            text also takes back what was found in it.
        too_deep: Whether a value was given up for its depth.
    """

    def __init__(self, file: SourceFile, text: str) -> None:
        self.file = file
        self.text = text
        self.findings: list[tuple[int, int, str, str]] = []
        self.too_deep = False

    def refuse(self, start: int, end: int, message: str, hint: str = "") -> None:
        """Note a mistake."""
        self.findings.append((start, end, message, hint))

    def name(self, start: int, end: int) -> Identifier:
        """The name that stands there."""
        return Identifier(self.file.text[start:end], start, end)

    def string(self, start: int, end: int) -> String:
        """The string that stands there, quotes included."""
        content = self.file.text[start + 1 : end - 1]
        if "\\" in content:
            content = unescaped(content, start + 1, self.refuse)
        return String(content, start, end)

    def attribute(self, match: Match[str]) -> Attribute:
        """The attribute whose beginning was matched; without arguments if those are malformed."""
        start = match.start(1)
        path_start, path_end = match.span(2)
        bracket = match.start(3)
        arguments = None
        if bracket >= 0:
            mark = len(self.findings)
            arguments = self.arguments(bracket, 1)
            if arguments is None:
                del self.findings[mark:]
        name = Identifier(self.file.text[path_start:path_end], path_start, path_end)
        if arguments is not None:
            return Attribute(name, arguments, start, arguments.end)
        # The spaces after the name belong to the attribute.
        return Attribute(name, NO_ARGUMENTS, start, bracket if bracket >= 0 else match.end())

    def arguments(self, bracket: int, depth: int) -> Arguments | None:
        """The arguments that the bracket opens."""
        text = self.text
        if text.startswith("()", bracket):
            return Arguments((), (), None, bracket, bracket + 2)
        items: list[Argument] = []
        empty: list[Identifier] = []
        position = bracket + 1
        while True:
            match = lexicon.argument.match(text, position)
            assert match is not None
            kind = match.lastindex
            if kind is None:
                break
            position = match.end()
            if kind == 1:
                name = self.name(*match.span(1))
                empty.append(name)
            else:
                item = self._argument(match, kind, depth)
                if item is None:
                    return None
                items.append(item)
                position = item.end
            match = lexicon.after_argument.match(text, position)
            if match is None:
                return None
            position = match.end()
            if match.lastindex == 2:
                continue
            comma = match.span(2) if match.lastindex == 3 else None
            return Arguments(tuple(items), tuple(empty), comma, bracket, position)
        if items or empty:
            return None
        match = lexicon.after_argument.match(text, position)
        if match is None or match.lastindex == 2:
            return None
        comma = match.span(2) if match.lastindex == 3 else None
        return Arguments((), (), comma, bracket, match.end())

    def _argument(self, match: Match[str], kind: int, depth: int) -> Argument | None:
        found = self.value(match, kind, depth)
        if found is None:
            return None
        start, end = match.span(1)
        if start < 0:
            return Argument(None, found, found.start, found.end)
        return Argument(self.name(start, end), found, start, found.end)

    def value(self, match: Match[str], kind: int, depth: int) -> Expression | None:
        """The value whose beginning was matched; ``kind`` is the group that did."""
        start, end = match.span(kind)
        if kind == lexicon.WORD:
            return Constant(self.file.text[start:end], start, end)
        if kind == lexicon.TEXT:
            return self.string(start, end)
        if kind == lexicon.NUMERIC:
            return Number(self.file.text[start:end], start, end)
        if depth >= DEEPEST:
            self.too_deep = True
            return None
        if kind == lexicon.CALL:
            arguments = self.arguments(match.end() - 1, depth + 1)
            if arguments is None:
                return None
            return Call(self.name(start, end), arguments, start, arguments.end)
        if self.text[start] == "[":
            return self._array(start, depth + 1)
        return self._object(start, depth + 1)

    def expression(self, position: int) -> Expression | None:
        """The value that begins there, after spaces."""
        match = lexicon.value.match(self.text, position)
        assert match is not None
        return None if match.lastindex is None else self.value(match, match.lastindex, 1)

    def _array(self, start: int, depth: int) -> Array | None:
        items: list[Expression] = []
        position = start + 1
        while True:
            match = lexicon.value.match(self.text, position)
            assert match is not None
            if match.lastindex is None:
                position = match.end()
                if items or self.text[position : position + 1] != "]":
                    return None
                return Array((), start, position + 1)
            item = self.value(match, match.lastindex, depth)
            if item is None:
                return None
            items.append(item)
            match = lexicon.after_item.match(self.text, item.end)
            if match is None:
                return None
            position = match.end()
            if match[1] == "]":
                return Array(tuple(items), start, position)

    def _object(self, start: int, depth: int) -> Object | None:
        members: list[Member] = []
        position = start + 1
        while True:
            key = lexicon.member_key.match(self.text, position)
            if key is None:
                match = lexicon.spaces.match(self.text, position)
                assert match is not None
                position = match.end()
                if members or self.text[position : position + 1] != "}":
                    return None
                return Object((), start, position + 1)
            match = lexicon.value.match(self.text, key.end())
            assert match is not None
            if match.lastindex is None:
                return None
            found = self.value(match, match.lastindex, depth)
            if found is None:
                return None
            members.append(Member(self.name(*key.span(1)), found, key.start(1), found.end))
            match = lexicon.after_member.match(self.text, found.end)
            if match is None:
                return None
            position = match.end()
            if match[1] == "}":
                return Object(tuple(members), start, position)
