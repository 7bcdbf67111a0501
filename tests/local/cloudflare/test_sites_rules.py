"""The rules of `_headers`, `_redirects`, `_routes.json` and of html handling, one by one.

Whether they are Cloudflare's is tested against its own server in test_sites_against_wrangler.py.
"""

from __future__ import annotations

import contextlib
import json

import pytest
from hypothesis import given, strategies as st

from oneclick_deploy.local.sites.headers_file import apply_headers, parse_headers
from oneclick_deploy.local.sites.pages import Request, Site, answer
from oneclick_deploy.local.sites.patterns import compile_pattern, fill
from oneclick_deploy.local.sites.redirects_file import parse_redirects
from oneclick_deploy.local.sites.routes_file import RoutesFileError, parse_routes
from oneclick_deploy.local.sites.urls import (
    Url,
    decode_component,
    encode_path,
    normalize_path,
    resolve,
)


def url(path="/", *, host="127.0.0.1:8000", search=""):
    return Url(scheme="http", host=host, path=path, search=search)


def site(*paths, headers="", redirects="", **options):
    return Site(
        assets={path: path for path in paths},
        content_types=dict.fromkeys(paths, "text/html"),
        headers=parse_headers(headers),
        redirects=parse_redirects(redirects),
        **options,
    )


def get(served, path, *, method="GET", search="", host="127.0.0.1:8000", **headers):
    request = Request(method=method, url=url(path, search=search, host=host), headers=headers)
    return answer(served, request)


# Paths


@pytest.mark.parametrize(
    ("path", "normal"),
    [
        ("", "/"),
        ("/", "/"),
        ("/a/../b", "/b"),
        ("/../../b", "/b"),
        ("/a/.", "/a/"),
        ("/a/..", "/"),
        ("/a/%2E%2e/b", "/b"),
        ("/a/%2e", "/a/"),
        ("//a//b", "//a//b"),
        ("/a\\b", "/a/b"),
        ('/a b<>"`{}^', "/a%20b%3C%3E%22%60%7B%7D%5E"),
        ("/ü", "/%C3%BC"),
        ("/%zz%41", "/%zz%41"),
        ("/a;b=c,d:e@f!$&'()*+~[]|", "/a;b=c,d:e@f!$&'()*+~[]|"),
    ],
)
def test_paths_are_written_as_the_url_standard_writes_them(path, normal):
    assert normalize_path(path) == normal
    assert normalize_path(normal) == normal


@given(st.text(st.characters(blacklist_categories=["Cs"]), max_size=40))
def test_any_path_stays_below_the_root(text):
    normal = normalize_path(text)
    assert normal.startswith("/")
    assert normal.isascii()
    assert not {".", ".."} & set(normal.split("/"))


def test_components_are_decoded_only_when_they_are_whole():
    assert decode_component("/%C3%BC%2Fx") == "/ü/x"
    for broken in ("/%zz", "/%", "/%ff", "/%C3"):
        assert decode_component(broken) == broken
    assert encode_path("/ü b/[x](1)!'*~") == "/%C3%BC%20b/%5Bx%5D(1)!'*~"


@pytest.mark.parametrize(
    ("reference", "path", "origin"),
    [
        ("/x?a=1#f", "/x", "http://127.0.0.1:8000"),
        ("https://Other.example/x", "/x", "https://other.example"),
        ("https://other.example", "/", "https://other.example"),
        ("//other.example/x", "/x", "http://other.example"),
        ("/\\other.example/x", "/x", "http://other.example"),
    ],
)
def test_targets_are_resolved_like_links(reference, path, origin):
    resolved = resolve(reference, base=url("/base"))
    assert (resolved.path, resolved.origin) == (path, origin)


# Patterns


@pytest.mark.parametrize(
    ("rule", "path", "values"),
    [
        ("/a", "/a", {}),
        ("/a", "/a/", None),
        ("/a/*", "/a/", {"splat": ""}),
        ("/a/*", "/a", None),
        ("/a/*", "/a/b/c", {"splat": "b/c"}),
        ("/:x/y", "/1/y", {"x": "1"}),
        ("/:x/y", "/1/2/y", None),
        ("/*.png", "/a/b.png", {"splat": "a/b"}),
        ("/a.b", "/axb", None),
        ("/(a|b)+", "/(a|b)+", {}),
        ("/:1x", "/:1x", {}),
    ],
)
def test_patterns_match_paths(rule, path, values):
    assert compile_pattern(rule).match(url(path)) == values


@pytest.mark.parametrize("rule", ["/*/*", "/:a/:a"])
def test_a_name_that_occurs_twice_makes_a_rule_void(rule):
    assert compile_pattern(rule) is None


def test_patterns_with_a_host_match_the_host_without_its_port():
    pattern = compile_pattern("https://:who.example.com/*")
    assert pattern.match(url("/x", host="me.example.com:80")) == {"who": "me", "splat": "x"}
    assert pattern.match(url("/x", host="a.b.example.com")) is None


def test_values_are_filled_in_one_after_the_other():
    assert fill("/:a/:b/:a", {"a": "1", "b": ":a"}) == "/1/:a/1"


# _headers


def test_headers_are_joined_over_rules_and_can_be_removed():
    rules = parse_headers("/*\n A: 1\n B: x\n/b/*\n A: 2\n ! B\n C: :splat\n")
    headers = apply_headers(rules, url=url("/b/c"), headers={"a": "old", "d": "kept"})
    assert headers == {"a": "1, 2", "c": "c", "d": "kept"}


def test_of_a_repeated_path_the_later_rule_wins():
    rules = parse_headers("/a\n X: 1\n/a\n Y: 2\n")
    assert apply_headers(rules, url=url("/a"), headers={}) == {"y": "2"}


@pytest.mark.parametrize(
    "text",
    [
        "X: 1",
        "/a",
        "/a\n",
        "/a\n X:",
        "/a\n : 1",
        "/a\n X Y: 1",
        "/a\n no colon",
        "/*/b/*\n X: 1",
        "/*/:splat\n X: 1",
        "http://a.com/\n X: 1",
        "https://a.com:80/\n X: 1",
        "# only a comment",
        "/a\n X: " + "x" * 2000,
    ],
)
def test_lines_that_cloudflare_skips_are_skipped(text):
    assert parse_headers(text) == ()


def test_the_limit_of_header_rules_lets_one_more_pass():
    assert len(parse_headers("".join(f"/{n}\n X: 1\n" for n in range(200)))) == 101


def test_a_header_that_cannot_be_sent_fails_its_paths_only():
    served = site("/a.html", "/b.html", headers="/a\n !  Name\n X: 1\n")
    assert get(served, "/a").status == 500
    assert get(served, "/b").status == 200
    assert get(site("/a.html", headers="/a\n X: 日本\n"), "/a").status == 500
    assert get(site("/a.html", headers="/:x\n Y: :x\n"), "/a").headers["y"] == "a"


@given(st.text(max_size=300))
def test_any_headers_file_is_read(text):
    parse_headers(text)
    parse_headers(f"/*\n{text}")


# _redirects


def find(text, path, **options):
    found = parse_redirects(text).find(url(path, **options))
    return (found.status, found.target) if found else None


def test_exact_paths_come_before_patterns_until_the_first_pattern():
    text = "/* /pattern\n/exact /late\n"
    assert find("/exact /early\n" + text, "/exact") == (302, "/early")
    assert find(text, "/exact") == (302, "/pattern")


@pytest.mark.parametrize(
    ("line", "path", "expected"),
    [
        ("/a /b", "/a", (302, "/b")),
        ("/a /b 301 # comment", "/a", (301, "/b")),
        ("a /b 301", "/a", (301, "/b")),
        ("/a /b 301.0", "/a", (301, "/b")),
        ("/a /b 0x12d", "/a", (301, "/b")),
        ("/a /b 3.01e2", "/a", (301, "/b")),
        ("/a /b 301!", "/a", None),
        ("/a /b 404", "/a", None),
        ("/a /b nan", "/a", None),
        ("/a /b 302 x", "/a", None),
        ("/a", "/a", None),
        ("/a b", "/a", None),
        ("/a http://b.com", "/a", None),
        ("/a https://b.com 200", "/a", None),
        ("https://a.com/ /b", "/", None),
        ("/* /index.html 200", "/a", None),
        ("/ /index", "/", None),
        ("/a/* /b/:splat/c 301", "/a/x/y", (301, "/b/x/y/c")),
        ("/a/* /:splat", "/a//evil.example", (302, "/evil.example")),
        ("/a/* /:splat", "/a/\\evil.example", (302, "/evil.example")),
        ("/a/* https://x.com/:splat", "/a//b", (302, "https://x.com//b")),
    ],
)
def test_a_line_redirects_as_cloudflare_reads_it(line, path, expected):
    assert find(line, path) == expected


def test_the_limits_of_redirects_are_cloudflares():
    static = "".join(f"/s{n} /t\n" for n in range(2001))
    rules = parse_redirects(static + "/d/* /t\n")
    assert len(rules.static) == 2000
    assert len(rules.dynamic) == 1
    dynamic = "".join(f"/d{n}/* /t\n" for n in range(101)) + "/after /t\n"
    assert len(parse_redirects(dynamic).dynamic) == 100
    assert find(dynamic, "/after") is None


@given(st.text(max_size=300), st.text(max_size=30))
def test_any_redirects_file_is_read(text, path):
    parse_redirects(text).find(url(normalize_path(path)))
    parse_redirects(f"/a/* {text}").find(url("/a/b"))


# _routes.json


def routes(include, exclude=()):
    document = {"version": 1, "include": include, "exclude": list(exclude)}
    return parse_routes(json.dumps(document))


@pytest.mark.parametrize(
    ("rule", "matches", "misses"),
    [
        ("/*", ["/", "/a", "/a/b"], []),
        ("/", ["/"], ["/a"]),
        ("/api/*", ["/api", "/api/", "/api/x/y"], ["/apix", "/", "/api%2Fx"]),
        ("/exact", ["/exact", "/exact/"], ["/exact/x", "/exacts"]),
        ("/slash/", ["/slash", "/slash/"], ["/slash/x"]),
        ("/pre*", ["/pre", "/prefix", "/pre/x"], ["/p"]),
        ("/a/*/z", ["/a//z", "/a/b/c/z", "/a/b/z/"], ["/a/b"]),
        ("/dots.js", ["/dots.js"], ["/dotsxjs"]),
        ("/(x)+", ["/(x)+"], ["/x"]),
    ],
)
def test_routes_match_paths(rule, matches, misses):
    found = routes([rule])
    assert [path for path in matches if not found.to_worker(path)] == []
    assert [path for path in misses if found.to_worker(path)] == []


def test_exclusion_wins():
    assert not routes(["/api/x"], ["/api/*"]).to_worker("/api/x")


@given(st.text(max_size=200))
def test_any_routes_file_is_read_or_refused(text):
    with contextlib.suppress(RoutesFileError):
        parse_routes(text)


# Serving


@pytest.mark.parametrize(
    ("files", "path", "status", "location"),
    [
        (["/index.html"], "/", 200, None),
        (["/index.html"], "/index", 308, "/"),
        (["/index.html"], "/index.html", 308, "/"),
        (["/a.html", "/404.html"], "/a", 200, None),
        (["/a.html", "/404.html"], "/a/", 308, "/a"),
        (["/a.html", "/404.html"], "/a.html", 308, "/a"),
        (["/a/index.html"], "/a", 308, "/a/"),
        (["/a/index.html"], "/a/", 200, None),
        (["/404.html"], "/x/index", 308, "/x/"),
        (["/404.html"], "/x/index.html", 404, None),
        (["/index.html"], "/missing.js", 200, None),
        ([], "/", 404, None),
        (["/ü b.html"], "/%C3%BC%20b.html", 308, "/%C3%BC%20b"),
    ],
)
def test_html_pages_have_one_address(files, path, status, location):
    result = get(site(*files), path)
    assert (result.status, result.headers.get("location")) == (status, location)


def test_a_moved_page_never_becomes_another_host():
    assert get(site("//evil.example/index.html"), "//evil.example").headers["location"] == (
        "/evil.example/"
    )


def test_the_nearest_404_page_is_used():
    served = site("/404.html", "/a/404.html", "/index.html")
    assert get(served, "/a/b/c").asset == "/a/404.html"
    assert get(served, "/b/c").asset == "/404.html"
    missing = get(served, "/b")
    assert missing.headers["cache-control"] == "no-store"
    assert "etag" not in missing.headers


def test_an_unchanged_asset_is_answered_with_304_without_its_headers():
    served = site("/a.html", headers="/a\n X-Rule: 1\n")
    unchanged = get(served, "/a", **{"if-none-match": '"/a.html"'})
    assert unchanged.status == 304
    assert unchanged.headers == {
        "access-control-allow-origin": "*",
        "referrer-policy": "strict-origin-when-cross-origin",
        "x-rule": "1",
    }


def test_only_get_and_head_reach_files_and_redirects_come_first():
    served = site("/a.html", redirects="/old /a 301")
    assert get(served, "/a", method="POST").status == 405
    assert get(served, "/none", method="DELETE").status == 405
    assert get(served, "/old", method="POST").status == 301
    assert get(served, "/a", method="HEAD").status == 200


def test_previews_are_kept_from_search_engines():
    assert get(site("/a.html", preview=True), "/a").headers["x-robots-tag"] == "noindex"
    assert "x-robots-tag" not in get(site("/a.html"), "/a").headers


@given(st.text(max_size=60), st.sampled_from(["GET", "POST", "HEAD"]))
def test_any_path_gets_an_answer(path, method):
    served = site("/index.html", "/a.html", "/b/404.html", redirects="/x/* /:splat\n/y /a 200")
    result = get(served, normalize_path(path), method=method)
    location = result.headers.get("location", "/")
    assert result.status in (200, 302, 308, 404, 405)
    assert not location.startswith("//")
    assert "\n" not in location
    assert "\r" not in location
