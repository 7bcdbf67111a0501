"""Deployments through the API: creating, stages, rollback, deleting."""

from __future__ import annotations

import json
import time

import pytest

PAGE = {"/index.html": b"one"}


def create(api, parts, **options):
    return api.error("POST", api.pages("/site/deployments"), files=parts, **options)


def manifest(value):
    return {"manifest": (None, value if isinstance(value, str) else json.dumps(value))}


def test_a_deployment_of_the_production_branch_is_production(api):
    api.create_project()
    deployment = api.deploy(files=PAGE, branch="main", commit_hash="a" * 40, commit_dirty="true")
    assert deployment["environment"] == "production"
    assert deployment["aliases"] == [api.emulator.site_url("site")]
    trigger = deployment["deployment_trigger"]["metadata"]
    assert trigger == {
        "branch": "main", "commit_hash": "a" * 40, "commit_message": "", "commit_dirty": True,
    }  # fmt: skip
    assert api.deploy(files=PAGE)["environment"] == "production"
    project = api.result("GET", api.pages("/site"))
    assert project["canonical_deployment"]["id"] == project["latest_deployment"]["id"]


def test_a_deployment_of_another_branch_is_a_preview_with_an_alias(api, http):
    api.create_project()
    first = api.deploy(files=PAGE, branch="Feature/X")
    second = api.deploy(files={"/index.html": b"two"}, branch="feature-x")
    assert (first["environment"], second["environment"]) == ("preview", "preview")
    assert first["aliases"] == second["aliases"] != [second["url"]]
    assert http.get(second["aliases"][0]).text == "two"
    assert http.get(first["url"]).text == "one"
    old = api.result("GET", api.pages(f"/site/deployments/{first['id']}"))
    assert old["aliases"] is None
    assert http.get(second["url"]).headers["x-robots-tag"] == "noindex"
    # Nothing is in production yet.
    assert http.get(api.emulator.site_url("site")).status_code == 404


def test_a_manifest_is_needed_and_checked(api):
    api.create_project()
    assert create(api, {"branch": (None, "main")}) == (400, 8000096)
    for bad in ("{", "[]", '{"no-slash": "x"}', '{"/a": 1}', "[" * 50_000):
        assert create(api, manifest(bad)) == (400, 8000010)
    assert create(api, manifest({"/a.txt": "f" * 32})) == (400, 8000097)
    assert create(api, manifest({"/a.txt": "../../x"})) == (400, 8000097)
    assert api.emulator.deployments("site") == ()


def test_a_form_is_needed(api):
    api.create_project()
    path = api.pages("/site/deployments")
    cases = [
        (b"{}", "application/json"),
        (b"", "multipart/form-data; boundary=x"),
        (b"--x\r\n", "multipart/form-data; boundary=x"),
        (b"--x\r\n\r\n--x--", "multipart/form-data; boundary=x"),
        (b"--x\r\nno: name\r\n\r\nbody\r\n--x--", "multipart/form-data; boundary=x"),
        (b"--x--", "multipart/form-data"),
        (
            b'--x\r\nContent-Disposition: form-data; name="manifest"\r\n\r\n{}',
            "multipart/form-data; boundary=x",
        ),
    ]
    for body, content_type in cases:
        refused = api.error("POST", path, content=body, headers={"content-type": content_type})
        assert refused == (400, 8000010)


@pytest.mark.parametrize("message", ["x" * 385, "é" * 193])
def test_a_long_commit_message_is_refused(api, message):
    api.create_project()
    parts = {**manifest({}), "commit_message": (None, message)}
    assert create(api, parts) == (400, 8000111)


def test_a_commit_message_that_is_no_text_is_refused(api):
    api.create_project()
    assert create(api, {**manifest({}), "commit_message": (None, b"\xe2\x82")}) == (400, 8000111)


def test_two_forms_of_code_exclude_each_other(api):
    api.create_project()
    parts = {**manifest({}), "_worker.js": ("a", b""), "_worker.bundle": ("b", b"")}
    assert create(api, parts) == (400, 8000010)


@pytest.mark.parametrize(
    "routes",
    [
        "",
        "{",
        "[]",
        "null",
        '{"version": 2, "include": ["/*"], "exclude": []}',
        '{"version": 1, "include": [], "exclude": []}',
        '{"version": 1, "include": ["api/*"], "exclude": []}',
        '{"version": 1, "include": [1], "exclude": []}',
        '{"version": 1, "include": ["/*"]}',
        json.dumps({"version": 1, "include": ["/" + "x" * 100], "exclude": []}),
        json.dumps({"version": 1, "include": [f"/{n}" for n in range(101)], "exclude": []}),
    ],
)
def test_malformed_routes_are_refused(api, routes):
    api.create_project()
    assert create(api, {**manifest({}), "_routes.json": ("_routes.json", routes)})[0] == 400


def test_faults_are_answered_as_many_times_as_asked(api):
    api.create_project()
    api.emulator.options.unknown_errors = 2
    assert create(api, manifest({})) == (500, 8000000)
    assert create(api, manifest({})) == (500, 8000000)
    assert api.deploy(files=PAGE)["latest_stage"]["status"] == "success"
    # The request itself broke no rule; 500 is what the document does not know.
    api.checker.violations.clear()


def test_stages_pass_one_after_the_other(api, http):
    api.emulator.options.stage_seconds = 0.05
    api.create_project()
    deployment = api.deploy(files=PAGE)
    assert deployment["latest_stage"]["name"] == "queued"
    assert deployment["latest_stage"]["status"] == "active"
    assert http.get(deployment["url"]).status_code == 404
    assert api.result("GET", api.pages("/site"))["canonical_deployment"] is None
    seen = []
    path = api.pages(f"/site/deployments/{deployment['id']}")
    while not seen or seen[-1] != ("deploy", "success"):
        stage = api.result("GET", path)["latest_stage"]
        state = (stage["name"], stage["status"])
        if state not in seen:
            seen.append(state)
        time.sleep(0.01)
    names = [name for name, _ in seen]
    assert names == sorted(
        names, key=["queued", "initialize", "clone_repo", "build", "deploy"].index
    )
    assert http.get(deployment["url"]).text == "one"


def test_deployments_are_listed_by_environment(api):
    api.create_project()
    one = api.deploy(files=PAGE)
    two = api.deploy(files=PAGE, branch="dev")
    three = api.deploy(files=PAGE)

    def ids(**params):
        found = api.result("GET", api.pages("/site/deployments"), params=params)
        return [deployment["id"] for deployment in found]

    assert ids() == [three["id"], two["id"], one["id"]]
    assert ids(env="preview") == [two["id"]]
    assert ids(env="production", per_page=1, page=2) == [one["id"]]
    assert api.error("GET", api.pages("/site/deployments"), params={"env": "x"})[0] == 400


def test_production_moves_to_the_newest_and_can_be_put_back(api, http):
    api.create_project()
    site = api.emulator.site_url("site")
    first = api.deploy(files={"/index.html": b"one"})
    second = api.deploy(files={"/index.html": b"two"})
    assert http.get(site).text == "two"
    rollback = api.pages(f"/site/deployments/{first['id']}/rollback")
    put_back = api.result("POST", rollback)
    assert put_back["id"] == first["id"]
    assert http.get(site).text == "one"
    assert api.result("GET", api.pages("/site"))["canonical_deployment"]["id"] == first["id"]
    assert api.error("POST", rollback)[0] == 400
    api.deploy(files={"/index.html": b"three"})
    assert http.get(site).text == "three"
    preview = api.deploy(files=PAGE, branch="dev")
    assert api.error("POST", api.pages(f"/site/deployments/{preview['id']}/rollback"))[0] == 400
    assert http.get(second["url"]).text == "two"


def test_the_deployment_in_production_cannot_be_deleted(api, http):
    api.create_project()
    old = api.deploy(files=PAGE)
    active = api.deploy(files={"/index.html": b"two"})
    path = api.pages("/site/deployments/{}").format
    assert api.error("DELETE", path(active["id"]), params={"force": "true"})[0] == 400
    api.result("DELETE", path(old["id"]))
    assert api.error("GET", path(old["id"])) == (404, 8000009)
    assert http.get(api.emulator.site_url("site")).text == "two"


def test_an_aliased_deployment_is_deleted_with_force_only(api):
    api.create_project()
    first = api.deploy(files=PAGE, branch="dev")
    second = api.deploy(files=PAGE, branch="dev")
    path = api.pages("/site/deployments/{}").format
    api.result("DELETE", path(first["id"]))
    assert api.error("DELETE", path(second["id"])) == (400, 8000035)
    api.result("DELETE", path(second["id"]), params={"force": "true"})


def test_a_retry_deploys_the_same_again(api, http):
    api.create_project()
    first = api.deploy(files=PAGE)
    api.deploy(files={"/index.html": b"two"})
    again = api.result("POST", api.pages(f"/site/deployments/{first['id']}/retry"))
    assert again["id"] != first["id"]
    assert http.get(api.emulator.site_url("site")).text == "one"


def test_the_log_tells_what_happened(api):
    api.create_project()
    deployment = api.deploy(files=PAGE)
    assert api.log(deployment)[-1] == "Success: Your site was deployed!"


def test_live_logs_are_refused_with_a_reason(api):
    api.create_project()
    deployment = api.deploy(files=PAGE)
    path = api.pages(f"/site/deployments/{deployment['id']}/tails")
    assert api.error("POST", path, json={"filters": []})[0] == 400


def test_a_deployment_of_another_project_is_not_found(api):
    api.create_project("site")
    api.create_project("other")
    deployment = api.deploy(files=PAGE)
    assert api.error("GET", api.pages(f"/other/deployments/{deployment['id']}")) == (404, 8000009)
    assert api.error("GET", api.pages("/site/deployments/none")) == (404, 8000009)


def test_everything_is_the_same_after_a_restart(start_emulator, connect):
    emulator = start_emulator()
    api = connect(emulator)
    api.create_project()
    deployment = api.deploy(files=PAGE)
    preview = api.deploy(files={"/index.html": b"two"}, branch="dev")
    before = (emulator.api_url, emulator.site_url("site"), api.result("GET", api.pages("/site")))
    emulator.stop()
    emulator.stop()
    restarted = start_emulator()
    again = connect(restarted)
    after = (
        restarted.api_url,
        restarted.site_url("site"),
        again.result("GET", again.pages("/site")),
    )
    assert after == before
    for url, text in (
        (deployment["url"], "one"),
        (preview["url"], "two"),
        (preview["aliases"][0], "two"),
    ):
        assert again.http.get(url).text == text
