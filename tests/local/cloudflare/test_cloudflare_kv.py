"""KV over REST and from a worker, on the same namespace."""

from __future__ import annotations

import json
import time
from urllib.parse import quote

import pytest

KEYS = ["plain", "a/b c", "ü/ö?&#%", "%2F", "a+b", "x" * 512, "..a", "key:1"]


@pytest.fixture
def namespace(api):
    return api.result("POST", api.account("/storage/kv/namespaces"), json={"title": "cache"})


@pytest.fixture
def path(api, namespace):
    return api.account(f"/storage/kv/namespaces/{namespace['id']}")


def test_a_namespace_lives_its_whole_life(api, namespace, path):
    everything = api.account("/storage/kv/namespaces")
    assert namespace["title"] == "cache"
    assert api.result("GET", everything) == [namespace]
    assert api.result("GET", path) == namespace
    assert api.error("POST", everything, json={"title": "cache"}) == (400, 10014)
    assert api.result("PUT", path, json={"title": "other"})["title"] == "other"
    api.result("DELETE", path)
    assert api.error("GET", path) == (404, 10013)
    assert api.result("GET", everything) == []


@pytest.mark.parametrize("key", KEYS)
def test_a_value_is_kept_under_any_key(api, path, key):
    value = f"{path}/values/{quote(key, safe='')}"
    api.result("PUT", value, content=b"\x00bytes\xff")
    assert api.call("GET", value).content == b"\x00bytes\xff"
    assert [entry["name"] for entry in api.result("GET", f"{path}/keys")] == [key]
    api.result("DELETE", value)
    api.result("DELETE", value)
    assert api.error("GET", value) == (404, 10009)


def test_a_value_has_metadata_and_an_end(api, path):
    form = {"value": ("v", b"text"), "metadata": (None, '{"a": [1]}')}
    api.result("PUT", f"{path}/values/k", files=form, params={"expiration_ttl": 3600})
    (entry,) = api.result("GET", f"{path}/keys")
    assert entry["metadata"] == {"a": [1]}
    assert time.time() + 3500 < entry["expiration"] < time.time() + 3700
    assert api.result("GET", f"{path}/metadata/k") == {"a": [1]}


@pytest.mark.parametrize(
    "params", [{"expiration_ttl": 59}, {"expiration_ttl": "x"}, {"expiration": 1}]
)
def test_an_end_that_is_too_near_is_refused(api, path, params):
    assert api.error("PUT", f"{path}/values/k", content=b"", params=params)[0] == 400


def test_a_value_that_has_ended_is_gone(api, path, monkeypatch):
    api.result("PUT", f"{path}/values/k", content=b"x", params={"expiration_ttl": 60})
    now = time.time()
    monkeypatch.setattr(time, "time", lambda: now + 61)
    assert api.error("GET", f"{path}/values/k") == (404, 10009)
    assert api.result("GET", f"{path}/keys") == []


def test_keys_are_listed_by_prefix_and_in_pages(api, path):
    entries = [{"key": f"a{n:02}", "value": str(n)} for n in range(25)] + [
        {"key": "b", "value": ""}
    ]
    written = api.result("PUT", f"{path}/bulk", json=entries)
    assert written == {"successful_key_count": 26, "unsuccessful_keys": []}
    names, cursor = [], ""
    while True:
        params = {"prefix": "a", "limit": 10, "cursor": cursor}
        page = api.call("GET", f"{path}/keys", params=params).json()
        names += [entry["name"] for entry in page["result"]]
        cursor = page["result_info"]["cursor"]
        if not cursor:
            break
    assert names == [f"a{n:02}" for n in range(25)]
    assert api.error("GET", f"{path}/keys", params={"limit": 1})[0] == 400
    assert api.error("GET", f"{path}/keys", params={"cursor": "%%%"})[0] == 400


def test_many_values_are_written_read_and_removed_at_once(api, path):
    entries = [
        {"key": "text", "value": "1"},
        {"key": "bytes", "value": "aGk=", "base64": True, "metadata": {"x": 1}},
    ]
    api.result("PUT", f"{path}/bulk", json=entries)
    found = api.result("POST", f"{path}/bulk/get", json={"keys": ["text", "bytes", "none"]})
    assert found["values"] == {"text": "1", "bytes": "hi"}
    asked = {"keys": ["text"], "type": "json"}
    assert api.result("POST", f"{path}/bulk/get", json=asked)["values"] == {"text": 1}
    api.result("POST", f"{path}/bulk/delete", json=["text", "bytes"])
    assert api.result("GET", f"{path}/keys") == []


@pytest.mark.parametrize(
    "body",
    [{}, [1], [{"key": 1, "value": ""}], [{"key": "a"}], [{"key": "", "value": ""}],
     [{"key": "a", "value": "%", "base64": True}], [{"key": "x" * 513, "value": ""}],
     [{"key": "a", "value": "", "expiration_ttl": 1}], [{"key": "a", "value": "", "metadata": "x" * 1024}],
     [{"key": "a", "value": ""}] * 10_001],
)  # fmt: skip
def test_bad_bulk_writes_are_refused_as_a_whole(api, path, body):
    if isinstance(body, list):
        body = [{"key": "good", "value": ""}, *body]
    assert api.error("PUT", f"{path}/bulk", json=body)[0] == 400
    assert api.result("GET", f"{path}/keys") == []


def test_a_worker_and_the_api_share_the_namespace(api, http, namespace, path, workerd):
    api.create_project()
    settings = {"kv_namespaces": {"KV": {"namespace_id": namespace["id"]}}}
    body = {"deployment_configs": {"production": settings}}
    api.result("PATCH", api.pages("/site"), json=body)
    api.result("PUT", f"{path}/values/{quote('from/api ü', safe='')}", content=b"rest")
    source = """export default { async fetch(request, env) {
      await env.KV.put('worker key/1', 'v1', {metadata: {m: 1}, expirationTtl: 3600});
      await env.KV.put('n', '5');
      await env.KV.put('gone', 'x'); await env.KV.delete('gone');
      const withMeta = await env.KV.getWithMetadata('worker key/1');
      const list = await env.KV.list({prefix: 'worker'});
      const many = await env.KV.get(['n', 'none']);
      return Response.json({
        rest: await env.KV.get('from/api ü'), json: await env.KV.get('n', 'json'),
        none: await env.KV.get('gone'), value: withMeta.value, metadata: withMeta.metadata,
        names: list.keys.map(k => k.name), complete: list.list_complete, meta: list.keys[0].metadata,
        many: Object.fromEntries(many)});
    } }"""
    deployment = api.deploy(worker=source)
    answer = http.get(deployment["url"])
    assert answer.status_code == 200, api.emulator.worker_log(deployment["id"])
    assert answer.json() == {
        "rest": "rest", "json": 5, "none": None, "value": "v1", "metadata": {"m": 1},
        "names": ["worker key/1"], "complete": True, "meta": {"m": 1},
        "many": {"n": "5", "none": None},
    }  # fmt: skip
    assert api.call("GET", f"{path}/values/worker%20key%2F1").content == b"v1"
    assert json.loads(api.call("GET", f"{path}/metadata/worker%20key%2F1").content)["result"] == {
        "m": 1
    }


def test_a_wrong_namespace_fails_the_deployment(api, workerd):
    api.create_project()
    settings = {"kv_namespaces": {"KV": {"namespace_id": "f" * 32}}}
    api.result("PATCH", api.pages("/site"), json={"deployment_configs": {"production": settings}})
    deployment = api.deploy(worker="export default {}")
    assert "KV namespace" in api.log(deployment)[-1]
