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

# Skips the check of a named tuple's own constructor, which an attribute would pay six times.
_node = tuple.__new__


class ExpressionReader:
    """Reads values at a place in a file; a result of None means that none stands there.

    Args:
        file: The file; names and strings are taken from its text, ``source``.
        text: The simplified text, which the patterns look at.

    Attributes:
        findings: The mistakes so far: start, end, message. Whoever gives up on a stretch of
            text also takes back what was found in it.
        too_deep: Whether a value was given up for its depth.
    """

    def __init__(self, file: SourceFile, text: str) -> None:
        self.file = file
        self.source = file.text
        self.text = text
        self.findings: list[tuple[int, int, str]] = []
        self.too_deep = False

    def refuse(self, start: int, end: int, message: str) -> None:
        """Note a mistake."""
        self.findings.append((start, end, message))

    def name(self, start: int, end: int) -> Identifier:
        """The name that stands there."""
        return _node(Identifier, (self.source[start:end], start, end))

    def string(self, start: int, end: int) -> String:
        """The string that stands there, quotes included."""
        content = self.source[start + 1 : end - 1]
        if "\\" in content:
            content = unescaped(content, start + 1, self.refuse)
        return _node(String, (content, start, end))

    def attribute(self, match: Match[str]) -> Attribute:
        """The attribute whose beginning was matched; without arguments if those are malformed."""
        start = match.start(1)
        name_start, name_end = match.span(2)
        last = match.lastindex
        name = _node(Identifier, (self.source[name_start:name_end], name_start, name_end))
        arguments: Arguments | None = NO_ARGUMENTS
        if last in lexicon.WITH_PLAIN_ARGUMENTS:
            end = match.end(8)
            arguments = self._plain_arguments(match, end)
        elif last == lexicon.OPENS_ARGUMENTS:
            bracket = match.start(3)
            mark = len(self.findings)
            arguments = self.arguments(bracket, 1)
            if arguments is None:
                del self.findings[mark:]
                return Attribute(name, NO_ARGUMENTS, start, bracket)
            end = arguments.end
        else:
            # The spaces after the name belong to the attribute.
            end = match.start(10) if last == 10 else match.end()
        return _node(Attribute, (name, arguments, start, end))

    def _plain_arguments(self, match: Match[str], end: int) -> Arguments:
        """What the pattern of attributes found between the brackets: one value or nothing."""
        found: Expression
        bracket = match.start(3)
        start, value_end = match.span(6)
        if start >= 0:
            name = self.source[start:value_end]
            call, call_end = match.span(7)
            if call < 0:
                found = _node(Constant, (name, start, value_end))
            else:
                opening = self.text.index("(", call)
                called = _node(Identifier, (name, start, value_end))
                value_end = call_end
                nothing = _node(Arguments, ((), (), None, opening, value_end))
                found = _node(Call, (called, nothing, start, value_end))
        elif (start := match.start(5)) >= 0:
            found = self.string(start, value_end := match.end(5))
        elif (start := match.start(4)) >= 0:
            value_end = match.end(4)
            found = _node(Number, (self.source[start:value_end], start, value_end))
        else:
            return _node(Arguments, ((), (), None, bracket, end))
        argument = _node(Argument, (None, found, start, value_end))
        return _node(Arguments, ((argument,), (), None, bracket, end))

    def arguments(self, bracket: int, depth: int) -> Arguments | None:
        """The arguments that the bracket opens."""
        items: list[Argument] = []
        empty: list[Identifier] = []
        position = bracket + 1
        while True:
            match = lexicon.argument(self.text, position)
            kind = match.lastindex
            position = match.end()
            if kind == lexicon.NAME:
                empty.append(self.name(*match.span(1)))
            elif kind is not None:
                item = self._argument(match, kind, depth)
                if item is None:
                    return None
                items.append(item)
                position = item.end
            elif items or empty:
                return None
            after = lexicon.after_argument(self.text, position)
            if after is None or (kind is None and after.lastindex == lexicon.GOES_ON):
                return None
            if after.lastindex != lexicon.GOES_ON:
                comma = after.span(2) if after.lastindex == lexicon.CLOSED_AFTER_COMMA else None
                given = tuple(items), tuple(empty), comma, bracket, after.end()
                return _node(Arguments, given)
            position = after.end()

    def _argument(self, match: Match[str], kind: int, depth: int) -> Argument | None:
        found = self.value(match, kind, depth)
        if found is None:
            return None
        start, end = match.span(1)
        if start < 0:
            return _node(Argument, (None, found, found.start, found.end))
        return _node(Argument, (self.name(start, end), found, start, found.end))

    def expression(self, position: int) -> Expression | None:
        """The value that begins there, after spaces."""
        return self._unnamed(lexicon.argument(self.text, position), 1)

    def _unnamed(self, match: Match[str], depth: int) -> Expression | None:
        """The value that was matched where no name may stand before it."""
        kind = match.lastindex
        if kind is None or match.start(1) >= 0:
            return None
        return self.value(match, kind, depth)

    def value(self, match: Match[str], kind: int, depth: int) -> Expression | None:
        """The value whose beginning was matched; ``kind`` is the group that did."""
        start, end = match.span(kind)
        if kind == lexicon.WORD:
            return _node(Constant, (self.source[start:end], start, end))
        if kind == lexicon.STRING:
            return self.string(start, end)
        if kind == lexicon.NUMBER:
            return Number(self.source[start:end], start, end)
        return self._nested(match, kind, depth)

    def _nested(self, match: Match[str], kind: int, depth: int) -> Call | Array | Object | None:
        """The value with values in it whose beginning was matched."""
        start, end = match.span(kind)
        if kind == lexicon.WORD_IN_BRACKETS:
            word = _node(Constant, (self.source[start:end], start, end))
            return _node(Array, ((word,), self.text.rindex("[", 0, start), match.end()))
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

    def _array(self, start: int, depth: int) -> Array | None:
        items: list[Expression] = []
        position = start + 1
        while True:
            match = lexicon.argument(self.text, position)
            position = match.end()
            if match.lastindex is not None:
                item = self._unnamed(match, depth)
                if item is None:
                    return None
                items.append(item)
                position = item.end
            elif items:
                return None
            after = lexicon.after_item(self.text, position)
            if after is None or (not items and after[1] == ","):
                return None
            position = after.end()
            if after[1] == "]":
                return _node(Array, (tuple(items), start, position))

    def _object(self, start: int, depth: int) -> Object | None:
        members: list[Member] = []
        position = start + 1
        while True:
            member = self._member(position, depth)
            if member is not None:
                members.append(member)
                position = member.end
            elif members or self.too_deep:
                return None
            after = lexicon.after_member(self.text, position)
            if after is None or (not members and after[1] == ","):
                return None
            position = after.end()
            if after[1] == "}":
                return Object(tuple(members), start, position)

    def _member(self, position: int, depth: int) -> Member | None:
        name = lexicon.member_name(self.text, position)
        if name is None:
            return None
        found = self._unnamed(lexicon.argument(self.text, name.end()), depth)
        if found is None:
            return None
        return Member(self.name(*name.span(1)), found, name.start(1), found.end)
