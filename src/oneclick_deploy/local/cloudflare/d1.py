"""D1 databases over REST; the running workers use the same files."""

from __future__ import annotations

import asyncio
import re
import uuid
from datetime import UTC, datetime
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from oneclick_deploy.local.cloudflare.account import Account
from oneclick_deploy.local.cloudflare.d1_database import (
    ResultSet,
    Statement,
    StatementError,
    split_statements,
)
from oneclick_deploy.local.cloudflare.envelope import page_of, read_object, success, text_field
from oneclick_deploy.local.cloudflare.errors import (
    database_exists,
    database_not_found,
    malformed,
    query_failed,
)
from oneclick_deploy.local.cloudflare.models import D1Database, Json
from oneclick_deploy.local.cloudflare.shapes import time_text

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,63}")
_ALL = "/accounts/{account}/d1/database"


class D1Routes:
    """The operations.

    Args:
        account: The emulated account.
    """

    def __init__(self, account: Account) -> None:
        self._account = account
        self._state = account.state

    def routes(self) -> list[Route]:
        """Paths and methods."""
        one = f"{_ALL}/{{database}}"
        return [
            Route(_ALL, self.list_all, methods=["GET"]),
            Route(_ALL, self.create, methods=["POST"]),
            Route(one, self.get, methods=["GET"]),
            Route(one, self.delete, methods=["DELETE"]),
            Route(f"{one}/query", self.query, methods=["POST"]),
            Route(f"{one}/raw", self.raw, methods=["POST"]),
        ]

    async def list_all(self, request: Request) -> Response:
        """A page of the databases, of one name when it is given."""
        self._account.admit(request)
        name = request.query_params.get("name")
        shapes = [self._shape(d) for d in self._state.databases() if name in (None, d.name)]
        return page_of(request, shapes, per_page=100)

    async def create(self, request: Request) -> Response:
        """Create a database."""
        self._account.admit(request)
        document = await read_object(request)
        name = text_field(document, "name")
        if not _NAME.fullmatch(name):
            raise malformed("The name of a database has letters, digits, dashes, underscores.")
        if self._state.database(name) is not None:
            raise database_exists(name)
        jurisdiction = document.get("jurisdiction")
        database = D1Database(
            uuid=str(uuid.uuid4()),
            name=name,
            created_at=datetime.now(UTC),
            jurisdiction=jurisdiction if isinstance(jurisdiction, str) else None,
        )
        self._state.add_database(database)
        return success(self._shape(database))

    async def get(self, request: Request) -> Response:
        """Read a database by its id or name."""
        self._account.admit(request)
        shape = self._shape(self._database(request))
        fields = request.query_params.get("fields")
        if fields is not None:
            shape = {key: value for key, value in shape.items() if key in fields.split(",")}
        return success(shape)

    async def delete(self, request: Request) -> Response:
        """Delete a database and its rows."""
        self._account.admit(request)
        self._account.storage.drop_d1(self._database(request).uuid)
        return success(None)

    async def query(self, request: Request) -> Response:
        """Run statements; rows come as objects."""
        results = await self._run(request)
        return success([{"success": True, "meta": r.meta, "results": r.objects()} for r in results])

    async def raw(self, request: Request) -> Response:
        """Run statements; rows come as lists."""
        results = await self._run(request)
        return success(
            [
                {
                    "success": True,
                    "meta": r.meta,
                    "results": {"columns": r.columns, "rows": r.rows},
                }
                for r in results
            ]
        )

    async def _run(self, request: Request) -> list[ResultSet]:
        self._account.admit(request)
        database = self._database(request)
        document = await read_object(request)
        file = self._account.storage.d1(database.uuid)
        try:
            statements = _statements(document)
            if not statements:
                raise query_failed("No SQL statements detected.")
            return await asyncio.to_thread(file.run, statements)
        except StatementError as error:
            raise query_failed(str(error)) from error

    def _database(self, request: Request) -> D1Database:
        named = request.path_params["database"]
        database = self._state.database(named)
        if database is None:
            raise database_not_found(named)
        return database

    def _shape(self, database: D1Database) -> Json:
        file = self._account.storage.d1(database.uuid)
        return {
            "uuid": database.uuid,
            "name": database.name,
            "version": "production",
            "created_at": time_text(database.created_at),
            "jurisdiction": database.jurisdiction,
            "num_tables": file.count_tables(),
            "file_size": file.size(),
            "read_replication": {"mode": "disabled"},
        }


def _statements(document: dict[str, Any]) -> list[Statement]:
    """One text with parameters, or a batch of them."""
    batch = document.get("batch", [document])
    if not isinstance(batch, list):
        raise malformed('The field "batch" must be a list.')
    statements: list[Statement] = []
    for entry in batch:
        if not isinstance(entry, dict):
            raise malformed("Every entry of the batch must be an object.")
        params = entry.get("params") or []
        if not isinstance(params, list):
            raise malformed('The field "params" must be a list.')
        texts = split_statements(text_field(entry, "sql"))
        if params and len(texts) > 1:
            raise query_failed("Parameters can be bound to a single statement only.")
        statements += [Statement(sql=text, params=params) for text in texts]
    return statements
