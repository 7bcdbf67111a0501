"""``extensions = [...]`` of a PostgreSQL datasource.

Rules: psl/psl-core/src/builtin_connectors/postgres_datamodel_connector/datasource.rs.
"""

from __future__ import annotations

from oneclick_deploy.prisma.semantics import coercion, wording
from oneclick_deploy.prisma.semantics.views import Extension
from oneclick_deploy.prisma.syntax import tree

TYPE_CHECKING = False
if TYPE_CHECKING:
    from oneclick_deploy.prisma.semantics.findings import Findings

_ARGUMENTS = ("map", "schema", "version")


def read_extensions(value: tree.Expression, findings: Findings) -> tuple[Extension, ...] | None:
    """The extensions, by their names in the list; None when something else stands there."""
    listed: list[tree.Constant | tree.Call] | None
    listed = coercion.each_of(value, findings, _read_listed)
    if listed is None:
        return None
    extensions = [_read_extension(each, findings) for each in listed]
    return tuple(sorted(extensions, key=lambda extension: extension.name))


def _read_listed(value: tree.Expression, findings: Findings) -> tree.Constant | tree.Call | None:
    if isinstance(value, (tree.Constant, tree.Call)):
        return value
    coercion.mismatch("constant or function", value, findings)
    return None


def _read_extension(value: tree.Constant | tree.Call, findings: Findings) -> Extension:
    if isinstance(value, tree.Constant):
        return Extension(name=value.name)
    given: dict[str, tree.Argument] = {}
    for each in value.arguments.items:
        if each.name is None:
            findings.error(each, wording.general("The argument must have a name"))
        elif each.name.name in given:
            message = f"The argument `{each.name.name}` can only be defined once"
            findings.error(each, wording.general(message))
        else:
            given[each.name.name] = each
            coercion.string(each.value, findings)
    mapped_name, namespace, version = (
        _read_text(name, given.pop(name, None), findings) for name in _ARGUMENTS
    )
    for name, each in given.items():
        message = f'Argument not known: "{name}".'
        findings.error(each, message, findings.nearest(name, _ARGUMENTS))
    return Extension(
        name=value.name.name, mapped_name=mapped_name, namespace=namespace, version=version
    )


def _read_text(name: str, argument: tree.Argument | None, findings: Findings) -> str | None:
    if argument is None:
        return None
    if isinstance(argument.value, tree.String):
        return argument.value.value
    message = f"The `{name}` argument must be a string literal"
    findings.error(argument, wording.general(message))
    return None
