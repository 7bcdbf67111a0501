"""``env("NAME")`` in configuration blocks (psl/psl-core/src/configuration/env_vars.rs)."""

from __future__ import annotations

from oneclick_deploy.prisma.semantics import coercion
from oneclick_deploy.prisma.syntax import tree

TYPE_CHECKING = False
if TYPE_CHECKING:
    from oneclick_deploy.prisma.semantics.findings import Findings


def is_env(value: tree.Expression) -> bool:
    """Whether the value is a call of ``env``."""
    return isinstance(value, tree.Call) and value.name.name == "env"


def string_or_env(value: tree.Expression, findings: Findings) -> str | None:
    """The text of a string, or the name of the variable that ``env`` reads."""
    if isinstance(value, tree.Call) and value.name.name == "env":
        return variable_name(value, findings)
    if isinstance(value, tree.String):
        return value.value
    coercion.mismatch("String", value, findings)
    return None


def variable_name(call: tree.Call, findings: Findings) -> str | None:
    """The name of the variable that ``env`` reads."""
    given = call.arguments
    for each in given.items:
        if each.name:
            findings.warning(each, "The env function doesn't expect named arguments")
    if not given.items and given.empty:
        message = "The env function expects a singular, unnamed, string argument."
        findings.error(call, message)
        return None
    if len(given.items) + len(given.empty) != 1 or given.trailing_comma is not None:
        message = "Exactly one string parameter must be passed to the env function."
        findings.error(call, message, 'Write `env("DATABASE_URL")`.')
        return None
    return coercion.string(given.items[0].value, findings)
