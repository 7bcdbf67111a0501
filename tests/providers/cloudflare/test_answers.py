"""Reading projects, deployments, domains and logs, and writing the deployment form."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from attrs import evolve

from oneclick_deploy.errors import ConfigurationError, SiteError, UnexpectedAnswerError
from oneclick_deploy.http.values import Response
from oneclick_deploy.providers.cloudflare.pages.models import DeploymentState, LogLine, Stage
from oneclick_deploy.providers.cloudflare.pages.wire import (
    DeploymentForm,
    deployment_failure,
    form_parts,
    one_line,
    read_deployment,
    read_domain,
    read_hashes,
    read_log,
    read_project,
    worker_bundle,
)
from oneclick_deploy.providers.cloudflare.wire import Envelope
from oneclick_deploy.site import Site, WorkerBundle, WorkerModule

OK = Response(status=200)


def test_a_deployment_is_read_from_a_real_looking_answer(cloud: Any) -> None:
    raw = cloud.deployment(
        7,
        aliases=["https://main.demo.pages.dev"],
        stages=[{"name": "queued", "status": "success", "started_on": None}],
        deployment_trigger={
            "type": "ad_hoc",
            "metadata": {"branch": "main", "commit_hash": "abc", "commit_message": "m"},
        },
        env_vars={"SECRET": {"type": "secret_text", "value": ""}},
    )
    deployment = read_deployment(raw, OK)
    assert deployment.url == "https://00000007.demo-4xz.pages.dev"
    assert deployment.aliases == ("https://main.demo.pages.dev",)
    assert (deployment.branch, deployment.commit_hash) == ("main", "abc")
    assert deployment.stages == (Stage(name="queued", status="success"),)
    assert deployment.created_on == datetime(2026, 1, 2, 3, 4, 5, 678_000, tzinfo=UTC)


@pytest.mark.parametrize(
    ("stage", "status", "skipped", "state"),
    [
        ("deploy", "success", False, DeploymentState.SUCCEEDED),
        ("deploy", "active", False, DeploymentState.RUNNING),
        ("deploy", "idle", False, DeploymentState.RUNNING),
        ("build", "success", False, DeploymentState.RUNNING),
        ("queued", "active", False, DeploymentState.RUNNING),
        ("build", "failure", False, DeploymentState.FAILED),
        ("deploy", "failure", False, DeploymentState.FAILED),
        ("queued", "canceled", False, DeploymentState.CANCELED),
        ("deploy", "skipped", False, DeploymentState.SKIPPED),
        ("deploy", "success", True, DeploymentState.SKIPPED),
        ("new-stage", "new-status", False, DeploymentState.RUNNING),
    ],
)
def test_only_a_finished_deploy_stage_is_a_success(
    cloud: Any, stage: str, status: str, skipped: bool, state: DeploymentState
) -> None:
    raw = cloud.deployment(1, stage=stage, status=status, is_skipped=skipped)
    assert read_deployment(raw, OK).state is state


def test_a_deployment_without_a_stage_is_still_running(cloud: Any) -> None:
    raw = cloud.deployment(1) | {"latest_stage": None}
    assert read_deployment(raw, OK).state is DeploymentState.RUNNING


@pytest.mark.parametrize(
    "change",
    [{"id": None}, {"id": 7}, {"stages": [7]}, {"stages": [{}]}, {"created_on": "yesterday"}],
)
def test_a_malformed_deployment_is_an_unexpected_answer(cloud: Any, change: Any) -> None:
    with pytest.raises(UnexpectedAnswerError):
        read_deployment(cloud.deployment(1) | change, OK)


def test_a_project_tells_its_setup_and_no_secret(cloud: Any) -> None:
    raw = cloud.project(
        deployment_configs={
            "production": {
                "env_vars": {
                    "B": {"type": "secret_text", "value": "never sent by the real API"},
                    "A": {"type": "plain_text", "value": "visible"},
                    "GONE": None,
                },
                "compatibility_date": "2026-01-01",
                "compatibility_flags": ["nodejs_compat"],
                "d1_databases": {"DB": {"id": "uuid"}, "OFF": None},
                "kv_namespaces": {"KV": {"namespace_id": "n"}},
            },
            "preview": {"env_vars": None},
        },
        latest_deployment=cloud.deployment(1),
        canonical_deployment={},
    )
    project = read_project(raw, OK)
    assert project.subdomain == "demo-4xz.pages.dev"
    assert project.env_names == {"production": ("A", "B"), "preview": ()}
    assert project.production.secret_names == ("B",)
    assert (project.production.d1, project.production.kv) == ({"DB": "uuid"}, {"KV": "n"})
    assert project.latest_deployment is not None
    assert project.canonical_deployment is None
    assert project.production.plain_env == {"A": "visible"}
    assert "visible" not in repr(project)


@pytest.mark.parametrize(
    ("subdomain", "url"),
    [
        ("demo-4xz.pages.dev", "https://demo-4xz.pages.dev"),
        ("127.0.0.1:8788", "http://127.0.0.1:8788"),
        ("localhost:8788", "http://localhost:8788"),
        ("", ""),
    ],
)
def test_the_address_of_production_comes_from_the_answer(
    cloud: Any, subdomain: str, url: str
) -> None:
    assert read_project(cloud.project("demo", subdomain=subdomain), OK).url == url


def test_a_domain_is_read_with_the_state_of_its_checks() -> None:
    domain = read_domain(
        {
            "id": "d",
            "name": "www.example.com",
            "status": "pending",
            "created_on": "",
            "zone_tag": None,
            "validation_data": {"method": "txt", "status": "pending", "txt_name": "_x"},
            "verification_data": {"status": "error", "error_message": "CNAME record not set"},
        },
        OK,
    )
    assert not domain.active
    assert (domain.txt_name, domain.verification_error) == ("_x", "CNAME record not set")


def test_a_log_line_without_a_time_is_still_a_line() -> None:
    data = {"data": [{"line": "a", "ts": "later"}, {"ts": "2026-01-02T03:04:05Z"}], "total": 2}
    log = read_log(Envelope(result=data, response=OK))
    assert log[0] == LogLine(line="a")
    assert log[1] == LogLine(line="", ts=datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC))


@pytest.mark.parametrize("result", [None, {}, "x", [1]])
def test_missing_hashes_must_be_texts(result: Any) -> None:
    with pytest.raises(UnexpectedAnswerError):
        read_hashes(Envelope(result=result, response=OK))


@pytest.mark.parametrize(
    ("line", "hint"),
    [
        ("Error: Failed to publish your Function. Got error: x", "nodejs_compat"),
        ("Error: Unknown internal error occurred.", "binding"),
        ("Something new", "deployment_logs"),
    ],
)
def test_a_failure_tells_the_last_line_and_what_to_do(cloud: Any, line: str, hint: str) -> None:
    failed = read_deployment(cloud.deployment(1, status="failure"), OK)
    error = deployment_failure(
        failed, [LogLine(line="Uploading"), LogLine(line=line), LogLine(line=" ")]
    )
    assert line in error.message
    assert "stage deploy" in error.message
    assert hint in error.hint


def test_a_skipped_deployment_tells_why(cloud: Any) -> None:
    raw = cloud.deployment(1, is_skipped=True, skip_reason="pages_to_workers_conversion")
    error = deployment_failure(read_deployment(raw, OK), [])
    assert "skipped" in error.message
    assert "pages_to_workers_conversion" in error.message


@pytest.mark.parametrize(
    ("message", "sent"),
    [
        ("", ""),
        ("plain", "plain"),
        ("First deploy ✨", "First deploy"),
        ("\n\n  subject \r\nbody", "subject"),
        ("naïve café", "naive cafe"),
        ("日本語", ""),
        ("a\tb\x00c\x1b[31m", "a b c [31m"),
        ("x" * 1000, "x" * 384),
        ("✨" * 1000 + "y", "y"),
    ],
)
def test_a_commit_message_is_one_short_ascii_line(message: str, sent: str) -> None:
    assert one_line(message) == sent


def test_the_form_has_the_official_clients_order(site: Site) -> None:
    module = WorkerModule(name="index.js", content_type="text/plain", content=b"x")
    full = evolve(
        site,
        worker=WorkerBundle(main_module="index.js", modules=(module,)),
        redirects=b"/a /b",
        routes=b"{}",
    )
    form = DeploymentForm(branch="b", commit_hash="abc1234", commit_message="m", commit_dirty=False)
    parts = form_parts(full, form)
    assert [part.name for part in parts] == [
        "manifest",
        "branch",
        "commit_message",
        "commit_hash",
        "commit_dirty",
        "_headers",
        "_redirects",
        "_worker.bundle",
        "_routes.json",
    ]
    assert [part.filename for part in parts] == [""] * 5 + [part.name for part in parts[5:]]
    assert parts[4].content == b"false"


def test_what_is_not_given_is_not_sent(site: Site) -> None:
    parts = form_parts(evolve(site, routes=b"{}"), DeploymentForm())
    assert [part.name for part in parts] == ["manifest", "_headers"]


@pytest.mark.parametrize(
    ("field", "value"),
    [("branch", "a\nb"), ("branch", "a\x00"), ("commit_hash", "v1.0"), ("commit_hash", "abc\n123")],
)
def test_a_branch_or_commit_that_cannot_be_one_is_refused(
    site: Site, field: str, value: str
) -> None:
    wrong = evolve(DeploymentForm(), **{field: value})
    with pytest.raises(ConfigurationError):
        form_parts(site, wrong)


def test_a_worker_that_is_too_large_is_refused(site: Site) -> None:
    module = WorkerModule(name="i.js", content_type="text/plain", content=b"x" * (25 * 2**20))
    large = evolve(site, worker=WorkerBundle(main_module="i.js", modules=(module,)))
    with pytest.raises(SiteError, match=r"25\.0 MiB"):
        worker_bundle(large)
