"""Whose a remote resource is: what our store knows, and the tag it carries."""

from __future__ import annotations

from collections.abc import Sequence

from oneclick_deploy.errors import NameTakenError
from oneclick_deploy.store.records import ResourceRecord, ResourceStatus


class Ownership:
    """The resources of one deployment, as our store knows them.

    Args:
        deployment_id: The deployment; empty when there is none yet.
        records: Its resources.
    """

    def __init__(self, deployment_id: str, records: Sequence[ResourceRecord]) -> None:
        self._deployment_id = deployment_id
        self._known = {
            (record.kind, record.name)
            for record in records
            if record.status is not ResourceStatus.REMOVED
        }

    def check(self, kind: str, name: str, *, exists: bool, tag: str = "") -> bool:
        """Whether a resource exists and is ours, by our journal or by its tag.

        Raises:
            NameTakenError: It exists and is not ours.
        """
        if not exists:
            return False
        tagged = bool(tag) and tag == self._deployment_id
        if (kind, name) not in self._known and not tagged:
            raise taken(kind, name)
        return True


def taken(kind: str, name: str) -> NameTakenError:
    """Make the error for a name that somebody else's resource has."""
    return NameTakenError(
        f"the {kind} {name!r} exists and does not belong to this deployment",
        hint="Choose another name (App.name, Turso(database=…) or CloudflarePages(project=…)), "
        "or remove the existing one yourself.",
    )
