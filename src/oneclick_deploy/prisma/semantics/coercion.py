"""Reading expressions as values of one kind, and refusing those of another."""

from __future__ import annotations

from oneclick_deploy.prisma.semantics import wording
from oneclick_deploy.prisma.syntax import tree

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import TypeVar

    from oneclick_deploy.prisma.semantics.findings import Findings

    Value = TypeVar("Value")

_KINDS: dict[type, str] = {
    tree.Number: "numeric",
    tree.String: "string",
    tree.Constant: "literal",
    tree.Call: "functional",
    tree.Array: "array",
    tree.Object: "object",
}
_ESCAPES = {"\t": "\\t", "\n": "\\n", "\r": "\\r", '"': '\\"', "\\": "\\\\"}
_INT64 = 2**63


def shown(value: tree.Expression) -> str:
    """An expression as Prisma's messages print it, which is not always as it was written."""
    if isinstance(value, tree.String):
        return f'"{"".join(map(_escaped, value.value))}"'
    if isinstance(value, tree.Number):
        return value.text
    if isinstance(value, tree.Constant):
        return value.name
    if isinstance(value, tree.Array):
        return f"[{','.join(map(shown, value.items))}]"
    if isinstance(value, tree.Object):
        members = (f"{each.key.name}: {shown(each.value)}" for each in value.members)
        return f"{{ {', '.join(members)} }}"
    return f"{value.name.name}({','.join(map(_shown_argument, value.arguments.items))})"


def _shown_argument(argument: tree.Argument) -> str:
    value = shown(argument.value)
    return f"{argument.name.name}: {value}" if argument.name else value


def _escaped(character: str) -> str:
    if character in _ESCAPES:
        return _ESCAPES[character]
    return f"\\u{ord(character):04x}" if ord(character) < 32 or ord(character) == 127 else character


def mismatch(expected: str, value: tree.Expression, findings: Findings) -> None:
    """Note that a value of another kind was expected."""
    findings.error(value, wording.type_mismatch(expected, _KINDS[type(value)], shown(value)))


def string(value: tree.Expression, findings: Findings) -> str | None:
    """The text of a string."""
    if isinstance(value, tree.String):
        return value.value
    mismatch("string", value, findings)
    return None


def constant(value: tree.Expression, findings: Findings) -> str | None:
    """A bare word."""
    if isinstance(value, tree.Constant):
        return value.name
    mismatch("constant", value, findings)
    return None


def boolean(value: tree.Expression, findings: Findings) -> bool | None:
    """``true`` or ``false``."""
    if isinstance(value, tree.Constant) and value.name in {"true", "false"}:
        return value.name == "true"
    mismatch("boolean", value, findings)
    return None


def integer(value: tree.Expression, findings: Findings) -> int | None:
    """A whole number of 64 bits."""
    if isinstance(value, tree.Number):
        number = whole(value)
        if number is not None and -_INT64 <= number < _INT64:
            return number
    mismatch("numeric", value, findings)
    return None


def whole(value: tree.Number) -> int | None:
    """The number, unless it has a fraction or is far beyond every integer type."""
    # int() refuses texts of thousands of digits, and takes forms that Prisma does not write.
    if len(value.text) > 400 or not value.text.removeprefix("-").isdecimal():
        return None
    return int(value.text)


def each_of(
    value: tree.Expression,
    findings: Findings,
    read: Callable[[tree.Expression, Findings], Value | None],
) -> list[Value] | None:
    """The items of an array, or the only one; None when one of them could not be read."""
    items = value.items if isinstance(value, tree.Array) else (value,)
    values: list[Value] = []
    is_complete = True
    for item in items:
        read_value = read(item, findings)
        if read_value is None:
            is_complete = False
        else:
            values.append(read_value)
    return values if is_complete else None
