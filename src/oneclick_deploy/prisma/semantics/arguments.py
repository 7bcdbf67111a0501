"""Reading the arguments of one attribute.

What was given and never asked for is unknown, and Prisma says so.
Rules: psl/parser-database/src/context.rs and context/attributes.rs.
"""

from __future__ import annotations

from oneclick_deploy.prisma.semantics import coercion, wording
from oneclick_deploy.prisma.syntax import tree

TYPE_CHECKING = False
if TYPE_CHECKING:
    from oneclick_deploy.prisma.semantics.findings import Findings


def read_arguments(attribute: tree.Attribute, findings: Findings) -> Arguments | None:
    """The arguments of an attribute; None when one lacks its value."""
    given = attribute.arguments
    is_complete = True
    if given.items or given.empty:
        is_complete = _check_list(given, attribute.name.name, findings)
    for each in given.items:
        if isinstance(each.value, tree.Call):
            inner = each.value.arguments
            if inner.items or inner.empty:
                is_complete = _check_list(inner, attribute.name.name, findings) and is_complete
    return Arguments(attribute, findings) if is_complete else None


def _check_list(arguments: tree.Arguments, attribute_name: str, findings: Findings) -> bool:
    """Note what is wrong with a list of arguments; whether each of them has its value."""
    for empty in arguments.empty:
        _note_empty(empty, f"@{attribute_name}", findings)
    for item in arguments.items:
        if isinstance(item.value, tree.Array):
            for call in item.value.items:
                if isinstance(call, tree.Call):
                    for empty in call.arguments.empty:
                        _note_empty(empty, f"@@{attribute_name}", findings)
    if arguments.trailing_comma is not None:
        message = "Trailing commas are not valid in attribute arguments, please remove the comma."
        start, end = arguments.trailing_comma
        findings.error(
            tree.Identifier(",", start, end), wording.in_attribute(f"@{attribute_name}", message)
        )
    return not arguments.empty


def _note_empty(name: tree.Identifier, attribute_name: str, findings: Findings) -> None:
    message = f"The `{name.name}` argument is missing a value."
    findings.error(name, wording.in_attribute(attribute_name, message))


class Arguments:
    """The arguments of one attribute."""

    __slots__ = ("_asked", "_unread", "attribute", "findings")

    def __init__(self, attribute: tree.Attribute, findings: Findings) -> None:
        self.attribute = attribute
        self.findings = findings
        self._asked: list[str] = []
        given = attribute.arguments.items
        self._unread: dict[str | None, tree.Argument] = {}
        for each in given:
            self._unread[None if each.name is None else each.name.name] = each
        if len(self._unread) < len(given):
            self._check_repeated(given)

    def _check_repeated(self, given: tuple[tree.Argument, ...]) -> None:
        names: set[str] = set()
        for each in given:
            if each.name is None:
                continue
            name = each.name.name
            if name in names:
                self.findings.error(each, f'Argument "{name}" is already specified.')
            names.add(name)
        unnamed = [each.value for each in given if each.name is None]
        if len(unnamed) > 1:
            self.error(
                "You provided multiple unnamed arguments. This is not possible. Did you forget "
                f"the brackets? Did you mean `[{', '.join(map(coercion.shown, unnamed))}]`?"
            )

    @property
    def is_read(self) -> bool:
        """Whether nothing that was given is left to be asked for."""
        return not self._unread

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
        if not self._unread:
            return None
        self._asked.append(name)
        found = self._unread.pop(name, None)
        return found.value if found else None

    def string(self, name: str) -> str | None:
        """The text of a named argument, which may not be empty."""
        # Here and below: nobody asks most attributes for what they do not have as often as this.
        if not self._unread:
            return None
        value = self.optional(name)
        text = coercion.string(value, self.findings) if value is not None else None
        if text == "":
            self.error(f"The `{name}` argument cannot be an empty string.")
            return None
        return text

    def boolean(self, name: str) -> bool | None:
        """Whether a named argument is ``true``."""
        if not self._unread:
            return None
        value = self.optional(name)
        return coercion.boolean(value, self.findings) if value is not None else None

    def integer(self, name: str) -> int | None:
        """The number of a named argument."""
        if not self._unread:
            return None
        value = self.optional(name)
        return coercion.integer(value, self.findings) if value is not None else None

    def constant(self, name: str) -> str | None:
        """The word of a named argument."""
        if not self._unread:
            return None
        value = self.optional(name)
        return coercion.constant(value, self.findings) if value is not None else None

    def finish(self) -> None:
        """Note every argument that nobody asked for."""
        if not self._unread:
            return
        # Prisma's order of these changes from run to run; ours is that of the text.
        for each in sorted(self._unread.values(), key=_start):
            self.findings.error(each, "No such argument.", self._hint(each))

    def _hint(self, argument: tree.Argument) -> str:
        name = f"`@{self.attribute.name.name}`"
        if not self._asked:
            return f"{name} takes no arguments."
        if argument.name:
            near = self.findings.nearest(argument.name.name, self._asked)
            if near:
                return near
        return f"{name} takes {', '.join(f'`{each}`' for each in self._asked)}."


def _start(argument: tree.Argument) -> int:
    return argument.start
