"""Exactly what a text, a document, a name of an enum or a string of bytes becomes."""

from __future__ import annotations

import json
import re
import uuid
from typing import Any, Final, NoReturn

from oneclick_deploy.data.columns import TargetColumn
from oneclick_deploy.data.conversion.dialects import Dialect, reads_escapes, takes_nul
from oneclick_deploy.data.conversion.outcome import (
    Converted,
    Outcome,
    Undecodable,
    changed,
    refused,
)
from oneclick_deploy.data.problems import Problem

# As PostgreSQL reads them: in braces or not, with a hyphen after any group of four digits.
_UUID: Final = re.compile(r"(?:[0-9a-fA-F]{4}-?){7}[0-9a-fA-F]{4}")
_ESCAPED_NUL: Final = re.compile(r"(?<!\\)((?:\\\\)*)\\u0000")
_HIGH: Final = r"\\u[dD][89abAB][0-9a-fA-F]{2}"
_LOW: Final = r"\\u[dD][c-fC-F][0-9a-fA-F]{2}"
_ESCAPED_HALF: Final = re.compile(rf"(?<!\\)((?:\\\\)*)(?:{_HIGH}(?!{_LOW})|(?<!{_HIGH}){_LOW})")


def text(value: Converted | Undecodable, column: TargetColumn, dialect: Dialect) -> Outcome:
    """A text; a number becomes its shortest spelling."""
    problems: list[Problem] = []
    kept = _spelled(value, problems)
    if not takes_nul(dialect) and "\0" in kept:
        problems.append(Problem.HAS_NUL)
        kept = kept.replace("\0", "")
    shortened = _shortened(kept, column)
    if shortened != kept:
        problems.append(Problem.TOO_LONG)
    return Outcome(shortened, tuple(problems))


def octets(value: Converted | Undecodable, column: TargetColumn, dialect: Dialect) -> Outcome:
    """Bytes; a text is taken for those of its UTF-8."""
    del dialect
    problems = [Problem.NOT_BYTES] if isinstance(value, int | float) else []
    if isinstance(value, Undecodable):
        kept = value.raw
    else:
        kept = value if isinstance(value, bytes) else _spelled(value, []).encode()
    most = column.most_bytes if column.length is None else column.length
    if most is not None and len(kept) > most:
        problems.append(Problem.TOO_LONG)
        kept = kept[:most]
    return Outcome(kept, tuple(problems))


def document(value: Converted | Undecodable, column: TargetColumn, dialect: Dialect) -> Outcome:
    """JSON as it is written; a number that NUMERIC affinity took out of its text is one again."""
    if isinstance(value, int):
        return Outcome(str(value))
    if isinstance(value, float):
        finite = value - value == 0
        return Outcome(repr(value)) if finite else refused(Problem.NOT_JSON)
    if isinstance(value, bytes):
        try:
            inner = document(value.decode(), column, dialect)
        except UnicodeDecodeError:
            return refused(Problem.BYTES_IN_TEXT)
        near = inner.value if not inner.problems else None
        return Outcome(near, (Problem.BYTES_IN_TEXT,), has_nearest=near is not None)
    if isinstance(value, Undecodable):
        inner = document(value.raw.decode(errors="replace"), column, dialect)
        return inner._replace(problems=(Problem.NOT_UTF8, *inner.problems))
    return _checked_document(value or "", column, dialect)


def identifier(value: Converted | Undecodable, column: TargetColumn, dialect: Dialect) -> Outcome:
    """A UUID in the spelling of RFC 9562; 16 bytes are one too."""
    del column, dialect
    if isinstance(value, bytes) and len(value) == 16:
        return Outcome(str(uuid.UUID(bytes=value)))
    if isinstance(value, str):
        bare = value[1:-1] if value[:1] == "{" and value[-1:] == "}" else value
        if _UUID.fullmatch(bare):
            return Outcome(str(uuid.UUID(bare.replace("-", ""))))
    return refused(Problem.NOT_A_UUID)


def member(value: Converted | Undecodable, column: TargetColumn, dialect: Dialect) -> Outcome:
    """A value of an enum, letter for letter."""
    del dialect
    if isinstance(value, str | int) and str(value) in column.values:
        return Outcome(str(value))
    return refused(Problem.NOT_IN_ENUM)


def _spelled(value: Converted | Undecodable, problems: list[Problem]) -> str:
    if isinstance(value, str):
        return value
    if isinstance(value, Undecodable):
        problems.append(Problem.NOT_UTF8)
        return value.raw.decode(errors="replace")
    if isinstance(value, bytes):
        problems.append(Problem.BYTES_IN_TEXT)
        return value.decode(errors="replace")
    return repr(value) if isinstance(value, float) else str(value)


def _shortened(kept: str, column: TargetColumn) -> str:
    shortened = kept if column.length is None else kept[: column.length]
    if column.most_bytes is not None and len(shortened.encode()) > column.most_bytes:
        shortened = shortened.encode()[: column.most_bytes].decode(errors="ignore")
    return shortened


def _checked_document(value: str, column: TargetColumn, dialect: Dialect) -> Outcome:
    loaded = _loaded(value)
    if loaded is _NOTHING:
        as_text = value if takes_nul(dialect) else value.replace("\0", "")
        return changed(json.dumps(as_text, ensure_ascii=False), Problem.NOT_JSON)
    if "\\u" not in value or not reads_escapes(column, dialect):
        return Outcome(value)
    near = value
    if dialect is Dialect.POSTGRESQL:
        near = _ESCAPED_NUL.sub(r"\1", near)
    if _has_lone_surrogate(_loaded(near)):
        near = _ESCAPED_HALF.sub(r"\1\\ufffd", near)
        if _has_lone_surrogate(_loaded(near)):
            return refused(Problem.NOT_JSON)
    return Outcome(value) if near == value else changed(near, Problem.NOT_JSON)


_NOTHING: Final = object()


def _loaded(value: str) -> Any:
    """What a document says, or ``_NOTHING`` when it is none; numbers stay text."""
    try:
        return json.loads(value, parse_constant=_no_constant, parse_int=str, parse_float=str)
    except (ValueError, RecursionError):
        return _NOTHING


def _no_constant(name: str) -> NoReturn:
    raise ValueError(name)


def _has_lone_surrogate(loaded: Any) -> bool:
    try:
        json.dumps(loaded, ensure_ascii=False).encode()
    except UnicodeEncodeError:
        return True
    return False
