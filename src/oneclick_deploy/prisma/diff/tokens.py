"""The words of an SQL expression."""

from __future__ import annotations

import re

from oneclick_deploy.prisma.records import Record

_TOKEN = re.compile(
    r"""
    \s+ | --[^\n]* | /\*(?:[^*]|\*(?!/))*\*/
    | (?P<dollar>\$(?P<tag>\w*)\$.*?\$(?P=tag)\$)
    | (?P<string>[eEnNxXbB]?'(?:[^']|'')*')
    | "(?P<quoted>(?:[^"]|"")*)"
    | (?P<number>\d+(?:\.\d*)?(?:[eE][+-]?\d+)? | \.\d+(?:[eE][+-]?\d+)?)
    | (?P<word>[^\W\d][\w$]*)
    | (?P<operator>::|<>|!=|<=|>=|[(),.\[\];] | [-+*/<>=~!@\#%^&|?]+)
    """,
    re.VERBOSE | re.DOTALL,
)


def words_of(text: str) -> list[str]:
    """The words of a list."""
    return text.split()


# Words that are not the names of columns when they stand alone.
RESERVED = frozenset(
    words_of(
        "ALL AND ANY ARRAY AS BETWEEN CASE CAST CEIL COLLATE CURRENT_CATALOG CURRENT_DATE CURRENT_TIME "
        "CURRENT_TIMESTAMP CURRENT_USER ELSE END EXISTS EXTRACT FALSE FLOOR FROM GROUP HAVING ILIKE IN "
        "INTERVAL INTO IS LIKE LIMIT LOCALTIME LOCALTIMESTAMP NOT NULL ON OR ORDER OVERLAY POSITION "
        "SELECT SESSION_USER SIMILAR SOME SUBSTRING THEN TRIM TRUE TRY_CAST UNION USER WHEN WHERE WITH"
    )
)

# Functions that are called by their names alone.
CALLED_WITHOUT_BRACKETS = frozenset(
    words_of(
        "CURRENT_CATALOG CURRENT_USER SESSION_USER USER CURRENT_DATE CURRENT_TIME CURRENT_TIMESTAMP "
        "LOCALTIME LOCALTIMESTAMP"
    )
)

# Types that are keywords; the others are names.
TYPES = frozenset(
    words_of(
        "BIGINT BIGSERIAL BIT BOOL BOOLEAN BYTEA CHAR CHARACTER DATE DEC DECIMAL DOUBLE FLOAT FLOAT4 "
        "FLOAT8 INT INT2 INT4 INT8 INTEGER INTERVAL JSON JSONB NUMERIC REAL REGCLASS SMALLINT TEXT TIME "
        "TIMESTAMP TIMESTAMPTZ TIMETZ UUID VARBIT VARCHAR"
    )
)


class UnreadableError(Exception):
    """The text is no expression, or one that the reader does not know."""


class Token(Record):
    """A word, number, string or operator; ``kind`` is its group in the pattern."""

    kind: str
    text: str

    @property
    def word(self) -> str:
        """The keyword, in capitals; empty for anything else."""
        return self.text.upper() if self.kind == "word" else ""


END = Token("end", "")


def tokens_of(text: str) -> list[Token]:
    """The tokens of a text, without blanks and comments.

    Raises:
        UnreadableError: Something in it is none.
    """
    tokens = []
    position = 0
    while position < len(text):
        found = _TOKEN.match(text, position)
        if found is None:
            raise UnreadableError
        position = found.end()
        kind = found.lastgroup
        if kind == "tag":
            kind = "dollar"
        if kind is not None:
            tokens.append(Token(kind, found[kind]))
    return tokens
