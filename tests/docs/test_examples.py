"""The example programs do what they say."""

from __future__ import annotations

import json
import runpy
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from typing import Any

import pytest
import uvicorn

from oneclick_deploy.local.tools import find_tool
from tests.conftest import REPOSITORY

EXAMPLES = REPOSITORY / "examples"


@pytest.fixture(autouse=True)
def workerd() -> None:
    if find_tool("workerd") is None:
        pytest.skip("the guestbook's code needs workerd: run tools/install_test_tools.py")


def test_the_first_deploy_shows_an_address_and_a_report() -> None:
    done = subprocess.run(
        [sys.executable, EXAMPLES / "first_deploy.py"],
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert "http://127.0.0.1:" in done.stdout
    assert "785 rows in 9 tables" in done.stdout
    assert "sk_test_" not in done.stdout + done.stderr


def test_the_first_deploy_is_the_program_of_the_readme() -> None:
    program = (EXAMPLES / "first_deploy.py").read_text("utf-8")
    readme = (REPOSITORY / "README.md").read_text("utf-8")
    block = readme.split("```python\n", 1)[1].split("```", 1)[0]
    statements = [line.split("#")[0].strip() for line in block.splitlines()]
    # Only the paths differ, and whether the two contexts share a line.
    differ = ("source=", "preview_data=", "with od.")
    assert [s for s in statements if not s.startswith(differ) and s not in program] == []


@pytest.fixture
def host() -> Iterator[str]:
    """The event stream host on a port of its own."""
    example = runpy.run_path(str(EXAMPLES / "event_stream.py"))
    config = uvicorn.Config(example["host"], port=0, log_config=None, lifespan="on", ws="none")
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, name="event-stream-host")
    thread.start()
    while not server.started:
        assert thread.is_alive()
        time.sleep(0.01)
    yield f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    server.should_exit = True
    thread.join(timeout=30)


def post(url: str) -> Any:
    return urllib.request.urlopen(urllib.request.Request(url, method="POST"), timeout=60)


def read_messages(answer: Any) -> Iterator[dict[str, str]]:
    """Server-sent events, as the browser's EventSource reads them."""
    message: dict[str, str] = {}
    for line in answer:
        text = line.decode().rstrip("\n")
        if not text:
            yield message
            message = {}
            continue
        field, _, value = text.partition(": ")
        message[field] = value


def deployed(host: str) -> dict[str, dict[str, str]]:
    with urllib.request.urlopen(f"{host}/deployments", timeout=60) as answer:
        found: dict[str, dict[str, str]] = json.load(answer)
    return found


def test_the_host_streams_every_event_of_a_run(host: str) -> None:
    with post(f"{host}/deployments/my-book") as answer:
        assert answer.headers["content-type"].startswith("text/event-stream")
        messages = list(read_messages(answer))
    assert [message["id"] for message in messages] == [str(n + 1) for n in range(len(messages))]
    assert messages[0]["event"] == "RunStarted"
    assert messages[-1]["event"] == "RunFinished"
    end = json.loads(messages[-1]["data"])
    assert deployed(host) == {"my-book": {"status": "active", "url": end["url"]}}


def test_a_run_goes_on_when_its_browser_goes_away(host: str) -> None:
    with post(f"{host}/deployments/left-alone") as answer:
        first = next(read_messages(answer))
    assert first["event"] == "RunStarted"
    deadline = time.monotonic() + 60
    while deployed(host)["left-alone"]["status"] != "active":
        assert time.monotonic() < deadline
        time.sleep(0.05)


def test_a_host_that_stops_ends_its_runs(host: str) -> None:
    with post(f"{host}/deployments/cut-off") as answer:
        assert next(read_messages(answer))["event"] == "RunStarted"


def test_the_host_refuses_a_bad_name_with_a_hint(host: str) -> None:
    with pytest.raises(urllib.error.HTTPError) as refused, post(f"{host}/deployments/Not_Good"):
        pass
    with refused.value as answer:
        assert answer.status == 422
        assert "not-good" in json.load(answer)["hint"]
