"""The embedded cloud: every provider's emulator, started and stopped together."""

from __future__ import annotations

import asyncio
import json
import os
import secrets as random_source
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Final, Literal, Self

from oneclick_deploy.errors import LocalCloudError
from oneclick_deploy.local.cloudflare.emulator import CloudflareEmulator
from oneclick_deploy.local.guard import StateGuard
from oneclick_deploy.local.server import AsgiApp, LocalServer
from oneclick_deploy.local.turso.emulator import TursoEmulator
from oneclick_deploy.secrets import Secret, Vault

ORGANIZATION: Final = "local"
_CREDENTIALS: Final = "credentials.json"


class LocalCloud:
    """Runs the providers' APIs, real databases and deployed apps on loopback, with no account.

    Use it as a context manager, plain or asynchronous. It needs the extra ``[local]``; deployed
    code runs when workerd is installed (``python -m oneclick_deploy.local install``).

    Args:
        state_dir: Where everything is kept; it survives a restart there, with the same addresses
            and tokens. A temporary directory that is removed at the end when not given.
        data_plane: What serves the databases: ``"sqld"``, libSQL's own server; ``"python"``, our
            Hrana server on Python's sqlite3; ``"auto"``, sqld when it is found.
        wrap: Put around every server app; tests inject faults this way.

    Raises:
        LocalCloudError: The extra is missing, or the state directory cannot be used.
        ToolMissingError: ``data_plane="sqld"`` and sqld is not installed.
    """

    def __init__(
        self,
        state_dir: str | Path | None = None,
        *,
        data_plane: Literal["auto", "sqld", "python"] = "auto",
        wrap: Callable[[AsgiApp], AsgiApp] | None = None,
    ) -> None:
        self._temporary: tempfile.TemporaryDirectory[str] | None = None
        if state_dir is None:
            self._temporary = tempfile.TemporaryDirectory(prefix="oneclick-cloud-")
            state_dir = self._temporary.name
        self.state_dir = Path(state_dir)
        self._data_plane: Literal["auto", "sqld", "python"] = data_plane
        self._wrap = wrap
        self._guard: StateGuard | None = None
        self._server: LocalServer | None = None
        self._turso: TursoEmulator | None = None
        self._cloudflare: CloudflareEmulator | None = None
        self.organization = ORGANIZATION

    # Lifecycle

    def start(self) -> Self:
        """Start everything; done by ``with``."""
        if self._server is not None:
            raise LocalCloudError("the local cloud is running already")
        self._open_state()
        server = LocalServer(wrap=self._wrap)
        server.start()
        self._server = server
        try:
            self._turso = TursoEmulator(
                state_dir=self.state_dir / "turso",
                server=server,
                organization=self.organization,
                api_token=self.turso_token.reveal(),
                data_plane=self._data_plane,
            )
            self._turso.start()
            self._cloudflare = CloudflareEmulator(
                state_dir=self.state_dir / "cloudflare",
                server=server,
                account_id=self.account_id,
                api_token=self.cloudflare_token.reveal(),
                resolve_outbound=self._turso.open_host,
            )
            self._cloudflare.start()
        except BaseException:
            self.stop()
            raise
        return self

    def stop(self) -> None:
        """Stop everything; done at the end of ``with``. Safe to call twice."""
        server, self._server = self._server, None
        try:
            if self._cloudflare is not None:
                self._cloudflare.stop()
            if self._turso is not None:
                self._turso.stop()
        finally:
            self._cloudflare = self._turso = None
            if server is not None:
                server.stop()
            guard, self._guard = self._guard, None
            if guard is not None:
                guard.release()
            if self._temporary is not None:
                self._temporary.cleanup()

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(self, *_: object) -> None:
        self.stop()

    async def __aenter__(self) -> Self:
        return await asyncio.to_thread(self.start)

    async def __aexit__(self, *_: object) -> None:
        await asyncio.to_thread(self.stop)

    # Addresses and credentials

    @property
    def turso(self) -> TursoEmulator:
        """The Turso half."""
        if self._turso is None:
            raise _not_running()
        return self._turso

    @property
    def cloudflare(self) -> CloudflareEmulator:
        """The Cloudflare half."""
        if self._cloudflare is None:
            raise _not_running()
        return self._cloudflare

    @property
    def turso_url(self) -> str:
        """Base address of the Turso Platform API."""
        return self.turso.api_url

    @property
    def cloudflare_url(self) -> str:
        """Base address of the Cloudflare API."""
        return self.cloudflare.api_url

    @property
    def turso_token(self) -> Secret:
        """The token that the Turso Platform API accepts."""
        return Secret(self._credentials["turso_token"])

    @property
    def cloudflare_token(self) -> Secret:
        """The token that the Cloudflare API accepts."""
        return Secret(self._credentials["cloudflare_token"])

    @property
    def account_id(self) -> str:
        """The Cloudflare account."""
        return self._credentials["account_id"]

    @property
    def encryption_key(self) -> Secret:
        """The vault key of the deployment store beside this cloud."""
        return Secret(self._credentials["encryption_key"])

    def route(self, hostname: str) -> str | None:
        """The loopback origin of a database's host name; ``None`` for any other name."""
        return self.turso.origin_for(hostname)

    def database_url(self, name: str) -> str:
        """Where any libSQL client on this machine reaches a database: ``http://127.0.0.1:port``."""
        return self.turso.database_url(name)

    def site_url(self, project: str) -> str:
        """Where a browser opens a Pages project: ``http://127.0.0.1:port``."""
        return self.cloudflare.site_url(project)

    def environment(self) -> dict[str, str]:
        """The variables with which other programs (wrangler, the providers' clients) use this cloud.

        To deploy here, use ``DeploymentOrchestrator.local(cloud)``: the host names of databases
        are known to this process only.

        It holds the emulators' tokens, which are worth nothing outside this machine.
        """
        return {
            "TURSO_API_TOKEN": self.turso_token.reveal(),
            "TURSO_ORG_ID": self.organization,
            "TURSO_API_BASE_URL": self.turso_url,
            "CLOUDFLARE_API_TOKEN": self.cloudflare_token.reveal(),
            "CLOUDFLARE_ACCOUNT_ID": self.account_id,
            "CLOUDFLARE_API_BASE_URL": self.cloudflare_url,
        }

    def describe(self) -> str:
        """What runs where, in lines for people."""
        lines = [
            "The local cloud is running.",
            f"  state                   {self.state_dir}",
            f"  databases               {self.turso.data_plane_kind}",
            *(f"  {name:<24}{value}" for name, value in sorted(self.environment().items())),
        ]
        return "\n".join(lines)

    def _open_state(self) -> None:
        """Lock the state directory and read its credentials, or make new ones for us alone."""
        path = self.state_dir / _CREDENTIALS
        try:
            self.state_dir.mkdir(parents=True, exist_ok=True, mode=0o700)
            self._guard = StateGuard(self.state_dir)
            if not path.exists():
                _write_private(path, json.dumps(_new_credentials()))
            self._credentials = _read_credentials(path)
        except (OSError, ValueError) as error:
            self.stop()
            raise LocalCloudError(
                f"the state directory {self.state_dir} cannot be used: {error}",
                hint="Pass a writable directory that is empty or was one before, or none at all.",
            ) from None


def _new_credentials() -> dict[str, str]:
    return {
        "turso_token": f"local-turso-{random_source.token_hex(16)}",
        "cloudflare_token": f"local-cloudflare-{random_source.token_hex(16)}",
        "account_id": random_source.token_hex(16),
        "encryption_key": Vault.generate_key().reveal(),
    }


def _read_credentials(path: Path) -> dict[str, str]:
    """Read the credentials.

    Raises:
        ValueError: The file holds something else.
    """
    found = json.loads(path.read_text("utf-8"))
    wanted = ("turso_token", "cloudflare_token", "account_id", "encryption_key")
    if not isinstance(found, dict) or not all(isinstance(found.get(n), str) for n in wanted):
        raise ValueError(f"{path.name} does not hold the credentials of a local cloud")
    return {name: found[name] for name in wanted}


def _write_private(path: Path, text: str) -> None:
    """Write a whole file at once, so that a kill leaves the old one or none."""
    draft = path.with_suffix(".new")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.write(text)
    draft.replace(path)


def _not_running() -> LocalCloudError:
    return LocalCloudError(
        "the local cloud is not running", hint="Use it as `with LocalCloud() as cloud:`."
    )
