"""The emulated account: organizations, groups, platform tokens. Every answer is also checked against Turso's specification."""

from __future__ import annotations

import json

import httpx
import pytest
from tests.local.turso.stand import ORGANIZATION, Platform, execute, refusal, running


# --- who asks ----------------------------------------------------------------------------------
@pytest.mark.parametrize(
    "token", [None, "", "Bearer", "Bearer wrong", "Basic eDp5", "Bearer \u00fc"]
)
def test_a_wrong_token_is_refused(platform: Platform, token: str | None):
    headers = {} if token is None else {"authorization": token.encode()}
    with httpx.Client(base_url=platform.emulator.api_url, verify=False) as http:
        for path in ("/v1/organizations", f"{ORGANIZATION}/databases", "/v1/auth/validate"):
            assert http.get(path, headers=headers).status_code == 401


def test_the_organizations_are_a_bare_list(platform: Platform):
    (organization,) = platform.ask("GET", "/v1/organizations").json()
    assert organization["slug"] == "local"


@pytest.mark.parametrize(
    "path",
    ["", "/plans", "/subscription", "/usage", "/members", "/members/local", "/api-tokens"],
)
def test_the_organization_can_be_read(platform: Platform, path: str):
    assert platform.call("GET", path).status_code == 200


@pytest.mark.parametrize("path", ["/v1/user", "/v1/locations", "/v1/auth/api-tokens"])
def test_the_account_can_be_read(platform: Platform, path: str):
    assert platform.ask("GET", path).status_code == 200


def test_platform_tokens_do_not_expire(platform: Platform):
    assert platform.ask("GET", "/v1/auth/validate").json() == {"exp": -1}


def test_another_organization_does_not_exist(platform: Platform):
    answer = platform.ask("GET", "/v1/organizations/other/databases")
    assert refusal(answer) == (404, "organization not found")


@pytest.mark.parametrize(
    "path", ["/", "/v1", "/v1/nothing", "/v2/organizations/local/databases", "/v1//organizations"]
)
def test_undocumented_paths_do_not_exist(platform: Platform, path: str):
    assert platform.http.get(path).status_code == 404


def test_an_unknown_member_is_not_found(platform: Platform):
    assert platform.call("GET", "/members/nobody").status_code == 404


# --- groups ------------------------------------------------------------------------------------
def test_a_new_account_has_no_group(tmp_path):
    with running(tmp_path, plane="python") as platform:
        assert platform.call("DELETE", "/groups/default").status_code == 200
        assert platform.call("GET", "/groups").json() == {"groups": []}


def test_a_group_is_created_listed_and_deleted(platform: Platform, group: str):
    found = platform.call("GET", f"/groups/{group}").json()["group"]
    assert (found["name"], found["primary"]) == (group, "aws-eu-west-1")
    names = [item["name"] for item in platform.call("GET", "/groups").json()["groups"]]
    assert group in names
    assert platform.call("DELETE", f"/groups/{group}").json()["group"]["name"] == group
    assert refusal(platform.call("GET", f"/groups/{group}")) == (404, "group not found")


def test_a_group_s_name_can_be_used_once(platform: Platform, group: str):
    answer = platform.call("POST", "/groups", json={"name": group, "location": "aws-us-east-1"})
    assert refusal(answer) == (409, "group already exists")


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"name": "x"},
        {"name": "x", "location": "atlantis"},
        {"name": "X y", "location": "aws-us-east-1"},
        {"name": 5, "location": "aws-us-east-1"},
        {"name": "x", "location": ["aws-us-east-1"]},
    ],
)
def test_a_malformed_group_is_refused(platform: Platform, body: dict[str, object]):
    assert platform.call("POST", "/groups", json=body).status_code == 400


def test_deleting_a_group_deletes_its_databases(platform: Platform, group: str):
    database = platform.create("inside", group=group)
    assert platform.emulator.origin_for(database["Hostname"])
    assert platform.call("DELETE", f"/groups/{group}").status_code == 200
    assert platform.call("GET", "/databases/inside").status_code == 404
    assert platform.emulator.origin_for(database["Hostname"]) is None


def test_a_protected_group_is_not_deleted(platform: Platform, group: str):
    path = f"/groups/{group}/configuration"
    assert platform.call("GET", path).json() == {"delete_protection": False}
    assert platform.call("PATCH", path, json={"delete_protection": True}).status_code == 200
    assert platform.call("DELETE", f"/groups/{group}").status_code == 403
    assert platform.call("GET", f"/groups/{group}").json()["group"]["delete_protection"] is True


def test_locations_are_added_and_removed(platform: Platform, group: str):
    path = f"/groups/{group}/locations"
    added = platform.call("POST", f"{path}/aws-us-west-2").json()["group"]
    assert added["locations"] == ["aws-eu-west-1", "aws-us-west-2"]
    assert refusal(platform.call("POST", f"{path}/amss")) == (400, "invalid location: amss")
    assert platform.call("DELETE", f"{path}/aws-us-west-2").json()["group"]["locations"] == [
        "aws-eu-west-1"
    ]
    assert platform.call("DELETE", f"{path}/aws-us-west-2").status_code == 400
    assert platform.call("DELETE", f"{path}/aws-eu-west-1").status_code == 400


def test_a_group_cannot_be_transferred_to_an_organization_that_is_not_here(
    platform: Platform, group: str
):
    answer = platform.call("POST", f"/groups/{group}/transfer", json={"organization": "other"})
    assert refusal(answer) == (404, "organization not found")


def test_a_group_can_be_unarchived_and_updated(platform: Platform, group: str):
    assert platform.call("POST", f"/groups/{group}/unarchive").status_code == 200
    answer = platform.call("POST", f"/groups/{group}/update")
    assert (answer.status_code, answer.content) == (200, b"")


def test_a_group_token_opens_the_group_s_databases_only(platform: Platform, group: str, name: str):
    platform.create("of-group", group=group)
    token = platform.call("POST", f"/groups/{group}/auth/tokens").json()["jwt"]
    request = {"requests": [execute("SELECT 1"), {"type": "close"}]}
    with platform.client("of-group", token) as http:
        assert http.post("/v2/pipeline", json=request).status_code == 200
        assert platform.call("POST", f"/groups/{group}/auth/rotate").content == b""
        assert http.post("/v2/pipeline", json=request).status_code == 401
    with platform.client(name, token) as http:
        assert http.post("/v2/pipeline", json=request).status_code == 404


# --- platform tokens ---------------------------------------------------------------------------
def test_platform_tokens_are_made_listed_and_revoked(platform: Platform):
    made = platform.ask("POST", "/v1/auth/api-tokens/robot").json()
    listed = platform.ask("GET", "/v1/auth/api-tokens").json()["tokens"]
    assert [item["id"] for item in listed] == [made["id"]]
    assert made["token"] not in json.dumps(listed)
    headers = {"authorization": f"Bearer {made['token']}"}
    assert platform.http.get("/v1/organizations", headers=headers).status_code == 200
    assert platform.http.post("/v1/auth/api-tokens/robot").status_code == 409
    assert platform.ask("DELETE", "/v1/auth/api-tokens/robot").json() == {"token": "robot"}
    assert platform.http.get("/v1/organizations", headers=headers).status_code == 401


def test_a_group_scoped_token_does_what_its_scopes_say(platform: Platform, group: str, name: str):
    body = {"organization": "local", "group": group, "scopes": ["read", "db:create"]}
    made = platform.ask("POST", "/v1/auth/api-tokens/scoped", json=body).json()
    headers = {"authorization": f"Bearer {made['token']}"}

    def status(method: str, path: str, **options: object) -> int:
        return platform.call(method, path, headers=headers, **options).status_code

    assert status("POST", "/databases", json={"name": "scoped", "group": group}) == 200
    assert status("GET", "/databases/scoped") == 200
    assert status("DELETE", "/databases/scoped") == 403
    assert status("POST", "/databases/scoped/auth/tokens") == 403
    assert status("GET", f"/databases/{name}") == 403
    assert status("POST", "/databases", json={"name": "other", "group": "default"}) == 403
    # Groups need more than a group-scoped token (facts/turso.md, section 1).
    assert status("POST", "/groups", json={"name": "new", "location": "aws-us-east-1"}) == 403
    assert status("DELETE", f"/groups/{group}") == 403
    seen = platform.call("GET", "/groups", headers=headers).json()["groups"]
    assert [item["name"] for item in seen] == [group]
    (database,) = platform.call("GET", "/databases", headers=headers).json()["databases"]
    assert database["Name"] == "scoped"
    assert platform.call("DELETE", f"/api-tokens/{made['id']}").status_code == 200


@pytest.mark.parametrize(
    "body", [{"group": "default"}, {"group": "default", "scopes": ["everything"]}, {"group": 5}]
)
def test_malformed_scopes_are_refused(platform: Platform, body: dict[str, object]):
    answer = platform.http.post("/v1/auth/api-tokens/bad", json=body)
    assert answer.status_code == 400
