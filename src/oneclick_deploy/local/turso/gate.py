"""Who may use a database: tokens of the database or its group, and its configuration."""

from __future__ import annotations

from oneclick_deploy.local.libsql.pipeline import Permissions
from oneclick_deploy.local.libsql.refusals import RequestRefusedError
from oneclick_deploy.local.turso.models import Database
from oneclick_deploy.local.turso.state import TursoState
from oneclick_deploy.local.turso.tokens import Claims, TokenSigner, invalid_token


class DatabaseGate:
    """The gate of one database. A later database of the same name is another one."""

    def __init__(self, database: Database, state: TursoState, signer: TokenSigner) -> None:
        self._name = database.name
        self._id = database.id
        self._state = state
        self._signer = signer

    def record(self) -> Database:
        """The database as it is now.

        Raises:
            RequestRefusedError: 404, it was deleted.
        """
        database = self._state.databases.get(self._name)
        if database is None or database.id != self._id:
            raise self._not_found()
        return database

    def database(self) -> str:
        """The id in the data plane.

        Raises:
            RequestRefusedError: The database was deleted, or waits for its upload.
        """
        database = self.record()
        if database.draft:
            raise RequestRefusedError(
                400, {"error": "the database is empty until its file is uploaded"}
            )
        return database.id

    def permissions(self, authorization: str | None) -> Permissions:
        """What the sender of an Authorization header may do.

        Raises:
            RequestRefusedError: 401, or 404 for a token of another database.
        """
        database = self.record()
        claims = self._signer.read(authorization)
        self._check_rotation(claims, database)
        return Permissions(
            database=self._name,
            can_write=claims.can_write,
            block_reads=database.block_reads,
            block_writes=database.block_writes,
        )

    def _check_rotation(self, claims: Claims, database: Database) -> None:
        group = self._state.groups.get(database.group)
        if claims.group:
            if group is None or claims.group != group.uuid:
                raise self._not_found()
            current = group.rotation
        elif claims.database != database.id:
            # sqld answers so for a valid token of another namespace.
            raise self._not_found()
        else:
            current = database.rotation
        if claims.rotation != current:
            raise invalid_token()

    def _not_found(self) -> RequestRefusedError:
        return RequestRefusedError(404, {"error": f"Namespace `{self._name}` doesn't exist"})
