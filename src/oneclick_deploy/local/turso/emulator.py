"""Turso on loopback: the Platform API on one port, each database on a port of its own."""

from __future__ import annotations

import asyncio
import contextlib
from pathlib import Path
from typing import Final, Literal

from attrs import frozen
from starlette.applications import Starlette

from oneclick_deploy.errors import LocalCloudError
from oneclick_deploy.local.libsql.answers import DataPlane
from oneclick_deploy.local.libsql.engine import PythonEngine
from oneclick_deploy.local.libsql.sqld import SqldEngine
from oneclick_deploy.local.server import LOOPBACK, LocalServer
from oneclick_deploy.local.tools import find_tool, require_tool
from oneclick_deploy.local.turso.access import PlatformTokens
from oneclick_deploy.local.turso.account import Account
from oneclick_deploy.local.turso.models import Database
from oneclick_deploy.local.turso.ports import DatabasePorts
from oneclick_deploy.local.turso.routes import platform_api
from oneclick_deploy.local.turso.state import TursoState
from oneclick_deploy.local.turso.tokens import TokenSigner

HOST_SUFFIX: Final = "turso.localhost"
_API_PORT: Final = "api port"
_PLANE: Final = "data plane"


class TursoEmulator:
    """The emulated Turso.

    Args:
        state_dir: Where everything is kept; a later start in the same place finds it again.
        server: Serves the ports. It must be running from :meth:`start` to :meth:`stop`.
        organization: The slug of the only organization.
        api_token: The platform token that clients send.
        data_plane: ``sqld`` runs the real libSQL server, ``python`` the own one; ``auto`` keeps
            what the state directory was made with, and prefers ``sqld`` when it is installed.
        documented_conflicts: Answer 409 for a database name in use, as the documentation says,
            and not 400 as the API does.
    """

    def __init__(
        self,
        *,
        state_dir: Path,
        server: LocalServer,
        api_token: str,
        organization: str = "local",
        data_plane: Literal["auto", "sqld", "python"] = "auto",
        documented_conflicts: bool = False,
    ) -> None:
        self._directory = state_dir
        self._server = server
        self._organization = organization
        self._api_token = api_token
        self._wanted_plane = data_plane
        self._documented_conflicts = documented_conflicts
        self._running: _Running | None = None

    @property
    def api_url(self) -> str:
        """The base of the Platform API, without a slash at the end."""
        return _origin(self._need().api_port)

    @property
    def api_app(self) -> Starlette:
        """The Platform API as an ASGI app."""
        return self._need().app

    @property
    def data_plane_kind(self) -> str:
        """``sqld`` or ``python``."""
        return self._need().account.plane.kind

    @property
    def organization(self) -> str:
        """The slug of the organization."""
        return self._organization

    @property
    def host_suffix(self) -> str:
        """What every database's hostname ends with."""
        return HOST_SUFFIX

    def start(self) -> None:
        """Open the state, the data plane and the ports. Not callable from the server's loop."""
        state = TursoState(self._directory / "turso.db")
        try:
            self._running = self._server.run(self._start(state))
        except BaseException:
            state.close()
            raise

    def stop(self) -> None:
        """Close everything; the state stays. Safe to call twice."""
        running, self._running = self._running, None
        if running is not None:
            self._server.run(self._stop(running))
            running.account.state.close()

    def databases(self) -> list[Database]:
        """All databases that exist."""
        return list(self._need().account.state.databases.values())

    def database_url(self, name: str) -> str:
        """The address of a database for people and for clients outside the local cloud.

        Raises:
            LocalCloudError: There is no database with this name.
        """
        database = self._need().account.state.databases.get(name)
        origin = self.origin_for(database.hostname) if database else None
        if origin is None:
            raise LocalCloudError(f"the local Turso has no database named {name}")
        return origin

    def origin_for(self, hostname: str) -> str | None:
        """The loopback origin of a database's hostname, None when it is not one.

        Callable from any thread but the server's own; there, use :meth:`open_host`.
        """
        with contextlib.suppress(RuntimeError):
            if asyncio.get_running_loop() is self._server.loop:
                raise LocalCloudError("origin_for would wait for itself", hint="Await open_host().")
        return self._server.run(self.open_host(hostname))

    async def open_host(self, hostname: str) -> str | None:
        """The loopback origin of a database's hostname; its port is opened when it is not yet."""
        running = self._need()
        wanted = hostname.lower().rstrip(".")
        for database in running.account.state.databases.values():
            if database.hostname == wanted:
                return _origin(await running.ports.open(database))
        return None

    async def _start(self, state: TursoState) -> _Running:
        signer = TokenSigner(state.signing_key())
        plane = self._choose_plane(state)
        await plane.start()
        try:
            return await self._serve(state, plane, signer)
        except BaseException:
            await plane.stop()
            raise

    async def _serve(self, state: TursoState, plane: DataPlane, signer: TokenSigner) -> _Running:
        await plane.discard_others({database.id for database in state.databases.values()})
        account = Account(
            state=state,
            plane=plane,
            organization=self._organization,
            host_suffix=HOST_SUFFIX,
            documented_conflicts=self._documented_conflicts,
        )
        ports = DatabasePorts(
            server=self._server, account=account, signer=signer, directory=self._directory
        )
        account.on_deleted(ports.forget)
        app = platform_api(account, PlatformTokens(state, root_token=self._api_token), signer)
        api_port = await self._server.listen_async(app, port=_remembered_port(state))
        state.set_setting(_API_PORT, str(api_port))
        await ports.open_again()
        return _Running(account=account, ports=ports, app=app, api_port=api_port)

    async def _stop(self, running: _Running) -> None:
        await asyncio.gather(running.ports.close(), self._server.close_async(running.api_port))
        await running.account.plane.stop()

    def _choose_plane(self, state: TursoState) -> DataPlane:
        kind = self._plane_kind(state.setting(_PLANE), has_databases=bool(state.databases))
        program = require_tool("sqld") if kind == "sqld" else None
        state.set_setting(_PLANE, kind)
        if program is None:
            return PythonEngine(self._directory / "databases")
        return SqldEngine(program, self._directory / "sqld")

    def _plane_kind(self, kept: str | None, *, has_databases: bool) -> str:
        """The engine that the databases are in stays; it is chosen while there are none."""
        if self._wanted_plane != "auto":
            if kept not in {None, self._wanted_plane} and has_databases:
                raise LocalCloudError(
                    f"the databases in {self._directory} are kept by {kept}",
                    hint=f"Use another state directory, or data_plane={kept!r}.",
                )
            return self._wanted_plane
        if kept is not None and has_databases:
            return kept
        return "python" if find_tool("sqld") is None else "sqld"

    def _need(self) -> _Running:
        if self._running is None:
            raise LocalCloudError("the local Turso is not running", hint="Call start() first.")
        return self._running


@frozen(kw_only=True)
class _Running:
    """The parts of a started emulator."""

    account: Account
    ports: DatabasePorts
    app: Starlette
    api_port: int


def _origin(port: int) -> str:
    return f"http://{LOOPBACK}:{port}"


def _remembered_port(state: TursoState) -> int | None:
    kept = state.setting(_API_PORT)
    return int(kept) if kept else None
