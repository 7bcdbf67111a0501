"""The official client, unchanged, against the emulator."""

from __future__ import annotations

import base64
import json
import os
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from oneclick_deploy.local.cloudflare.emulator import CloudflareEmulator

pytestmark = pytest.mark.node

ACCOUNT = "0" * 29 + "acc"
Wrangler = Callable[..., str]


@pytest.fixture
def wrangler(emulator: CloudflareEmulator, wrangler_command: list[str], tmp_path: Path) -> Wrangler:
    """Run a command of the official client in ``tmp_path`` and return what it printed."""
    home = tmp_path / "home"
    home.mkdir()

    def run(*arguments: str, stdin: str = "", fails: bool = False) -> str:
        done = subprocess.run(
            [*wrangler_command, *arguments],
            cwd=tmp_path,
            env={
                "PATH": os.environ["PATH"],
                "HOME": str(home),
                "CLOUDFLARE_API_BASE_URL": emulator.api_url,
                "CLOUDFLARE_API_TOKEN": "local-test-token",
                "CLOUDFLARE_ACCOUNT_ID": ACCOUNT,
                "WRANGLER_SEND_METRICS": "false",
                "NO_COLOR": "1",
            },
            input=stdin,
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
        printed = done.stdout + done.stderr
        assert (done.returncode != 0) is fails, printed
        return printed

    return run


def test_a_project_lives_its_whole_life(wrangler, api, http, shared, tmp_path):
    traced = shared / "traces" / "cloudflare-pages"
    for path, content in json.loads((traced / "site.json").read_text()).items():
        file = tmp_path / "site" / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(base64.b64decode(content))
    wrangler("pages", "project", "create", "demo-site", "--production-branch", "main", "--force")
    printed = wrangler(
        "pages", "deploy", "site", "--project-name", "demo-site", "--branch", "main",
        "--commit-hash", "0" * 40, "--commit-message", "First deploy ✨", "--commit-dirty=true",
    )  # fmt: skip
    deployment = api.emulator.deployments("demo-site")[0]
    url = api.result("GET", api.pages(f"/demo-site/deployments/{deployment.id}"))["url"]
    assert url in printed
    assert deployment.commit_message == "First deploy ✨"
    expected = json.loads((traced / "EXPECTED.json").read_text())
    assert len(deployment.manifest) == 32
    assert set(deployment.manifest.values()) <= set(json.dumps(expected).split('"'))
    old = http.get(f"{api.emulator.site_url('demo-site')}/old")
    assert (old.status_code, old.headers["location"]) == (301, "/about")

    assert deployment.short_id in wrangler(
        "pages", "deployment", "list", "--project-name", "demo-site"
    )
    assert "demo-site" in wrangler("pages", "project", "list")
    wrangler("pages", "secret", "put", "AUTH_SECRET", "--project-name", "demo-site", stdin="s3cret")
    assert "AUTH_SECRET" in wrangler("pages", "secret", "list", "--project-name", "demo-site")
    wrangler("pages", "project", "delete", "demo-site", "--yes")
    assert api.emulator.projects() == ()


def test_a_worker_directory_is_deployed_unchanged(wrangler, api, http, shared, tmp_path, workerd):
    source = shared / "traces" / "cloudflare-pages" / "inputs" / "worker-js-directory"
    copy_tree(source, tmp_path)
    api.create_project(
        "app",
        deployment_configs={
            "production": {
                "compatibility_date": "2025-05-05",
                "compatibility_flags": ["nodejs_compat"],
            }
        },
    )
    wrangler("pages", "deploy", "site", "--project-name", "app", "--branch", "main", "--no-bundle")
    site = api.emulator.site_url("app")
    assert http.get(f"{site}/anything").status_code == 200
    assert http.get(f"{site}/_next/static/none.js").status_code == 200


def test_functions_are_compiled_and_run(wrangler, api, http, shared, tmp_path, workerd):
    copy_tree(shared / "traces" / "cloudflare-pages" / "inputs" / "functions", tmp_path)
    api.create_project("app")
    wrangler("pages", "deploy", "site", "--project-name", "app", "--branch", "main")
    site = api.emulator.site_url("app")
    assert http.get(f"{site}/api/hello").text == "hello "
    assert http.post(f"{site}/api/hello").text == "posted"
    # Parameters stay percent-encoded.
    assert http.get(f"{site}/users/a%20b").json() == {"id": "a%20b"}
    assert http.get(f"{site}/").text == "<h1>hi</h1>\n"


def test_the_reason_of_a_failed_deployment_is_shown(wrangler, api, tmp_path, workerd):
    (tmp_path / "site").mkdir()
    (tmp_path / "site" / "_worker.js").write_text("throw new Error('no luck today')")
    api.create_project("app")
    printed = wrangler(
        "pages", "deploy", "site", "--project-name", "app", "--branch", "main", "--no-bundle",
        fails=True,
    )  # fmt: skip
    assert "Failed to publish your Function" in printed
    assert "no luck today" in printed


def copy_tree(source: Path, target: Path) -> None:
    for file in source.rglob("*"):
        if file.is_file():
            copy = target / file.relative_to(source)
            copy.parent.mkdir(parents=True, exist_ok=True)
            copy.write_bytes(file.read_bytes())
