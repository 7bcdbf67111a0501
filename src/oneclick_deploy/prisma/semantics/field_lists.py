"""Looking up the fields that an attribute lists: ``[authorId, title(sort: Desc)]``.

Rules: psl/parser-database/src/attributes.rs, resolve_field_array_with_args and its sister.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from oneclick_deploy.prisma.frozen import Frozen
from oneclick_deploy.prisma.semantics import coercion, wording
from oneclick_deploy.prisma.semantics.index_fields import read_index_fields
from oneclick_deploy.prisma.semantics.views import (
    CompositeField,
    CompositeType,
    IndexField,
    Model,
    RelationField,
    ScalarField,
)
from oneclick_deploy.prisma.syntax import tree

TYPE_CHECKING = False
if TYPE_CHECKING:
    from oneclick_deploy.prisma.semantics.arguments import Arguments
    from oneclick_deploy.prisma.semantics.types import Declarations

# For how many names of one list a similar one is looked for.
_HINTED = 3

Path = tuple[ScalarField, tuple[CompositeField, ...]]


class FieldProblems(Frozen):
    """The listed names that stand for no column.

    Args:
        unknown: As messages show them: ``street in type Address``.
        relations: The names of relation fields.
        hint: The nearest known names.
    """

    unknown: tuple[str, ...]
    relations: tuple[str, ...]
    hint: str


def resolve_fields(
    value: tree.Expression, model: Model, arguments: Arguments, declarations: Declarations
) -> tuple[ScalarField, ...] | FieldProblems | None:
    """The fields of a plain list; None when a mistake was noted already."""
    usual = _usual_fields(value, model, declarations)
    if usual is not None:
        return usual
    names = coercion.each_of(value, arguments.findings, coercion.constant)
    if names is None:
        return None
    paths = _Lookup(model, arguments, declarations, follows_paths=False).resolve(names)
    if not isinstance(paths, list):
        return paths
    return tuple([field for field, _path in paths])


def resolve_index_fields(
    value: tree.Expression,
    model: Model,
    arguments: Arguments,
    declarations: Declarations,
    *,
    follows_paths: bool,
) -> tuple[IndexField, ...] | FieldProblems | None:
    """The fields of an index or key, with what is said about each; None when noted already."""
    usual = _usual_fields(value, model, declarations)
    if usual is not None:
        return tuple([IndexField(field, (), None, None, None, False) for field in usual])
    read = read_index_fields(value, arguments.findings)
    if read is None:
        return None
    lookup = _Lookup(model, arguments, declarations, follows_paths=follows_paths)
    paths = lookup.resolve([name for name, _facts in read])
    if not isinstance(paths, list):
        return paths
    return tuple(
        [
            IndexField(field, path, *facts)
            for (_name, facts), (field, path) in zip(read, paths, strict=True)
        ]
    )


def _usual_fields(
    value: tree.Expression, model: Model, declarations: Declarations
) -> tuple[ScalarField, ...] | None:
    """The fields when the list is one of the names of columns, as most are; None for others."""
    if not isinstance(value, tree.Array):
        return None
    declared = declarations.names.fields[model.node]
    fields: dict[ScalarField, None] = {}
    for item in value.items:
        field = model.field(item.name) if isinstance(item, tree.Constant) else None
        if not isinstance(field, ScalarField) or declared[field.name] is not field.node:
            return None
        fields[field] = None
    return tuple(fields) if len(fields) == len(value.items) else None


class _Lookup:
    """Finds the fields of one model; collects the names that stand for none."""

    def __init__(
        self,
        model: Model,
        arguments: Arguments,
        declarations: Declarations,
        *,
        follows_paths: bool,
    ) -> None:
        self._model = model
        self._arguments = arguments
        self._declarations = declarations
        self._declared = declarations.names.fields[model.node]
        self._follows_paths = follows_paths
        self._unknown: list[str] = []
        self._relations: list[str] = []
        self._hints: list[str] = []

    def resolve(self, names: Sequence[str]) -> list[Path] | FieldProblems | None:
        paths: dict[Path, None] = {}
        for name in names:
            path = self._find(name)
            if path is None:
                continue
            if path in paths:
                self._note_repeated(name, path)
                return None
            paths[path] = None
        if self._unknown or self._relations:
            hint = " ".join(filter(None, self._hints))
            return FieldProblems(
                unknown=tuple(self._unknown), relations=tuple(self._relations), hint=hint
            )
        return list(paths)

    def _find(self, name: str) -> Path | None:
        if "." not in name:
            field = self._find_field(name, name)
            return (field, ()) if field else None
        if not self._follows_paths:
            self._note_unknown(name, ())
            return None
        return self._find_in_composite_types(name)

    def _find_field(self, name: str, whole_name: str) -> ScalarField | None:
        if name not in self._declared:
            self._note_unknown(name, self._declared)
            return None
        field = self._declarations.field(self._model, name)
        # A field of unknown type is no column to Prisma, hence a relation.
        if field is None or isinstance(field, RelationField):
            self._relations.append(name)
            return None
        if whole_name != name and not isinstance(field.type, CompositeType):
            self._note_unknown(whole_name, ())
            return None
        return field

    def _find_in_composite_types(self, whole_name: str) -> Path | None:
        first, *rest = whole_name.split(".")
        root = self._find_field(first, whole_name)
        if root is None:
            return None
        path: list[CompositeField] = []
        inside = root.type
        for name in rest:
            if not isinstance(inside, CompositeType):
                self._note_unknown(whole_name, ())
                return None
            field = inside.field(name)
            if field is None:
                known = [each.name for each in inside.fields]
                self._note_unknown(f"{name} in type {inside.name}", known, name)
                return None
            path.append(field)
            inside = field.type
        return root, tuple(path)

    def _note_unknown(self, shown: str, known: Iterable[str], name: str = "") -> None:
        self._unknown.append(shown)
        if len(self._unknown) <= _HINTED:
            self._hints.append(self._arguments.findings.nearest(name or shown, known))

    def _note_repeated(self, name: str, path: Path) -> None:
        last = path[1][-1] if path[1] else None
        shown = f"{last.name} in type {last.composite_type.name}" if last else name
        message = f"The unique index definition refers to the field {shown} multiple times."
        self._arguments.findings.error(
            self._arguments.attribute, wording.in_model(self._model.name, message)
        )
