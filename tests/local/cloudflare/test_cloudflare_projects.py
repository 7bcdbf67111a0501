"""Projects, tokens and the envelope, as clients see them."""

from __future__ import annotations

import pytest

ENVIRONMENTS = ("production", "preview")


@pytest.mark.parametrize("path", ["/user", "/accounts", "/memberships", "/user/tokens/verify"])
def test_the_token_of_the_account_is_accepted(api, path):
    assert api.result("GET", path)


def test_the_account_and_its_token_are_told(api):
    assert api.result("GET", api.account())["id"] == api.account().rpartition("/")[2]
    assert api.result("GET", api.account("/tokens/verify"))["status"] == "active"


@pytest.mark.parametrize("token", ["", "wrong", "local-test-token2", "\x80", "x" * 5000])
def test_a_wrong_token_is_refused_everywhere(api, token):
    assert api.error("GET", api.pages(), token=token) == (401, 10000)
    assert api.error("GET", "/user/tokens/verify", token=token) == (401, 1000)
    assert api.error("GET", "/no/such/path", token=token) == (401, 10000)


def test_another_account_is_refused(api):
    assert api.error("GET", "/accounts/other/pages/projects") == (403, 10000)
    assert api.error("GET", "/accounts/other/tokens/verify") == (403, 10000)


def test_an_unknown_path_and_an_unknown_method_are_refused_in_envelopes(api):
    assert api.error("GET", "/no/such/path") == (404, 7003)
    assert api.error("PUT", api.pages()) == (405, 7001)


def test_a_project_is_created_with_defaults(api):
    project = api.create_project("my-site")
    assert project["name"] == "my-site"
    assert project["production_branch"] == "main"
    assert project["subdomain"] in api.emulator.site_url("my-site")
    assert project["domains"] == [project["subdomain"]]
    assert project["latest_deployment"] is None
    assert project["canonical_deployment"] is None
    assert project["deployment_configs"]["production"]["compatibility_flags"] == []
    assert api.result("GET", api.pages("/my-site")) == project


@pytest.mark.parametrize("name", ["a", "a1", "a-b", "x" * 58, "0"])
def test_a_valid_name_is_accepted(api, name):
    assert api.create_project(name)["name"] == name


@pytest.mark.parametrize(
    "name", ["A", "a_b", "-a", "a-", "x" * 59, "a b", "a.b", "ü", "../x", "a\n", "a/b"]
)
def test_an_invalid_name_is_refused(api, name):
    document = {"name": name, "production_branch": "main"}
    assert api.error("POST", api.pages(), json=document) == (400, 8000003)
    assert api.emulator.projects() == ()


def test_a_taken_name_is_refused(api):
    api.create_project("site")
    document = {"name": "site", "production_branch": "main"}
    assert api.error("POST", api.pages(), json=document) == (409, 8000002)


def test_an_account_holds_a_limited_number_of_projects(api):
    api.emulator.options.max_projects = 2
    api.create_project("one")
    api.create_project("two")
    document = {"name": "three", "production_branch": "main"}
    assert api.error("POST", api.pages(), json=document)[0] == 400


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"[]",
        b"null",
        b'"x"',
        b"\xff\xfe",
        b"[" * 100_000,
        b'{"name": 1}',
        b'{"name":"x"}',
    ],
)
def test_a_malformed_body_is_refused(api, body):
    status, code = api.error("POST", api.pages(), content=body)
    assert (status, code) == (400, 8000010)


@pytest.mark.parametrize(
    "configs",
    [
        [],
        {"production": []},
        {"production": {"env_vars": []}},
        {"production": {"env_vars": {"A": "text"}}},
        {"production": {"env_vars": {"A": {"type": "odd", "value": "x"}}}},
        {"production": {"d1_databases": {"DB": {}}}},
        {"production": {"compatibility_date": "soon"}},
        {"production": {"compatibility_date": "2026-02-31"}},
        {"production": {"compatibility_flags": "nodejs_compat"}},
    ],
)
def test_a_malformed_configuration_is_refused(api, configs):
    api.create_project()
    change = {"deployment_configs": configs}
    assert api.error("PATCH", api.pages("/site"), json=change)[0] == 400


def test_a_configuration_is_merged_key_by_key_and_null_deletes(api):
    def change(**settings):
        body = {"deployment_configs": {"production": settings}}
        return api.result("PATCH", api.pages("/site"), json=body)["deployment_configs"]

    api.create_project()
    change(env_vars={"A": {"type": "plain_text", "value": "1"}, "B": {"value": "2"}})
    configs = change(
        env_vars={"A": None, "C": {"type": "secret_text", "value": "hidden"}},
        compatibility_flags=["nodejs_compat"],
        d1_databases={"DB": {"id": "x"}},
    )
    assert configs["production"]["env_vars"] == {
        "B": {"type": "plain_text", "value": "2"},
        "C": {"type": "secret_text", "value": ""},
    }
    assert configs["production"]["compatibility_flags"] == ["nodejs_compat"]
    assert configs["preview"]["env_vars"] is None
    assert change(d1_databases={"DB": None})["production"]["d1_databases"] is None


def test_a_secret_never_comes_back(api):
    api.create_project()
    body = {
        "deployment_configs": {
            name: {"env_vars": {"KEY": {"type": "secret_text", "value": "s3cret-value"}}}
            for name in ENVIRONMENTS
        }
    }
    api.result("PATCH", api.pages("/site"), json=body)
    deployment = api.deploy(files={"/index.html": b"x"})
    paths = [api.pages(), api.pages("/site"), api.pages("/site/deployments")]
    paths.append(api.pages(f"/site/deployments/{deployment['id']}"))
    for path in paths:
        assert "s3cret-value" not in api.call("GET", path).text
    assert "s3cret-value" not in repr(api.emulator.deployments("site"))


def test_the_production_branch_can_be_changed(api):
    api.create_project()
    changed = api.result("PATCH", api.pages("/site"), json={"production_branch": "release"})
    assert changed["production_branch"] == "release"
    assert api.deploy(files={"/index.html": b"x"}, branch="main")["environment"] == "preview"
    assert api.error("PATCH", api.pages("/site"), json={"production_branch": ""})[0] == 400


def test_projects_are_listed_in_pages(api):
    for number in range(12):
        api.create_project(f"site-{number}")
    first = api.call("GET", api.pages()).json()
    assert len(first["result"]) == 10
    assert first["result_info"] == {
        "page": 1, "per_page": 10, "count": 10, "total_count": 12, "total_pages": 2,
    }  # fmt: skip
    second = api.result("GET", api.pages(), params={"page": 2, "per_page": 10})
    assert [project["name"] for project in second] == ["site-1", "site-0"]
    for bad in ({"page": 0}, {"page": "x"}, {"per_page": -1}, {"page": "9" * 30}, {"page": "²"}):
        assert api.error("GET", api.pages(), params=bad)[0] == 400


def test_a_deleted_project_is_gone_with_all_its_addresses(api, http):
    api.create_project()
    deployment = api.deploy(files={"/index.html": b"x"})
    urls = [api.emulator.site_url("site"), deployment["url"]]
    api.result("DELETE", api.pages("/site"))
    assert api.error("GET", api.pages("/site")) == (404, 8000007)
    assert api.error("DELETE", api.pages("/site")) == (404, 8000007)
    assert api.emulator.projects() == ()
    for url in urls:
        with pytest.raises(Exception, match=r"refused|reset|disconnected"):
            http.get(url)


def test_a_project_with_many_deployments_cannot_be_deleted(api):
    api.emulator.options.max_deployments_to_delete = 1
    api.create_project()
    first = api.deploy(files={"/index.html": b"x"})
    api.deploy(files={"/index.html": b"y"})
    assert api.error("DELETE", api.pages("/site")) == (400, 8000076)
    api.result("DELETE", api.pages(f"/site/deployments/{first['id']}"))
    api.result("DELETE", api.pages("/site"))


def test_operations_on_a_missing_project_say_so(api):
    for method, path in (
        ("GET", "/none"),
        ("GET", "/none/upload-token"),
        ("GET", "/none/deployments"),
        ("GET", "/none/domains"),
        ("POST", "/none/purge_build_cache"),
    ):
        assert api.error(method, api.pages(path)) == (404, 8000007)


def test_the_build_cache_is_purged_without_effect(api):
    api.create_project()
    assert api.result("POST", api.pages("/site/purge_build_cache")) is None


def test_custom_domains_stay_pending(api):
    api.create_project()
    domain = api.result("POST", api.pages("/site/domains"), json={"name": "www.Example.com"})
    assert (domain["name"], domain["status"]) == ("www.example.com", "pending")
    assert api.result("GET", api.pages("/site/domains")) == [domain]
    assert api.result("GET", api.pages("/site/domains/www.example.com")) == domain
    assert api.result("PATCH", api.pages("/site/domains/www.example.com")) == domain
    assert "www.example.com" in api.result("GET", api.pages("/site"))["domains"]
    again = api.error("POST", api.pages("/site/domains"), json={"name": "www.example.com"})
    assert again[0] == 409
    api.result("DELETE", api.pages("/site/domains/www.example.com"))
    assert api.error("GET", api.pages("/site/domains/www.example.com"))[0] == 404
    for bad in ("", "x", "a b.com", "-a.com", "x" * 64 + ".com", "http://a.com", "a..b"):
        assert api.error("POST", api.pages("/site/domains"), json={"name": bad})[0] == 400
