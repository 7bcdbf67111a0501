"""Actions that would run in circles, which Prisma forbids where it carries them out itself.

Rules: ``cycles`` in psl-core's validations/relations.rs.
"""

from __future__ import annotations

from oneclick_deploy.prisma.records import Record
from oneclick_deploy.prisma.semantics import wording
from oneclick_deploy.prisma.semantics.views import ReferentialAction, RelationKind
from oneclick_deploy.prisma.syntax.tree import Arity

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from oneclick_deploy.prisma.semantics.checks.context import Context
    from oneclick_deploy.prisma.semantics.views import Model, Relation, RelationField

_SELF = (
    "A self-relation must have `onDelete` and `onUpdate` referential actions set to `NoAction` "
    "in one of the @relation attributes."
)
_READ_MORE = " Read more at https://pris.ly/d/cyclic-referential-actions"
_STILL = frozenset({ReferentialAction.NO_ACTION, ReferentialAction.RESTRICT})
# Prisma follows every relation to all others, which takes minutes where thousands lie on a circle.
# One circle is enough to refuse a schema: we stop when we have found some and looked at so many.
_MOST_STEPS = 250_000


class _Link(Record):
    """A relation that changes rows of the referencing model, as a step of a path."""

    relation: Relation
    field: RelationField
    on_delete: ReferentialAction
    on_update: ReferentialAction

    @property
    def name(self) -> str:
        return f"{self.field.model.name}.{self.field.name}"


class Cycles:
    """The links between models along which an action would travel."""

    def __init__(self, context: Context) -> None:
        self._context = context
        self._links: dict[Model, list[_Link]] = {}
        self._starts: dict[Relation, _Link] = {}
        self._steps = 0
        self._is_found = False
        self._collect(context)
        self._suspects = _leading_to_cycles(self._links)

    def check(self, relation: Relation) -> None:
        """Note a relation from which an action comes back, or reaches a self-relation."""
        start = self._starts.get(relation)
        if start is None or relation.model_a not in self._suspects:
            return
        if self._is_found and self._steps > _MOST_STEPS:
            return
        message = self._search(start)
        if message:
            self._is_found = True
            message = f"{message}{_implicit_actions(start)}{_READ_MORE}"
            file, place = start.field.model.file, start.field.node
            self._context.error(file, place, wording.general(message), self._hint())

    def _hint(self) -> str:
        allowed = self._context.connector.actions_under("prisma")
        # Prisma advises `NoAction` also where it refuses it.
        still = next(each for each in allowed if each in _STILL)
        return f"Write `onDelete: {still}, onUpdate: {still}` in one relation of the circle."

    def _collect(self, context: Context) -> None:
        order = {model: number for number, model in enumerate(context.models)}
        for relation in context.relations:
            field = relation.field_a
            if relation.kind is RelationKind.MANY_TO_MANY or field is None:
                continue
            link = _Link(
                relation,
                field,
                field.on_delete or _default_on_delete(field, context),
                field.on_update or ReferentialAction.CASCADE,
            )
            is_still = link.on_delete in _STILL and link.on_update in _STILL
            if relation.field_b is not None and not is_still:
                self._links.setdefault(relation.model_a, []).append(link)
                self._starts[relation] = link
        for links in self._links.values():
            # Prisma walks the relations of a model in the order of the models they refer to.
            links.sort(key=lambda link: order[link.relation.model_b])

    def _search(self, start: _Link) -> str:
        home = start.relation.model_a
        visited: set[Relation] = set()
        open_paths: list[_Path] = [_Path(start, None)]
        while open_paths:
            path = open_paths.pop()
            relation = path.link.relation
            visited.add(relation)
            if relation.is_self_relation:
                return _SELF
            if relation.model_b is home:
                return (
                    "Reference causes a cycle. One of the @relation attributes in this cycle must "
                    "have `onDelete` and `onUpdate` referential actions set to `NoAction`. "
                    f"Cycle path: {' → '.join(path.names())}."
                )
            following = self._links.get(relation.model_b, ())
            self._steps += len(following)
            open_paths.extend(
                _Path(link, path) for link in following if link.relation not in visited
            )
        return ""


class _Path(Record):
    link: _Link
    before: _Path | None

    def names(self) -> list[str]:
        """The fields on the way, from the first one."""
        names = []
        step: _Path | None = self
        while step is not None:
            names.append(step.link.name)
            step = step.before
        return names[::-1]


def _default_on_delete(field: RelationField, context: Context) -> ReferentialAction:
    """A row whose reference is required can neither lose it nor be left alone."""
    is_required = field.arity is Arity.REQUIRED or any(
        each.arity is Arity.REQUIRED for each in field.fields or ()
    )
    if not is_required:
        return ReferentialAction.SET_NULL
    allowed = context.connector.actions_under(context.relation_mode)
    if ReferentialAction.RESTRICT in allowed:
        return ReferentialAction.RESTRICT
    return ReferentialAction.NO_ACTION


def _leading_to_cycles(links: dict[Model, list[_Link]]) -> frozenset[Model]:
    """The models from which some cycle can be reached: what is left when dead ends are removed.

    Without this, each relation would have to be followed to all others.
    """
    referrers: dict[Model, list[Model]] = {}
    open_ends: dict[Model, int] = {}
    for model, out in links.items():
        open_ends[model] = len(out)
        for link in out:
            referrers.setdefault(link.relation.model_b, []).append(model)
    dead = [model for model in referrers if model not in open_ends]
    left = set(links)
    for model in _drained(dead, referrers, open_ends):
        left.discard(model)
    return frozenset(left)


def _drained(
    dead: list[Model], referrers: dict[Model, list[Model]], open_ends: dict[Model, int]
) -> Iterator[Model]:
    while dead:
        model = dead.pop()
        yield model
        for referrer in referrers.get(model, ()):
            open_ends[referrer] -= 1
            if not open_ends[referrer]:
                dead.append(referrer)


def _implicit_actions(link: _Link) -> str:
    """The actions that nobody wrote and that take part."""
    found: Iterable[tuple[str, ReferentialAction]] = (
        (name, action)
        for name, given, action in (
            ("onDelete", link.field.on_delete, link.on_delete),
            ("onUpdate", link.field.on_update, link.on_update),
        )
        if given is None and action not in _STILL
    )
    shown = ", and ".join(f"`{name}`: `{action}`" for name, action in found)
    return f" (Implicit default {shown})" if shown else ""
