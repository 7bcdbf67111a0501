"""A canary in every secret appears nowhere but where it belongs."""

from __future__ import annotations

import contextlib
import io
import logging
import traceback
from collections.abc import Callable
from pathlib import Path

import attrs
import pytest

import oneclick_deploy as od
from oneclick_deploy.deploy.access import local_access
from oneclick_deploy.local.server import AsgiApp, Receive, Scope, Send
from oneclick_deploy.progress.plain import PlainView
from tests.deploy.apps import make_app

CANARY = "canary-7f3a9"


@pytest.fixture
def captured(caplog: pytest.LogCaptureFixture) -> Callable[[], str]:
    """Everything that loggers said at any level."""
    caplog.set_level(logging.DEBUG)
    return lambda: caplog.text


def echoing(app: AsgiApp) -> AsgiApp:
    """A provider that repeats the request's secrets in its refusal."""

    async def door(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["method"] != "PATCH":
            await app(scope, receive, send)
            return
        body = b""
        while True:
            message = await receive()
            body += message.get("body", b"")
            if not message.get("more_body"):
                break
        headers = b" ".join(value for _, value in scope["headers"])
        text = b'{"success":false,"errors":[{"code":1,"message":"bad: %s"}]}' % (
            headers + body
        ).replace(b'"', b"'")
        await send({"type": "http.response.start", "status": 400, "headers": []})
        await send({"type": "http.response.body", "body": text})

    return door


@pytest.mark.off_contract
@pytest.mark.parametrize("hostile", [False, True], ids=["good provider", "echoing provider"])
def test_no_secret_is_ever_printed_or_stored(
    hostile: bool,
    make_cloud: Callable[..., od.LocalCloud],
    source: Path,
    tmp_path: Path,
    captured: Callable[[], str],
    capfd: pytest.CaptureFixture[str],
) -> None:
    cloud = make_cloud(wrap=echoing if hostile else None)
    key = od.Vault.generate_key()
    app = make_app(source, env={"A": od.Secret(f"{CANARY}-env"), "B": od.Secret(f'{CANARY}"\n&=')})
    seen = io.StringIO()
    events: list[od.Event] = []
    view = PlainView(seen)

    def on_event(event: od.Event) -> None:
        events.append(event)
        view(event)

    store = tmp_path / "store" / "deployments.db"
    with od.DeploymentOrchestrator(
        access=local_access(cloud), store=od.SqliteStore(store), vault=od.Vault([key])
    ) as orchestrator:
        plan = orchestrator.plan(app)
        texts = [str(plan), repr(plan), repr(app), repr(local_access(cloud))]
        deployment: od.Deployment | None = None
        with contextlib.suppress(od.OneClickError):
            deployment = orchestrator.deploy(plan, on_event=on_event)
        try:
            orchestrator.deploy(attrs.evolve(app, site="missing"), on_event=on_event)
        except od.OneClickError as error:
            texts += [str(error), repr(error), "".join(traceback.format_exception(error))]
        if hostile:
            try:
                orchestrator.deploy(app)
            except od.OneClickError as error:
                texts += [str(error), repr(error), repr(vars(error)), repr(error.__dict__)]
                texts += ["".join(traceback.format_exception(error))]
        (only,) = orchestrator.deployments()
        texts += [str(orchestrator.history(only.id)), repr(orchestrator.history(only.id))]
        texts += [repr(deployment), seen.getvalue(), *map(repr, events), *map(str, events)]
        stored = b"".join(path.read_bytes() for path in store.parent.iterdir())
    out, err = capfd.readouterr()
    texts += [captured(), out, err]
    secrets = [CANARY, cloud.turso_token.reveal(), cloud.cloudflare_token.reveal(), key.reveal()]
    for secret in secrets:
        assert sum(text.count(secret) for text in texts) == 0, secret
        assert stored.count(secret.encode()) == 0
    assert any("database" in text for text in texts)
    # Tokens of the database are three base64url parts that begin like every JWT.
    assert not any("eyJ" in text for text in texts)
    assert b"eyJ" not in stored
