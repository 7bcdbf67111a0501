"""The escapes inside strings: those of JSON."""

from __future__ import annotations

from collections.abc import Callable

from oneclick_deploy.prisma.syntax.wording import INVALID_UNICODE, UNKNOWN_ESCAPE

_SIMPLE = {
    '"': '"',
    "\\": "\\",
    "/": "/",
    "b": "\b",
    "f": "\f",
    "n": "\n",
    "r": "\r",
    "t": "\t",
}
_HEX = frozenset("0123456789abcdefABCDEF")


def unescaped(content: str, start: int, refuse: Callable[[int, int, str], None]) -> str:
    """What a string means.

    Args:
        content: What stands between the quotes.
        start: Where that begins in the file.
        refuse: Called with the place of each escape that means nothing, and why.
    """
    pieces = []
    position = 0
    while (escape := content.find("\\", position)) >= 0:
        pieces.append(content[position:escape])
        kind = content[escape + 1]
        if kind == "u":
            position, character = _code_point(content, escape, start, refuse)
            pieces.append(character)
            continue
        if kind not in _SIMPLE:
            refuse(start + escape, start + escape + 2, UNKNOWN_ESCAPE)
        pieces.append(_SIMPLE.get(kind, ""))
        position = escape + 2
    pieces.append(content[position:])
    return "".join(pieces)


def quoted(value: str) -> str:
    """The text of a string that means the value."""
    escaped = value.replace("\\", "\\\\").replace('"', '\\"')
    if escaped.isprintable():
        return f'"{escaped}"'
    shown = (each if each >= " " else f"\\u{ord(each):04x}" for each in escaped)
    return f'"{"".join(shown)}"'


def _code_point(
    content: str, escape: int, start: int, refuse: Callable[[int, int, str], None]
) -> tuple[int, str]:
    """Where to go on after a backslash and ``u``, and the character they begin."""
    digits = _hex_digits(content, escape + 2)
    if digits < 4:
        end = escape + 2 + digits
        refuse(start + escape, start + end, INVALID_UNICODE)
        return end, ""
    unit = int(content[escape + 2 : escape + 6], 16)
    if not 0xD800 <= unit < 0xE000:
        return escape + 6, chr(unit)
    # A half of a pair: the other half must follow.
    second = escape + 6
    if content[second : second + 2] != "\\u" or _hex_digits(content, second + 2) < 4:
        refuse(start + escape, start + second, INVALID_UNICODE)
        return second, ""
    other = int(content[second + 2 : second + 6], 16)
    if unit >= 0xDC00 or not 0xDC00 <= other < 0xE000:
        refuse(start + escape, start + second + 6, INVALID_UNICODE)
        return second + 6, ""
    return second + 6, chr(0x10000 + ((unit - 0xD800) << 10) + (other - 0xDC00))


def _hex_digits(content: str, position: int) -> int:
    """How many of the next four characters are hexadecimal digits.

    None when the string ends with the first of them: Prisma then looks no further, so that digit
    stays in the value.
    """
    if len(content) < position + 2:
        return 0
    count = 0
    while count < 4 and content[position + count : position + count + 1] in _HEX:
        count += 1
    return count
