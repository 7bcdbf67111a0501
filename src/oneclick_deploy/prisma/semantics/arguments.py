"""Reading the attributes of one declaration, and the arguments of one attribute.

Both remember what was asked for: what nobody asked for is unknown, and Prisma says so.
Rules: psl/parser-database/src/context.rs and context/attributes.rs.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from oneclick_deploy.prisma.semantics import coercion, hints, wording
from oneclick_deploy.prisma.syntax import tree

if TYPE_CHECKING:
    from oneclick_deploy.prisma.semantics.findings import Findings


class Attributes:
    """The attributes of a field, value or block."""

    def __init__(self, attributes: tuple[tree.Attribute, ...], findings: Findings) -> None:
        self._findings = findings
        self._asked: list[str] = []
        self._unread: dict[str, list[tree.Attribute]] = {}
        for each in attributes:
            self._unread.setdefault(each.name.name, []).append(each)

    def single(self, name: str) -> Arguments | None:
        """The arguments of an attribute that may be there once."""
        self._asked.append(name)
        found = self._unread.pop(name, None)
        if found is None:
            return None
        if len(found) > 1:
            for each in found:
                self._note_repeated(each, name)
            return None
        return read_arguments(found[0], self._findings)

    def repeated(self, name: str) -> Iterator[Arguments]:
        """The arguments of each attribute of a name that may be there several times."""
        self._asked.append(name)
        for each in self._unread.pop(name, ()):
            arguments = read_arguments(each, self._findings)
            if arguments is not None:
                yield arguments

    def scoped(self) -> tree.Attribute | None:
        """The last attribute with a dot in its name: ``@db.Text``."""
        dotted = [each for name in self._unread if "." in name for each in self._unread[name]]
        for name in {each.name.name for each in dotted}:
            del self._unread[name]
        dotted.sort(key=_start)
        for each in dotted[1:]:
            self._note_repeated(each, each.name.name.split(".")[0])
        return dotted[-1] if dotted else None

    def finish(self) -> None:
        """Note every attribute that nobody asked for."""
        # Prisma's order of these changes from run to run; ours is that of the text.
        unknown = [each for found in self._unread.values() for each in found]
        for each in sorted(unknown, key=_start):
            name = each.name.name
            self._findings.error(
                each, f'Attribute not known: "@{name}".', hints.nearest(name, self._asked, "@{}")
            )

    def _note_repeated(self, attribute: tree.Attribute, name: str) -> None:
        self._findings.error(attribute, f'Attribute "@{name}" can only be defined once.')


def read_arguments(attribute: tree.Attribute, findings: Findings) -> Arguments | None:
    """The arguments of an attribute; None when one lacks its value."""
    name = attribute.name.name
    lists = [attribute.arguments]
    lists += [
        each.value.arguments
        for each in attribute.arguments.items
        if isinstance(each.value, tree.Call)
    ]
    is_complete = True
    for each in lists:
        is_complete &= not each.empty
        _check_list(each, name, findings)
    return Arguments(attribute, findings) if is_complete else None


def _check_list(arguments: tree.Arguments, attribute_name: str, findings: Findings) -> None:
    for each in arguments.empty:
        _note_empty(each, f"@{attribute_name}", findings)
    for item in arguments.items:
        if isinstance(item.value, tree.Array):
            for call in item.value.items:
                for each in call.arguments.empty if isinstance(call, tree.Call) else ():
                    _note_empty(each, f"@@{attribute_name}", findings)
    if arguments.trailing_comma is not None:
        message = "Trailing commas are not valid in attribute arguments, please remove the comma."
        start, end = arguments.trailing_comma
        findings.error(
            tree.Identifier(",", start, end), wording.in_attribute(f"@{attribute_name}", message)
        )


def _note_empty(name: tree.Identifier, attribute_name: str, findings: Findings) -> None:
    message = f"The `{name.name}` argument is missing a value."
    findings.error(name, wording.in_attribute(attribute_name, message))


class Arguments:
    """The arguments of one attribute."""

    def __init__(self, attribute: tree.Attribute, findings: Findings) -> None:
        self.attribute = attribute
        self.findings = findings
        self._asked: list[str] = []
        self._unread: dict[str | None, tree.Argument] = {}
        unnamed: list[tree.Argument] = []
        for each in attribute.arguments.items:
            name = each.name.name if each.name else None
            if name is None:
                unnamed.append(each)
            elif name in self._unread:
                findings.error(each, f'Argument "{name}" is already specified.')
            self._unread[name] = each
        if len(unnamed) > 1:
            values = ", ".join(coercion.shown(each.value) for each in unnamed)
            self.error(
                "You provided multiple unnamed arguments. This is not possible. Did you forget "
                f"the brackets? Did you mean `[{values}]`?"
            )

    def error(self, message: str, hint: str = "") -> None:
        """Note a mistake of the attribute as a whole."""
        name = f"@{self.attribute.name.name}"
        self.findings.error(self.attribute, wording.in_attribute(name, message), hint)

    def default(self, name: str) -> tree.Expression | None:
        """The value of the argument that may be given without its name; noted when missing."""
        self._asked.append(name)
        named = self._unread.pop(name, None)
        unnamed = self._unread.pop(None, None)
        if named is not None and unnamed is not None:
            message = f'Argument "{name}" is already specified as unnamed argument.'
            self.findings.error(named, message)
            return None
        found = named or unnamed
        if found is None:
            self.findings.error(self.attribute, f'Argument "{name}" is missing.')
            return None
        return found.value

    def default_if_given(self, name: str) -> tree.Expression | None:
        """The same for an argument that may be missing, or given in both ways."""
        self._asked.append(name)
        named = self._unread.pop(name, None)
        unnamed = self._unread.pop(None, None)
        if named is not None and unnamed is not None:
            return None
        found = named or unnamed
        return found.value if found else None

    def optional(self, name: str) -> tree.Expression | None:
        """The value of a named argument."""
        self._asked.append(name)
        found = self._unread.pop(name, None)
        return found.value if found else None

    def string(self, name: str) -> str | None:
        """The text of a named argument, which may not be empty."""
        value = self.optional(name)
        text = coercion.string(value, self.findings) if value is not None else None
        if text == "":
            self.error(f"The `{name}` argument cannot be an empty string.")
            return None
        return text

    def boolean(self, name: str) -> bool | None:
        """Whether a named argument is ``true``."""
        value = self.optional(name)
        return coercion.boolean(value, self.findings) if value is not None else None

    def integer(self, name: str) -> int | None:
        """The number of a named argument."""
        value = self.optional(name)
        return coercion.integer(value, self.findings) if value is not None else None

    def constant(self, name: str) -> str | None:
        """The word of a named argument."""
        value = self.optional(name)
        return coercion.constant(value, self.findings) if value is not None else None

    def finish(self) -> None:
        """Note every argument that nobody asked for."""
        for each in sorted(self._unread.values(), key=_start):
            self.findings.error(each, "No such argument.", self._hint(each))

    def _hint(self, argument: tree.Argument) -> str:
        name = f"`@{self.attribute.name.name}`"
        if not self._asked:
            return f"{name} takes no arguments."
        if argument.name:
            near = hints.nearest(argument.name.name, self._asked)
            if near:
                return near
        return f"{name} takes {', '.join(f'`{each}`' for each in self._asked)}."


def _start(node: tree.Attribute | tree.Argument) -> int:
    return node.start
