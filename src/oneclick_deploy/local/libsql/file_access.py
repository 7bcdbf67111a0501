"""Keep SQL away from files: sqld has functions and a table that read and write them.

sqld 0.24.32 runs ``readfile``, ``writefile`` and ``fsdir`` for any database token (facts/turso.md,
Additions), and ``sha3_query`` runs SQL out of a text, file functions included [tried]. Turso Cloud
has none of them. Each use is rewritten to a name that does not exist, so that the statement fails
in sqld itself with the ordinary error and the other requests still run.
"""

from __future__ import annotations

from typing import Final

from oneclick_deploy.local.libsql.lexer import Token, tokens

_FUNCTIONS: Final = frozenset({"readfile", "writefile", "sha3_query", "fts3_tokenizer"})
_TABLES: Final = frozenset({"fsdir"})
# Words that end the list of tables behind FROM.
_AFTER_FROM: Final = frozenset(
    {"WHERE", "GROUP", "HAVING", "WINDOW", "ORDER", "LIMIT", "UNION", "EXCEPT", "INTERSECT"}
)
_TABLE_BEFORE: Final = frozenset({"FROM", "JOIN", "IN", "INTO", "UPDATE", "TABLE", "USING"})


def without_file_access(sql: str) -> str:
    """Return the text with every use of a file function or table renamed; usually the text itself."""
    lowered = sql.lower()
    if not any(name in lowered for name in _FUNCTIONS | _TABLES):
        return sql
    pieces = []
    place = 0
    for token in _uses(sql):
        pieces += [sql[place : token.start], f'"{token.name.lower()} "']
        place = token.end
    return "".join([*pieces, sql[place:]])


def _uses(sql: str) -> list[Token]:
    """The tokens that name a file function or a file table, in order."""
    found = []
    clauses = [""]
    stream = list(tokens(sql))
    for before, token, after in zip([None, *stream], stream, [*stream[1:], None], strict=False):
        _follow_clauses(clauses, token)
        name = token.name.lower()
        is_function = name in _FUNCTIONS and after is not None and after.text == "("
        is_table = name in _TABLES and _names_a_table(clauses[-1], before, after)
        if is_function or is_table:
            found.append(token)
    return found


def _follow_clauses(clauses: list[str], token: Token) -> None:
    """Keep the current clause of each level of parentheses."""
    word = token.upper
    if token.text == "(":
        # FROM (a, b) is a list of tables too.
        clauses.append(clauses[-1] if clauses[-1] == "FROM" else "")
    elif token.text == ")":
        if len(clauses) > 1:
            clauses.pop()
    elif word in {"FROM", "JOIN"} or (token.text == "," and clauses[-1] == "ON"):
        clauses[-1] = "FROM"
    elif word == "ON" or word in _AFTER_FROM or word == "SELECT":
        clauses[-1] = word


def _names_a_table(clause: str, before: Token | None, after: Token | None) -> bool:
    if after is not None and after.text == "(":
        return True
    if before is None:
        return False
    if before.upper in _TABLE_BEFORE:
        return True
    return clause == "FROM" and before.text in {",", "(", "."}
