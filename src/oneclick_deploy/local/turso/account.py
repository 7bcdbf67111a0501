"""What the Platform API does: groups and databases, kept in the state and in the data plane."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any, Final

import attrs

from oneclick_deploy.local.libsql.answers import DataPlane
from oneclick_deploy.local.turso.errors import (
    ApiRefusalError,
    bad_request,
    database_exists,
    database_not_found,
    forbidden,
    group_exists,
    group_not_found,
)
from oneclick_deploy.local.turso.models import LOCATIONS, Database, Group, new_id, now
from oneclick_deploy.local.turso.seeds import Seed
from oneclick_deploy.local.turso.state import TursoState

# Spec, CreateDatabaseInput.name. No pattern is published.
_NAME: Final = re.compile(r"[a-z0-9-]{1,64}")
# Point-in-time recovery reaches back a day on the free plan (facts/turso.md, section 1).
_RECOVERY: Final = timedelta(hours=24)


class Account:
    """One organization with its groups and databases."""

    def __init__(
        self,
        *,
        state: TursoState,
        plane: DataPlane,
        organization: str,
        host_suffix: str,
        documented_conflicts: bool,
    ) -> None:
        self.state = state
        self.plane = plane
        self.organization = organization
        self._host_suffix = host_suffix
        self._documented_conflicts = documented_conflicts
        self._busy: set[str] = set()
        self._deleted: Callable[[Database], None] = lambda _database: None

    def on_deleted(self, call: Callable[[Database], None]) -> None:
        """Have a function called with each database that was removed."""
        self._deleted = call

    def group(self, name: str) -> Group:
        """The group with this name, or the documented 404."""
        group = self.state.groups.get(name)
        if group is None:
            raise group_not_found()
        return group

    def database(self, name: str) -> Database:
        """The database with this name, or the documented 404."""
        database = self.state.databases.get(name)
        if database is None:
            raise database_not_found(name)
        return database

    def databases_of(self, group: Group) -> list[Database]:
        """The databases of a group."""
        return [item for item in self.state.databases.values() if item.group == group.name]

    def create_group(self, name: str, location: str) -> Group:
        """Add a group."""
        if not _NAME.fullmatch(name):
            raise bad_request("group name must only contain lowercase letters, numbers and dashes")
        if location not in LOCATIONS:
            raise bad_request(f"invalid location: {location}")
        if name in self.state.groups:
            raise group_exists()
        return self.save_group(Group(name=name, locations=(location,), primary=location))

    def save_group(self, group: Group) -> Group:
        """Keep a changed group."""
        self.state.save(group)
        return group

    async def delete_group(self, group: Group) -> None:
        """Remove a group with all its databases, as Turso does."""
        databases = self.databases_of(group)
        protected = [item.name for item in databases if item.delete_protection]
        if group.delete_protection or protected:
            raise forbidden(f"group {group.name} is protected against deletion")
        for database in databases:
            await self.delete_database(database)
        self.state.remove(group)

    async def create_database(self, name: str, group_name: str, **settings: Any) -> Database:
        """Add a database; see :meth:`_make` for the settings."""
        if not _NAME.fullmatch(name):
            raise bad_request(
                "database name must only contain lowercase letters, numbers and dashes, "
                "64 characters at most"
            )
        group = self.state.groups.get(group_name)
        if group is None:
            raise group_not_found(400)
        if group.archived:
            raise bad_request(f"group {group_name} is archived")
        # The second of two requests for one name must not reach the data plane.
        if name in self.state.databases or name in self._busy:
            raise database_exists(name, documented=self._documented_conflicts)
        self._busy.add(name)
        try:
            return await self._make(name, group, **settings)
        finally:
            self._busy.discard(name)

    async def _make(
        self, name: str, group: Group, *, seed: Seed, size_limit: str, encryption_cipher: str
    ) -> Database:
        database = Database(
            name=name,
            # The field's regional form; clients must take it from the answer.
            hostname=f"{name}-{self.organization}.{group.primary}.{self._host_suffix}",
            group=group.name,
            draft=seed.kind == "database_upload",
            size_limit=size_limit,
            encryption_cipher=encryption_cipher,
        )
        if seed.kind == "database":
            source = self._seed_source(seed)
            database = attrs.evolve(
                database,
                parent_id=source.id,
                parent_name=source.name,
                branched_at=seed.timestamp or now(),
            )
            await self.plane.fork(source.id, database.id)
        elif not database.draft:
            await self.plane.create(database.id)
        if group.name not in self.state.groups:
            # The group was deleted meanwhile, and its databases with it.
            await self.plane.delete(database.id)
            raise group_not_found(400)
        self.state.save(database)
        return database

    async def activate(self, database: Database) -> None:
        """Open a database that waited for its upload."""
        self.state.save(attrs.evolve(database, draft=False))

    async def delete_database(self, database: Database) -> None:
        """Remove a database."""
        if database.delete_protection:
            raise forbidden(f"database {database.name} is protected against deletion")
        self.state.remove(database)
        self._deleted(database)
        await self.plane.delete(database.id)

    def save_database(self, database: Database) -> Database:
        """Keep a changed database."""
        self.state.save(database)
        return database

    def rotate_database(self, database: Database) -> None:
        """Make all tokens of a database invalid."""
        self.state.save(attrs.evolve(database, rotation=new_id()))

    def rotate_group(self, group: Group) -> None:
        """Make all tokens of a group and of its databases invalid."""
        self.state.save(attrs.evolve(group, rotation=new_id()))
        for database in self.databases_of(group):
            self.rotate_database(database)

    async def usage(self, database: Database) -> dict[str, int]:
        """Rows since the start, and the room that a database takes."""
        read, written = await self.plane.rows(database.id)
        size = 0 if database.draft else await self.plane.storage_bytes(database.id)
        return {
            "rows_read": read,
            "rows_written": written,
            "storage_bytes": size,
            "bytes_synced": 0,
        }

    def _seed_source(self, seed: Seed) -> Database:
        source = self.state.databases.get(seed.name)
        if source is None or source.draft:
            raise ApiRefusalError(400, f"could not find database with name {seed.name}")
        _check_recovery_point(seed.timestamp)
        return source


def _check_recovery_point(timestamp: datetime | None) -> None:
    if timestamp is None:
        return
    age = now() - timestamp
    if age < timedelta(0):
        raise bad_request("the recovery point is in the future")
    if age > _RECOVERY:
        raise bad_request("the recovery point is older than the retention of 24 hours")
