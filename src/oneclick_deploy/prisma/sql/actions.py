"""The referential actions of a foreign key, which every provider writes alike."""

from __future__ import annotations

from oneclick_deploy.prisma.semantics.views import ReferentialAction

TYPE_CHECKING = False
if TYPE_CHECKING:
    from oneclick_deploy.prisma.sql.database import ForeignKey

_SQL = {
    ReferentialAction.CASCADE: "CASCADE",
    ReferentialAction.RESTRICT: "RESTRICT",
    ReferentialAction.NO_ACTION: "NO ACTION",
    ReferentialAction.SET_NULL: "SET NULL",
    ReferentialAction.SET_DEFAULT: "SET DEFAULT",
}


def on_delete_and_update(key: ForeignKey) -> str:
    """``ON DELETE RESTRICT ON UPDATE CASCADE``."""
    return f"ON DELETE {_SQL[key.on_delete]} ON UPDATE {_SQL[key.on_update]}"
