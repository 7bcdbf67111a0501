"""The same job as the official client, against what it was answered: the same requests.

Each recorded run is done again with our client and the recorded answers. What we send may differ
only where `JUSTIFIED` says so. The module ends with a table of the result (``pytest -rP`` shows it).
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Callable, Iterator
from email.parser import BytesParser
from email.policy import HTTP
from pathlib import Path
from typing import Any

import httpx
import pytest
from attrs import field, mutable

from oneclick_deploy.errors import ApiError, DeployError, NotFoundError
from oneclick_deploy.http import HttpSettings, RetryPolicy
from oneclick_deploy.providers.cloudflare.pages import CloudflarePagesClient, PagesPace
from oneclick_deploy.secrets import Secret
from oneclick_deploy.site import Site, read_site

ACCOUNT = "00000000000000000000000000000acc"
PROJECT = "demo-site"
DEPLOYMENT = "22222222-2222-4222-8222-222222222222"

DEPLOYS = (
    "deploy-static",
    "deploy-worker-js-no-bundle",
    "deploy-worker-js-directory-no-bundle",
    "deploy-git-dirty",
    "fault-all-cached",
    "fault-checkmissing-401",
    "fault-deploy-8000000",
    "fault-deploy-8000000-always",
    "fault-deploy-failure",
    "fault-project-missing",
    "fault-queued-first",
    "fault-slow-deploy",
    "fault-upload-401",
    "fault-upload-500",
    "fault-upload-502",
    "fault-upsert-401",
    "fault-upsert-fail",
)

# Why a request of the official client has no counterpart here, or ours none there. Nothing else
# may differ. The key is what is reported by `differences`.
JUSTIFIED: dict[str, dict[str, str]] = {
    "*": {
        "once: GET project": "wrangler reads the project twice in a row",
        "once: GET upload-token": "wrangler fetches two tokens in a row and uses the second one",
    },
    "deploy-static": {
        "field commit_message": "one ASCII line: others were refused with 8000111",
        "equal contents once": "wrangler uploads equal contents as often as they occur",
    },
    "deploy-git-dirty": {
        "field commit_message": "one ASCII line: others were refused with 8000111",
    },
    "fault-slow-deploy": {
        "extra: GET deployment": "wrangler stops at deploy/active without knowing the end",
    },
    **{
        run: {"not sent: GET project": "wrangler looks for its config file's hash to echo it"}
        for run in ("secret-put", "secret-bulk", "secret-delete")
    },
}

SUMMARY: list[tuple[str, int, int, str]] = []


@mutable
class Call:
    """A request reduced to what is compared."""

    name: str
    auth: str
    fields: dict[str, Any] = field(factory=dict)

    def key(self) -> str:
        return json.dumps([self.name, self.auth, self.fields], sort_keys=True)


@mutable
class Replay:
    """Answers with what was recorded, each exchange once, the last answer of a place again."""

    exchanges: list[dict[str, Any]]
    sent: list[Call] = field(factory=list)
    used: set[int] = field(factory=set)

    def __call__(self, request: httpx.Request) -> httpx.Response:
        call = from_httpx(request)
        self.sent.append(call)
        matches = [
            number
            for number, exchange in enumerate(self.exchanges)
            if same_place(from_trace(exchange["request"]), call)
        ]
        assert matches, f"the official client never sent {call}"
        number = next((n for n in matches if n not in self.used), matches[-1])
        again = number in self.used
        self.used.add(number)
        answer = self.exchanges[number]["response"]
        if again and call.name == "GET deployment":
            answer = finished(answer)
        body = answer["body"]
        if isinstance(body, str):
            return httpx.Response(answer["status"], text=body)
        return httpx.Response(answer["status"], json=body)


def finished(answer: dict[str, Any]) -> dict[str, Any]:
    """The recording ends before the deployment does: let it end well."""
    result = {**answer["body"]["result"], "latest_stage": {"name": "deploy", "status": "success"}}
    return {"status": 200, "body": {**answer["body"], "result": result}}


def same_place(recorded: Call, ours: Call) -> bool:
    if recorded.name != ours.name or recorded.auth != ours.auth:
        return False
    if ours.name == "POST upload":
        # Which files share a request depends on the order of equal sizes; one key tells enough.
        return bool({i["key"] for i in ours.fields["json"]} & keys_of(recorded))
    return True


def keys_of(call: Call) -> set[str]:
    return {item["key"] for item in call.fields["json"]}


def from_trace(request: dict[str, Any]) -> Call:
    fields: dict[str, Any] = dict(request["query"])
    if "json" in request:
        fields["json"] = request["json"]
    if "multipart" in request:
        fields["form"] = [trace_part(part) for part in request["multipart"]]
    authorization = request["headers"].get("authorization", "")
    auth = "upload JWT" if "JWT" in authorization else "API token"
    return Call(name=name_of(request["method"], request["path"]), auth=auth, fields=fields)


def trace_part(part: dict[str, Any]) -> list[Any]:
    value = part.get("json", part.get("text"))
    if "multipart" in part:
        value = [trace_part(inner) for inner in part["multipart"]]
    # The recorder shows files as parsed JSON or text; only plain fields have no type.
    return [part["name"], part.get("filename"), part.get("content_type"), value]


def from_httpx(request: httpx.Request) -> Call:
    fields: dict[str, Any] = dict(request.url.params)
    kind = request.headers.get("content-type", "")
    if kind.startswith("application/json"):
        fields["json"] = json.loads(request.content)
    elif kind.startswith("multipart/"):
        fields["form"] = form(kind.encode(), request.content)
    auth = "upload JWT" if "JWT" in request.headers["authorization"] else "API token"
    path = request.url.path.removeprefix("/client/v4")
    return Call(name=name_of(request.method, path), auth=auth, fields=fields)


def form(content_type: bytes, body: bytes) -> list[list[Any]]:
    message = BytesParser(policy=HTTP).parsebytes(
        b"Content-Type: " + content_type + b"\r\n\r\n" + body
    )
    parts = []
    for part in message.iter_parts():
        content = part.get_payload(decode=True)
        name = part.get_param("name", header="content-disposition")
        filename = part.get_filename()
        kind = part.get_content_type() if filename else None
        parts.append([name, filename, kind, part_value(name, content)])
    return parts


def part_value(name: str, content: bytes) -> Any:
    if name == "_worker.bundle":
        boundary = content.partition(b"\r\n")[0][2:]
        return form(b"multipart/form-data; boundary=" + boundary, content)
    text = content.decode()
    try:
        value = json.loads(text)
    except ValueError:
        return text
    return value if isinstance(value, dict | list) else text


def name_of(method: str, path: str) -> str:
    path = path.removeprefix(f"/accounts/{ACCOUNT}/pages")
    path = re.sub(r"^/projects/[a-z-]+", "/project", path)
    path = path.replace(f"/{DEPLOYMENT}", "/deployment")
    return f"{method} {path.rpartition('/')[2]}"


def differences(theirs: list[Call], ours: list[Call]) -> Iterator[str]:
    """What differs, as keys of `JUSTIFIED`; anything unexpected is a key that nobody justified."""
    yield from uploads_differ(theirs, ours)
    left = [call for call in theirs if call.name != "POST upload"]
    mine = [call for call in ours if call.name != "POST upload"]
    for place, call in enumerate(mine):
        following = mine[place + 1].key() if place + 1 < len(mine) else ""
        while left and left[0].name != call.name:
            yield f"not sent: {left.pop(0).name}"
        # Of equal requests in a row the last one counts, unless ours repeats as well.
        while len(left) > 1 and left[0].key() == left[1].key() == call.key() != following:
            yield f"once: {left.pop(0).name}"
        if left:
            yield from fields_differ(left.pop(0), call)
        else:
            yield f"extra: {call.name}"
    yield from (f"not sent: {call.name}" for call in left)


def uploads_differ(theirs: list[Call], ours: list[Call]) -> Iterator[str]:
    """Uploads run side by side and in any order: compared as contents and number of requests."""
    first = [call for call in theirs if call.name == "POST upload"]
    second = [call for call in ours if call.name == "POST upload"]
    if len(first) != len(second):
        yield f"{len(second)} uploads instead of {len(first)}"
    expected, sent = contents(first), contents(second)
    if set(expected) != set(sent):
        yield "other contents are uploaded"
    elif expected != sent:
        yield "equal contents once" if sent < expected else "contents are uploaded again"
    if {call.auth for call in second} - {"upload JWT"}:
        yield "an upload without the upload JWT"


def contents(uploads: list[Call]) -> Counter[str]:
    return Counter(
        json.dumps(item, sort_keys=True) for call in uploads for item in call.fields["json"]
    )


def fields_differ(theirs: Call, ours: Call) -> Iterator[str]:
    if theirs.auth != ours.auth:
        yield f"{ours.name} with {ours.auth}"
    for name in sorted(theirs.fields.keys() | ours.fields.keys()):
        first, second = theirs.fields.get(name), ours.fields.get(name)
        if name == "form" and first and second:
            yield from forms_differ(first, second)
        elif first != second:
            yield f"field {name} of {ours.name}"


def forms_differ(first: list[Any], second: list[Any]) -> Iterator[str]:
    if [part[:3] for part in first] != [part[:3] for part in second]:
        yield f"parts {[part[:3] for part in second]} instead of {[part[:3] for part in first]}"
        return
    for theirs, ours in zip(first, second, strict=True):
        same = theirs == ours
        if theirs[0] == "manifest":
            same = list(theirs[3].items()) == list(ours[3].items())
        if not same:
            yield f"field {ours[0]}"


@pytest.fixture(scope="module")
def traces(shared: Path) -> Path:
    return shared / "traces/cloudflare-pages"


@pytest.fixture(scope="module", autouse=True)
def summary() -> Iterator[None]:
    yield
    everywhere = JUSTIFIED["*"].values()
    print("\nIn every deploy: " + "; ".join(everywhere) + ".")  # noqa: T201
    print(f"{'run of wrangler':36} theirs ours  other differences, all justified")  # noqa: T201
    for run, theirs, ours, notes in SUMMARY:
        others = "; ".join(note for note in notes.split("; ") if note not in everywhere)
        print(f"{run:36} {theirs:6} {ours:4}  {others or '-'}")  # noqa: T201


Job = Callable[[CloudflarePagesClient], object]


def replay(trace: Path, job: Job) -> None:
    """Do the job against the recording and compare."""
    exchanges = json.loads(trace.read_text("utf-8"))["exchanges"]
    server = Replay(exchanges)
    client = CloudflarePagesClient(
        "the-token",
        account_id=ACCOUNT,
        base_url=f"https://{trace.stem}.test/client/v4",
        settings=HttpSettings(retry=RetryPolicy(first_wait=0.0, longest_wait=0.0)),
        transport=httpx.MockTransport(server),
        pace=PagesPace(unit=0.0),
    )
    with client:
        job(client)
    theirs = [from_trace(exchange["request"]) for exchange in exchanges]
    found = list(differences(theirs, server.sent))
    justified = JUSTIFIED["*"] | JUSTIFIED.get(trace.stem, {})
    assert [text for text in found if text not in justified] == []
    notes = "; ".join(justified[text] for text in dict.fromkeys(found))
    SUMMARY.append((trace.stem, len(theirs), len(server.sent), notes))


def input_site(traces: Path, trace: dict[str, Any]) -> Site:
    folder = traces / trace["input"]
    return read_site(folder if folder.name == "site" else folder / "site")


@pytest.mark.parametrize("name", DEPLOYS)
def test_a_deploy_sends_what_the_official_client_sends(
    name: str, traces: Path, tmp_path: Path
) -> None:
    path = traces / f"pages/{name}.json"
    trace = json.loads(path.read_text("utf-8"))
    form_fields = recorded_fields(trace)
    site = input_site(traces, trace)
    if name == "deploy-git-dirty":
        site = dirty_copy(site, tmp_path)

    def job(client: CloudflarePagesClient) -> None:
        client.deploy(PROJECT, site, concurrency=1, **form_fields)

    expected = {
        "fault-deploy-8000000-always": ApiError,
        "fault-deploy-failure": DeployError,
        "fault-project-missing": NotFoundError,
    }.get(name)
    if expected is None:
        replay(path, job)
        return

    def failing(client: CloudflarePagesClient) -> None:
        with pytest.raises(expected):
            job(client)

    replay(path, failing)


def recorded_fields(trace: dict[str, Any]) -> dict[str, Any]:
    """The arguments that make our form say what the recorded one says."""
    forms = [e["request"]["multipart"] for e in trace["exchanges"] if "multipart" in e["request"]]
    texts = {part["name"]: part.get("text") for part in forms[0]} if forms else {}
    names = ("branch", "commit_hash", "commit_message")
    fields: dict[str, Any] = {name: texts[name] for name in names if name in texts}
    if "commit_dirty" in texts:
        fields["commit_dirty"] = texts["commit_dirty"] == "true"
    return fields


def dirty_copy(site: Site, place: Path) -> Site:
    """That run had an uncommitted change in index.html."""
    for file in site.files:
        copy = place / file.path.removeprefix("/")
        copy.parent.mkdir(parents=True, exist_ok=True)
        copy.write_bytes(file.absolute.read_bytes())
    with (place / "index.html").open("a") as page:
        page.write("dirty\n")
    return read_site(place)


MANAGEMENT: dict[str, Job] = {
    "project-create": lambda pages: pages.create_project(PROJECT),
    "project-create-compat": lambda pages: pages.create_project(
        "demo-two", compatibility_date="2025-05-05", compatibility_flags=["nodejs_compat"]
    ),
    "project-list": lambda pages: pages.projects(),
    "project-delete": lambda pages: pages.delete_project(PROJECT),
    "deployment-list": lambda pages: pages.deployments(PROJECT, environment="production"),
    "deployment-delete": lambda pages: pages.delete_deployment(PROJECT, DEPLOYMENT, force=True),
    "secret-put": lambda pages: pages.set_env(
        PROJECT, {"AUTH_SECRET": Secret("s3cret")}, environments=["production"]
    ),
    "secret-bulk": lambda pages: pages.set_env(
        PROJECT,
        {"DATABASE_URL": Secret("libsql://x"), "AUTH_SECRET": Secret("s3cret")},
        environments=["production"],
    ),
    "secret-delete": lambda pages: pages.set_env(
        PROJECT, {"AUTH_SECRET": None}, environments=["production"]
    ),
    "secret-list": lambda pages: pages.project(PROJECT).env_names["preview"],
}


@pytest.mark.parametrize("name", sorted(MANAGEMENT))
def test_managing_sends_what_the_official_client_sends(name: str, traces: Path) -> None:
    replay(traces / f"pages/{name}.json", MANAGEMENT[name])


def test_the_comparison_sees_what_matters() -> None:
    get = Call("GET project", "API token")
    check = Call("POST check-missing", "upload JWT", {"json": {"hashes": ["a", "b"]}})
    form = Call("POST deployments", "API token", {"form": [["manifest", None, None, {"/a": "1"}]]})
    recorded = [get, get, check, form]
    other_order = Call("POST check-missing", "upload JWT", {"json": {"hashes": ["b", "a"]}})
    other_token = Call("POST check-missing", "API token", check.fields)
    no_manifest = Call("POST deployments", "API token", {"form": [["branch", None, None, "x"]]})
    for ours, expected in [
        (recorded, []),
        ([get, check, form], ["once: GET project"]),
        ([check, form], ["not sent: GET project"] * 2),
        ([get, get, check], ["not sent: POST deployments"]),
        ([get, get, check, form, form], ["extra: POST deployments"]),
        ([get, get, other_order, form], ["field json of POST check-missing"]),
        ([get, get, other_token, form], ["POST check-missing with API token"]),
    ]:
        assert list(differences(recorded, ours)) == expected
    (found,) = differences(recorded, [get, get, check, no_manifest])
    assert found.startswith("parts ")


def test_every_justification_is_still_needed() -> None:
    if len(SUMMARY) < len(DEPLOYS) + len(MANAGEMENT):
        pytest.skip("only a part of the runs was replayed")
    used = {run: notes for run, *_, notes in SUMMARY}
    for run, reasons in JUSTIFIED.items():
        said = " ".join(used.values()) if run == "*" else used[run]
        assert [reason for reason in reasons.values() if reason not in said] == []
