"""The official npm clients, unchanged, against the emulator."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import Any

import pytest
from tests.local.turso.stand import API_TOKEN, Hrana, Platform

from oneclick_deploy.local import tools

pytestmark = pytest.mark.node

SCRIPTS = Path(__file__).parent / "js"


def run(script: str, package: str, *arguments: str) -> dict[str, Any]:
    """Run a script that imports an npm package, and read what it printed."""
    node = tools.find_tool("node")
    if node is None:
        pytest.skip("Node.js is not installed")
    places = [directory / "node_modules" for directory in tools._tool_directories()]
    modules = next((place for place in places if (place / package).is_dir()), None)
    if modules is None:
        pytest.skip(f"{package} is not installed; see tools/install_test_tools.py")
    done = subprocess.run(
        [node, SCRIPTS / script, modules, *arguments],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def test_the_libsql_client_does_everything(platform: Platform, db: Hrana):
    url = platform.emulator.database_url(db.name)
    seen = run("libsql_client.mjs", "@libsql/client", url, platform.token(db.name))
    assert seen.pop("inserted") == {
        "rows": [{"id": 1, "at": "2026-11-20T10:00:00Z"}],
        "columns": ["id", "at"],
        "types": ["INTEGER", "DATETIME"],
        "rowsAffected": 1,
        "lastInsertRowid": "1",
    }
    assert seen.pop("values") == {
        "n": 42,
        "f": 1.5,
        "t": "a\0ü🦊",
        "b": [0, 1, 254, 255],
        "empty": None,
        "yes": 1,
    }
    assert seen.pop("int64") == {"low": str(-(2**63)), "high": str(2**63 - 1), "kind": "integer"}
    codes = {
        name: (seen[name]["name"], seen.pop(name).get("code"))
        for name in (
            "unsafe",
            "batchError",
            "migrationError",
            "foreignKey",
            "syntax",
            "unique",
            "vacuum",
            "token",
            "socket",
        )
    }
    assert codes == {
        "unsafe": ("RangeError", None),
        "batchError": ("LibsqlBatchError", "SQLITE_CONSTRAINT"),
        "migrationError": ("LibsqlBatchError", "SQLITE_UNKNOWN"),
        "foreignKey": ("LibsqlError", "SQLITE_CONSTRAINT"),
        "syntax": ("LibsqlError", "SQL_PARSE_ERROR"),
        "unique": ("LibsqlError", "SQLITE_CONSTRAINT"),
        "vacuum": ("LibsqlError", "SQL_PARSE_ERROR"),
        "token": ("LibsqlError", "SERVER_ERROR"),
        "socket": ("LibsqlError", "HRANA_WEBSOCKET_ERROR"),
    }
    assert seen == {
        "updated": "changed",
        "deleted": 1,
        "afterBatches": 2,
        "insideTransaction": 3,
        "afterRollback": 2,
        "afterCommit": 6,
        "migrated": 1,
        "afterFailedMigration": 0,
        "script": "parent; 2",
    }


def test_the_platform_client_does_what_its_quirks_allow(platform: Platform):
    seen = run("turso_api.mjs", "@tursodatabase/api", platform.emulator.api_url, "local", API_TOKEN)
    assert {"code": "aws-eu-west-1", "description": "AWS EU West (Ireland)"} in seen["locations"]
    assert seen["group"]["primary"] == "aws-eu-west-1"
    assert "official" in [group["name"] for group in seen["groups"]]
    assert seen["created"]["hostname"] == "official-db-local.aws-eu-west-1.turso.localhost"
    assert (seen["again"]["status"], seen["again"]["message"]) == (
        400,
        "database with same name already exists",
    )
    assert seen["one"] in seen["listed"]
    assert seen["missing"]["status"] == 404
    assert seen["token"]["jwt"].count(".") == 2
    # It reads `usage` where the specification says `total` (facts/turso.md, Additions).
    assert seen["usage"]["usage"] == seen["usage"]["total"]
    assert seen["copy"]["name"] == "official-copy"
    assert seen["instances"][0]["type"] == "primary"
    assert seen["deleted"] == {"database": "official-db"}
    assert seen["deletedCopy"] == {"database": "official-copy"}
    assert seen["deletedGroup"]["name"] == "official"
