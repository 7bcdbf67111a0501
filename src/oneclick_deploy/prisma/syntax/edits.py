"""Changes to a file, by the places that the tree knows; everything else stays byte for byte."""

from __future__ import annotations

from collections.abc import Iterable

from oneclick_deploy.prisma.records import Record
from oneclick_deploy.prisma.syntax.source import SourceFile


class Edit(Record):
    """Put ``text`` where ``text[start:end]`` of the file stands; with no width it is inserted."""

    start: int
    end: int
    text: str


def apply_edits(file: SourceFile, edits: Iterable[Edit]) -> SourceFile:
    """The file with every edit made; places are those of the file before any of them.

    Insertions at one place keep the order in which they were given.

    Raises:
        ValueError: Two edits overlap, or one lies outside the file: a mistake of the caller.
    """
    pieces: list[str] = []
    position = 0
    for edit in sorted(edits, key=_place):
        if not position <= edit.start <= edit.end <= len(file.text):
            raise ValueError(f"{file.path}: cannot replace characters {edit.start} to {edit.end}")
        pieces += (file.text[position : edit.start], edit.text)
        position = edit.end
    if not pieces:
        return file
    pieces.append(file.text[position:])
    return SourceFile(path=file.path, text="".join(pieces))


def _place(edit: Edit) -> tuple[int, int]:
    return edit.start, edit.end
