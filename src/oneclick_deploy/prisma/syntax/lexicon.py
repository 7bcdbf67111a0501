"""The patterns of the language, as compiled regular expressions over a simplified text.

Rules and their names follow Prisma's grammar (schema-ast, datamodel.pest). That grammar never goes
back into a token that it has read, hence the possessive quantifiers, which also make every pattern
linear. A space may stand between any two tokens of a line; a line end is a token itself.
"""

from __future__ import annotations

from re import compile as pattern

SPACES = r"[ \t]*+"
IDENTIFIER = r"[A-Za-z0-9][A-Za-z0-9_-]*+"
PATH = rf"{IDENTIFIER}(?:\.(?:{IDENTIFIER})?+)*+"
NUMBER = r"-?[0-9]++(?:\.[0-9]++)?+"
# A backslash takes whatever follows, a line end too; the escape is refused afterwards.
STRING = r'"[^"\\\x00-\x1f]*+(?:\\[\s\S][^"\\\x00-\x1f]*+)*+"'
LINE_END = r"(?:\r\n|\r|\n)"
REST_OF_LINE = r"[^\r\n]*+"

_VALUE = rf"(?:({PATH}){SPACES}\(|({NUMBER})|({STRING})|([\[{{])|({PATH}))?+"
# What the first group that matched says about a value.
CALL, NUMERIC, TEXT, BRACKET, WORD = range(2, 7)

spaces = pattern(SPACES)
blanks = pattern(r"[ \t\r\n]*+")
line = pattern(rf"{REST_OF_LINE}{LINE_END}?+")
line_end = pattern(LINE_END)
plain_line_end = pattern(SPACES + LINE_END)

# Groups: 1 name before a colon, then those named above.
argument = pattern(rf"{SPACES}(?:({IDENTIFIER}){SPACES}:{SPACES})?+{_VALUE}")
value = pattern(rf"{SPACES}((?!)x)?{_VALUE}")
# After a value: 1 the closing bracket, 2 a comma, 3 a closing bracket after the comma.
after_argument = pattern(rf"{SPACES}(?:(\))|(,)(?:{SPACES}(\)))?+)")
after_item = pattern(rf"{SPACES}([,\]])")
after_member = pattern(rf"{SPACES}([,}}])")
member_key = pattern(rf"{SPACES}({IDENTIFIER}){SPACES}:")

# 1 the sign, 2 path, 3 the bracket that opens its arguments.
attribute = pattern(rf"{SPACES}(@){SPACES}({PATH}){SPACES}(\()?")
block_attribute = pattern(rf"(@@){SPACES}({PATH}){SPACES}(\()?")

# 1 name, 2 a colon of the old syntax, 3 type, 4 what follows the type.
field_head = pattern(
    rf"({IDENTIFIER}){SPACES}(:)?+{SPACES}(?:({IDENTIFIER}){SPACES}(\[\]{SPACES}\?|\[\]|[?!])?+)?+"
)
unsupported = pattern(
    rf"Unsupported\({SPACES}({STRING}){SPACES}\){SPACES}(\[\]{SPACES}\?|\[\]|[?!])?+"
)
type_in_brackets = pattern(
    rf"(\[{SPACES}(?:Unsupported\({SPACES}{STRING}{SPACES}\)|{IDENTIFIER}){SPACES}\])"
)
base_type = pattern(rf"Unsupported\({SPACES}({STRING}){SPACES}\)|({IDENTIFIER})")
enum_value_head = pattern(rf"({IDENTIFIER})")
property_head = pattern(rf"({IDENTIFIER}){SPACES}=")

# 1 the text of a documentation comment.
comment_line = pattern(rf"{SPACES}//(?:/({REST_OF_LINE})|{REST_OF_LINE})")
block_comment_start = pattern(rf"{SPACES}/\*")

# 1 keyword, 2 name; ends after the line.
block_head = pattern(
    rf"(model|type|view|enum|datasource|generator){SPACES}({IDENTIFIER}){SPACES}"
    rf"\{{{REST_OF_LINE}{LINE_END}"
)
type_alias = pattern(rf"type{SPACES}{IDENTIFIER}{SPACES}={SPACES}")
unknown_block = pattern(rf"{IDENTIFIER}{SPACES}\{{{REST_OF_LINE}{LINE_END}")
