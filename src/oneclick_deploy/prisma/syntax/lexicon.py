"""The patterns of the language, as compiled regular expressions over a simplified text.

Rules and their names follow Prisma's grammar (schema-ast, datamodel.pest). That grammar never goes
back into a token that it has read, hence the possessive quantifiers, which also make every pattern
linear. A space may stand between any two tokens of a line; a line end is a token itself.

Every pattern is a function of a text and an offset. Patterns that end a line go on to where the
next thing begins, so that most lines cost one match.
"""

from __future__ import annotations

from re import compile as compiled

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from re import Match

    Matcher = Callable[[str, int], Match[str] | None]
    SureMatcher = Callable[[str, int], Match[str]]

_SPACES = r"[ \t]*+"
_BLANKS = r"[ \t\r\n]*+"
_IDENTIFIER = r"[A-Za-z0-9][A-Za-z0-9_-]*+"
_PATH = rf"{_IDENTIFIER}(?:\.(?:{_IDENTIFIER})?+)*+"
_NUMBER = r"-?[0-9]++(?:\.[0-9]++)?+"
# A backslash takes whatever follows, a line end too; the escape is refused afterwards.
_STRING = r'"[^"\\\x00-\x1f]*+(?:\\[\s\S][^"\\\x00-\x1f]*+)*+"'
_LINE_END = r"(?:\r\n|\r|\n)"
_NEXT_LINE = rf"({_LINE_END}){_BLANKS}"
_REST_OF_LINE = r"[^\r\n]*+"
_ARITY = rf"\[\]{_SPACES}\?|\[\]|[?!]"
_UNSUPPORTED = rf"Unsupported\({_SPACES}({_STRING}){_SPACES}\)"


def _pattern(expression: str) -> Matcher:
    return compiled(expression).match


def _everywhere(expression: str) -> SureMatcher:
    """A pattern that can match nothing at all, and so always matches."""
    return compiled(expression).match  # type: ignore[return-value]


def _rare(expression: str) -> Matcher:
    """A pattern that most schemas never need, compiled when one does."""
    match: Matcher | None = None

    def first_match(text: str, position: int) -> Match[str] | None:
        nonlocal match
        if match is None:
            match = compiled(expression).match
        return match(text, position)

    return first_match


spaces = _everywhere(_SPACES)
blanks = _everywhere(_BLANKS)
# 1 the line with its end.
line = _everywhere(rf"({_REST_OF_LINE}{_LINE_END}?+){_BLANKS}")
# 1 the line end.
line_end = _pattern(rf"{_SPACES}{_NEXT_LINE}")

# What the group says that matched a value; group 1 is the name of an argument.
NAME, CALL, NUMBER, STRING, WORD_IN_BRACKETS, BRACKET, WORD = range(1, 8)
_VALUE = (
    rf"(?:({_PATH}){_SPACES}\(|({_NUMBER})|({_STRING})|\[{_SPACES}((?=[A-Za-z]){_PATH}){_SPACES}\]"
    rf"|([\[{{])|({_PATH}))?+"
)
argument = _everywhere(rf"{_SPACES}(?:({_IDENTIFIER}){_SPACES}:{_SPACES})?+{_VALUE}")
# After an argument: 1 the closing bracket, 2 a comma, 3 a closing bracket after the comma.
CLOSED, GOES_ON, CLOSED_AFTER_COMMA = range(1, 4)
after_argument = _pattern(rf"{_SPACES}(?:(\))|(,)(?:{_SPACES}(\)))?+)")
after_item = _pattern(rf"{_SPACES}([,\]])")
after_member = _rare(rf"{_SPACES}([,}}])")
member_name = _rare(rf"{_SPACES}({_IDENTIFIER}){_SPACES}:")

# 1 the sign, 2 path, 3 the bracket that opens its arguments; when there is at most one plain
# argument: 4 number, 5 string, 6 word, 7 empty brackets after the word, 8 the closing bracket,
# 9 the line end after it; 10 the line end where there are no arguments. The second sign of a
# block's attribute is read as the sign of a field's.
ENDS_LINE = (9, 10)
WITH_PLAIN_ARGUMENTS = (8, 9)
OPENS_ARGUMENTS = 3
attribute = _pattern(
    rf"{_SPACES}(@){_SPACES}({_PATH}){_SPACES}(?:(\()(?:{_SPACES}(?>({_NUMBER})|({_STRING})|({_PATH})"
    rf"({_SPACES}\({_SPACES}\))?+)?+{_SPACES}(\)){_SPACES}(?:{_NEXT_LINE})?+)?+|{_NEXT_LINE})?+"
)

# 1 name, 2 a colon of the old syntax, 3 type, 4 what follows the type, 5 the line end.
field_head = _pattern(
    rf"({_IDENTIFIER}){_SPACES}(:)?+{_SPACES}"
    rf"(?:({_IDENTIFIER}){_SPACES}({_ARITY})?+{_SPACES}(?:{_NEXT_LINE})?+)?+"
)
# 1 string, 2 what follows the type.
unsupported = _rare(rf"{_UNSUPPORTED}{_SPACES}({_ARITY})?+")
type_in_brackets = _rare(rf"(\[{_SPACES}(?:{_UNSUPPORTED}|{_IDENTIFIER}){_SPACES}\])")
type_alias = _rare(
    rf"type{_SPACES}{_IDENTIFIER}{_SPACES}={_SPACES}(?:{_UNSUPPORTED}|{_IDENTIFIER}){_SPACES}"
)
# 1 name, 2 the line end.
value_head = _pattern(rf"({_IDENTIFIER}){_SPACES}(?:{_NEXT_LINE})?+")
property_name = _pattern(rf"({_IDENTIFIER}){_SPACES}=")

# 1 the text of a documentation comment.
comment = _pattern(rf"{_SPACES}//(?:/({_REST_OF_LINE})|{_REST_OF_LINE})")
block_comment = _rare(rf"{_SPACES}/\*")
comment_line_end = _pattern(_LINE_END)

# 1 keyword, 2 name.
block_head = _pattern(
    rf"(model|type|view|enum|datasource|generator){_SPACES}({_IDENTIFIER}){_SPACES}"
    rf"\{{{_REST_OF_LINE}{_LINE_END}{_BLANKS}"
)
unknown_block = _rare(rf"{_IDENTIFIER}{_SPACES}\{{{_REST_OF_LINE}{_LINE_END}")
