"""What to write instead of a line that is no Prisma schema."""

from __future__ import annotations

import re
from collections.abc import Callable

from oneclick_deploy.prisma.syntax import wording
from oneclick_deploy.prisma.syntax.expressions import DEEPEST

_KEYWORDS = ("model", "enum", "type", "view", "datasource", "generator")
_HEAD = re.compile(r"[ \t]*+([A-Za-z]++)[ \t]++[^\s{}]++[ \t]*+(\{)?")
_STRINGS = re.compile(r'"[^"\\\r\n]*+(?:\\.[^"\\\r\n]*+)*+"')
_COMMA_BEFORE_BRACKET = re.compile(r",[ \t]*+[\]})]")
_LONGEST_PATH = 300

_OF_MESSAGES = {
    wording.COLON: "Write the type after a space: `title String`.",
    wording.INVALID_TYPE: "Write the type itself at each field; Prisma has no names for types.",
    wording.INVALID_UNICODE: "Four hexadecimal digits follow \\u; characters above FFFF take two.",
    wording.TOO_DEEP: f"At most {DEEPEST} brackets may be open at a time.",
    wording.INVALID_BLOCK: "A block begins with a keyword and a name: `model User {`.",
}

# What an invalid line in a block may look like, without its strings; the first that fits counts.
_IN_BLOCKS: tuple[tuple[Callable[[str], object], str], ...] = (
    (
        lambda line: line.startswith("_"),
        "A name begins with a letter or digit; `@map` gives the one in the database.",
    ),
    (
        lambda line: line.endswith((",", ";")) and _open_brackets(line) == 0,
        "Only line ends separate lines: remove the last character.",
    ),
    (lambda line: "'" in line and '"' not in line, "Strings stand in double quotes."),
    (lambda line: '"' in line, "A string ends on the line on which it begins."),
    (_COMMA_BEFORE_BRACKET.search, "Remove the comma before the closing bracket."),
    (
        lambda line: _open_brackets(line) > 0,
        "Whatever belongs to a line stands on that line, up to its last bracket.",
    ),
    (
        lambda line: line.endswith("}"),
        "Put the closing bracket of the block on a line of its own.",
    ),
)


def hint_for(text: str, start: int, end: int, message: str) -> str:
    """A hint for the stretch of a file that a message refuses, empty when nothing fits."""
    if message in _OF_MESSAGES:
        return _OF_MESSAGES[message]
    if message.endswith(wording.INCOMPLETE):
        return "Write the name and the type of the field: `title String`."
    if message in wording.INVALID_LINES:
        return _of_line(text[start:end].strip(), message, text)
    return ""


def _of_line(line: str, message: str, text: str) -> str:
    if line.startswith(("#", "--", "<!--")):
        return "Comments begin with `//`."
    if line.startswith("/*"):
        return "Close the comment with `*/`."
    if message == wording.INVALID_LINE:
        return _of_line_outside_blocks(line, text)
    bare = _STRINGS.sub("", line)
    return next((hint for fits, hint in _IN_BLOCKS if fits(bare)), "")


def _of_line_outside_blocks(line: str, text: str) -> str:
    if line.startswith("\ufeff"):
        return "The file begins with a byte order mark: save it as UTF-8 without one."
    if line.startswith("}"):
        return "No block is open here: remove the bracket, or see where one was closed before."
    if _is_like_a_path(line, text):
        return "This is read as the text of a schema; to read a file, pass a pathlib.Path."
    head = _HEAD.match(line)
    keyword = "" if head is None else head[1]
    if head is None or keyword.lower() not in _KEYWORDS:
        return ""
    if keyword not in _KEYWORDS:
        return f"Write the keyword in small letters: `{keyword.lower()}`."
    return _of_head(line, opened=head[2] is not None)


def _of_head(line: str, *, opened: bool) -> str:
    if not opened:
        return "Open the block with `{` on this line."
    if "}" in line:
        return "Go on to a new line after `{`: what follows it on its line is ignored."
    return "Nothing closes this block: it needs a `}` at the beginning of a line."


def _open_brackets(bare: str) -> int:
    return sum(map(bare.count, "([{")) - sum(map(bare.count, ")]}"))


def _is_like_a_path(line: str, text: str) -> bool:
    """Whether the whole text is one line that looks like the name of a file."""
    if len(text) > _LONGEST_PATH or line != text.strip() or "{" in line:
        return False
    return line.endswith(".prisma") or "/" in line or "\\" in line or line == "prisma"
