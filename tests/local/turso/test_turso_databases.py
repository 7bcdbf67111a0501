"""The emulated Platform API: databases and their tokens. Every answer is also checked against Turso's specification."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor

import pytest
from tests.local.turso.stand import ORGANIZATION, Hrana, Platform, refusal, running


# --- databases ---------------------------------------------------------------------------------
def test_a_database_s_life(platform: Platform):
    created = platform.create("guestbook")
    assert set(created) == {"DbId", "Hostname", "Name"}
    assert created["Hostname"] == "guestbook-local.aws-local-1.turso.localhost"
    found = platform.call("GET", "/databases/guestbook").json()["database"]
    assert created.items() <= found.items()
    assert (found["group"], found["database_type"]) == ("default", "libsql")
    assert platform.call("DELETE", "/databases/guestbook").json() == {"database": "guestbook"}
    missing = "could not find database with name guestbook: record not found"
    for method in ("GET", "DELETE"):
        assert refusal(platform.call(method, "/databases/guestbook")) == (404, missing)


def test_a_name_in_use_is_refused_as_in_the_field(platform: Platform, name: str):
    answer = platform.call("POST", "/databases", json={"name": name, "group": "default"})
    assert refusal(answer) == (400, "database with same name already exists")


def test_a_name_in_use_can_be_refused_as_documented(tmp_path):
    with running(tmp_path, plane="python", documented_conflicts=True) as platform:
        platform.create("twice")
        answer = platform.call("POST", "/databases", json={"name": "twice", "group": "default"})
        assert refusal(answer) == (409, "database with name twice already exists")


def test_of_two_creations_at_once_one_wins(platform: Platform):
    def create(_: int) -> int:
        body = {"name": "contested", "group": "default"}
        return platform.http.post(f"{ORGANIZATION}/databases", json=body).status_code

    with ThreadPoolExecutor(6) as pool:
        assert sorted(pool.map(create, range(6))) == [200] + [400] * 5
    assert platform.call("DELETE", "/databases/contested").status_code == 200


def test_a_deleted_name_can_be_used_again_and_is_another_database(platform: Platform):
    first = platform.create("again")
    old = platform.token("again")
    hrana = Hrana(platform, "again")
    hrana.results("CREATE TABLE t (a)")
    hrana.close()
    platform.call("DELETE", "/databases/again")
    second = platform.create("again")
    assert first["DbId"] != second["DbId"]
    hrana = Hrana(platform, "again")
    assert hrana.rows("SELECT count(*) FROM sqlite_schema") == [[0]]
    hrana.close()
    with platform.client("again", old) as http:
        assert http.post("/v2/pipeline", json={"requests": []}).status_code == 404
    platform.call("DELETE", "/databases/again")


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"name": "x"},
        {"group": "default"},
        {"name": "", "group": "default"},
        {"name": "Capital", "group": "default"},
        {"name": "under_score", "group": "default"},
        {"name": "../../etc", "group": "default"},
        {"name": "a" * 65, "group": "default"},
        {"name": "ü", "group": "default"},
        {"name": 5, "group": "default"},
        {"name": "x", "group": "default", "size_limit": "much"},
        {"name": "x", "group": "default", "size_limit": 5},
        {"name": "x", "group": "default", "seed": "file"},
        {"name": "x", "group": "default", "seed": {"type": "dump", "url": "file:///etc/passwd"}},
        {"name": "x", "group": "default", "seed": {"type": "database"}},
        {"name": "x", "group": "default", "seed": {"type": "database", "name": "absent"}},
        {"name": "x", "group": "default", "remote_encryption": {"encryption_cipher": "rot13"}},
        {
            "name": "x",
            "group": "default",
            "remote_encryption": {"encryption_cipher": "aes256gcm", "encryption_key": "AAAA"},
        },
    ],
    ids=json.dumps,
)
def test_a_malformed_database_is_refused(platform: Platform, body: dict[str, object]):
    assert platform.call("POST", "/databases", json=body).status_code == 400
    assert platform.call("GET", "/databases/x").status_code == 404


@pytest.mark.parametrize("body", [b"", b"nonsense", b"[]", b"5", b"null", b"\xff", b"[" * 50_000])
def test_a_body_that_is_not_an_object_is_refused(platform: Platform, body: bytes):
    assert platform.call("POST", "/databases", content=body).status_code == 400


def test_a_huge_body_is_refused(platform: Platform):
    assert platform.call("POST", "/databases", content=b" " * (1 << 20) + b"{}").status_code == 400


def test_a_group_that_does_not_exist_is_a_bad_request(platform: Platform):
    answer = platform.call("POST", "/databases", json={"name": "x", "group": "nowhere"})
    assert refusal(answer) == (400, "group not found")


def test_databases_are_listed_by_group_and_parent(platform: Platform, name: str, group: str):
    platform.create("child", group=group, seed={"type": "database", "name": name})
    parent = platform.call("GET", f"/databases/{name}").json()["database"]["DbId"]

    def listed(**query: str) -> set[str]:
        databases = platform.call("GET", "/databases", params=query).json()["databases"]
        return {item["Name"] for item in databases}

    assert {name, "child"} <= listed()
    assert listed(group=group) == {"child"}
    assert listed(parent=parent) == {"child"}
    assert listed(group="nowhere") == set()


def test_the_configuration_changes_field_by_field(platform: Platform, name: str):
    path = f"/databases/{name}/configuration"
    before = platform.call("GET", path).json()
    assert before["block_reads"] is False
    changed = platform.call(
        "PATCH", path, json={"size_limit": "256mb", "allowed_ips": ["10.0.0.0/8"]}
    ).json()
    assert (changed["size_limit"], changed["allowed_ips"]) == ("256mb", ["10.0.0.0/8"])
    assert platform.call("PATCH", path, json={}).json() == changed
    cleared = platform.call("PATCH", path, json={"allowed_ips": None}).json()
    assert cleared["allowed_ips"] == []


@pytest.mark.parametrize(
    "body", [{"block_reads": "yes"}, {"allowed_ips": "10.0.0.1"}, {"allowed_ips": [5]}, {"size_limit": 5}]
)  # fmt: skip
def test_a_malformed_configuration_changes_nothing(
    platform: Platform, name: str, body: dict[str, object]
):
    path = f"/databases/{name}/configuration"
    before = platform.call("GET", path).json()
    assert platform.call("PATCH", path, json={"block_writes": True, **body}).status_code == 400
    assert platform.call("GET", path).json() == before


def test_a_protected_database_is_not_deleted(platform: Platform, name: str):
    path = f"/databases/{name}/configuration"
    platform.call("PATCH", path, json={"delete_protection": True})
    assert platform.call("DELETE", f"/databases/{name}").status_code == 403
    assert platform.call("GET", f"/databases/{name}").status_code == 200
    platform.call("PATCH", path, json={"delete_protection": False})
    assert platform.call("DELETE", f"/databases/{name}").status_code == 200


def test_instances_follow_the_group_s_locations(platform: Platform, name: str):
    (instance,) = platform.call("GET", f"/databases/{name}/instances").json()["instances"]
    assert (instance["type"], instance["name"]) == ("primary", "aws-local-1")
    one = platform.call("GET", f"/databases/{name}/instances/aws-local-1").json()["instance"]
    assert one == instance
    assert platform.http.get(f"{ORGANIZATION}/databases/{name}/instances/x").status_code == 404


def test_the_usage_counts_what_was_done(platform: Platform, name: str):
    hrana = Hrana(platform, name)
    hrana.results("CREATE TABLE t (a)", "INSERT INTO t VALUES (1), (2)", "SELECT * FROM t")
    hrana.close()
    usage = platform.call("GET", f"/databases/{name}/usage").json()["database"]
    assert usage["total"] == usage["usage"]
    assert usage["total"]["storage_bytes"] > 0
    assert usage["total"]["rows_written"] >= 2
    assert usage["total"]["rows_read"] >= 2


@pytest.mark.parametrize(
    ("query", "status"),
    [
        ({"from": "2026-11-01T00:00:00Z", "to": "2026-11-20T00:00:00Z"}, 200),
        ({"from": "2026-11-01T00:00:00+02:00"}, 200),
        ({"from": ""}, 200),
        ({"from": "2026-11-01T00:00:00"}, 400),
        ({"from": "2026-11-01"}, 400),
        ({"to": "yesterday"}, 400),
        ({"to": "0000-00-00T00:00:00Z"}, 400),
    ],
    ids=json.dumps,
)
def test_usage_periods_need_a_zone(
    platform: Platform, name: str, query: dict[str, str], status: int
):
    answer = platform.call("GET", f"/databases/{name}/usage", params=query)
    assert answer.status_code == status


def test_statistics_have_no_queries(platform: Platform, name: str):
    assert platform.call("GET", f"/databases/{name}/stats").json() == {"top_queries": None}


# --- database tokens ---------------------------------------------------------------------------
@pytest.mark.parametrize("expiration", [None, "", "never", "2w1d30m", "1d", "90s", "1y"])
def test_tokens_are_minted_for_a_time(platform: Platform, name: str, expiration: str | None):
    query = {} if expiration is None else {"expiration": expiration}
    with platform.client(name, platform.token(name, **query)) as http:
        assert http.post("/v2/pipeline", json={"requests": [{"type": "close"}]}).status_code == 200


@pytest.mark.parametrize("expiration", ["soon", "5", "-1d", "1d ", "d", "1.5h", "1" * 30 + "d"])
def test_a_malformed_expiration_is_refused(platform: Platform, name: str, expiration: str):
    path = f"/databases/{name}/auth/tokens"
    answer = platform.call("POST", path, params={"expiration": expiration})
    assert refusal(answer) == (400, "Invalid expiration format")


def test_an_expired_token_is_refused(platform: Platform, name: str):
    with platform.client(name, platform.token(name, expiration="0s")) as http:
        answer = http.post("/v2/pipeline", json={"requests": []})
    assert answer.status_code == 401
    assert answer.json() == {"error": "Unauthorized: `The JWT has expired`"}


def test_a_malformed_authorization_is_refused(platform: Platform, name: str):
    answer = platform.call(
        "POST", f"/databases/{name}/auth/tokens", params={"authorization": "everything"}
    )
    assert answer.status_code == 400


def test_a_token_can_be_asked_for_with_permissions(platform: Platform, name: str):
    body = {"permissions": {"read_attach": {"databases": ["other"]}}}
    answer = platform.call("POST", f"/databases/{name}/auth/tokens", json=body)
    assert answer.json()["jwt"].count(".") == 2


def test_a_rotation_ends_all_tokens_of_the_database(platform: Platform, name: str):
    tokens = [platform.token(name), platform.token(name, authorization="read-only")]
    answer = platform.call("POST", f"/databases/{name}/auth/rotate")
    assert (answer.status_code, answer.content) == (200, b"")
    for token in tokens:
        with platform.client(name, token) as http:
            refused = http.post("/v2/pipeline", json={"requests": []})
            assert refused.json() == {"error": "Unauthorized: `The JWT is invalid`"}
    with platform.client(name) as http:
        assert http.post("/v2/pipeline", json={"requests": [{"type": "close"}]}).status_code == 200


def test_a_token_of_another_database_does_not_open_this_one(platform: Platform, name: str):
    platform.create("neighbour")
    with platform.client(name, platform.token("neighbour")) as http:
        answer = http.post("/v2/pipeline", json={"requests": []})
    assert refusal(answer) == (404, f"Namespace `{name}` doesn't exist")
    platform.call("DELETE", "/databases/neighbour")


@pytest.mark.parametrize("path", ["auth/tokens", "auth/rotate"])
def test_tokens_need_a_database(platform: Platform, path: str):
    assert platform.call("POST", f"/databases/absent/{path}").status_code == 404
    assert platform.call("POST", f"/groups/absent/{path}").status_code == 404
