"""The real libSQL server behind the same doors: one sqld process with a namespace per database."""

from __future__ import annotations

import asyncio
import json
import tempfile
from collections.abc import Mapping, Set as AbstractSet
from pathlib import Path
from typing import Any

from oneclick_deploy.errors import LocalCloudError
from oneclick_deploy.local.libsql.answers import Answer
from oneclick_deploy.local.libsql.file_access import without_file_access
from oneclick_deploy.local.libsql.messages import read_cursor, read_json, read_pipeline
from oneclick_deploy.local.libsql.pipeline import Permissions
from oneclick_deploy.local.libsql.refusals import RequestRefusedError
from oneclick_deploy.local.libsql.relay import RelayAnswer, RelayError
from oneclick_deploy.local.libsql.sqld_load import ContentReader
from oneclick_deploy.local.libsql.sqld_process import SqldProcess


class SqldEngine:
    """Keeps databases as namespaces of one sqld process."""

    kind = "sqld"

    def __init__(self, program: Path, directory: Path) -> None:
        self._directory = directory
        self._process = SqldProcess(program, directory)
        self._starting: asyncio.Lock | None = None
        self._blocks: dict[str, tuple[bool, bool]] = {}
        self._stopped = True

    async def start(self) -> None:
        """Start sqld."""
        self._starting = asyncio.Lock()
        self._stopped = False
        await self._process.start()

    async def stop(self) -> None:
        """End sqld; the databases stay."""
        self._stopped = True
        await self._process.stop()

    async def create(self, database: str) -> None:
        """Make an empty database."""
        await self._admin("POST", f"/v1/namespaces/{database}/create", {})

    async def fork(self, source: str, database: str) -> None:
        """Make a database with the present content of another one."""
        await self._admin("POST", f"/v1/namespaces/{source}/fork/{database}", {})

    async def load(self, database: str, file: Path) -> None:
        """Make a database from an SQLite file that was checked before.

        The schema goes in as a dump. The rows follow as bound values: in a dump, some floating
        point numbers would lose their last digit (facts/turso.md, section 4).
        """
        # An earlier attempt may have been cut off.
        await self.delete(database)
        with ContentReader(file) as content:
            with tempfile.NamedTemporaryFile(
                dir=self._directory, prefix="schema-", suffix=".sql"
            ) as dump:
                dump.write(await asyncio.to_thread(content.schema_dump))
                dump.flush()
                url = Path(dump.name).as_uri()
                await self._admin("POST", f"/v1/namespaces/{database}/create", {"dump_url": url})
            try:
                while requests := await asyncio.to_thread(content.next_requests):
                    await self._run_all(database, requests)
            except BaseException:
                await self.delete(database)
                raise

    async def delete(self, database: str) -> None:
        """Remove a database. Unknown ones are ignored."""
        self._blocks.pop(database, None)
        try:
            await self._admin("DELETE", f"/v1/namespaces/{database}", {})
        except RequestRefusedError as refused:
            if refused.status != 404:
                raise

    async def discard_others(self, databases: AbstractSet[str]) -> None:
        """Remove what a killed process left of databases that do not exist."""
        for place in (self._directory / "data" / "dbs").glob("*"):
            if place.name not in databases:
                await self.delete(place.name)

    async def storage_bytes(self, database: str) -> int:
        """The size of the file and its write-ahead log; sqld's own count comes late."""
        place = self._directory / "data" / "dbs" / database
        files = (place / "data", place / "data-wal")
        return sum(file.stat().st_size for file in files if file.exists())

    async def rows(self, database: str) -> tuple[int, int]:
        """The rows read and written, as sqld counts them."""
        try:
            stats = await self._admin("GET", f"/v1/namespaces/{database}/stats", None)
        except RequestRefusedError:
            return 0, 0
        return int(stats.get("rows_read_count", 0)), int(stats.get("rows_written_count", 0))

    async def version(self) -> str:
        """The text of ``/version``."""
        answer = await self._send("GET", "/version", database="", can_write=False)
        return (await answer.read()).decode("utf-8", "replace")

    async def pipeline(
        self, database: str, body: bytes, *, version: int, permissions: Permissions
    ) -> Answer:
        """Answer ``/v2/pipeline`` or ``/v3/pipeline``."""
        raw = read_json(body)
        # Read strictly, so that nothing but the documented form reaches sqld: it also takes arrays
        # for objects, where the search for file functions would not look.
        read_pipeline(raw, version=version)
        changed = [_guard_request(request) for request in raw["requests"]]
        return await self._forward(
            f"/v{version}/pipeline", database, _encoded(raw, body, any(changed)), permissions
        )

    async def cursor(self, database: str, body: bytes, *, permissions: Permissions) -> Answer:
        """Answer ``/v3/cursor``."""
        raw = read_json(body)
        read_cursor(raw)
        changed = _guard_batch(raw["batch"])
        return await self._forward(
            "/v3/cursor", database, _encoded(raw, body, changed), permissions
        )

    async def dump(self, database: str) -> Answer:
        """Answer ``/dump``."""
        answer = await self._send("GET", "/dump", database=database, can_write=True)
        return _passed_on(answer)

    async def _forward(
        self, path: str, database: str, body: bytes, permissions: Permissions
    ) -> Answer:
        await self._apply_blocks(database, permissions)
        answer = await self._send(
            "POST", path, database=database, can_write=permissions.can_write, body=body
        )
        if answer.status == 403:
            # sqld names its namespace; people know the database by its name.
            text = (await answer.read()).replace(database.encode(), permissions.database.encode())
            return Answer(status=403, body=text, content_type="application/json")
        return _passed_on(answer)

    async def _apply_blocks(self, database: str, permissions: Permissions) -> None:
        wanted = (permissions.block_reads, permissions.block_writes)
        # sqld remembers over a restart what it was told; so it is told at the first request.
        if self._blocks.get(database) == wanted:
            return
        await self._admin(
            "POST",
            f"/v1/namespaces/{database}/config",
            {"block_reads": wanted[0], "block_writes": wanted[1]},
        )
        self._blocks[database] = wanted

    async def _run_all(self, database: str, requests: list[dict[str, Any]]) -> None:
        body = json.dumps({"baton": None, "requests": [*requests, {"type": "close"}]}).encode()
        answer = await self._send(
            "POST", "/v3/pipeline", database=database, can_write=True, body=body
        )
        content = json.loads(await answer.read())
        for result in content.get("results", [{"type": "error", "error": content}]):
            errors = result.get("response", {}).get("result", {}).get("step_errors") or []
            failed = [error for error in errors if error]
            if result["type"] == "error" or failed:
                problem = (failed or [result.get("error")])[0]
                raise RequestRefusedError(400, {"error": f"the file cannot be loaded: {problem}"})

    async def _send(
        self, method: str, path: str, *, database: str, can_write: bool, body: bytes = b""
    ) -> RelayAnswer:
        await self._ensure_running()
        headers = {
            # The first label of the host names the namespace.
            "host": f"{database or 'none'}.localhost",
            "authorization": f"Bearer {self._process.token(can_write=can_write)}",
            "content-type": "application/json",
        }
        try:
            return await self._process.user.send(method, path, headers=headers, body=body)
        except RelayError as error:
            raise RequestRefusedError(502, {"error": f"sqld: {error}"}) from error

    async def _admin(self, method: str, path: str, content: Any) -> Mapping[str, Any]:
        await self._ensure_running()
        body = b"" if content is None else json.dumps(content).encode()
        try:
            answer = await self._process.admin.send(
                method, path, headers=self._process.admin_headers, body=body
            )
            text = await answer.read()
        except RelayError as error:
            raise RequestRefusedError(502, {"error": f"sqld: {error}"}) from error
        if answer.status >= 400:
            raise RequestRefusedError(
                answer.status, {"error": f"sqld: {text.decode('utf-8', 'replace')}"}
            )
        found = json.loads(text) if text.startswith(b"{") else {}
        return found if isinstance(found, dict) else {}

    async def _ensure_running(self) -> None:
        """Start sqld again when it ended by itself; its databases are on the disk."""
        if self._process.is_running:
            return
        if self._stopped or self._starting is None:
            raise RequestRefusedError(503, {"error": "the server is stopping"})
        async with self._starting:
            if not self._process.is_running:
                await self._process.stop()
                try:
                    await self._process.start()
                except LocalCloudError as error:
                    raise RequestRefusedError(503, {"error": error.message}) from error


def _guard_request(request: dict[str, Any]) -> bool:
    """Rename the file functions in a request; whether there were any."""
    kind = request["type"]
    if kind == "execute":
        return _guard_sql(request["stmt"])
    if kind == "batch":
        return _guard_batch(request["batch"])
    return _guard_sql(request) if kind in {"sequence", "describe", "store_sql"} else False


def _guard_batch(batch: dict[str, Any]) -> bool:
    changed = [_guard_sql(step["stmt"]) for step in batch["steps"]]
    return any(changed)


def _guard_sql(holder: dict[str, Any]) -> bool:
    sql = holder.get("sql")
    guarded = without_file_access(sql) if isinstance(sql, str) else sql
    holder_changed = guarded != sql
    if holder_changed:
        holder["sql"] = guarded
    return holder_changed


def _encoded(raw: Any, body: bytes, changed: bool) -> bytes:
    return json.dumps(raw, ensure_ascii=False).encode() if changed else body


def _passed_on(answer: RelayAnswer) -> Answer:
    return Answer(
        status=answer.status,
        content_type=answer.headers.get("content-type", ""),
        pieces=answer.pieces,
    )
