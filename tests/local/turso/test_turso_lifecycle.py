"""Starting, stopping, starting again, and what is left when a process dies."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import textwrap
import time
from pathlib import Path

import httpx
import pytest
from tests.local.turso.stand import API_TOKEN, CLOSE, Hrana, Platform, batch, execute, running

from oneclick_deploy.errors import LocalCloudError, ToolMissingError
from oneclick_deploy.local.server import LocalServer
from oneclick_deploy.local.turso import emulator as emulator_module
from oneclick_deploy.local.turso.emulator import TursoEmulator


def sqld_of(platform: Platform) -> subprocess.Popen[bytes]:
    return platform.emulator._need().account.plane._process._process


def test_everything_survives_a_restart(plane: str, tmp_path: Path):
    with running(tmp_path, plane=plane) as platform:
        created = platform.create("kept")
        token = platform.token("kept")
        url, api_url = platform.emulator.database_url("kept"), platform.emulator.api_url
        hrana = Hrana(platform, "kept")
        hrana.results("CREATE TABLE t (a)", "INSERT INTO t VALUES (1)")
        hrana.close()
        made = platform.ask("POST", "/v1/auth/api-tokens/robot").json()["token"]
        platform.call("PATCH", "/databases/kept/configuration", json={"block_writes": True})
        platform.create("waiting", seed={"type": "database_upload"})
    with running(tmp_path, plane=plane) as platform:
        assert platform.emulator.api_url == api_url
        assert platform.emulator.data_plane_kind == plane
        assert [item.name for item in platform.emulator.databases()] == ["kept", "waiting"]
        # The port answers without having been asked for.
        http = httpx.Client(headers={"authorization": f"Bearer {token}"}, verify=False)
        requests = [execute("SELECT a FROM t"), execute("INSERT INTO t VALUES (2)"), CLOSE]
        answer = http.post(f"{url}/v2/pipeline", json={"requests": requests}).json()
        read, written, _ = answer["results"]
        assert read["response"]["result"]["rows"] == [[{"type": "integer", "value": "1"}]]
        assert written["error"]["code"] == "BLOCKED"
        http.close()
        assert platform.emulator.database_url("kept") == url
        assert platform.call("GET", "/databases/kept").json()["database"].items() >= created.items()
        headers = {"authorization": f"Bearer {made}"}
        assert platform.http.get("/v1/organizations", headers=headers).status_code == 200


def test_a_port_in_use_is_replaced_by_a_free_one(plane: str, tmp_path: Path):
    with running(tmp_path, plane=plane) as platform:
        platform.create("moved")
        url = platform.emulator.database_url("moved")
    server = LocalServer()
    server.start()
    taken = server.listen(lambda _scope, _receive, _send: None, port=int(url.rpartition(":")[2]))
    assert str(taken) in url
    with running(tmp_path, plane=plane) as platform:
        assert platform.emulator.database_url("moved") != url
        with platform.client("moved") as http:
            assert http.get("/health").status_code == 200
    server.stop()


def test_hostnames_lead_to_ports(platform: Platform, db: Hrana):
    emulator = platform.emulator
    hostname = platform.call("GET", f"/databases/{db.name}").json()["database"]["Hostname"]
    assert hostname.endswith(emulator.host_suffix)
    origin = emulator.origin_for(hostname)
    assert origin == emulator.origin_for(hostname.upper()) == emulator.database_url(db.name)
    for other in ("example.org", "", hostname + ".example.org", "x." + hostname):
        assert emulator.origin_for(other) is None
    with pytest.raises(LocalCloudError, match="no database named"):
        emulator.database_url("absent")


def test_an_emulator_that_does_not_run_says_so(tmp_path: Path):
    server = LocalServer()
    server.start()
    emulator = TursoEmulator(state_dir=tmp_path, server=server, api_token=API_TOKEN)
    with pytest.raises(LocalCloudError, match="not running"):
        emulator.databases()
    emulator.stop()
    server.stop()


def test_stopping_ends_open_streams_and_running_statements(plane: str, tmp_path: Path):
    with running(tmp_path, plane=plane) as platform:
        platform.create("busy")
        hrana = Hrana(platform, "busy")
        hrana.results("CREATE TABLE t (a)")
        hrana.post(execute("BEGIN IMMEDIATE"), execute("INSERT INTO t VALUES (1)"))
        hrana.close()
    with running(tmp_path, plane=plane) as platform:
        hrana = Hrana(platform, "busy")
        assert hrana.rows("SELECT count(*) FROM t") == [[0]]
        hrana.close()


ENDLESS = "WITH RECURSIVE n (i) AS (VALUES (1) UNION ALL SELECT i + 1 FROM n) SELECT max(i) FROM n"


@pytest.mark.parametrize("path", ["pipeline", "cursor"])
def test_a_client_that_hangs_up_stops_its_statement(platform: Platform, db: Hrana, path: str):
    db.results("CREATE TABLE t (a)")
    # For cursors sqld keeps the lock until somebody waited five seconds for it.
    begin = "BEGIN" if path == "cursor" else "BEGIN IMMEDIATE"
    request = batch(begin, "SELECT * FROM t", ENDLESS)
    body = {"requests": [request]} if path == "pipeline" else {"batch": request["batch"]}
    with pytest.raises(httpx.ReadTimeout):
        db.http.post(f"/v3/{path}", json=body, timeout=0.2)
    # The lock is free again.
    db.results("INSERT INTO t VALUES (2)")
    assert db.rows("SELECT a FROM t") == [[2]]


async def test_addresses_are_not_waited_for_on_the_server_s_own_loop(tmp_path: Path):
    with running(tmp_path, plane="python") as platform:
        emulator = platform.emulator

        async def ask() -> str:
            with pytest.raises(LocalCloudError, match="wait for itself"):
                emulator.origin_for("x")
            return "asked"

        assert emulator._server.run(ask()) == "asked"


def test_what_a_killed_process_left_behind_is_removed(plane: str, tmp_path: Path):
    with running(tmp_path, plane=plane) as platform:
        platform.create("kept")
        plane_ = platform.emulator._need().account.plane
        platform.emulator._server.run(plane_.create("left-over"))
        places = [path for path in tmp_path.rglob("left-over*") if "journal" not in path.name]
        assert places
    with running(tmp_path, plane=plane) as platform:
        assert not [path for path in places if path.exists()]
        Hrana(platform, "kept").close()


def test_a_block_that_was_lifted_stays_lifted_over_a_restart(plane: str, tmp_path: Path):
    with running(tmp_path, plane=plane) as platform:
        platform.create("blocked")
        path = "/databases/blocked/configuration"
        platform.call("PATCH", path, json={"block_reads": True})
        hrana = Hrana(platform, "blocked")
        assert hrana.error("SELECT 1")["code"] == "BLOCKED"
        hrana.close()
        platform.call("PATCH", path, json={"block_reads": False})
    with running(tmp_path, plane=plane) as platform:
        hrana = Hrana(platform, "blocked")
        assert hrana.rows("SELECT 1") == [[1]]
        hrana.close()


# --- engines ------------------------------------------------------------------------------------


def test_the_engine_of_existing_databases_is_kept(tmp_path: Path):
    with running(tmp_path, plane="python") as platform:
        platform.create("kept")
    with running(tmp_path, plane="auto") as platform:
        assert platform.emulator.data_plane_kind == "python"


def test_another_engine_is_refused_while_there_are_databases(plane: str, tmp_path: Path):
    if plane != "sqld":
        return
    with running(tmp_path, plane="python") as platform:
        platform.create("kept")
    with pytest.raises(LocalCloudError, match="kept by python"), running(tmp_path, plane="sqld"):
        pass
    with running(tmp_path, plane="python") as platform:
        platform.call("DELETE", "/databases/kept")
    with running(tmp_path, plane="sqld") as platform:
        assert platform.emulator.data_plane_kind == "sqld"


def test_without_sqld_the_own_server_serves(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(emulator_module, "find_tool", lambda _name: None)
    with running(tmp_path, plane="auto") as platform:
        assert platform.emulator.data_plane_kind == "python"


def test_sqld_is_missed_with_the_way_to_get_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    for name in ("ONECLICK_TOOLS", "XDG_CACHE_HOME"):
        monkeypatch.setenv(name, str(tmp_path))
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr("oneclick_deploy.local.tools._tool_directories", lambda: iter([tmp_path]))
    with (
        pytest.raises(ToolMissingError, match=r"oneclick_deploy\.local install"),
        running(tmp_path / "state", plane="sqld"),
    ):
        pass


def test_a_state_file_that_is_not_ours_is_refused(tmp_path: Path):
    (tmp_path / "turso.db").write_bytes(b"not a database" * 100)
    with pytest.raises(LocalCloudError, match="cannot be read"), running(tmp_path, plane="python"):
        pass


def test_the_state_is_readable_by_its_owner_only(tmp_path: Path):
    with running(tmp_path, plane="python"):
        assert (tmp_path / "turso.db").stat().st_mode & 0o077 == 0


# --- processes that die -------------------------------------------------------------------------


def test_sqld_is_started_again_when_it_dies(plane: str, tmp_path: Path):
    if plane != "sqld":
        return
    with running(tmp_path, plane="sqld") as platform:
        platform.create("tough")
        hrana = Hrana(platform, "tough")
        hrana.results("CREATE TABLE t (a)", "INSERT INTO t VALUES (1)")
        first = sqld_of(platform)
        first.kill()
        first.wait()
        assert hrana.rows("SELECT a FROM t") == [[1]]
        assert sqld_of(platform).pid != first.pid
        hrana.close()


def test_stopping_ends_sqld(plane: str, tmp_path: Path):
    if plane != "sqld":
        return
    with running(tmp_path, plane="sqld") as platform:
        process = sqld_of(platform)
    assert process.poll() is not None


SCRIPT = """
    import sys, time
    from pathlib import Path
    from oneclick_deploy.local.server import LocalServer
    from oneclick_deploy.local.turso.emulator import TursoEmulator

    server = LocalServer()
    server.start()
    emulator = TursoEmulator(
        state_dir=Path(sys.argv[1]), server=server, api_token="t", data_plane=sys.argv[2]
    )
    emulator.start()
    process = getattr(emulator._need().account.plane, "_process", None)
    print(emulator.api_url, process._process.pid if process else 0, flush=True)
    time.sleep(60)
"""


def test_after_a_kill_nothing_runs_on_and_nothing_is_lost(plane: str, tmp_path: Path):
    if sys.platform != "linux":
        pytest.skip("other platform: the watching process takes a moment there")
    command = [sys.executable, "-c", textwrap.dedent(SCRIPT), str(tmp_path), plane]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    api_url, sqld = process.stdout.readline().split()
    with httpx.Client(
        base_url=api_url, headers={"authorization": "Bearer t"}, verify=False
    ) as http:
        organization = "/v1/organizations/local"
        group = {"name": "default", "location": "aws-local-1"}
        assert http.post(f"{organization}/groups", json=group).status_code == 200
        body = {"name": "survivor", "group": "default"}
        assert http.post(f"{organization}/databases", json=body).status_code == 200
    process.send_signal(signal.SIGKILL)
    process.wait()
    process.stdout.close()
    if sqld != "0":
        _wait_until_gone(int(sqld))
    with running(tmp_path, plane=plane) as platform:
        hrana = Hrana(platform, "survivor")
        hrana.results("CREATE TABLE t (a)")
        hrana.close()


def _wait_until_gone(pid: int) -> None:
    for _ in range(500):
        try:
            os.kill(pid, 0)
        except ProcessLookupError:
            return
        if Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "Z":
            return  # dead; its new parent has not fetched its status yet
        time.sleep(0.01)
    raise AssertionError("sqld still runs")


def test_the_command_serves_until_it_is_told_to_stop(tmp_path: Path):
    command = [sys.executable, "-m", "oneclick_deploy.local", "serve", "--state", str(tmp_path)]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    lines = []
    for line in process.stdout:
        lines.append(line)
        if "TURSO_ORG_ID" in line:
            break
    process.send_signal(signal.SIGTERM)
    assert process.wait(timeout=30) == 0
    process.stdout.close()
    url = next(line.split()[1] for line in lines if "TURSO_API_BASE_URL" in line)
    with pytest.raises(httpx.ConnectError):
        httpx.get(url, verify=False)
