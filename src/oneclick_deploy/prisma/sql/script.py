"""The text of a script: steps with a heading each, as ``prisma migrate diff --script`` prints them."""

from __future__ import annotations

from oneclick_deploy.prisma.records import Record

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

NOTHING_TO_DO = "-- This is an empty migration.\n"


class Step(Record):
    """One step of a script.

    Args:
        title: Its heading: ``CreateTable``, ``AddForeignKey``, ...
        statements: The SQL, without the semicolons.
    """

    title: str
    statements: tuple[str, ...]


def script(steps: Iterable[Step]) -> str:
    """The script of some steps, or Prisma's comment when there are none.

    A step without statements leaves nothing behind, not even its heading.
    """
    return "\n".join(_step(step) for step in steps if step.statements) or NOTHING_TO_DO


def _step(step: Step) -> str:
    return f"-- {step.title}\n" + ";\n".join((*step.statements, ""))
