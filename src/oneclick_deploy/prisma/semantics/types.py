"""The types pass: a view for every declaration, and what the type of each field stands for.

Rules: psl/parser-database/src/types.rs.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import chain

from oneclick_deploy.prisma.frozen import Frozen, fill
from oneclick_deploy.prisma.semantics import wording
from oneclick_deploy.prisma.semantics.findings import Findings
from oneclick_deploy.prisma.semantics.names import SCALARS, Names
from oneclick_deploy.prisma.semantics.views import (
    CompositeField,
    CompositeType,
    Enum,
    EnumValue,
    FieldType,
    Model,
    RelationField,
    ScalarField,
    Unsupported,
)
from oneclick_deploy.prisma.syntax import tree

TYPE_CHECKING = False
if TYPE_CHECKING:
    from oneclick_deploy.prisma.diagnostics import Diagnostics

View = Model | Enum | CompositeType

_SCALARS_IN_ANY_CASE = {name.lower(): name for name in SCALARS}


class Declarations(Frozen):
    """Everything that was declared, in order.

    Args:
        views: A view for each model, view, enum and type, also for those whose name is taken.
        by_name: The view that a name stands for.
        names: What the names pass found.
    """

    views: tuple[View, ...]
    by_name: dict[str, View]
    names: Names

    def field(self, model: Model, name: str) -> ScalarField | RelationField | None:
        """The field that a name stands for, if its type is known.

        Of two fields of one name that is the later one, also when its type is not known.
        """
        field = model.field(name)
        declared = self.names.fields[model.node]
        return field if field is not None and declared[name] is field.node else None

    @property
    def models(self) -> tuple[Model, ...]:
        """The models and views."""
        return tuple(each for each in self.views if isinstance(each, Model))

    @property
    def enums(self) -> tuple[Enum, ...]:
        """The enums."""
        return tuple(each for each in self.views if isinstance(each, Enum))

    @property
    def types(self) -> tuple[CompositeType, ...]:
        """The composite types."""
        return tuple(each for each in self.views if isinstance(each, CompositeType))


def resolve_types(
    blocks: Sequence[tree.Block], names: Names, diagnostics: Diagnostics
) -> Declarations:
    """Make the views; fields whose type is unknown are noted and left out."""
    view_of = {block: _view(block) for block in blocks if not isinstance(block, tree.ConfigBlock)}
    by_name = {name: view_of[block] for name, block in names.blocks.items()}
    types = _Types(by_name)
    for view in view_of.values():
        findings = Findings(diagnostics, view.file)
        if isinstance(view, Model):
            _resolve_model(view, types, findings)
        elif isinstance(view, CompositeType):
            _resolve_composite_type(view, types, findings)
        elif not view.values:
            message = "An enum must have at least one value."
            findings.error(view.node, wording.general(message))
    return Declarations(views=tuple(view_of.values()), by_name=by_name, names=names)


def _view(block: tree.ModelBlock | tree.EnumBlock | tree.TypeBlock) -> View:
    name = block.name.name
    if isinstance(block, tree.ModelBlock):
        return Model(name=name, file=block.file, node=block, is_view=block.is_view)
    if isinstance(block, tree.TypeBlock):
        return CompositeType(name=name, file=block.file, node=block)
    values = tuple(EnumValue(name=value.name.name, node=value) for value in block.values)
    return Enum(name=name, file=block.file, node=block, values=values)


def _resolve_model(model: Model, types: _Types, findings: Findings) -> None:
    scalars: list[ScalarField] = []
    relations: list[RelationField] = []
    fields: list[ScalarField | RelationField] = []
    for node in model.node.fields:
        found = types.of(node.type)
        name = node.name.name
        if isinstance(found, Model):
            relation = RelationField(
                model=model, name=name, node=node, arity=node.arity, referenced_model=found
            )
            relations.append(relation)
            fields.append(relation)
        elif found is not None:
            scalar = ScalarField(model=model, name=name, node=node, type=found, arity=node.arity)
            scalars.append(scalar)
            fields.append(scalar)
        else:
            types.note_unknown(node.type, findings, with_suggestion=True)
    fill(
        model,
        fields=tuple(fields),
        scalar_fields=tuple(scalars),
        relation_fields=tuple(relations),
    )


def _resolve_composite_type(
    composite_type: CompositeType, types: _Types, findings: Findings
) -> None:
    fields: list[CompositeField] = []
    for node in composite_type.node.fields:
        found = types.of(node.type)
        if isinstance(found, Model):
            findings.error(
                node.type,
                f'Error validating composite type "{composite_type.name}": {found.name} refers to '
                "a model, making this a relation field. Relation fields inside composite types "
                "are not supported.",
            )
        elif found is not None:
            fields.append(
                CompositeField(
                    composite_type=composite_type,
                    name=node.name.name,
                    node=node,
                    type=found,
                    arity=node.arity,
                )
            )
        else:
            types.note_unknown(node.type, findings, with_suggestion=False)
    fill(composite_type, fields=tuple(fields))


class _Types:
    """Looks type names up."""

    def __init__(self, by_name: dict[str, View]) -> None:
        self._by_name = by_name
        self._in_lower_case: dict[str, str] | None = None

    def of(self, node: tree.FieldType) -> FieldType | Model | None:
        if node.is_unsupported:
            return Unsupported(text=node.name)
        return SCALARS.get(node.name) or self._by_name.get(node.name)

    def note_unknown(
        self, node: tree.FieldType, findings: Findings, *, with_suggestion: bool
    ) -> None:
        message = (
            f'Type "{node.name}" is neither a built-in type, nor refers to another model, '
            "composite type, or enum."
        )
        suggestion = self._same_but_for_case(node.name) if with_suggestion else None
        if suggestion:
            findings.error(node, f'{message} Did you mean "{suggestion}"?')
        else:
            findings.error(
                node, message, findings.nearest(node.name, chain(SCALARS, self._by_name))
            )

    def _same_but_for_case(self, name: str) -> str | None:
        # Prisma writes the declared name in lower case and compares it with what was written:
        # `post` finds `Post`, and `POST` does not. Scalars are found in any case.
        if self._in_lower_case is None:
            self._in_lower_case = _first_by_lower_case(self._by_name)
        return self._in_lower_case.get(name) or _SCALARS_IN_ANY_CASE.get(name.lower())


def _first_by_lower_case(names: Iterable[str]) -> dict[str, str]:
    by_lower_case: dict[str, str] = {}
    for name in names:
        by_lower_case.setdefault(name.lower(), name)
    return by_lower_case
