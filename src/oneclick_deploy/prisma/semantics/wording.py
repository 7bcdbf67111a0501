"""Prisma's sentences that several passes say (psl/diagnostics/src/error.rs)."""

from __future__ import annotations

from collections.abc import Iterable


def general(message: str) -> str:
    """Something wrong with no particular thing."""
    return f"Error validating: {message}"


def in_attribute(name: str, message: str) -> str:
    """Something wrong with an attribute; ``name`` comes with its ``@``."""
    return f'Error parsing attribute "{name}": {message}'


def in_model(name: str, message: str) -> str:
    """Something wrong with a model, or a view."""
    return f'Error validating model "{name}": {message}'


def in_composite_field(type_name: str, field_name: str, message: str) -> str:
    """Something wrong with a field of a composite type."""
    return f"Error validating field `{field_name}` in composite type `{type_name}`: {message}"


def in_datasource(name: str, message: str) -> str:
    """Something wrong with a datasource."""
    return f"Error validating datasource `{name}`: {message}"


def duplicate_field(field_name: str, container: str, name: str) -> str:
    """Two fields of one name; ``container`` is ``model``, ``view`` or ``composite type``."""
    return f'Field "{field_name}" is already defined on {container} "{name}".'


def type_mismatch(expected: str, received: str, shown: str) -> str:
    """A value of one kind where another is needed."""
    return f"Expected a {expected} value, but received {received} value `{shown}`."


def unexpected(expected: str) -> str:
    """A word that is none of those that may stand there."""
    return f"Unexpected token. Expected one of: {expected}"


def fields(names: Iterable[str]) -> str:
    """``field `a``` or ``fields `a`, `b```."""
    quoted = [f"`{name}`" for name in names]
    return f"field{'s' if len(quoted) > 1 else ''} {', '.join(quoted)}"
