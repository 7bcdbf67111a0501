"""New databases from other ones and from files."""

from __future__ import annotations

import itertools
import sqlite3
import struct
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import pytest
from tests.local.turso.stand import Hrana, Platform

_numbers = itertools.count(1)


def make_file(path: Path, *, page_size: int = 4096, journal: str = "WAL", more: str = "") -> bytes:
    connection = sqlite3.connect(path, isolation_level=None)
    connection.execute(f"PRAGMA page_size = {page_size}")
    connection.execute("PRAGMA synchronous = OFF")
    connection.executescript(more)
    connection.execute(f"PRAGMA journal_mode = {journal}")
    connection.executescript(
        """
        CREATE TABLE people (id INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT NOT NULL, height REAL);
        CREATE TABLE cities (code TEXT PRIMARY KEY, n) WITHOUT ROWID;
        CREATE TABLE bare (v);
        CREATE TABLE "of people" (person REFERENCES people (id), made AS (person + 1));
        CREATE INDEX by_name ON people (name);
        CREATE VIEW tall AS SELECT * FROM people WHERE height > 2;
        CREATE TRIGGER log AFTER INSERT ON people BEGIN INSERT INTO bare VALUES (new.id); END;
        CREATE VIRTUAL TABLE words USING fts5(body);
        PRAGMA user_version = 7;
        """
    )
    heights = [struct.unpack("d", struct.pack("Q", 0x3FF123456789ABC0 + n))[0] for n in range(300)]
    connection.executemany(
        "INSERT INTO people (name, height) VALUES (?, ?)", [(f"n\0ü{h}", h) for h in heights]
    )
    connection.execute("DELETE FROM people WHERE id > 290")
    connection.execute("INSERT INTO cities VALUES ('vie', x'00ff'), ('par', 9e999)")
    connection.execute('INSERT INTO "of people" VALUES (5)')
    connection.execute("INSERT INTO words VALUES ('hello world')")
    connection.execute("DELETE FROM bare WHERE rowid % 2")
    connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    connection.close()
    return path.read_bytes()


def content(rows) -> dict[str, list]:
    tables = {
        "people": "SELECT id, hex(name), height FROM people ORDER BY id",
        "cities": "SELECT code, hex(n), typeof(n) FROM cities ORDER BY code",
        "bare": "SELECT rowid, v FROM bare ORDER BY rowid",
        "of people": 'SELECT * FROM "of people"',
        "words": "SELECT rowid, body FROM words WHERE words MATCH 'hello'",
        "sequence": "SELECT name, seq FROM sqlite_sequence ORDER BY name",
        "schema": "SELECT type, name, sql FROM sqlite_schema ORDER BY type, name",
        "version": "PRAGMA user_version",
    }
    return {name: [list(row) for row in rows(sql)] for name, sql in tables.items()}


def content_of_file(path: Path) -> dict[str, list]:
    connection = sqlite3.connect(path)
    found = content(lambda sql: connection.execute(sql).fetchall())
    connection.close()
    return found


@pytest.fixture
def draft(platform: Platform):
    name = f"draft-{next(_numbers)}"
    platform.create(name, seed={"type": "database_upload"})
    yield name
    platform.call("DELETE", f"/databases/{name}")


def test_a_copy_has_the_content_and_goes_its_own_way(platform: Platform, db: Hrana):
    db.results("CREATE TABLE t (a)", "INSERT INTO t VALUES (1)")
    platform.create("copy", seed={"type": "database", "name": db.name})
    copy = Hrana(platform, "copy")
    copy.results("INSERT INTO t VALUES (2)")
    db.results("INSERT INTO t VALUES (3)")
    assert copy.rows("SELECT a FROM t") == [[1], [2]]
    assert db.rows("SELECT a FROM t") == [[1], [3]]
    copy.close()
    parent = platform.call("GET", "/databases/copy").json()["database"]["parent"]
    assert parent["name"] == db.name
    assert datetime.fromisoformat(parent["branched_at"]).tzinfo is not None
    platform.call("DELETE", "/databases/copy")


@pytest.mark.parametrize(
    ("age", "status"),
    [(timedelta(hours=1), 200), (timedelta(hours=25), 400), (timedelta(hours=-1), 400)],
    ids=["within", "too old", "future"],
)
def test_recovery_points_lie_within_a_day(
    platform: Platform, db: Hrana, age: timedelta, status: int
):
    moment = (datetime.now(UTC) - age).isoformat().replace("+00:00", "Z")
    seed = {"type": "database", "name": db.name, "timestamp": moment}
    body = {"name": "recovered", "group": "default", "seed": seed}
    assert platform.call("POST", "/databases", json=body).status_code == status
    platform.call("DELETE", "/databases/recovered")


@pytest.mark.parametrize("moment", ["yesterday", "2026-11-20", "2026-11-20T10:00:00", 5])
def test_a_malformed_recovery_point_is_refused(platform: Platform, db: Hrana, moment: object):
    seed = {"type": "database", "name": db.name, "timestamp": moment}
    body = {"name": "recovered", "group": "default", "seed": seed}
    assert platform.call("POST", "/databases", json=body).status_code == 400


def test_a_draft_cannot_be_used_before_its_upload(platform: Platform, draft: str):
    with platform.client(draft) as http:
        answer = http.post("/v2/pipeline", json={"requests": [{"type": "close"}]})
        assert answer.status_code == 400
        assert "uploaded" in answer.json()["error"]
    assert platform.call("GET", f"/databases/{draft}/usage").status_code == 200


def test_an_uploaded_file_arrives_bit_by_bit(platform: Platform, draft: str, tmp_path: Path):
    data = make_file(tmp_path / "preview.db")
    with platform.client(draft) as http:
        answer = http.post("/v1/upload", content=data)
        assert (answer.status_code, answer.content) == (200, b"")
    hrana = Hrana(platform, draft)
    assert content(hrana.rows) == content_of_file(tmp_path / "preview.db")
    assert hrana.rows("PRAGMA integrity_check") == [["ok"]]
    assert hrana.rows("PRAGMA foreign_key_check") == []
    hrana.results("INSERT INTO people (name) VALUES ('new')")
    assert hrana.rows("SELECT max(id) FROM people") == [[301]]
    hrana.close()


def test_an_uploaded_database_can_be_copied(platform: Platform, draft: str, tmp_path: Path):
    data = make_file(tmp_path / "preview.db")
    with platform.client(draft) as http:
        assert http.post("/v1/upload", content=data).status_code == 200
    platform.create("copy-of-upload", seed={"type": "database", "name": draft})
    hrana = Hrana(platform, "copy-of-upload")
    assert content(hrana.rows) == content_of_file(tmp_path / "preview.db")
    hrana.close()
    platform.call("DELETE", "/databases/copy-of-upload")


def test_a_file_can_come_in_the_chunks_of_the_command_line_client(
    platform: Platform, draft: str, tmp_path: Path
):
    data = make_file(tmp_path / "preview.db")
    with platform.client(draft) as http:
        started = http.put("/v2/upload/start", json={"db_size_bytes": len(data)}).json()
        path, size = f"/v2/upload/{started['upload_id']}", started["chunk_size"]
        for number, offset in enumerate(range(0, len(data), size)):
            # The answer of a chunk may be lost: it is sent again.
            for _ in range(2):
                piece = data[offset : offset + size]
                assert http.put(f"{path}/chunk/{number}", content=piece).status_code == 200
        assert http.put(f"{path}/finalize").status_code == 200
        assert http.put(f"{path}/finalize").status_code == 400
    hrana = Hrana(platform, draft)
    assert hrana.rows("SELECT count(*) FROM people") == [[290]]
    hrana.close()


def test_chunks_are_checked(platform: Platform, draft: str):
    with platform.client(draft) as http:
        started = http.put("/v2/upload/start", json={"db_size_bytes": 100}).json()
        path = f"/v2/upload/{started['upload_id']}"
        assert http.put(f"{path}/chunk/1", content=b"x").status_code == 400
        assert http.put(f"{path}/chunk/0", content=b"x" * 99).status_code == 400
        assert http.put(f"{path}/chunk/0", content=b"x" * 101).status_code == 413
        assert http.put(f"{path}/finalize").status_code == 400
        assert http.put(f"{path}/chunk/0", content=b"x" * 100).status_code == 200
        assert http.put(f"{path}/finalize").status_code == 400
        assert http.put("/v2/upload/unknown/finalize").status_code == 404
        assert http.put("/v2/upload/unknown/chunk/0", content=b"x").status_code == 404
        for size in (0, -1, "5", None, 10**12, True):
            answer = http.put("/v2/upload/start", json={"db_size_bytes": size})
            assert answer.status_code == 400
        assert http.put("/v2/upload/start", content=b"nonsense").status_code == 400


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (lambda _: b"", "not an SQLite database"),
        (lambda _: b"PRAGMA foreign_keys=OFF;\n" * 100, "not an SQLite database"),
        (lambda data: data[:50], "not an SQLite database"),
        (lambda data: data[:18] + b"\1\1" + data[20:], "WAL"),
        (lambda data: data[:16] + b"\x20\x00" + data[18:], "page size"),
        (lambda data: data[:20] + b"\x20" + data[21:], "reserved bytes"),
        (lambda data: data[:52] + b"\0\0\0\1" + data[56:], "auto_vacuum"),
        (lambda data: data[:56] + b"\0\0\0\2" + data[60:], "UTF-8"),
        (lambda data: data[:4096] + b"\xff" * 4096 + data[8192:], "damaged"),
        (lambda data: data[: len(data) // 2], "damaged"),
    ],
    ids=[
        "empty",
        "dump",
        "cut",
        "journal",
        "pages",
        "reserved",
        "vacuum",
        "utf16",
        "broken",
        "half",
    ],
)
def test_a_file_that_turso_would_refuse_is_refused(
    platform: Platform, draft: str, tmp_path: Path, change, reason: str
):
    data = make_file(tmp_path / "preview.db")
    with platform.client(draft) as http:
        answer = http.post("/v1/upload", content=change(data))
        assert answer.status_code == 400
        assert reason in answer.json()["error"]
        # The draft can still take a good file.
        assert http.post("/v1/upload", content=data).status_code == 200


@pytest.mark.parametrize(
    "settings",
    [{"page_size": 8192}, {"journal": "DELETE"}, {"more": "PRAGMA auto_vacuum = FULL;"}, {"more": "PRAGMA encoding = 'UTF-16';"}],
    ids=str,
)  # fmt: skip
def test_files_made_with_other_settings_are_refused(
    platform: Platform, draft: str, tmp_path: Path, settings: dict[str, object]
):
    data = make_file(tmp_path / "preview.db", **settings)
    with platform.client(draft) as http:
        assert http.post("/v1/upload", content=data).status_code == 400


@pytest.mark.parametrize(
    "sql",
    [
        "CREATE VIEW v AS SELECT readfile('/etc/hostname')",
        "CREATE TABLE t (a DEFAULT (writefile('x', 'y')))",
        "CREATE TRIGGER tr AFTER INSERT ON people BEGIN SELECT writefile('x', 'y'); END",
    ],
)
def test_a_schema_that_reaches_files_does_no_harm(
    platform: Platform, draft: str, tmp_path: Path, sql: str
):
    make_file(tmp_path / "evil.db")
    connection = sqlite3.connect(tmp_path / "evil.db", isolation_level=None)
    connection.create_function("writefile", 2, lambda _path, _data: None)
    connection.execute(sql)
    connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    connection.close()
    with platform.client(draft) as http:
        answer = http.post("/v1/upload", content=(tmp_path / "evil.db").read_bytes())
    # SQLite itself has no such functions; sqld has.
    expected = 400 if platform.emulator.data_plane_kind == "sqld" else 200
    assert answer.status_code == expected
    assert platform.call("GET", f"/databases/{draft}").status_code == 200


def test_uploads_need_a_writing_token_and_a_draft(platform: Platform, draft: str, db: Hrana):
    url = platform.emulator.database_url(draft)
    assert httpx.post(f"{url}/v1/upload", content=b"x", verify=False).status_code == 401
    with platform.client(draft, platform.token(draft, authorization="read-only")) as http:
        assert http.post("/v1/upload", content=b"x").status_code == 403
    assert db.http.post("/v1/upload", content=b"x").status_code == 400
    assert db.http.get("/v1/upload").status_code == 405
    assert db.http.post("/v2/upload/start").status_code == 405
    assert db.http.put("/v2/upload/elsewhere").status_code == 404


def test_an_encrypted_draft_takes_no_file(platform: Platform, tmp_path: Path):
    key = {"encryption_cipher": "aes128gcm", "encryption_key": "AAAAAAAAAAAAAAAAAAAAAA=="}
    platform.create("sealed", seed={"type": "database_upload"}, remote_encryption=key)
    with platform.client("sealed") as http:
        answer = http.post("/v1/upload", content=make_file(tmp_path / "preview.db"))
        assert answer.status_code == 400
    platform.call("DELETE", "/databases/sealed")
