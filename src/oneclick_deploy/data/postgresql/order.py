"""The order in which tables are filled, and the foreign keys that no order can please."""

from __future__ import annotations

from collections import deque
from collections.abc import Collection, Iterable, Mapping, Sequence, Set as AbstractSet

from attrs import frozen

from oneclick_deploy.data.postgresql.catalogue import Place, Reference


@frozen(kw_only=True)
class LoadOrder:
    """In which order tables are filled.

    Args:
        tables: Each after those that it refers to.
        circular: The foreign keys that lead to a table that comes later. A table that refers to
            itself is not among them: the server checks a key when its statement ends.
    """

    tables: tuple[Place, ...]
    circular: tuple[Reference, ...] = ()


def load_order(tables: Sequence[Place], references: Iterable[Reference]) -> LoadOrder:
    """Order tables by their foreign keys; a circle is entered at one of its tables."""
    waiting = dict.fromkeys(tables)
    among = [key for key in references if key.place in waiting and key.to in waiting]
    needs: dict[Place, set[Place]] = {place: set() for place in tables}
    needed_by: dict[Place, list[Place]] = {place: [] for place in tables}
    for key in among:
        if key.to != key.place and key.to not in needs[key.place]:
            needs[key.place].add(key.to)
            needed_by[key.to].append(key.place)
    ready = deque(place for place in tables if not needs[place])
    ordered: list[Place] = []
    while waiting:
        if not ready:
            ready.append(_in_circle(next(iter(waiting)), needs))
        place = ready.popleft()
        if place not in waiting:
            continue
        del waiting[place]
        ordered.append(place)
        for dependent in needed_by[place]:
            needs[dependent].discard(place)
            if not needs[dependent] and dependent in waiting:
                ready.append(dependent)
    rank = {place: number for number, place in enumerate(ordered)}
    circular = tuple(key for key in among if rank[key.to] > rank[key.place])
    return LoadOrder(tables=tuple(ordered), circular=circular)


def _in_circle(start: Place, needs: Mapping[Place, AbstractSet[Place]]) -> Place:
    """A table of the circle that one comes to from a table by following its needs."""
    seen: set[Place] = set()
    place = start
    while place not in seen:
        seen.add(place)
        place = min(needs[place])
    return place


def droppable(
    references: Iterable[Reference],
    *,
    owned: Collection[Place],
    empty: Collection[Place],
    circular: Collection[Reference],
) -> list[Reference]:
    """The foreign keys to drop for the load and to make again after it.

    Checking a key row by row takes longer than checking it once for the whole table, so those of
    empty tables are dropped where the user may. Those that go round in a circle have to be.
    """
    return [
        key
        for key in references
        if key in circular or (key.place in owned and key.place in empty and key.to in owned)
    ]
