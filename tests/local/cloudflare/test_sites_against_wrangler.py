"""Our serving rules beside Cloudflare's own local server, request by request."""

from __future__ import annotations

import http.client
import os
import select
import signal
import socket
import subprocess
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from oneclick_deploy.local.server import LocalServer
from oneclick_deploy.local.sites.app import StaticSite
from oneclick_deploy.local.sites.headers_file import parse_headers
from oneclick_deploy.local.sites.pages import Site
from oneclick_deploy.local.sites.redirects_file import parse_redirects
from oneclick_deploy.site.content_types import content_type
from oneclick_deploy.site.hashing import asset_hash

pytestmark = pytest.mark.node

COMPARED = (
    "location",
    "content-type",
    "etag",
    "cache-control",
    "access-control-allow-origin",
    "referrer-policy",
    "x-content-type-options",
    "x-test",
    "x-rule",
    "x-placeholder",
    "x-joined",
    "set-cookie",
    "allow",
)

HEADERS = """
# a comment
/*
  X-Test: everywhere
  X-Joined: one
/secure/*
  X-Rule: secure
  X-Joined: two
  ! X-Test
/assets/app.js
  Cache-Control: public, max-age=31536000
  ! Access-Control-Allow-Origin
/blog/:slug
  X-Placeholder: post :slug
/splat/*
  X-Placeholder: rest :splat
/cookie.html
  Set-Cookie: a=1
  Set-Cookie: b=2
/cookie
  Set-Cookie: c=3
/dup
  X-Rule: first
/dup
  X-Rule: second
/*/multi/*
  X-Rule: never
https://example.com/about
  X-Rule: other host
/no-colon
  nonsense
X-Orphan: 1
/spaced name
  X-Rule: spaced
"""

REDIRECTS = """
# comment
/old /about 301
/temporary /about
/see-other /about 303
/three-oh-seven /about 307
/three-oh-eight /about 308
/with-query /about?x=1 302
/with-hash /about#part 302
/away https://example.com/there?q=1 302
/away-bare https://example.com 302
/protocol-relative //example.com/x 302
/rewrite /about 200
/rewrite-file /assets/app.js 200
/rewrite-html /about.html 200
/rewrite-folder /folder 200
/rewrite-missing /nothing/here 200
/rewrite-chain /old 200
/index-loop/ /index.html 200
/self /self 302
/number /about 301.0
/hex /about 0x12d
/bang /about 301!
/too many tokens here
/one-token
no-slash /about 301
/existing.txt /about 200
/dup-redirect /first 301
/dup-redirect /second 301
/héé /about 301
/query?x=1 /about 301
/commented /about 301 # why
/blog/:year/:slug /posts/:slug?y=:year 301
/old-splat/* /new/:splat 302
/cdn/*.png /img/:splat 302
/late-static /about 301
/to-outside/* https://example.com/:splat 301
/open/* :splat 301
/slashes/* /x/:splat 302
/rewrite-dyn/:name /:name 200
/fn/:a/:a /about 301
/* /index.html 200
"""

FILES: Mapping[str, bytes] = {
    "/index.html": b"<h1>index</h1>",
    "/about.html": b"about",
    "/existing.txt": b"existing",
    "/folder/index.html": b"folder index",
    "/folder/page.html": b"folder page",
    "/folder/404.html": b"folder 404",
    "/folder/deep/x.txt": b"x",
    "/404.html": b"root 404",
    "/both.html": b"both html",
    "/both/index.html": b"both folder",
    "/bare": b"bare file",
    "/bare.html": b"bare html",
    "/assets/app.js": b"app()",
    "/assets/style.css": b"body{}",
    "/assets/data.json": b"{}",
    "/assets/pic.png": b"\x89PNG",
    "/assets/font.woff2": b"wOF2",
    "/assets/code.ts": b"let a",
    "/assets/unknown.zzz": b"?",
    "/assets/noext": b"?",
    "/assets/mod.wasm": b"\0asm",
    "/empty.txt": b"",
    "/secure/page.html": b"secure",
    "/blog/hello.html": b"hello post",
    "/splat/a/b.html": b"splat",
    "/cookie.html": b"cookie",
    "/dup.html": b"dup",
    "/spaced name.html": b"spaced",
    "/ünïcode/größe.html": "größe".encode(),
    "/percent%20name.html": b"percent",
    "/index/index.html": b"index in index",
    "/a+b.html": b"plus",
    "/brackets/[slug].html": b"slug",
    "/.well-known/x": b"wk",
    "/.html": b"dot html",
    "/UPPER.HTML": b"upper",
    "/new/thing.html": b"new thing",
}

PATHS = [
    "/", "/index", "/index.html", "/index/", "/index/index", "/index/index.html", "/?a=1",
    "/about", "/about/", "/about.html", "/about.html?x=1&y=2", "/about/index", "/about/index.html",
    "/folder", "/folder/", "/folder?q=1", "/folder/index", "/folder/index.html", "/folder/index/",
    "/folder/page", "/folder/page/", "/folder/page.html", "/folder/none", "/folder/deep/none",
    "/folder/deep/", "/folder/deep", "/folder/deep/none.js", "/none", "/none/", "/none.html",
    "/none.js", "/none/index", "/none/index.html", "/none/index/", "/404", "/404.html",
    "/both", "/both/", "/both.html", "/both/index", "/bare", "/bare.html", "/bare/",
    "/assets/app.js", "/assets/style.css", "/assets/data.json", "/assets/pic.png",
    "/assets/font.woff2", "/assets/code.ts", "/assets/unknown.zzz", "/assets/noext",
    "/assets/mod.wasm", "/empty.txt", "/secure/page", "/secure%2Fpage", "/secure/page.html",
    "/secure/none", "/blog/hello", "/blog/hello.html", "/splat/a/b", "/cookie", "/cookie.html",
    "/dup", "/spaced%20name", "/spaced%20name.html", "/%C3%BCn%C3%AFcode/gr%C3%B6%C3%9Fe",
    "/%C3%BCn%C3%AFcode/gr%C3%B6%C3%9Fe.html", "/%c3%bcn%c3%afcode/", "/percent%2520name",
    "/percent%20name", "/percent%2520name.html", "/a+b", "/a%2Bb", "/a+b.html", "/brackets/[slug]",
    "/brackets/%5Bslug%5D.html", "/.well-known/x", "/.html", "/UPPER.HTML", "/UPPER", "/ABOUT",
    "/./about", "/folder/../about", "/%2e%2e/about", "/folder/%2e%2e/about.html", "/bad%zz",
    "/bad%ff", "/about%00", "/%61bout", "/%61bout.html", "/about;x", "/about%3Fx", "/folder/.",
    "/folder/..", "/back\\slash", "/new/thing", "/new/thing/",
    "/_headers", "/_redirects", "/_worker.js",
    "/old", "/old/", "/old?keep=1", "/temporary", "/see-other", "/three-oh-seven",
    "/three-oh-eight", "/with-query", "/with-query?mine=2", "/with-hash", "/with-hash?m=1", "/away",
    "/away?m=1", "/away-bare", "/away-bare?m=2", "/protocol-relative", "/protocol-relative?z=1",
    "/rewrite", "/rewrite?q=1", "/rewrite-file", "/rewrite-html", "/rewrite-folder",
    "/rewrite-missing", "/rewrite-chain", "/index-loop/", "/self", "/number", "/hex", "/bang",
    "/too", "/one-token", "/no-slash", "/existing.txt", "/dup-redirect", "/h%C3%A9%C3%A9",
    "/query?x=1", "/query", "/commented", "/blog/2020/hello", "/blog/2020/hello?z=1",
    "/blog/2020/a%2Fb", "/old-splat/", "/old-splat/a/b?c=d", "/old-splat", "/cdn/x/y.png",
    "/late-static", "/to-outside/a/b", "/to-outside/", "/open/https://evil.example/x",
    "/slashes//evil.example/x", "/slashes/%2F%2Fevil", "/slashes/a//b", "/slashes/\\evil",
    "/rewrite-dyn/about", "/rewrite-dyn/none", "/fn/1/1",
]  # fmt: skip

ETAG = f'"{asset_hash(FILES["/about.html"], "/about.html")}"'
SPECIAL: list[tuple[str, str, dict[str, str]]] = [
    ("HEAD", "/about", {}),
    ("HEAD", "/none", {}),
    ("POST", "/about", {}),
    ("POST", "/none", {}),
    ("PUT", "/old", {}),
    ("DELETE", "/assets/app.js", {}),
    ("OPTIONS", "/about", {}),
    ("POST", "/rewrite", {}),
    ("GET", "/about", {"If-None-Match": ETAG}),
    ("GET", "/about", {"If-None-Match": f"W/{ETAG}"}),
    ("GET", "/about", {"If-None-Match": f"{ETAG}, {ETAG}"}),
    ("GET", "/about", {"If-None-Match": "*"}),
    ("GET", "/about", {"If-None-Match": '"other"'}),
    ("HEAD", "/about", {"If-None-Match": ETAG}),
    ("GET", "/about", {"Authorization": "Basic eA=="}),
    ("GET", "/about", {"Range": "bytes=0-1"}),
    ("GET", "/about", {"Accept-Encoding": "identity;q=0"}),
    ("GET", "/about", {"If-Modified-Since": "Wed, 21 Oct 2099 07:28:00 GMT"}),
]

REQUESTS = [("GET", path, {}) for path in PATHS] + SPECIAL

# Where the tool shows its own nature instead of Cloudflare's rules: it reads a folder on disk (a
# file in the place of a folder, and a NUL, make it fail), takes content types from disk paths, and
# refuses an encoding before it looks at the path.
EXCEPTIONS = {
    ("GET", "/bare/"): (502, {308}),
    ("GET", "/_headers"): (502, {404, 200}),
    ("GET", "/_redirects"): (502, {404, 200}),
    ("GET", "/about%00"): (502, {404, 200}),
    ("GET", "/.html"): (200, {200}),
}

Seen = tuple[int, dict[str, str | None], bytes]


def write_site(folder: Path, files: Mapping[str, bytes]) -> None:
    for path, content in files.items():
        file = folder / path[1:]
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(content)


def ask(port: int, method: str, path: str, headers: Mapping[str, str]) -> Seen:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
    try:
        connection.request(method, path, headers={"Accept-Encoding": "identity", **headers})
        response = connection.getresponse()
        body = response.read()
        seen = {name: response.getheader(name) for name in COMPARED}
        return response.status, seen, body
    finally:
        connection.close()


@pytest.fixture(scope="module", params=["with rules", "single-page app"])
def ports(
    request: pytest.FixtureRequest,
    wrangler_command: list[str],
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[tuple[int, int]]:
    """The ports of Cloudflare's server and of ours, with the same site."""
    rules = request.param == "with rules"
    files = FILES if rules else {p: c for p, c in FILES.items() if not p.endswith("404.html")}
    folder = tmp_path_factory.mktemp("site")
    write_site(folder, files)
    if rules:
        (folder / "_headers").write_text(HEADERS)
        (folder / "_redirects").write_text(REDIRECTS)
    site = Site(
        assets={path: asset_hash(content, path) for path, content in files.items()},
        content_types={asset_hash(c, p): content_type(p) for p, c in files.items()},
        headers=parse_headers(HEADERS if rules else ""),
        redirects=parse_redirects(REDIRECTS if rules else ""),
    )
    paths = {asset_hash(content, path): folder / path[1:] for path, content in files.items()}
    server = LocalServer()
    server.start()
    ours = server.listen(StaticSite(site, asset_file=paths.__getitem__))
    home = tmp_path_factory.mktemp("home")
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        theirs = probe.getsockname()[1]
    command = [*wrangler_command, "pages", "dev", str(folder), "--ip", "127.0.0.1"]
    process = subprocess.Popen(
        [*command, "--port", str(theirs), "--show-interactive-dev-session=false"],
        cwd=home,
        env={"PATH": os.environ["PATH"], "HOME": str(home), "WRANGLER_SEND_METRICS": "false"},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        start_new_session=True,
    )
    try:
        wait_until_ready(process)
        yield theirs, ours
    finally:
        # Its own process group: the tool and the runtime it has started.
        os.killpg(process.pid, signal.SIGKILL)
        process.communicate(timeout=20)
        server.stop()


def wait_until_ready(process: subprocess.Popen[bytes]) -> None:
    assert process.stdout is not None
    output = b""
    while b"Ready on" not in output:
        readable, _, _ = select.select([process.stdout], [], [], 60)
        piece = os.read(process.stdout.fileno(), 65536) if readable else b""
        assert piece, output.decode(errors="replace")
        output += piece


def test_every_answer_is_the_same(ports):
    theirs, ours = ports
    different = []
    for method, path, headers in REQUESTS:
        expected = ask(theirs, method, path, headers)
        actual = ask(ours, method, path, headers)
        if expected != actual and not is_excepted(method, path, headers, expected, actual):
            different.append((method, path, headers, expected, actual))
    assert not different, "\n".join(map(str, different))


def is_excepted(
    method: str, path: str, headers: Mapping[str, str], expected: Seen, actual: Seen
) -> bool:
    if "identity;q=0" in headers.values():
        return (expected[0], actual[0]) == (415, 406)
    theirs, ours = EXCEPTIONS.get((method, path), (0, set()))
    return expected[0] == theirs and actual[0] in ours
