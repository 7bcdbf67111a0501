from __future__ import annotations

import copy
import pickle

import pytest

from oneclick_deploy.prisma.records import Record, by_identity, by_type_and_value


class Point(Record):
    """A place."""

    x: int
    y: int = 0
    label: str = ""

    @property
    def is_origin(self) -> bool:
        return self.x == self.y == 0


@by_identity
class Node(Record):
    name: str


@by_type_and_value
class Metres(Record):
    size: int


@by_type_and_value
class Feet(Record):
    size: int


def test_a_record_is_the_tuple_of_its_annotated_attributes() -> None:
    point = Point(1, 2, "here")
    x, y, label = point
    assert (x, y, label) == (point.x, point.y, point.label) == (1, 2, "here")
    assert point == Point(1, 2, "here") == (1, 2, "here")
    assert hash(point) == hash(Point(1, 2, "here"))
    assert not point.is_origin
    assert Point.__doc__ == "A place."


def test_values_come_by_place_by_name_and_by_default() -> None:
    assert Point(1) == (1, 0, "")
    assert Point(1, label="a") == (1, 0, "a")
    assert Point(label="a", x=1) == (1, 0, "a")


@pytest.mark.parametrize(
    ("values", "named", "why"),
    [
        ((), {}, "wants x"),
        ((), {"y": 1}, "wants x"),
        ((1, 2, "a", 4), {}, "has no room for 4 values"),
        ((1,), {"z": 1}, "has no room for z"),
        ((1, 2), {"y": 3}, "has no room for y"),
        ((1, 2, "a"), {"x": 3}, "has no room for x"),
    ],
)
def test_wrong_values_are_refused(
    values: tuple[object, ...], named: dict[str, object], why: str
) -> None:
    with pytest.raises(TypeError, match=f"Point {why}"):
        Point(*values, **named)  # type: ignore[arg-type]


def test_a_record_can_be_changed_into_another_one_only() -> None:
    point = Point(1, 2)
    assert point._replace(y=3) == (1, 3, "")
    assert point == (1, 2, "")
    with pytest.raises(TypeError, match="Point has no z"):
        point._replace(z=3)  # type: ignore[call-arg]
    with pytest.raises(AttributeError):
        point.x = 2  # type: ignore[misc]
    with pytest.raises(AttributeError):
        point.z = 2  # type: ignore[attr-defined]


def test_a_record_shows_its_values_by_name() -> None:
    assert repr(Point(1, label="a")) == "Point(x=1, y=0, label='a')"
    assert Point(1)._asdict() == {"x": 1, "y": 0, "label": ""}


def test_a_record_matches_by_place() -> None:
    match Point(1, 2, "a"):
        case Point(1, y, label="a"):
            assert y == 2
        case _:
            pytest.fail("it did not match")


def test_a_record_survives_pickling_and_copying() -> None:
    point = Point(1, 2, "a")
    for again in (pickle.loads(pickle.dumps(point)), copy.copy(point), copy.deepcopy(point)):
        assert type(again) is Point
        assert again == point


def test_records_may_compare_by_identity_or_by_their_type_too() -> None:
    node = Node("a")
    assert node == node  # noqa: PLR0124 - that is what is asked
    assert node != Node("a")
    assert len({node, Node("a")}) == 2
    assert Metres(1) == Metres(1)
    assert Metres(1) != Feet(1)
    assert Metres(1) != (1,)
    assert len({Metres(1), Metres(1), Feet(1)}) == 2
