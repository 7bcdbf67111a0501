"""An emulated Turso, and drafts in it that wait for a file."""

from __future__ import annotations

import itertools
from collections.abc import Iterator

import pytest
from attrs import field, frozen

from oneclick_deploy.http import HttpSettings, RetryPolicy
from oneclick_deploy.local.server import LocalServer
from oneclick_deploy.local.turso.emulator import TursoEmulator
from oneclick_deploy.providers.libsql import LibsqlClient
from oneclick_deploy.providers.turso import Database, Seed, TursoClient
from oneclick_deploy.secrets import Secret

CHUNK = 16 * 1024
TOKEN = "platform-token"


@frozen
class Draft:
    """A database that was made for an upload."""

    turso: TursoEmulator
    made: Database
    token: Secret
    origin: str

    def settings(self, origin: str = "", attempts: int = 1) -> HttpSettings:
        """Settings that lead to the database through ``origin``."""
        found = origin or self.origin
        return HttpSettings(
            retry=RetryPolicy(attempts=attempts, first_wait=0.0),
            timeout=20.0,
            route=lambda host: found if host == self.made.hostname else None,
        )

    def platform(self, origin: str = "", **options) -> TursoClient:
        return TursoClient(
            TOKEN,
            organization=self.turso.organization,
            base_url=self.turso.api_url,
            settings=self.settings(origin),
            **options,
        )

    def client(self, origin: str = "") -> LibsqlClient:
        return LibsqlClient(self.made.url, self.token, settings=self.settings(origin))

    def rows(self, sql: str) -> list[tuple]:
        with self.client() as client:
            return [tuple(row) for row in client.execute(sql).rows]

    def exists(self) -> bool:
        with self.platform() as platform:
            return self.made.name in {each.name for each in platform.databases()}


@frozen
class Drafts:
    turso: TursoEmulator
    names: Iterator[int] = field(factory=itertools.count)

    def make(self) -> Draft:
        with TursoClient(
            TOKEN, organization=self.turso.organization, base_url=self.turso.api_url
        ) as client:
            group = client.ensure_group(location="aws-us-east-1")
            name = f"draft-{next(self.names)}"
            made = client.create_database(name, group=group.name, seed=Seed.upload())
            token = client.create_database_token(name)
        origin = self.turso.origin_for(made.hostname)
        assert origin is not None
        return Draft(self.turso, made, token, origin)


@pytest.fixture(scope="session")
def drafts(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Drafts]:
    server = LocalServer()
    server.start()
    turso = TursoEmulator(
        state_dir=tmp_path_factory.mktemp("turso"),
        server=server,
        api_token=TOKEN,
        data_plane="python",
    )
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("oneclick_deploy.local.turso.uploads._CHUNK_BYTES", CHUNK)
        try:
            turso.start()
            yield Drafts(turso)
        finally:
            turso.stop()
            server.stop()


@pytest.fixture
def draft(drafts: Drafts) -> Draft:
    return drafts.make()
