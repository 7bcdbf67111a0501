"""``_headers``, ``_redirects`` and ``_routes.json``."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, strategies as st

from oneclick_deploy.errors import SiteError
from oneclick_deploy.site import read_site
from oneclick_deploy.site.routes import routes_problems
from oneclick_deploy.site.rules import headers_warnings, redirects_warnings

Write = Callable[..., Path]


def _routes(include: Any, exclude: Any = (), version: Any = 1) -> bytes:
    exclude = list(exclude) if isinstance(exclude, tuple) else exclude
    return json.dumps({"version": version, "include": include, "exclude": exclude}).encode()


@pytest.mark.parametrize(
    "content",
    [
        _routes(["/*"]),
        _routes(["/*"], ["/static/*", "/x"]),
        _routes(["/api/*", "/apiary"]),
        _routes(["/a"] * 100),
        _routes(["/" + "x" * 99]),
        _routes(["/api/*", "/api/*"]),
        b"\xef\xbb\xbf" + _routes(["/*"]),
    ],
)
def test_routes_that_the_host_takes_pass(content: bytes) -> None:
    assert routes_problems(content) == []


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        (b"", "not JSON"),
        (b"{", "not JSON"),
        (b"\xff", "not JSON"),
        (b"[" * 100_000, "not JSON"),
        (b"[]", '"version": 1'),
        (_routes(["/*"], version=2), '"version": 1'),
        (_routes(["/*"], version="1"), '"version": 1'),
        (_routes([]), "at least one"),
        (_routes("/*"), '"include" must be a list'),
        (_routes(["/*"], None), '"exclude" must be a list'),
        (_routes(["/*", 1]), "list of texts"),
        (_routes(["/a"] * 60, ["/b"] * 41), "101 rules"),
        (_routes(["/" + "x" * 100]), "more than 100 characters"),
        (_routes(["/" + "😀" * 50]), "more than 100 characters"),
        (_routes(["api/*"]), "does not start with a slash"),
        (_routes(["/*", "/api"]), "already covers"),
        (_routes(["/*"], ["/a/*", "/a/b"]), 'in "exclude"'),
        (_routes(["/api/*", "/api/"]), "already covers"),
    ],
)
def test_routes_that_the_host_refuses_are_told(content: bytes, problem: str) -> None:
    problems = routes_problems(content)
    assert any(problem in line for line in problems), problems


@given(st.binary(max_size=200) | st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3)
    | st.dictionaries(st.sampled_from(["version", "include", "exclude"]), inner),
).map(lambda value: json.dumps(value).encode()))  # fmt: skip
def test_routes_of_any_content_never_raise(content: bytes) -> None:
    assert isinstance(routes_problems(content), list)


def test_bad_routes_stop_a_site_with_a_worker(write: Write) -> None:
    with pytest.raises(SiteError, match="at least one rule"):
        read_site(write({"_worker.js": "export default {}", "_routes.json": _routes([])}))


def test_routes_without_a_worker_are_left_out_with_a_warning(write: Write) -> None:
    site = read_site(write({"index.html": "", "_routes.json": "not even JSON"}))
    assert site.routes is None
    assert "_routes.json has no effect" in site.warnings[0]


def test_empty_control_files_are_not_sent(write: Write) -> None:
    site = read_site(write({"index.html": "", "_headers": "", "_redirects": ""}))
    assert (site.headers, site.redirects) == (None, None)


@pytest.mark.parametrize(
    ("text", "warning"),
    [
        ("X-A: b", "line 1 is ignored: it stands before the first path"),
        ("/a/*/b/*\n  X: y", "line 1 is ignored with its headers"),
        ("/*\n  X-A b", "line 2 is ignored: it is not"),
        ("/*\n  X A: b", "line 2 is ignored: a header's name"),
        ("/*\n  X-A:", "line 2 is ignored: the header has no value"),
        ("/*\n  !  X-A", "line 2 makes the site fail"),
        ("/*\n  X: " + "y" * 2000, "line 2 is ignored: it has more than 2,000"),
        ("/x\n X: y\n" * 101, "line 201 exceeds the 100 rules"),
    ],
)
def test_a_headers_line_without_effect_is_warned_of(text: str, warning: str) -> None:
    warnings = headers_warnings(text.encode())
    assert len(warnings) == 1
    assert warning in warnings[0]


def test_good_headers_give_no_warning() -> None:
    text = b"# c\n/*\n  X-A: b: c\n  ! X-B\n\nhttps://x.pages.dev/*\n  X: y\r\n"
    assert headers_warnings(text) == []


@pytest.mark.parametrize(
    ("text", "warning"),
    [
        ("/a", "line 1 is ignored: a rule is"),
        ("/a /b 301 more", "line 1 is ignored: a rule is"),
        ("a /b", "must start with a slash"),
        ("/a /b 418", "the status must be one of"),
        ("/* /index.html 200", "it would lead to itself"),
        ("/a https://example.com 200", "must stay on the site"),
        ("/a /b\n/a /c", "line 2 is ignored: there is a rule"),
        ("/a " + "/b" * 1000, "more than 2,000 characters"),
        ("".join(f"/{n} /x\n" for n in range(2001)), "line 2001 is ignored: over 2,000 static"),
        ("".join(f"/{n}/* /x\n" for n in range(102)), "line 101 and all after it are ignored"),
        ("/d/:id /x\n" + "".join(f"/{n} /x\n" for n in range(100)), "line 101 and all after"),
    ],
)
def test_a_redirect_without_effect_is_warned_of(text: str, warning: str) -> None:
    warnings = redirects_warnings(text.encode())
    assert len(warnings) == 1
    assert warning in warnings[0]


def test_good_redirects_give_no_warning() -> None:
    text = (
        b"# c\n/old /about 301 # why\n/b/* /c/:splat\n/api/* /x 200\n/e https://example.com 308\n"
    )
    assert redirects_warnings(text) == []


@given(st.binary(max_size=300))
def test_control_files_of_any_content_never_raise(content: bytes) -> None:
    assert len(headers_warnings(content)) <= 11
    assert len(redirects_warnings(content)) <= 11


def test_warnings_reach_the_site_and_are_shortened(write: Write) -> None:
    site = read_site(write({"index.html": "", "_redirects": "bad\n" * 50}))
    assert len(site.warnings) == 11
    assert site.warnings[-1] == "/_redirects and 40 more"


def test_files_that_hold_secrets_are_warned_of(write: Write) -> None:
    warnings = read_site(write({".env": "", "a/.env.local": "", ".envy": ""})).warnings
    assert warnings == (
        "/.env will be readable by everyone",
        "/a/.env.local will be readable by everyone",
    )
