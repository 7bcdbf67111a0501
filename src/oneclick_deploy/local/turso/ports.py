"""The loopback ports of the databases: opened at first use, the same ones after a restart."""

from __future__ import annotations

import asyncio
from pathlib import Path

import attrs

from oneclick_deploy.local.libsql.front import DatabaseFront
from oneclick_deploy.local.server import LocalServer
from oneclick_deploy.local.turso.account import Account
from oneclick_deploy.local.turso.gate import DatabaseGate
from oneclick_deploy.local.turso.models import Database
from oneclick_deploy.local.turso.tokens import TokenSigner
from oneclick_deploy.local.turso.uploads import DatabaseUploads


@attrs.frozen(kw_only=True)
class _Open:
    port: int
    uploads: DatabaseUploads


class DatabasePorts:
    """Serves databases. Everything here runs on the server's loop."""

    def __init__(
        self, *, server: LocalServer, account: Account, signer: TokenSigner, directory: Path
    ) -> None:
        self._server = server
        self._account = account
        self._signer = signer
        self._uploads = directory / "uploads"
        self._open: dict[str, asyncio.Task[_Open]] = {}
        self._closing: set[asyncio.Task[None]] = set()

    async def open(self, database: Database) -> int:
        """The port of a database; two callers at once get the same one."""
        opening = self._open.get(database.id)
        if opening is None:
            opening = asyncio.ensure_future(self._listen(database))
            self._open[database.id] = opening
        return (await asyncio.shield(opening)).port

    async def open_again(self) -> None:
        """Open the ports that were open when the state was used last."""
        for leftover in self._uploads.glob("upload-*.part"):
            leftover.unlink(missing_ok=True)
        kept = [item for item in self._account.state.databases.values() if item.port]
        await asyncio.gather(*(self.open(item) for item in kept))

    def forget(self, database: Database) -> None:
        """Close the port of a database that was removed, without waiting for it."""
        opened = self._open.pop(database.id, None)
        if opened is not None:
            closing = asyncio.ensure_future(self._close(opened))
            self._closing.add(closing)
            closing.add_done_callback(self._closing.discard)

    async def close(self) -> None:
        """Close all ports."""
        opened = list(self._open.values())
        self._open.clear()
        await asyncio.gather(*(self._close(item) for item in opened), *self._closing)

    async def _listen(self, database: Database) -> _Open:
        gate = DatabaseGate(database, self._account.state, self._signer)
        uploads = DatabaseUploads(self._account, gate, self._uploads)
        front = DatabaseFront(self._account.plane, gate, uploads)
        port = await self._server.listen_async(front, port=database.port)
        current = self._account.state.databases.get(database.name)
        if current is not None and current.id == database.id and current.port != port:
            self._account.save_database(attrs.evolve(current, port=port))
        return _Open(port=port, uploads=uploads)

    async def _close(self, opened: asyncio.Task[_Open]) -> None:
        done = await opened
        done.uploads.close()
        await self._server.close_async(done.port)
