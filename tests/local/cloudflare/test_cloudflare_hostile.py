"""Whatever is sent, the API answers in its own words and the sites stay up."""

from __future__ import annotations

import json
import logging
import random
import socket
import sqlite3
import threading

import pytest
from hypothesis import HealthCheck, given, settings, strategies as st

from oneclick_deploy.errors import LocalCloudError
from oneclick_deploy.local.cloudflare.state import State

json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=20),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=10), inner, max_size=3)
    ),
    max_leaves=8,
)
FIELDS = (
    "name", "production_branch", "deployment_configs", "build_config", "production", "env_vars",
    "hashes", "sql", "params", "batch", "title", "keys", "type", "key", "value", "metadata", "base64",
    "expiration_ttl", "jurisdiction", "d1_databases", "limits",
)  # fmt: skip
documents = st.dictionaries(st.sampled_from(FIELDS), json_values, max_size=5) | json_values
OPERATIONS = (
    ("POST", "/accounts/{a}/pages/projects"),
    ("PATCH", "/accounts/{a}/pages/projects/site"),
    ("POST", "/accounts/{a}/pages/projects/site/deployments"),
    ("POST", "/accounts/{a}/pages/projects/site/domains"),
    ("POST", "/pages/assets/check-missing"),
    ("POST", "/pages/assets/upload"),
    ("POST", "/accounts/{a}/d1/database"),
    ("POST", "/accounts/{a}/d1/database/db/query"),
    ("POST", "/accounts/{a}/d1/database/db/raw"),
    ("POST", "/accounts/{a}/storage/kv/namespaces"),
    ("PUT", "/accounts/{a}/storage/kv/namespaces/{kv}/bulk"),
    ("POST", "/accounts/{a}/storage/kv/namespaces/{kv}/bulk/get"),
    ("POST", "/accounts/{a}/storage/kv/namespaces/{kv}/bulk/delete"),
    ("PUT", "/accounts/{a}/storage/kv/namespaces/{kv}/values/k"),
)


@pytest.fixture
def prepared(api, caplog):
    caplog.set_level(logging.ERROR)
    api.emulator.options.max_projects = 5
    api.create_project()
    api.result("POST", api.account("/d1/database"), json={"name": "db"})
    kv = api.result("POST", api.account("/storage/kv/namespaces"), json={"title": "kv"})["id"]
    jwt = api.result("GET", api.pages("/site/upload-token"))["jwt"]

    def send(method, path, body):
        path = path.format(a=api.account().rpartition("/")[2], kv=kv)
        token = {"token": jwt} if path.startswith("/pages/") else {}
        return api.call(method, path, content=body, **token)

    yield send
    assert caplog.records == []


@settings(
    max_examples=150,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(operation=st.sampled_from(OPERATIONS), document=documents | st.lists(documents, max_size=3))
def test_any_json_is_answered_in_an_envelope(prepared, operation, document):
    response = prepared(*operation, json.dumps(document).encode())
    answer = response.json()
    assert response.status_code < 500
    assert answer["success"] is (response.status_code == 200)


@settings(
    max_examples=100,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(operation=st.sampled_from(OPERATIONS), body=st.binary(max_size=200))
def test_any_bytes_are_answered_in_an_envelope(prepared, operation, body):
    response = prepared(*operation, body)
    assert response.status_code < 500
    assert isinstance(response.json()["success"], bool)


def test_nesting_without_end_is_refused(prepared):
    for opening in (b"[", b'{"a":'):
        for operation in OPERATIONS[:-1]:
            assert prepared(*operation, opening * 200_000).status_code == 400


def test_numbers_without_end_are_refused(prepared):
    for operation in OPERATIONS[:-1]:
        assert prepared(*operation, b"9" * 100_000).status_code == 400


@pytest.mark.parametrize(
    "request_bytes",
    [
        b"\x00\x01\x02\r\n\r\n",
        b"GET\r\n\r\n",
        b"GET / HTTP/9.9\r\n\r\n",
        b"GET /../../etc/passwd HTTP/1.1\r\nHost: x\r\n\r\n",
        b"GET //evil.example/%2e%2e/ HTTP/1.1\r\nHost: x\r\n\r\n",
        b"GET http://evil.example/ HTTP/1.1\r\nHost: x\r\n\r\n",
        b"GET /?%zz=%ff HTTP/1.1\r\nHost: \xff\xfe\r\n\r\n",
        b"OPTIONS * HTTP/1.1\r\nHost: x\r\n\r\n",
        b"CONNECT evil.example:443 HTTP/1.1\r\nHost: x\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: x\r\nX: " + b"y" * 100_000 + b"\r\n\r\n",
        b"POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
        b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Key: eA==\r\nSec-WebSocket-Version: 13\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n",
    ],
)
def test_a_site_survives_what_is_no_request(api, http, workerd, caplog, request_bytes):
    api.create_project()
    static = api.deploy(files={"/index.html": b"static"})
    worker = api.deploy(worker="export default { fetch() { return new Response('worker') } }")
    for deployment, text in ((static, "static"), (worker, "worker")):
        host, port = deployment["url"].removeprefix("http://").split(":")
        with socket.create_connection((host, int(port)), timeout=10) as raw:
            raw.sendall(request_bytes)
            raw.shutdown(socket.SHUT_WR)
            received = b""
            while piece := raw.recv(65536):
                received += piece
        assert b"root:" not in received
        assert b"Traceback" not in received
        assert http.get(deployment["url"]).text == text
    # The server's own log may speak of the bad request; ours has nothing to say.
    assert [record for record in caplog.records if record.name.startswith("oneclick")] == []


def test_many_requests_at_once_are_all_answered(api, http, workerd):
    api.create_project()
    url = api.deploy(
        files={f"/{n}.txt": str(n).encode() for n in range(20)},
        worker="""export default { async fetch(request, env) {
          const url = new URL(request.url);
          if (url.pathname.startsWith('/w')) return new Response(url.pathname.slice(2));
          return env.ASSETS.fetch(request);
        } }""",
    )["url"]
    wrong = []

    def ask():
        for _ in range(25):
            number = random.randrange(20)
            path = random.choice([f"/{number}.txt", f"/w{number}"])
            if http.get(url + path).text != str(number):
                wrong.append(path)

    threads = [threading.Thread(target=ask) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []


def test_a_state_directory_that_cannot_be_used_is_an_error(tmp_path):
    file = tmp_path / "file"
    file.write_text("x")
    broken = tmp_path / "broken"
    broken.mkdir()
    (broken / "cloudflare.db").write_bytes(b"not a database" * 100)
    for place in (file, broken):
        with pytest.raises(LocalCloudError) as caught:
            State(place)
        assert caught.value.hint


def test_an_asset_that_was_removed_from_disk_is_told(api, http, tmp_path):
    api.create_project()
    url = api.deploy(files={"/a.txt": b"x"})["url"]
    for file in (tmp_path / "cloudflare" / "assets").rglob("*"):
        if file.is_file():
            file.unlink()
    answer = http.get(f"{url}/a.txt")
    assert (answer.status_code, answer.text) == (500, "the content of this asset is gone")


def test_a_deployment_that_was_cut_off_is_failed_after_the_restart(
    start_emulator, connect, tmp_path
):
    emulator = start_emulator()
    api = connect(emulator)
    api.create_project()
    good = api.deploy(files={"/index.html": b"good"})
    late = api.deploy(files={"/index.html": b"late"})
    emulator.stop()
    with sqlite3.connect(tmp_path / "cloudflare" / "cloudflare.db") as database:
        # As it is on disk while the last stage runs.
        database.execute(
            "UPDATE deployments SET document = json_set(document, '$.published', json('false'))"
            " WHERE id = ?",
            (late["id"],),
        )
    database.close()
    emulator = start_emulator()
    api = connect(emulator)
    stage = api.result("GET", api.pages(f"/site/deployments/{late['id']}"))["latest_stage"]
    assert (stage["name"], stage["status"]) == ("deploy", "failure")
    assert "stopped during the deployment" in api.log(late)[-1]
    assert api.result("GET", api.pages("/site"))["canonical_deployment"]["id"] == good["id"]
