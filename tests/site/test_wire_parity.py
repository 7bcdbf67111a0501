"""The same input leads to the same requests as Cloudflare's own client sends."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from oneclick_deploy.site import (
    Site,
    buckets,
    build_bundle,
    content_type,
    parse_bundle,
    read,
    read_site,
    workers_content_type,
)
from oneclick_deploy.site.content_type_table import PAGES, WORKERS_ASSETS

Recorded = Callable[[str], list[dict[str, Any]]]


def _deployment(requests: list[dict[str, Any]]) -> dict[str, dict[str, Any]]:
    (request,) = [r for r in requests if r["path"].endswith("/deployments")]
    return {part["name"]: part for part in request["multipart"]}


def _uploads(requests: list[dict[str, Any]]) -> list[list[str]]:
    return [
        [item["key"] for item in r["json"]] for r in requests if r["path"] == "/pages/assets/upload"
    ]


def test_all_hashes_sizes_and_types_are_those_of_the_client(
    demo_site: Path, expected: dict[str, Any]
) -> None:
    site = read_site(demo_site)

    ours = {
        file.path: {"hash": file.hash, "content_type": file.content_type, "size": file.size}
        for file in site.files
    }
    assert ours == expected["files"]
    assert len(ours) == 32


def test_the_same_eight_files_are_ignored(demo_site: Path, expected: dict[str, Any]) -> None:
    ignored = read_site(demo_site).ignored

    def covers(entry: str, path: str) -> bool:
        return path.startswith(entry) if entry.endswith("/") else path == entry

    ours = {
        path
        for path in ("/" + str(p.relative_to(demo_site).as_posix()) for p in _files(demo_site))
        if any(covers(f"/{entry}", path) for entry in ignored)
    }
    assert ours == set(expected["ignored"])
    assert len(ours) == 8


def _files(root: Path) -> list[Path]:
    return [path for path in root.rglob("*") if path.is_file()]


def test_the_manifest_has_the_order_of_the_client(demo_site: Path, requests_of: Recorded) -> None:
    sent = _deployment(requests_of("deploy-static"))["manifest"]["json"]

    assert list(read_site(demo_site).manifest().items()) == list(sent.items())


def test_the_buckets_hold_the_same_files_in_the_same_order(
    demo_site: Path, requests_of: Recorded
) -> None:
    sent = _uploads(requests_of("deploy-static"))

    ours = [[file.hash for file in bucket] for bucket in buckets(read_site(demo_site).files)]

    # The client sends its three requests at the same time: their order is not decided.
    assert sorted(ours) == sorted(sent)


def test_an_asset_is_read_back_as_it_was_uploaded(demo_site: Path, requests_of: Recorded) -> None:
    import base64

    sent = {
        item["key"]: (base64.b64decode(item["value"]), item["metadata"]["contentType"])
        for request in requests_of("deploy-static")
        if request["path"] == "/pages/assets/upload"
        for item in request["json"]
    }

    assert {f.hash: (read(f), f.content_type) for f in read_site(demo_site).files} == sent


def test_headers_and_redirects_are_the_files_that_were_sent(
    demo_site: Path, requests_of: Recorded
) -> None:
    parts = _deployment(requests_of("deploy-static"))
    site = read_site(demo_site)

    assert site.headers == parts["_headers"]["text"].encode()
    assert site.redirects == parts["_redirects"]["text"].encode()
    assert site.routes is None


@pytest.mark.parametrize(
    ("name", "project"),
    [
        ("deploy-worker-js-directory-no-bundle", "worker-js-directory"),
        ("deploy-worker-js-no-bundle", "worker-js-no-bundle"),
    ],
)
def test_the_worker_has_the_parts_that_were_sent(
    pages_traces: Path, tmp_path: Path, requests_of: Recorded, name: str, project: str
) -> None:
    requests = requests_of(name)
    parts = _deployment(requests)
    site = _read_copy(pages_traces / "inputs" / project / "site", tmp_path)
    assert site.worker is not None

    again = parse_bundle(build_bundle(site.worker))

    metadata, *modules = parts["_worker.bundle"]["multipart"]
    assert {"main_module": again.main_module, **again.settings} == metadata["json"]
    assert [
        (module.name, module.name, module.content_type, module.content) for module in again.modules
    ] == [(p["name"], p["filename"], p["content_type"], p["text"].encode()) for p in modules]
    assert json.loads(site.routes or b"") == parts["_routes.json"]["json"]
    assert site.manifest() == parts["manifest"]["json"]
    assert sorted([f.hash for f in b] for b in buckets(site.files)) == sorted(_uploads(requests))


def _read_copy(source: Path, tmp_path: Path) -> Site:
    return read_site(Path(shutil.copytree(source, tmp_path / "copy")))


def test_the_table_of_types_is_the_recorded_one(pages_traces: Path) -> None:
    recorded = json.loads((pages_traces / "mime-types.json").read_text(encoding="utf-8"))

    assert recorded["pages"]["types"] == PAGES
    assert recorded["workers_assets"]["types"] == WORKERS_ASSETS
    for name in recorded["unknown"]:
        assert content_type(f"/a/b.{name}") == recorded["pages"]["fallback"]


def test_workers_assets_get_the_types_that_were_sent(pages_traces: Path) -> None:
    sent = set()
    for trace in sorted((pages_traces / "workers").glob("deploy-*.json")):
        for exchange in json.loads(trace.read_text(encoding="utf-8"))["exchanges"]:
            request = exchange["request"]
            if "/workers/assets/upload" in request["path"]:
                sent |= {p["content_type"] for p in request.get("multipart", [])}

    paths = ["/index.html", "/assets/app.js", "/ü/b c.txt"]
    assert sent == {workers_content_type(path) for path in paths}


def test_odd_names_are_treated_as_by_wrangler(write: Callable[..., Path]) -> None:
    """Seen when wrangler 4.164.0 uploaded these names to a recording server."""
    root = write(
        {
            ".txt": "dt",
            "json": "json\n",
            "a.TXT": "y",
            "B.txt": "x",
            "..foo": "1",
            "a..b": "2",
            'quo"te.txt': "q",
            "ﬀ.txt": "w",
            "😀.txt": "x",
            "sub/.txt": "s2",
            "sub/json": "s",
            "sub/functions": "3",
            "sub/.wrangler/x": "4",
            "sub/.x/node_modules/c": "q3",
            ".cache/node_modules/a.js": "q",
            ".cache/.git/b": "q2",
            "z/y/1": "1",
        }
    )

    site = read_site(root)

    assert site.manifest() == {
        "/..foo": "d113ac414774fb44ee56b83158b5d8f5",
        "/.txt": "42bd57e32d6d35a11b4e55784915f2b8",
        "/B.txt": "93757b83965b7ab50bf35ee5e0db88a6",
        "/a..b": "8e48fea08e91d9ca70ae8f08f9e4b26a",
        "/a.TXT": "f6eab51b314fb16633d2cbb0b9a19923",
        "/json": "a5eaaeb22d91678d17f4235a7592c701",
        '/quo"te.txt': "e4e549c12a6c172967c9e0f6e1cf29e5",
        "/ﬀ.txt": "63bdee909207df1266ad400ea8df6ca6",
        "/😀.txt": "93757b83965b7ab50bf35ee5e0db88a6",
        "/sub/.txt": "b9e1ae29b21979f7a665b7f676e81cb6",
        "/sub/functions": "164476ccfe5bdd5443976f4667d24276",
        "/sub/json": "2c9175874f68e4ab20893c41ede0aa05",
        "/.cache/.git/b": "bb2859e737dbcd1d317366ba5cffd027",
        "/.cache/node_modules/a.js": "2956dabeefe12f370a1305d8f6d0f3b9",
        "/sub/.wrangler/x": "c015edcba0239055870814630a206f25",
        "/z/y/1": "28d0a55305cbf5021b1f54a823da3940",
        "/sub/.x/node_modules/c": "509a032899b13aba0a8fe5e5ee1c038d",
    }
    assert list(site.manifest())[:9] == [
        "/..foo", "/.txt", "/B.txt", "/a..b", "/a.TXT", "/json", '/quo"te.txt', "/ﬀ.txt", "/😀.txt",
    ]  # fmt: skip
    types = {file.path: file.content_type for file in site.files}
    assert types["/.txt"] == "text/plain"
    assert types["/json"] == "application/json"
    assert types["/sub/.txt"] == types["/sub/json"] == "application/octet-stream"
    assert types["/a.TXT"] == "text/plain"


@pytest.mark.parametrize(
    ("path", "pages", "workers"),
    [
        ("/app.js", "application/javascript", "text/javascript; charset=utf-8"),
        ("/x.woff2", "font/woff2", "font/woff2"),
        ("/x.HTML", "text/html", "text/html; charset=utf-8"),
        ("/x.zzz", "application/octet-stream", "application/null"),
        ("/dir/none", "application/octet-stream", "application/null"),
        ("/trailing.", "application/octet-stream", "application/null"),
        ("/x.ts", "video/mp2t", "video/mp2t"),
    ],
)
def test_types_differ_between_pages_and_workers(path: str, pages: str, workers: str) -> None:
    assert (content_type(path), workers_content_type(path)) == (pages, workers)
