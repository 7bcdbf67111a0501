"""Deployed code, run by Cloudflare's own runtime."""

from __future__ import annotations

import json
import os
import signal
import socket
import threading
import time

import httpx
import pytest

from oneclick_deploy.errors import ToolMissingError
from oneclick_deploy.local.cloudflare import worker_runner
from oneclick_deploy.site.worker_bundle import WorkerBundle, WorkerModule, build_bundle

pytestmark = pytest.mark.usefixtures("workerd")

ECHO = """export default { async fetch(request, env) {
  const headers = Object.fromEntries(request.headers);
  return Response.json({url: request.url, method: request.method, headers,
                        body: await request.text(), cf: request.cf});
} }"""


def worker(body: str) -> str:
    return f"export default {{ async fetch(request, env, ctx) {{ {body} }} }}"


def wait_for(condition) -> None:
    deadline = time.monotonic() + 10
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.005)


def configure(api, **settings):
    configs = {"deployment_configs": {"production": settings, "preview": settings}}
    return api.result("PATCH", api.pages("/site"), json=configs)


def deploy(api, source, **options):
    deployment = api.deploy(worker=source, **options)
    assert deployment["latest_stage"]["status"] == "success", api.log(deployment)
    assert deployment["uses_functions"] is True
    return deployment["url"]


def test_a_worker_sees_the_public_url_and_cloudflares_headers(api, http):
    api.create_project()
    url = deploy(api, ECHO)
    seen = http.post(f"{url}/a%20b/?q=ü&x=%2F", content=b"body").json()
    assert seen["url"] == f"{url}/a%20b/?q=%C3%BC&x=%2F"
    assert (seen["method"], seen["body"]) == ("POST", "body")
    assert seen["headers"]["cf-connecting-ip"] == "127.0.0.1"
    assert seen["cf"]["country"] == "XX"
    assert not [name for name in seen["headers"] if "oneclick" in name]


def test_reserved_headers_of_a_client_are_not_believed(api, http):
    api.create_project()
    url = deploy(api, ECHO)
    forged = {
        "cf-connecting-ip": "6.6.6.6",
        "x-forwarded-proto": "https",
        "x-oneclick-cf": '{"country": "ZZ"}',
        "x-oneclick-capability": "x",
    }
    seen = http.get(url, headers=forged).json()
    assert seen["headers"]["cf-connecting-ip"] == "127.0.0.1"
    assert seen["cf"]["country"] == "XX"


def test_a_foreign_host_name_never_reaches_the_worker(api, http):
    api.create_project()
    url = deploy(api, ECHO)
    port = url.rpartition(":")[2]
    assert http.get(url, headers={"host": "evil.example"}).json()["url"] == f"{url}/"
    assert http.get(url, headers={"host": "127.0.0.1:1"}).json()["url"] == f"{url}/"
    kept = http.get(url, headers={"host": f"site.localhost:{port}"}).json()["url"]
    assert kept == f"http://site.localhost:{port}/"


def test_variables_and_secrets_are_bound_as_they_were_at_deployment(api, http):
    api.create_project()
    hostile = "a\"b\\c\n\x00é😀'$(x)"
    configure(
        api,
        env_vars={
            "PLAIN": {"type": "plain_text", "value": hostile},
            "SECRET": {"type": "secret_text", "value": "s3cret"},
            'odd "name"': {"type": "plain_text", "value": "x"},
        },
    )
    source = worker("const {ASSETS, ...rest} = env; return Response.json(rest)")
    first = deploy(api, source, branch="main", commit_hash="a" * 40)
    configure(api, env_vars={"PLAIN": None, "LATER": {"type": "plain_text", "value": "1"}})
    seen = http.get(first).json()
    assert seen == {
        "PLAIN": hostile,
        "SECRET": "s3cret",
        'odd "name"': "x",
        "CF_PAGES": "1",
        "CF_PAGES_URL": first,
        "CF_PAGES_BRANCH": "main",
        "CF_PAGES_COMMIT_SHA": "a" * 40,
    }
    second = http.get(deploy(api, source)).json()
    assert second["LATER"] == "1"
    assert "PLAIN" not in second


def test_compatibility_is_the_projects(api, http):
    api.create_project()
    source = 'import process from "node:process"; import "node:buffer";' + worker(
        "return new Response(process.env.KEY)"
    )
    configure(api, compatibility_date="2024-01-01")
    without = api.deploy(worker=source)
    assert without["latest_stage"]["status"] == "failure"
    configure(
        api,
        env_vars={"KEY": {"value": "from the environment"}},
        compatibility_date="2025-05-05",
        compatibility_flags=["nodejs_compat"],
    )
    assert http.get(deploy(api, source)).text == "from the environment"


def test_a_date_after_the_runtimes_own_is_brought_back(api, http):
    api.create_project()
    configure(api, compatibility_date="2999-01-01")
    assert http.get(deploy(api, worker("return new Response('ok')"))).text == "ok"


def test_assets_are_bound_with_pages_rules(api, http):
    api.create_project()
    files = {"/index.html": b"home", "/about.html": b"about", "/404.html": b"none"}
    url = deploy(
        api,
        worker("return env.ASSETS.fetch(request)"),
        files=files,
        special={"_headers": "/about\n  X-Rule: yes", "_redirects": "/old /about 301"},
    )
    about = http.get(f"{url}/about")
    assert (about.text, about.headers["x-rule"]) == ("about", "yes")
    assert http.get(f"{url}/about.html").headers["location"] == "/about"
    assert http.get(f"{url}/old").status_code == 301
    assert http.get(f"{url}/none").status_code == 404
    again = http.get(f"{url}/about", headers={"if-none-match": about.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
    head = http.head(f"{url}/about")
    assert (head.status_code, head.content, head.headers["etag"]) == (
        200,
        b"",
        about.headers["etag"],
    )


def test_routes_decide_between_worker_and_files(api, http):
    api.create_project()
    routes = {"version": 1, "include": ["/api/*", "/both"], "exclude": ["/api/static/*"]}
    url = deploy(
        api,
        worker("return new Response('worker')"),
        files={"/index.html": b"home", "/both": b"file", "/api/static/x": b"static"},
        special={"_routes.json": json.dumps(routes)},
    )
    for path, text in {
        "/": "home",
        "/api": "worker",
        "/api/x": "worker",
        "/api/static/x": "static",
        "/both": "worker",
        "/both/": "worker",
        # Patterns match the path as it is encoded.
        "/api%2Fx": "home",
    }.items():
        assert http.get(f"{url}{path}").text == text, path


def test_answers_of_a_worker_pass_unchanged(api, http):
    api.create_project()
    url = deploy(
        api,
        worker("""
          const headers = new Headers([['set-cookie', 'a=1'], ['set-cookie', 'b=2'], ['x', 'y']]);
          return new Response('teapot', {status: 418, headers})"""),
        special={"_headers": "/*\n  X-Rule: never"},
    )
    answer = http.get(url)
    assert (answer.status_code, answer.text) == (418, "teapot")
    assert answer.headers.get_list("set-cookie") == ["a=1", "b=2"]
    assert "x-rule" not in answer.headers
    assert "access-control-allow-origin" not in answer.headers


@pytest.mark.parametrize("status", [204, 304])
def test_an_answer_without_body_stays_without(api, http, status):
    api.create_project()
    url = deploy(api, worker(f"return new Response(null, {{status: {status}}})"))
    answer = http.get(url)
    assert (answer.status_code, answer.content) == (status, b"")


def test_a_large_upload_arrives_whole(api, http):
    api.create_project()
    url = deploy(api, worker("return new Response((await request.arrayBuffer()).byteLength)"))
    size = 20 * 1024 * 1024
    assert http.post(url, content=bytes(size)).text == str(size)

    def chunks():
        for _ in range(50):
            yield b"x" * 10_000

    assert http.post(url, content=chunks()).text == "500000"


def test_a_body_streams_through_in_both_directions(api):
    api.create_project()
    url = deploy(api, worker("return new Response(request.body)"))
    host, port = url.removeprefix("http://").split(":")
    with socket.create_connection((host, int(port)), timeout=10) as raw:
        raw.sendall(b"POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n3\r\none\r\n")
        received = b""
        while b"one" not in received:
            received += raw.recv(1000)
        # The second piece is sent only after the first has come back.
        assert b"two" not in received
        raw.sendall(b"3\r\ntwo\r\n0\r\n\r\n")
        while not received.endswith(b"0\r\n\r\n"):
            received += raw.recv(1000)
    assert b"two" in received


def test_a_worker_may_answer_before_it_has_read_the_body(api, http):
    api.create_project()
    url = deploy(api, worker("return new Response('early', {status: 413})"))
    assert http.post(url, content=b"small").status_code == 413


def test_an_endless_answer_ends_when_the_client_leaves(api, http):
    api.create_project()
    url = deploy(
        api,
        worker("""
          const {readable, writable} = new TransformStream();
          const writer = writable.getWriter();
          ctx.waitUntil((async () => {
            const bytes = new TextEncoder().encode('tick');
            for (;;) { await writer.write(bytes); await scheduler.wait(5); }
          })().catch(() => {}));
          return new Response(readable)"""),
    )
    with http.stream("GET", url) as answer:
        assert next(answer.iter_raw()).startswith(b"tick")
    host, port = url.removeprefix("http://").split(":")
    with socket.create_connection((host, int(port))) as raw:
        raw.sendall(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n")
        assert raw.recv(10)
    # The worker is still well.
    with http.stream("GET", url) as answer:
        assert answer.status_code == 200


def test_a_thrown_exception_is_explained(api, http):
    api.create_project()
    url = deploy(api, worker("throw new Error('lost <it>')"))
    answer = http.get(url)
    assert answer.status_code == 500
    assert "1101" in answer.text
    assert "lost &lt;it&gt;" in answer.text


def test_a_plain_500_of_the_worker_is_its_own(api, http):
    api.create_project()
    url = deploy(api, worker("return new Response('Internal Server Error', {status: 500})"))
    assert http.get(url).text == "Internal Server Error"


def test_a_worker_that_died_is_started_again(api, http):
    api.create_project()
    url = deploy(api, worker("return new Response('alive')"))
    (process,) = api.emulator._hosting.runner.running().values()
    os.kill(process.pid, signal.SIGKILL)
    wait_for(lambda: not process.running)
    assert http.get(url).text == "alive"


def test_a_worker_that_dies_under_a_request_gives_an_explanation(api, http):
    api.create_project()
    url = deploy(api, worker("await scheduler.wait(20000); return new Response('late')"))
    (process,) = api.emulator._hosting.runner.running().values()
    answers: list[httpx.Response] = []
    asking = threading.Thread(target=lambda: answers.append(http.get(url)))
    asking.start()
    time.sleep(0.3)
    os.kill(process.pid, signal.SIGKILL)
    asking.join(10)
    assert answers[0].status_code == 500
    assert "1101" in answers[0].text


@pytest.mark.parametrize(
    ("source", "reason"),
    [
        ("import './none.js'; export default {}", "none.js"),
        ("export default {", "SyntaxError"),
        ("throw new Error('at start')", "at start"),
        ("import 'cloudflare:none'; export default {}", "cloudflare:none"),
    ],
)
def test_code_that_cannot_start_fails_the_deployment(api, http, source, reason):
    api.create_project()
    good = api.deploy(files={"/index.html": b"good"})
    deployment = api.deploy(worker=source)
    assert deployment["latest_stage"]["name"] == "deploy"
    assert deployment["latest_stage"]["status"] == "failure"
    last = api.log(deployment)[-1]
    assert last.startswith("Error: Failed to publish your Function. Got error: ")
    assert reason in last
    # Production stays where it was; the failed one serves nothing.
    assert http.get(api.emulator.site_url("site")).text == "good"
    assert http.get(deployment["url"]).status_code == 404
    assert api.result("GET", api.pages("/site"))["canonical_deployment"]["id"] == good["id"]


@pytest.mark.parametrize("content", [b"", b"not a bundle", b"--x\r\n\r\n--x--\r\n", b"\xff" * 100])
def test_a_broken_bundle_fails_the_deployment(api, content):
    api.create_project()
    parts = {"manifest": (None, "{}"), "_worker.bundle": ("_worker.bundle", content)}
    deployment = api.result("POST", api.pages("/site/deployments"), files=parts)
    assert deployment["latest_stage"]["status"] == "failure"
    assert "_worker.bundle cannot be used" in api.log(deployment)[-1]


def test_a_single_script_is_run_as_a_module(api, http):
    api.create_project()
    parts = {
        "manifest": (None, "{}"),
        "_worker.js": ("_worker.js", worker("return new Response('js')")),
    }
    deployment = api.result("POST", api.pages("/site/deployments"), files=parts)
    assert http.get(deployment["url"]).text == "js"


def test_a_missing_runtime_fails_the_deployment_with_the_way_out(api, monkeypatch):
    def absent(name):
        raise ToolMissingError(f"{name} is not installed", hint="Run the installer.")

    monkeypatch.setattr(worker_runner, "require_tool", absent)
    api.create_project()
    deployment = api.deploy(worker=ECHO)
    assert "workerd is not installed. Run the installer." in api.log(deployment)[-1]


def test_bindings_that_are_not_emulated_are_named_in_the_log(api):
    api.create_project()
    configure(api, r2_buckets={"BUCKET": {"name": "b"}}, services={"OTHER": {"service": "s"}})
    deployment = api.deploy(worker=ECHO)
    log = api.log(deployment)
    assert "Warning: the local cloud has no binding BUCKET (r2_buckets)" in log
    assert "Warning: the local cloud has no binding OTHER (services)" in log


def test_what_the_worker_prints_can_be_read(api, http):
    api.create_project()
    deployment = api.deploy(worker=worker("console.log('seen', 42); return new Response()"))
    http.get(deployment["url"])
    wait_for(lambda: "seen 42" in api.emulator.worker_log(deployment["id"]))
    assert api.emulator.worker_log("none") == ()


def test_only_so_many_workers_run_at_once(api, http):
    api.emulator.options.max_running_workers = 2
    api.create_project()
    urls = [deploy(api, worker(f"return new Response('{number}')")) for number in range(4)]
    for number, url in enumerate(urls):
        assert http.get(url).text == str(number)
    assert len(api.emulator._hosting.runner.running()) == 2


def test_a_worker_ends_with_its_deployment(api):
    api.create_project()
    first = api.deploy(worker=ECHO)
    api.deploy(worker=ECHO)
    assert len(api.emulator._hosting.runner.running()) == 2
    api.result("DELETE", api.pages(f"/site/deployments/{first['id']}"))
    assert first["id"] not in api.emulator._hosting.runner.running()
    api.result("DELETE", api.pages("/site"))
    assert api.emulator._hosting.runner.running() == {}


def test_a_worker_runs_again_after_a_restart(start_emulator, connect, http):
    emulator = start_emulator()
    api = connect(emulator)
    api.create_project()
    configure(api, env_vars={"KEY": {"type": "secret_text", "value": "kept"}})
    url = deploy(api, worker("return new Response(env.KEY)"))
    emulator.stop()
    start_emulator()
    assert http.get(url).text == "kept"


def test_the_outside_is_reached_only_where_it_is_allowed(api, http, server, outside):
    seen = []

    async def database(scope, receive, send):
        body = b""
        more = True
        while more:
            message = await receive()
            body += message.get("body", b"")
            more = message.get("more_body", False)
        headers = dict(scope["headers"])
        seen.append(
            (
                scope["method"],
                scope["path"],
                scope["query_string"],
                headers[b"host"],
                headers.get(b"authorization"),
                body,
            )
        )
        await send({"type": "http.response.start", "status": 201, "headers": [(b"x-from", b"db")]})
        await send({"type": "http.response.body", "body": b"rows"})

    port = server.listen(database)
    outside["shop-acme.turso.io"] = f"http://127.0.0.1:{port}"
    outside[f"127.0.0.1:{port}"] = f"http://127.0.0.1:{port}"
    api.create_project()
    url = deploy(
        api,
        worker("""
          const target = new URL(request.url).searchParams.get('to');
          const answer = await fetch(target, {method: 'POST', body: 'select 1',
                                              headers: {authorization: 'Bearer db-token'}});
          return Response.json([answer.status, answer.headers.get('x-from'), await answer.text()])"""),
    )

    def ask(target):
        return http.get(url, params={"to": target}).json()

    assert ask("https://shop-acme.turso.io/v2/pipeline?x=1") == [201, "db", "rows"]
    assert seen == [
        ("POST", "/v2/pipeline", b"x=1", b"shop-acme.turso.io", b"Bearer db-token", b"select 1")
    ]
    assert ask(f"http://127.0.0.1:{port}/") == [201, "db", "rows"]
    for refused in (
        "https://example.com/x",
        "http://127.0.0.1:22/",
        "http://[::1]:80/",
        "https://evil.turso.io/",
    ):
        status, origin, text = ask(refused)
        assert (status, origin) == (502, None)
        assert text.startswith("no outbound network in LocalCloud: ")
    server.close(port)
    status, _, text = ask("https://shop-acme.turso.io/")
    assert status == 502
    assert "does not answer" in text


def test_a_worker_reaches_the_sites_of_the_account(api, http):
    api.create_project()
    api.create_project("other")
    api.deploy("other", files={"/data.json": b"[1]"})
    target = f"{api.emulator.site_url('other')}/data.json"
    url = deploy(api, worker(f"return fetch('{target}')"))
    assert http.get(url).json() == [1]


def test_the_ports_behind_workers_are_closed_to_others(api, http):
    api.create_project()
    deploy(api, ECHO)
    bindings, outbound = api.emulator._hosting.runner._ports
    assert http.get(f"http://127.0.0.1:{bindings}/x").status_code == 403
    assert http.get(f"http://127.0.0.1:{outbound}/x").status_code == 403
    guess = {"x-oneclick-capability": "guess"}
    assert http.post(f"http://127.0.0.1:{bindings}/query", headers=guess).status_code == 403


def test_a_bundle_may_bring_modules_of_every_kind_and_its_own_bindings(api, http):
    main = """
      import text from "./a/text.txt";
      import data from "./a/data.bin";
      import wasm from "./a/empty.wasm";
      import common from "./a/common.js";
      import nested from "./a/ünï.js";
      export default { async fetch(request, env) {
        const lazy = await import("./a/lazy.js");
        return Response.json([text, new Uint8Array(data).length, wasm instanceof WebAssembly.Module,
                              common.value, nested, lazy.default, env.FROM_CONFIG, env.SHARED]);
      } }"""
    parts = [
        ("a/lazy.js", "application/javascript+module", b"export default 'lazy'"),
        ("index.js", "application/javascript+module", main.encode()),
        ("a/text.txt", "text/plain", "tëxt".encode()),
        ("a/data.bin", "application/octet-stream", b"\x00\x01\xff"),
        ("a/empty.wasm", "application/wasm", b"\0asm\x01\0\0\0"),
        ("a/common.js", "application/javascript", b"exports.value = 'common'"),
        ("a/ünï.js", "application/javascript+module", b"export default 'nested'"),
        ("index.js.map", "application/source-map", b"{}"),
    ]
    content = build_bundle(
        WorkerBundle(
            main_module="index.js",
            modules=tuple(
                WorkerModule(name=name, content_type=kind, content=body)
                for name, kind, body in parts
            ),
            settings={
                "compatibility_date": "2025-01-01",
                "bindings": [
                    {"name": "FROM_CONFIG", "type": "plain_text", "text": "config"},
                    {"name": "SHARED", "type": "plain_text", "text": "config wins"},
                    {"name": "BUCKET", "type": "r2_bucket", "bucket_name": "x"},
                ],
            },
        )
    )
    api.create_project()
    configure(api, env_vars={"SHARED": {"value": "project"}})
    form = {"manifest": (None, "{}"), "_worker.bundle": ("_worker.bundle", content)}
    deployment = api.result("POST", api.pages("/site/deployments"), files=form)
    answer = http.get(deployment["url"])
    assert answer.status_code == 200, api.log(deployment)
    assert answer.json() == [
        "tëxt", 3, True, "common", "nested", "lazy", "config", "config wins",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("settings", "reason"),
    [
        ({"bindings": [{}]}, "binding without a name"),
        ({"bindings": [{"name": 1, "type": "plain_text"}]}, "binding without a name"),
        ({"bindings": ["text"]}, "binding without a name"),
        ({"bindings": {"A": 1}}, "must have a list as bindings"),
        ({"bindings": [{"name": "DB", "type": "d1", "id": 5}]}, "Unknown internal error"),
        ({"compatibility_flags": "nodejs_compat"}, "must have a list as compatibility_flags"),
        ({"compatibility_flags": [1]}, "1"),
        ({"compatibility_date": ["x"]}, "x"),
    ],
)
def test_malformed_metadata_of_a_bundle_fails_the_deployment(api, settings, reason):
    module = WorkerModule(
        name="index.js", content_type="application/javascript+module", content=b"export default {}"
    )
    content = build_bundle(
        WorkerBundle(main_module="index.js", modules=(module,), settings=settings)
    )
    api.create_project()
    form = {"manifest": (None, "{}"), "_worker.bundle": ("_worker.bundle", content)}
    deployment = api.result("POST", api.pages("/site/deployments"), files=form)
    assert deployment["latest_stage"]["status"] == "failure"
    assert reason in api.log(deployment)[-1]


def test_code_that_was_removed_from_disk_is_told(api, http, tmp_path):
    api.create_project()
    deployment = api.deploy(worker=ECHO)
    (process,) = api.emulator._hosting.runner.running().values()
    (tmp_path / "cloudflare" / "workers" / deployment["id"]).unlink()
    os.kill(process.pid, signal.SIGKILL)
    wait_for(lambda: not process.running)
    answer = http.get(deployment["url"])
    assert (answer.status_code, "gone from the disk" in answer.text) == (500, True)
