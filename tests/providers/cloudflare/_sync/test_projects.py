# Generated from tests/providers/cloudflare/_async/test_projects.py by tools/unasync.py. Do not edit.
"""Projects and custom domains."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from oneclick_deploy.errors import (
    AlreadyExistsError,
    ApiError,
    ConfigurationError,
    ConnectionLostError,
    InvalidRequestError,
    NotFoundError,
    PermissionDeniedError,
    ServerError,
    UnexpectedAnswerError,
)
from oneclick_deploy.providers.cloudflare.pages import CloudflarePagesClient
from oneclick_deploy.secrets import Secret

UUID = "77777777-7777-4777-8777-777777777777"


def client(cloud: Any, **more: Any) -> CloudflarePagesClient:
    return CloudflarePagesClient(cloud.token, **cloud.options(**more))


@pytest.fixture
def pages(cloud: Any) -> Iterator[CloudflarePagesClient]:
    with client(cloud) as opened:
        yield opened


def test_a_project_is_created_with_its_setup(cloud: Any, pages: CloudflarePagesClient) -> None:
    env = {"A": "plain", "B": Secret("hidden-value")}
    project = pages.create_project("demo", production_branch="prod", env=env)
    assert project.subdomain == "demo-4xz.pages.dev"
    body = json.loads(cloud.requests[0].content)
    assert body["production_branch"] == "prod"
    assert body["deployment_configs"]["preview"]["env_vars"]["B"] == {
        "type": "secret_text",
        "value": "hidden-value",
    }


def test_an_unusable_name_is_refused_before_anything_is_sent(
    cloud: Any, pages: CloudflarePagesClient
) -> None:
    with pytest.raises(ConfigurationError):
        pages.create_project("My App")
    with pytest.raises(ConfigurationError):
        pages.update_project("demo", d1={"DB": "YOUR_D1_ID"})
    with pytest.raises(ConfigurationError):
        pages.project("..")
    assert cloud.requests == []


@pytest.mark.parametrize("status", [200, 400, 409])
def test_a_taken_name_is_known_by_looking(
    cloud: Any, pages: CloudflarePagesClient, status: int
) -> None:
    cloud.script("POST projects", cloud.refused(status, 8000002, "A project with this name exists"))
    with pytest.raises(AlreadyExistsError, match="A project with this name exists") as caught:
        pages.create_project("demo")
    assert (caught.value.code, caught.value.status) == ("8000002", status)
    assert cloud.names() == ["POST projects", "GET demo"]


def test_another_refusal_stays_what_it_is(cloud: Any, pages: CloudflarePagesClient) -> None:
    cloud.script("POST projects", cloud.refused(400, 8000099, "Too many projects"))
    cloud.script("GET demo", cloud.refused(404, 8000007))
    with pytest.raises(InvalidRequestError, match="Too many projects"):
        pages.create_project("demo")


@pytest.mark.parametrize("status", [500, 502])
def test_a_create_that_may_have_worked_is_not_repeated(
    cloud: Any, pages: CloudflarePagesClient, status: int
) -> None:
    cloud.script("POST projects", httpx.Response(status, text="oops"))
    with pytest.raises(ServerError):
        pages.create_project("demo")
    assert cloud.names() == ["POST projects"]


def test_a_create_whose_answer_is_lost_says_so(cloud: Any, pages: CloudflarePagesClient) -> None:
    cloud.script("POST projects", httpx.ReadError("reset"))
    with pytest.raises(ConnectionLostError) as caught:
        pages.create_project("demo")
    assert caught.value.outcome_unknown
    assert cloud.names() == ["POST projects"]


def test_a_secret_in_a_refusal_is_hidden(cloud: Any, pages: CloudflarePagesClient) -> None:
    cloud.script("PATCH demo", cloud.refused(400, 1, "value hunter2-hunter2 is too long"))
    with pytest.raises(ApiError) as caught:
        pages.set_env("demo", {"A": Secret("hunter2-hunter2")})
    assert "hunter2" not in str(caught.value)


def test_a_missing_project_is_not_found(cloud: Any, pages: CloudflarePagesClient) -> None:
    cloud.script("GET demo", cloud.refused(404, 8000007, "Project not found."))
    with pytest.raises(NotFoundError, match="Project not found") as caught:
        pages.project("demo")
    assert caught.value.code == "8000007"


def test_projects_are_read_page_by_page(cloud: Any, pages: CloudflarePagesClient) -> None:
    for page in (1, 2, 3):
        result = [cloud.project(f"p{page}")] if page < 3 else []
        cloud.script("GET projects", cloud.ok(result, result_info={"total_pages": 9}))
    assert [project.name for project in pages.projects()] == ["p1", "p2"]
    assert [dict(request.url.params) for request in cloud.requests] == [
        {"per_page": "10", "page": str(page)} for page in (1, 2, 3)
    ]


def test_a_change_sends_only_what_is_named(cloud: Any, pages: CloudflarePagesClient) -> None:
    pages.update_project(
        "demo",
        env={"A": None},
        d1={"DB": UUID},
        kv={"KV": "0" * 32},
        compatibility_date="2026-01-01",
        compatibility_flags=[],
        production_branch="main",
        environments=["preview"],
    )
    assert json.loads(cloud.requests[0].content) == {
        "production_branch": "main",
        "deployment_configs": {
            "preview": {
                "env_vars": {"A": None},
                "d1_databases": {"DB": {"id": UUID}},
                "kv_namespaces": {"KV": {"namespace_id": "0" * 32}},
                "compatibility_flags": [],
                "compatibility_date": "2026-01-01",
            }
        },
    }


def test_a_change_is_repeated_after_a_server_error(
    cloud: Any, pages: CloudflarePagesClient
) -> None:
    cloud.script("PATCH demo", httpx.Response(503), httpx.ReadError("reset"))
    pages.set_env("demo", {"A": "b"})
    assert cloud.names() == ["PATCH demo"] * 3


def test_a_project_is_deleted(cloud: Any, pages: CloudflarePagesClient) -> None:
    pages.delete_project("demo")
    assert cloud.names() == ["DELETE demo"]


def many_deployments(cloud: Any, existing: list[str], stuck: set[str]) -> None:
    """A project that can be deleted when at most 3 deployments are left."""

    def list_page(request: httpx.Request) -> httpx.Response:
        start = 25 * (int(request.url.params["page"]) - 1)
        assert request.url.params["per_page"] == "25"
        page = [{**cloud.deployment(1), "id": name} for name in existing[start : start + 25]]
        return cloud.ok(page)

    def delete_project(request: httpx.Request) -> httpx.Response:
        return cloud.refused(400, 8000076, "too many") if len(existing) > 3 else cloud.ok(None)

    def delete_one(request: httpx.Request) -> httpx.Response:
        assert request.url.params["force"] == "true"
        name = request.url.path.rpartition("/")[2]
        if name in stuck:
            return cloud.refused(400, 8000034, "active production deployment")
        existing.remove(name)
        return cloud.ok(None)

    for name in existing:
        cloud.script(f"DELETE {name}", *[delete_one] * 3)
    cloud.script("GET deployments", *[list_page] * 20)
    cloud.script("DELETE demo", *[delete_project] * 20)


def test_a_project_with_many_deployments_loses_them_first(
    cloud: Any, pages: CloudflarePagesClient
) -> None:
    existing = [f"d{number}" for number in range(60)]
    many_deployments(cloud, existing, stuck={"d0"})
    pages.delete_project("demo")
    assert len(existing) <= 3
    assert cloud.names()[-1] == "DELETE demo"


def test_deployments_that_cannot_go_end_the_deletion(
    cloud: Any, pages: CloudflarePagesClient
) -> None:
    existing = [f"d{number}" for number in range(30)]
    many_deployments(cloud, existing, stuck=set(existing))
    with pytest.raises(InvalidRequestError) as caught:
        pages.delete_project("demo")
    assert caught.value.code == "8000076"
    assert len(cloud.calls("/d1")) == 1


def test_deleting_what_is_gone_is_not_found(cloud: Any, pages: CloudflarePagesClient) -> None:
    cloud.script("DELETE demo", cloud.refused(404, 8000007))
    with pytest.raises(NotFoundError):
        pages.delete_project("demo")


def test_the_build_cache_is_purged(cloud: Any, pages: CloudflarePagesClient) -> None:
    cloud.script("POST purge_build_cache", cloud.ok(None))
    pages.purge_build_cache("demo")
    assert len(cloud.requests) == 1


def test_domains_are_added_read_checked_and_removed(
    cloud: Any, pages: CloudflarePagesClient
) -> None:
    raw = {"id": "d", "name": "www.example.com", "status": "pending"}
    active = {**raw, "status": "active"}
    cloud.script("POST domains", cloud.ok(raw))
    cloud.script("GET domains", cloud.ok([raw]))
    cloud.script("PATCH www.example.com", cloud.ok(active))
    cloud.script("GET www.example.com", cloud.ok(active))
    assert not (pages.add_domain("demo", "www.example.com")).active
    assert [domain.name for domain in pages.domains("demo")] == ["www.example.com"]
    assert (pages.recheck_domain("demo", "www.example.com")).active
    assert (pages.domain("demo", "www.example.com")).active
    pages.delete_domain("demo", "www.example.com")
    assert json.loads(cloud.requests[0].content) == {"name": "www.example.com"}
    assert cloud.names()[-1] == "DELETE www.example.com"


def test_a_domain_that_is_attached_already_is_known_by_looking(
    cloud: Any, pages: CloudflarePagesClient
) -> None:
    cloud.script("POST domains", cloud.refused(400, 8000018, "already added"))
    cloud.script("GET www.example.com", cloud.ok({"id": "d", "name": "www.example.com"}))
    with pytest.raises(AlreadyExistsError, match="already added"):
        pages.add_domain("demo", "www.example.com")


def test_missing_rights_are_told_with_the_permission_to_add(
    cloud: Any, pages: CloudflarePagesClient
) -> None:
    cloud.script("GET projects", cloud.refused(403, 9109, "Unauthorized"))
    with pytest.raises(PermissionDeniedError) as caught:
        pages.projects()
    assert "Cloudflare Pages > Edit" in caught.value.hint


def test_a_wrong_address_is_an_unexpected_answer(cloud: Any, pages: CloudflarePagesClient) -> None:
    cloud.script("GET demo", httpx.Response(200, text="<html>hotel wifi</html>"))
    with pytest.raises(UnexpectedAnswerError) as caught:
        pages.project("demo")
    assert "base URL" in caught.value.hint


def test_a_pages_client_needs_an_account(cloud: Any) -> None:
    with pytest.raises(ConfigurationError, match="account"):
        client(cloud, account_id=" ")
    with pytest.raises(ConfigurationError, match="CLOUDFLARE_ACCOUNT_ID"):
        CloudflarePagesClient.from_env({"CLOUDFLARE_API_TOKEN": "t"})


def test_a_pages_client_is_made_from_the_environment(cloud: Any) -> None:
    environ = {
        "CLOUDFLARE_API_TOKEN": "t",
        "CLOUDFLARE_ACCOUNT_ID": "a" * 32,
        "CLOUDFLARE_API_BASE_URL": cloud.base_url,
    }
    with CloudflarePagesClient.from_env(environ, transport=cloud.transport) as pages:
        pages.project("demo")
    assert cloud.requests[0].url.path == f"/client/v4/accounts/{'a' * 32}/pages/projects/demo"
