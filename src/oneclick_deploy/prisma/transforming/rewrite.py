"""Collects changes to the text of a schema, and makes them without touching anything else.

Only spans of the author's text are replaced or removed: his layout, comments and line ends stay.
"""

from __future__ import annotations

from bisect import bisect_left
from typing import TYPE_CHECKING, NamedTuple

from oneclick_deploy.prisma.syntax.edits import Edit, apply_edits
from oneclick_deploy.prisma.transforming.result import Change, ChangeKind

if TYPE_CHECKING:
    from collections.abc import Iterable

    from oneclick_deploy.prisma.syntax.source import SourceFile
    from oneclick_deploy.prisma.syntax.tree import (
        Argument,
        Attribute,
        Call,
        Identifier,
        Property,
        SyntaxTree,
    )

_BLANKS = " \t"


class Why(NamedTuple):
    """What a change concerns, and the reason for it."""

    kind: ChangeKind
    reason: str


class Rewrite:
    """The changes to be made to the files of a schema."""

    def __init__(self, trees: Iterable[SyntaxTree]) -> None:
        self._files = {tree.file: _FileRewrite(tree.file) for tree in trees}

    def replace(
        self, file: SourceFile, start: int, end: int, text: str, why: Why, *, shown: str = ""
    ) -> None:
        """Put a text in the place of another; ``shown`` stands for the old one in the report."""
        before = shown or file.text[start:end]
        if before == text:
            return
        self._files[file].replaced.append(Edit(start, end, text))
        self._note(file, start, before, text, why)

    def insert(self, file: SourceFile, at: int, text: str, why: Why) -> None:
        """Put a text between two characters."""
        self._files[file].replaced.append(Edit(at, at, text))
        self._note(file, at, "", text.strip(", "), why)

    def drop_attribute(self, file: SourceFile, attribute: Attribute, why: Why) -> None:
        """Remove ``@name(...)`` from a field's line, or the line of ``@@name(...)``."""
        start, end = attribute_span(attribute)
        text = file.text[start:end]
        if text.startswith("@@"):
            self._files[file].lines.append(Edit(start, end, ""))
        else:
            self._files[file].attributes.append(Edit(start, end, ""))
        self._note(file, start, text, "", why)

    def drop_argument(
        self, file: SourceFile, owner: Attribute | Call, argument: Argument, why: Why
    ) -> None:
        """Remove an argument, with its comma, and the brackets when it was the only one."""
        _, dropped = self._files[file].arguments.setdefault(owner.name, (owner, []))
        if argument in dropped:
            return
        dropped.append(argument)
        text = file.text[argument.start : argument.end]
        self._note(file, argument.start, text, "", why)

    def drop_property(self, file: SourceFile, node: Property, why: Why, *, shown: str = "") -> None:
        """Remove the line of ``key = value``; a comment behind it stays."""
        end = node.value.end if node.value is not None else node.name.end
        text = shown or file.text[node.name.start : end]
        self._files[file].lines.append(Edit(node.name.start, end, ""))
        self._note(file, node.name.start, text, "", why)

    def add_property(
        self, file: SourceFile, after: Property, name: str, value: str, why: Why
    ) -> None:
        """Add a line ``name = value`` below another one, aligned with it."""
        start = file.line_starts[file.line_of(after.name.start) - 1]
        indentation = file.text[start : after.name.start]
        width = file.text.index("=", after.name.end) - after.name.start
        line = f"{indentation}{name.ljust(max(width - 1, 0))} = {value}"
        at, newline = _end_of_line(file, after.name.start)
        self._files[file].replaced.append(Edit(at, at, line + newline))
        self._note(file, at - len(newline), "", line.strip(), why)

    def finish(self) -> Rewritten:
        """Make the changes."""
        edits = {file: rewrite.edits() for file, rewrite in self._files.items()}
        changes = [change for rewrite in self._files.values() for change in rewrite.changes()]
        return Rewritten(edits, tuple(changes))

    def _note(self, file: SourceFile, at: int, before: str, after: str, why: Why) -> None:
        change = Change(file.path, file.line_of(at), why.kind, before, after, why.reason)
        self._files[file].noted.append((at, change))


class Rewritten(NamedTuple):
    """The texts after a rewrite."""

    edits: dict[SourceFile, list[Edit]]
    changes: tuple[Change, ...]

    def files(self) -> dict[str, str]:
        """The new text of each file, by its path."""
        return {file.path: apply_edits(file, edits).text for file, edits in self.edits.items()}

    def original(self, path: str, offset: int) -> tuple[SourceFile, int]:
        """The file as it was, and the place in it that has become the one at an offset."""
        file = next(each for each in self.edits if each.path == path)
        shift = 0
        for start, end, text in self.edits[file]:
            if offset + shift < start:
                break
            if offset + shift < start + len(text):
                return file, start
            shift += end - start - len(text)
        return file, min(offset + shift, len(file.text))


class _FileRewrite:
    """What is to change in one file."""

    def __init__(self, file: SourceFile) -> None:
        self.file = file
        self.replaced: list[Edit] = []
        self.attributes: list[Edit] = []
        self.lines: list[Edit] = []
        self.arguments: dict[Identifier, tuple[Attribute | Call, list[Argument]]] = {}
        self.noted: list[tuple[int, Change]] = []

    def changes(self) -> list[Change]:
        """The changes in the order of the text; none inside something that goes as a whole."""
        gone = sorted((*self.lines, *self.attributes))
        starts = [edit.start for edit in gone]
        found = []
        for at, change in sorted(self.noted, key=lambda noted: noted[0]):
            before = bisect_left(starts, at) - 1
            if before < 0 or at >= gone[before].end:
                found.append(change)
        return found

    def edits(self) -> list[Edit]:
        """Every span to replace, in order, none inside another."""
        found = [
            *self.replaced,
            *(_line(self.file.text, span) for span in self.lines),
            *_attributes(self.file.text, self.attributes),
            *(span for owner, dropped in self.arguments.values() for span in _kept(owner, dropped)),
        ]
        # Insertions come first, then what is widest.
        found.sort(key=lambda span: (span.start, span.start != span.end, -span.end))
        result: list[Edit] = []
        for span in found:
            # What is inside something that goes needs no change of its own.
            if not result or span.start >= result[-1].end:
                result.append(span)
        return result


def attribute_span(attribute: Attribute) -> tuple[int, int]:
    """Where an attribute stands; its node may reach over the blanks or the comment behind it."""
    return attribute.start, attribute.arguments.end or attribute.name.end


def _end_of_line(file: SourceFile, offset: int) -> tuple[int, str]:
    """Where the next line begins, and what ends this one."""
    line = file.line_of(offset)
    at = file.line_starts[line]
    content = file.line_starts[line - 1] + len(file.line_text(line))
    return at, file.text[content:at]


def _line(text: str, span: Edit) -> Edit:
    """The whole line of a span; only the span when a comment stands beside it."""
    start = span.start
    while start > 0 and text[start - 1] in _BLANKS:
        start -= 1
    end = span.end
    while end < len(text) and text[end] in _BLANKS:
        end += 1
    if start > 0 and text[start - 1] not in "\r\n":
        return Edit(start, span.end, "")
    if text.startswith("\r\n", end):
        return Edit(start, end + 2, "")
    if end < len(text) and text[end] in "\r\n":
        return Edit(start, end + 1, "")
    return Edit(span.start, end, "")


def _attributes(text: str, spans: list[Edit]) -> list[Edit]:
    """Attributes of fields with the blanks that go with them; neighbours go as one."""
    merged: list[Edit] = []
    for span in sorted(spans):
        if merged and not text[merged[-1].end : span.start].strip(_BLANKS):
            merged[-1] = Edit(merged[-1].start, span.end, "")
        else:
            merged.append(span)
    return [_with_blanks(text, span) for span in merged]


def _with_blanks(text: str, span: Edit) -> Edit:
    """Keep the column of an attribute that follows; else leave no blanks at the line's end."""
    start, end = span.start, span.end
    while end < len(text) and text[end] in _BLANKS:
        end += 1
    if text.startswith("@", end):
        return Edit(start, end, "")
    while start > 0 and text[start - 1] in _BLANKS:
        start -= 1
    return Edit(start, span.end, "")


def _kept(owner: Attribute | Call, dropped: list[Argument]) -> list[Edit]:
    """The spans that go when arguments go: between those that stay, commas stay too."""
    items = owner.arguments.items
    gone = set(dropped)
    kept = [item for item in items if item not in gone]
    if not kept:
        return [Edit(owner.name.end, owner.arguments.end, "")]
    spans = []
    previous_end = None
    for item in items:
        if item in gone:
            if previous_end is not None:
                spans.append(Edit(previous_end, item.end, ""))
                previous_end = item.end
        else:
            if previous_end is None and item is not items[0]:
                spans.append(Edit(items[0].start, item.start, ""))
            previous_end = item.end
    return spans
