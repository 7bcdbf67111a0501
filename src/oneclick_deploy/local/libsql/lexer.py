"""SQLite's tokens, as far as statements must be understood without running them.

Refusals (ATTACH, file functions, temporary tables) and parameter numbers are decided on tokens: a
search for substrings would refuse ``INSERT INTO notes VALUES ('vacuum the flat')`` and miss
``ATT/**/ACH``-like spellings.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from enum import StrEnum
from typing import Final

from attrs import frozen


class TokenKind(StrEnum):
    """What a token is."""

    WORD = "word"
    QUOTED = "quoted"
    STRING = "string"
    BLOB = "blob"
    NUMBER = "number"
    PARAMETER = "parameter"
    PUNCTUATION = "punctuation"


@frozen(kw_only=True)
class Token:
    """One token, with its place in the text."""

    kind: TokenKind
    text: str
    start: int
    end: int

    @property
    def upper(self) -> str:
        """The text in capitals when it is a word, else empty: keywords are compared with this."""
        return self.text.upper() if self.kind is TokenKind.WORD else ""

    @property
    def name(self) -> str:
        """The identifier that a word, a quoted name or a string literal stands for.

        SQLite takes a string literal for an identifier where the grammar wants a name.
        """
        if self.kind is TokenKind.WORD:
            return self.text
        if self.kind not in {TokenKind.QUOTED, TokenKind.STRING}:
            return ""
        inner = self.text[1:-1]
        mark = self.text[0]
        return inner if mark == "[" else inner.replace(mark * 2, mark)


# What hides semicolons, names and parameters. An open one runs to the end of the text, as in SQLite;
# the quantifiers are possessive: nothing is tried twice, so hostile texts take linear time.
_STRING: Final = r"'[^']*+(?:''[^']*+)*+(?:'|\Z)"
_QUOTED: Final = (
    r'"[^"]*+(?:""[^"]*+)*+(?:"|\Z)' r"|`[^`]*+(?:``[^`]*+)*+(?:`|\Z)" r"|\[[^\]]*+(?:\]|\Z)"
)
_COMMENT: Final = r"--[^\n]*+|/\*(?:[^*]++|\*(?!/))*+(?:\*/)?+"
_LETTER: Final = r"[\w$\u0080-\U0010ffff]"
_WORD: Final = rf"[A-Za-z_\u0080-\U0010ffff]{_LETTER}*+"
_PARAMETER: Final = rf"\?[0-9]*+|[:@\#]{_LETTER}++|\${_LETTER}++(?:::[\w$]*+)*+(?:\([^)\s]*+\)?+)?+"
# SQLite takes a byte order mark in front of a token for a blank [tried].
_BLANK: Final = re.compile(rf"(?:[ \t\n\f\r\ufeff]++|{_COMMENT})++")
_PIECE: Final = re.compile(rf"""(?:[^;'"`\[/-]++|{_STRING}|{_QUOTED}|{_COMMENT}|[-/])*+""")
_HIDING: Final = re.compile(
    rf"{_STRING}|{_QUOTED}|{_COMMENT}|{_WORD}|(?P<parameter>{_PARAMETER})", re.ASCII
)
_TOKEN: Final = re.compile(
    rf"""(?P<blob>[xX]'[0-9a-fA-F]*+')
    |(?P<string>{_STRING})
    |(?P<quoted>{_QUOTED})
    |(?P<number>0[xX][0-9a-fA-F]++|(?:[0-9]++(?:\.[0-9]*+)?+|\.[0-9]++)(?:[eE][+-]?[0-9]++)?+)
    |(?P<parameter>{_PARAMETER})
    |(?P<word>{_WORD})
    |(?P<punctuation>->>|->|\|\||<<|>>|<=|>=|==|<>|!=|.)""",
    re.VERBOSE | re.DOTALL | re.ASCII,
)


def pieces(sql: str) -> Iterator[str]:
    """Cut a text at its semicolons, without taking the pieces apart."""
    place = 0
    while place <= len(sql):
        found = _PIECE.match(sql, place)
        end = found.end() if found else len(sql)
        yield sql[place:end]
        place = end + 1


def without_blanks(sql: str) -> str:
    """Drop blanks and comments before a text, and blanks behind it."""
    blank = _BLANK.match(sql)
    return (sql[blank.end() :] if blank else sql).rstrip(" \t\n\f\r")


def parameter_names(sql: str) -> Iterator[str]:
    """The parameters of a text as they are written, in order."""
    for found in _HIDING.finditer(sql):
        name = found.group("parameter")
        if name:
            yield name


def tokens(sql: str) -> Iterator[Token]:
    """Split a text into tokens; comments and blanks are dropped.

    Text that SQLite could not read either (an open quote) comes out as punctuation.
    """
    place = 0
    length = len(sql)
    while place < length:
        blank = _BLANK.match(sql, place)
        if blank is not None:
            place = blank.end()
            continue
        found = _TOKEN.match(sql, place)
        if found is None:  # cannot happen: the last alternative takes any character
            return
        yield Token(
            kind=TokenKind(found.lastgroup or "punctuation"),
            text=found.group(),
            start=place,
            end=found.end(),
        )
        place = found.end()
