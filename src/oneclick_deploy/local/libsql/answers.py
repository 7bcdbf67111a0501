"""What a data plane answers over HTTP, and the interface that both engines have."""

from __future__ import annotations

import json
from collections.abc import AsyncGenerator, Set as AbstractSet
from pathlib import Path
from typing import Any, Protocol

from attrs import frozen

from oneclick_deploy.local.libsql.pipeline import Permissions
from oneclick_deploy.local.libsql.refusals import RequestRefusedError


@frozen(kw_only=True)
class Answer:
    """An HTTP answer: a body, or pieces of one as they come up."""

    status: int = 200
    body: bytes = b""
    content_type: str = ""
    pieces: AsyncGenerator[bytes] | None = None


def json_answer(content: Any, *, status: int = 200) -> Answer:
    """Answer with JSON."""
    body = json.dumps(content, ensure_ascii=False, separators=(",", ":")).encode()
    return Answer(status=status, body=body, content_type="application/json")


def text_answer(content: str, *, status: int = 200) -> Answer:
    """Answer with plain text."""
    return Answer(status=status, body=content.encode(), content_type="text/plain")


def refusal_answer(refused: RequestRefusedError) -> Answer:
    """Answer for a request that failed as a whole."""
    if isinstance(refused.body, str):
        return text_answer(refused.body, status=refused.status)
    return json_answer(refused.body, status=refused.status)


class DataPlane(Protocol):
    """An engine that keeps databases and answers Hrana requests for them."""

    @property
    def kind(self) -> str:
        """``python`` or ``sqld``."""
        ...

    async def start(self) -> None:
        """Get ready to serve."""
        ...

    async def stop(self) -> None:
        """Close everything; the databases stay."""
        ...

    async def create(self, database: str) -> None:
        """Make an empty database."""
        ...

    async def fork(self, source: str, database: str) -> None:
        """Make a database with the present content of another one."""
        ...

    async def load(self, database: str, file: Path) -> None:
        """Make a database from an SQLite file that was checked before."""
        ...

    async def delete(self, database: str) -> None:
        """Remove a database with its streams. Unknown ones are ignored."""
        ...

    async def discard_others(self, databases: AbstractSet[str]) -> None:
        """Remove what a killed process left of databases that are not among these."""
        ...

    async def storage_bytes(self, database: str) -> int:
        """How much room a database takes."""
        ...

    async def rows(self, database: str) -> tuple[int, int]:
        """The rows read and written since the start."""
        ...

    async def pipeline(
        self, database: str, body: bytes, *, version: int, permissions: Permissions
    ) -> Answer:
        """Answer ``/v2/pipeline`` or ``/v3/pipeline``."""
        ...

    async def cursor(self, database: str, body: bytes, *, permissions: Permissions) -> Answer:
        """Answer ``/v3/cursor``."""
        ...

    async def dump(self, database: str) -> Answer:
        """Answer ``/dump``."""
        ...

    async def version(self) -> str:
        """The text of ``/version``."""
        ...
