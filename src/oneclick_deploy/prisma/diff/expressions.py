"""A reader of SQL expressions, good enough for the conditions of partial indexes.

It builds what the engine's SQL parser builds for PostgreSQL, as far as two conditions have to be
compared: operators by precedence, brackets forgotten, keywords in capitals, names as written.
Anything it does not know is an error, and two conditions are then compared letter by letter.
"""

from __future__ import annotations

from typing import TypeAlias

from oneclick_deploy.prisma.diff.tokens import (
    CALLED_WITHOUT_BRACKETS,
    END,
    RESERVED,
    TYPES,
    Token,
    UnreadableError,
    tokens_of,
)

Node: TypeAlias = "tuple[object, ...]"
"""A kind, and what belongs to it: ``("binary", "=", ("name", "a", False), ("number", "1"))``."""

_DEEPEST = 100

# The precedences of the parser's PostgreSQL dialect.
_OR, _AND, _NOT, _IS, _COMPARE, _LIKE, _OTHER = 10, 20, 30, 40, 50, 60, 70
_ADD, _MULTIPLY, _POWER, _AT_TIME_ZONE, _COLLATE, _SUBSCRIPT, _CAST = (
    80,
    90,
    100,
    110,
    120,
    130,
    140,
)

_PRECEDENCE = {
    **dict.fromkeys(("=", "<", ">", "<=", ">=", "<>"), _COMPARE),
    **dict.fromkeys(("+", "-"), _ADD),
    **dict.fromkeys(("*", "/", "%"), _MULTIPLY),
    "^": _POWER,
    "[": _SUBSCRIPT,
    "::": _CAST,
}
_WORD_PRECEDENCE = {
    "OR": _OR,
    "AND": _AND,
    "IS": _IS,
    "NOTNULL": _IS,
    "AT": _AT_TIME_ZONE,
    "COLLATE": _COLLATE,
    **dict.fromkeys(("IN", "BETWEEN", "LIKE", "ILIKE", "SIMILAR", "NOT"), _LIKE),
}


def read_expression(text: str) -> Node:
    """The tree of an expression.

    Raises:
        UnreadableError: The text holds something else, or something more.
    """
    reader = _Reader(tokens_of(text))
    node = reader.expression(0)
    if reader.peek() is not END:
        raise UnreadableError
    return node


class _Reader:
    """Reads tokens by precedence, as Pratt's method does."""

    def __init__(self, tokens: list[Token]) -> None:
        self._tokens = tokens
        self._position = 0
        self._depth = 0

    def peek(self, ahead: int = 0) -> Token:
        """The next token, which stays."""
        position = self._position + ahead
        return self._tokens[position] if position < len(self._tokens) else END

    def _next(self) -> Token:
        token = self.peek()
        self._position += 1
        return token

    def _takes(self, *texts: str) -> bool:
        """Take some symbols or keywords, if they come next."""
        for ahead, text in enumerate(texts):
            token = self.peek(ahead)
            if text not in {token.word, token.text if token.kind == "operator" else None}:
                return False
        self._position += len(texts)
        return True

    def _must_take(self, *texts: str) -> None:
        if not self._takes(*texts):
            raise UnreadableError

    def expression(self, precedence: int) -> Node:
        """An expression whose operators bind closer than that."""
        self._depth += 1
        if self._depth > _DEEPEST:
            raise UnreadableError
        node = self._operand()
        while precedence < (follows := self._precedence()):
            node = self._operation(node, follows)
        self._depth -= 1
        return node

    def _precedence(self) -> int:
        token = self.peek()
        if token.kind == "operator":
            return 0 if token.text in set("(),.];") else _PRECEDENCE.get(_plain(token.text), _OTHER)
        return _WORD_PRECEDENCE.get(token.word, 0)

    def _operand(self) -> Node:
        token = self._next()
        match token.kind:
            case "number" | "dollar":
                return token.kind, token.text
            case "string":
                prefix = token.text[: token.text.index("'")].upper()
                return "string", prefix, token.text[len(prefix) :]
            case "quoted":
                return self._named(token, quoted=True)
            case "word":
                return self._word(token)
        if token.text == "(":
            return self._bracketed()
        if token.text in {"+", "-"}:
            return "unary", token.text, self.expression(_MULTIPLY)
        raise UnreadableError

    def _bracketed(self) -> Node:
        items = self._items(")")
        if not items:
            raise UnreadableError
        return items[0] if len(items) == 1 else ("row", *items)

    def _items(self, end: str) -> tuple[Node, ...]:
        """Expressions between commas, up to a closing bracket."""
        if self._takes(end):
            return ()
        items = [self.expression(0)]
        while self._takes(","):
            items.append(self.expression(0))
        self._must_take(end)
        return tuple(items)

    def _word(self, token: Token) -> Node:
        word = token.word
        node = self._construct(word)
        if node is not None:
            return node
        if word in CALLED_WITHOUT_BRACKETS and self.peek().text != "(":
            return "call", (("name", token.text, False),)
        if word in TYPES and self.peek().kind == "string":
            return "typed", word, self._next().text
        if word in RESERVED and self.peek().text != "(":
            raise UnreadableError
        return self._named(token, quoted=False)

    def _construct(self, word: str) -> Node | None:
        """What begins with a keyword; None for a name."""
        match word:
            case "TRUE" | "FALSE" | "NULL":
                node: Node | None = ("constant", word)
            case "NOT":
                node = ("unary", "NOT", self.expression(_NOT))
            case "CASE":
                node = self._case()
            case "CAST":
                node = self._cast_function()
            case "ARRAY" if self._takes("["):
                node = ("array", *self._items("]"))
            case "EXTRACT" if self._takes("("):
                node = self._extraction()
            case "ANY" | "ALL" | "SOME" if self._takes("("):
                node = (word, *self._items(")"))
            case _:
                node = None
        return node

    def _named(self, token: Token, *, quoted: bool) -> Node:
        """A name, with what it belongs to, or a function with that name."""
        parts: list[Node] = [("name", token.text, quoted)]
        while self._takes("."):
            part = self._next()
            if part.kind not in {"word", "quoted"}:
                raise UnreadableError
            parts.append(("name", part.text, part.kind == "quoted"))
        if self._takes("("):
            return "call", tuple(parts), *self._items(")")
        return parts[0] if len(parts) == 1 else ("path", *parts)

    def _case(self) -> Node:
        subject = None if self.peek().word == "WHEN" else self.expression(0)
        branches = []
        while self._takes("WHEN"):
            condition = self.expression(0)
            self._must_take("THEN")
            branches.append((condition, self.expression(0)))
        otherwise = self.expression(0) if self._takes("ELSE") else None
        self._must_take("END")
        return "case", subject, tuple(branches), otherwise

    def _cast_function(self) -> Node:
        self._must_take("(")
        node = self.expression(0)
        self._must_take("AS")
        kind = self._type()
        self._must_take(")")
        return "cast", "CAST", node, kind

    def _extraction(self) -> Node:
        field = self._next()
        self._must_take("FROM")
        node = self.expression(0)
        self._must_take(")")
        return "extract", field.word, node

    def _operation(self, left: Node, precedence: int) -> Node:
        token = self._next()
        if token.text == "[":
            return "subscript", left, *self._items("]")
        if token.text == "::":
            return "cast", "::", left, self._type()
        if token.kind == "word":
            return self._word_operation(token.word, left, precedence)
        return "binary", _plain(token.text), left, self.expression(precedence)

    def _word_operation(self, word: str, left: Node, precedence: int) -> Node:
        match word:
            case "AND" | "OR":
                node: Node = ("binary", word, left, self.expression(precedence))
            case "IS":
                node = self._is(left)
            case "NOTNULL":
                node = ("is", "NOT NULL", left)
            case "AT":
                self._must_take("TIME", "ZONE")
                node = ("at time zone", left, self.expression(precedence))
            case "COLLATE":
                node = ("collate", left, self._operand())
            case "NOT":
                node = self._range(self._next().word, left, negated=True)
            case _:
                node = self._range(word, left, negated=False)
        return node

    def _is(self, left: Node) -> Node:
        negation = "NOT " if self._takes("NOT") else ""
        if self._takes("DISTINCT", "FROM"):
            return "distinct", negation, left, self.expression(_IS)
        word = self._next().word
        if word not in {"NULL", "TRUE", "FALSE", "UNKNOWN"}:
            raise UnreadableError
        return "unknown" if word == "UNKNOWN" else "is", negation + word, left

    def _range(self, word: str, left: Node, *, negated: bool) -> Node:
        match word:
            case "IN":
                self._must_take("(")
                return "in", negated, left, *self._items(")")
            case "BETWEEN":
                low = self.expression(_LIKE)
                self._must_take("AND")
                return "between", negated, left, low, self.expression(_LIKE)
            case "SIMILAR":
                self._must_take("TO")
                return "SIMILAR", negated, left, self.expression(_LIKE)
            case "LIKE" | "ILIKE":
                return word, negated, left, self.expression(_LIKE)
        raise UnreadableError

    def _type(self) -> Node:
        """The name of a type, its arguments, and how often it is a list."""
        token = self._next()
        if token.kind not in {"word", "quoted"}:
            raise UnreadableError
        words: list[object] = [token.word if token.word in TYPES else (token.kind, token.text)]
        if token.word == "DOUBLE" and self._takes("PRECISION"):
            words.append("PRECISION")
        if token.word == "CHARACTER" and self._takes("VARYING"):
            words.append("VARYING")
        while self._takes("."):
            part = self._next()
            words.append((part.kind, part.text))
        arguments = self._items(")") if self._takes("(") else ()
        if token.word in {"TIME", "TIMESTAMP"}:
            endings = ("WITH", "WITHOUT")
            words += [ending for ending in endings if self._takes(ending, "TIME", "ZONE")]
        lists = 0
        while self._takes("[", "]"):
            lists += 1
        return "type", tuple(words), arguments, lists


def _plain(operator: str) -> str:
    """``!=`` is another spelling of ``<>``."""
    return "<>" if operator == "!=" else operator
