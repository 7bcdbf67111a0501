"""The attributes of one declaration, in the order in which Prisma looks for them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

TYPE_CHECKING = False
if TYPE_CHECKING:
    from oneclick_deploy.prisma.semantics.findings import Findings
    from oneclick_deploy.prisma.syntax.tree import Attribute

SCOPED = "."
"""Stands for every attribute with a dot in its name: ``@db.Text``."""

_ON_FIELDS_ONLY = frozenset({"default", "relation", "updatedAt"})
_ON_BLOCKS_ONLY = frozenset({"fulltext", "index", "schema"})

# Which attributes are known somewhere, and their rank in Prisma's order.
Ranks = Mapping[str, int]


def ranks(*names: str) -> Ranks:
    """The attributes that are known in some place, in Prisma's order."""
    return {name: rank for rank, name in enumerate(names)}


def in_order(
    attributes: tuple[Attribute, ...],
    known: Ranks,
    findings: Findings,
    repeatable: frozenset[str] = frozenset(),
) -> Iterable[Attribute]:
    """The known attributes; notes those that are repeated, when their turn comes.

    Rules: psl/parser-database/src/context.rs, visit_attributes and its sisters.
    """
    if len(attributes) > 1:
        return _sorted(attributes, known, findings, repeatable)
    # Almost every field that has attributes has one.
    return attributes if attributes and _is_known(attributes[0], known) else ()


def _sorted(
    attributes: tuple[Attribute, ...],
    known: Ranks,
    findings: Findings,
    repeatable: frozenset[str],
) -> Iterator[Attribute]:
    found: dict[str, list[Attribute]] = {}
    for each in attributes:
        key = _key(each)
        if key in known:
            found.setdefault(key, []).append(each)
    for key in sorted(found, key=known.__getitem__):
        group = found[key]
        if len(group) == 1 or key in repeatable:
            yield from group
        elif key == SCOPED:
            for each in group[1:]:
                _note_repeated(each, each.name.name.partition(".")[0], findings)
            yield group[-1]
        else:
            for each in group:
                _note_repeated(each, key, findings)


def note_unknown(
    attributes: tuple[Attribute, ...], known: Ranks, findings: Findings, *, on_block: bool = False
) -> None:
    """Note the attributes that mean nothing in this place."""
    # Prisma's order of these changes from run to run; ours is that of the text.
    for each in attributes:
        if not _is_known(each, known):
            name = each.name.name
            message = f'Attribute not known: "@{name}".'
            findings.error(each, message, _hint(name, known, findings, on_block=on_block))


def _hint(name: str, known: Ranks, findings: Findings, *, on_block: bool) -> str:
    if SCOPED in name:
        return "Native types belong to fields of scalar types."
    if on_block:
        if name in _ON_FIELDS_ONLY:
            return f"`@{name}` belongs to a field: write it with one `@` behind the field's type."
        return findings.nearest(name, known, "@@{}")
    if name in _ON_BLOCKS_ONLY:
        return f"`@@{name}` belongs to a block: write it with two `@` on a line of its own."
    return findings.nearest(name, known, "@{}")


def _is_known(attribute: Attribute, known: Ranks) -> bool:
    return attribute.name.name in known or _key(attribute) in known


def _key(attribute: Attribute) -> str:
    name = attribute.name.name
    return SCOPED if SCOPED in name else name


def _note_repeated(attribute: Attribute, name: str, findings: Findings) -> None:
    findings.error(attribute, f'Attribute "@{name}" can only be defined once.')
