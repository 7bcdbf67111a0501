"""The hand-written checks of the Pages direct upload."""

from __future__ import annotations

import base64
import json
from typing import Any

import pytest

from . import multipart
from .forms import FormError, parse_form
from .multipart import check_assets, check_deployment, check_hashes, check_worker_bundle

HASH = "17453d0cfb9bacc76d9f30d3cb9ca048"
CONTENT_TYPE = "multipart/form-data; boundary=outer"
FILE = "application/octet-stream"
MANIFEST = b'{"/index.html":"%s"}' % HASH.encode()
ROUTES = {"version": 1, "include": ["/api/*"], "exclude": []}

# name, content, filename, content type
Row = tuple[str, bytes, str, str]


def text(name: str, content: bytes) -> Row:
    return (name, content, "", "")


def file(name: str, content: bytes) -> Row:
    return (name, content, name, FILE)


def module(name: str, content_type: str = "application/javascript+module") -> Row:
    return (name, b"export default {};\n", name, content_type)


def form(*rows: Row, boundary: str = "outer") -> bytes:
    body = b""
    for name, content, filename, content_type in rows:
        head = f'--{boundary}\r\nContent-Disposition: form-data; name="{name}"'
        head += f'; filename="{filename}"' if filename else ""
        head += f"\r\nContent-Type: {content_type}" if content_type else ""
        body += f"{head}\r\n\r\n".encode() + content + b"\r\n"
    return body + f"--{boundary}--\r\n".encode()


def bundle(*rows: Row, **metadata: Any) -> bytes:
    settings = text("metadata", json.dumps({"main_module": "index.js"} | metadata).encode())
    return form(settings, *rows, boundary="inner")


def routes(**changes: Any) -> Row:
    return file("_routes.json", json.dumps(ROUTES | changes).encode())


MANIFEST_ROW = text("manifest", MANIFEST)
BUNDLE = "_worker.bundle"
WORKER = file(BUNDLE, bundle(module("index.js")))
WHOLE = (
    MANIFEST_ROW,
    text("branch", b"main"),
    text("commit_message", b"oneclick_deploy run 5"),
    text("commit_hash", b"c62bae607426e8ef6808da2bf6b8a2a64413ad97"),
    text("commit_dirty", b"false"),
    file("_headers", b"/*\n  X: y\n"),
    file("_redirects", b"/old /new 301\n"),
    WORKER,
    routes(),
)


class TestDeployment:
    @pytest.mark.parametrize(
        "rows", [WHOLE, (MANIFEST_ROW,), (text("manifest", b"{}"), text("branch", b"x/y"))]
    )
    def test_a_form_as_the_client_sends_it_passes(self, rows: tuple[Row, ...]) -> None:
        assert check_deployment(CONTENT_TYPE, form(*rows)) == []

    def test_names_in_the_manifest_are_raw_unicode(self) -> None:
        name = "/日本語/a b%20.html"
        raw = json.dumps({name: HASH}, ensure_ascii=False, separators=(",", ":")).encode()
        escaped = json.dumps({name: HASH}, separators=(",", ":")).encode()
        assert check_deployment(CONTENT_TYPE, form(text("manifest", raw))) == []
        assert check_deployment(CONTENT_TYPE, form(text("manifest", escaped))) != []

    @pytest.mark.parametrize(
        ("rows", "complaint"),
        [
            ((text("branch", b"main"),), "form part manifest is missing"),
            ((text("branch", b"main"), MANIFEST_ROW), "form parts are in the order branch, man"),
            ((WORKER, MANIFEST_ROW), "form parts are in the order _worker.bundle, manifest"),
            ((MANIFEST_ROW, MANIFEST_ROW), "form part manifest is repeated"),
            ((MANIFEST_ROW, text("stage", b"x")), "form part stage: is not documented"),
            ((MANIFEST_ROW, text("branch", b"")), "form part branch: is empty"),
            (
                (("manifest", MANIFEST, "manifest", FILE),),
                "form part manifest: a text field has neither",
            ),
            ((MANIFEST_ROW, text("_headers", b"")), "form part _headers: the filename is not"),
            (
                (MANIFEST_ROW, ("_headers", b"", "_headers", "text/plain")),
                "form part _headers: the content type is not",
            ),
            (
                (MANIFEST_ROW, ("_headers", b"", "site/_headers", FILE)),
                "form part _headers: the filename is not the field's name",
            ),
            (
                (MANIFEST_ROW, text("commit_message", b"one\ntwo")),
                "form part commit_message: a line feed",
            ),
            (
                (MANIFEST_ROW, text("commit_message", b"one\r\ntwo")),
                "form part commit_message: does not match",
            ),
            (
                (MANIFEST_ROW, text("commit_message", b"x" * 385)),
                "form part commit_message: 385 bytes",
            ),
            ((MANIFEST_ROW, text("commit_hash", b"HEAD")), "form part commit_hash: does not"),
            ((MANIFEST_ROW, text("commit_dirty", b"True")), "form part commit_dirty: does not"),
            ((MANIFEST_ROW, routes()), "_routes.json is sent without a worker"),
            (
                (MANIFEST_ROW, WORKER, file("_worker.js", b"")),
                "_worker.bundle and _worker.js exclude each other",
            ),
        ],
    )
    def test_a_wrong_part_is_reported(self, rows: tuple[Row, ...], complaint: str) -> None:
        found = check_deployment(CONTENT_TYPE, form(*rows))
        assert any(row.startswith(complaint) for row in found), found

    @pytest.mark.parametrize(
        "manifest",
        [
            b"",
            b"[]",
            b'{"index.html":"%s"}' % HASH.encode(),
            b'{"/":"%s"}' % HASH.encode(),
            b'{"/a":"%s"}' % HASH.upper().encode(),
            b'{"/a":"%s"}' % HASH[:-1].encode(),
            b'{"/a": "%s"}' % HASH.encode(),
            b'{"/a":5}',
            b"\xff",
        ],
    )
    def test_a_wrong_manifest_is_reported(self, manifest: bytes) -> None:
        assert check_deployment(CONTENT_TYPE, form(text("manifest", manifest))) != []

    @pytest.mark.parametrize(
        "changes",
        [
            {"version": 2},
            {"include": []},
            {"include": ["api/*"]},
            {"include": ["/" + "a" * 100]},
            {"include": ["/a"] * 2},
            {"include": [f"/{n}" for n in range(101)]},
            {"include": ["/api/*", "/api/hello"]},
            {"rules": []},
        ],
    )
    def test_wrong_routes_are_reported(self, changes: dict[str, Any]) -> None:
        assert check_deployment(CONTENT_TYPE, form(MANIFEST_ROW, WORKER, routes(**changes))) != []


class TestForms:
    BODY = form(MANIFEST_ROW)

    @pytest.mark.parametrize(
        "body",
        [
            b"",
            b"--outer",
            BODY.replace(b"\r\n", b"\n"),
            BODY.removesuffix(b"--outer--\r\n"),
            BODY.replace(b"outer", b"other"),
            b"preamble\r\n" + BODY,
            BODY + b"epilogue",
            BODY.replace(b'name="manifest"', b"name=manifest"),
            BODY.replace(b"form-data", b"attachment"),
            BODY.replace(b"Content-Disposition", b"X-Disposition"),
            BODY.replace(b"\r\n\r\n", b"\r\nContent-Transfer-Encoding: base64\r\n\r\n"),
            BODY.replace(b"\r\n\r\n", b"\r\nContent-Type text/plain\r\n\r\n"),
            BODY.replace(b"manifest", b"\xff").replace(b": form", b"\xff"),
        ],
    )
    def test_a_malformed_form_is_refused(self, body: bytes) -> None:
        with pytest.raises(FormError):
            parse_form(body, boundary="outer")

    @pytest.mark.parametrize(
        "content_type",
        [
            "multipart/form-data",
            "multipart/form-data; boundary=",
            "multipart/form-data; boundary=é",
        ],
    )
    def test_a_content_type_without_a_usable_boundary_is_reported(self, content_type: str) -> None:
        assert check_deployment(content_type, self.BODY) == [
            "form: the boundary is missing or malformed"
        ]

    def test_a_quoted_boundary_and_binary_content_are_read(self) -> None:
        content = bytes(range(256)) + b"\r\n--oute\r\n"
        body = form(MANIFEST_ROW, file("_headers", content))
        assert parse_form(body, boundary="outer")[1].content == content
        assert check_deployment('multipart/form-data; boundary="outer"; x=y', body) == []


class TestWorkerBundle:
    def test_a_bundle_of_every_kind_of_module_passes(self) -> None:
        body = bundle(
            module("index.js"),
            module("deep/lib.mjs"),
            module("deep/x.wasm", "application/wasm"),
            module("deep/noise.bin", FILE),
            module("deep/page.html", "text/plain"),
            bindings=[
                {"name": "DB", "type": "d1", "id": "7"},
                {"name": "URL", "type": "secret_text", "text": "libsql://x"},
            ],
            compatibility_date="2025-05-05",
            compatibility_flags=["nodejs_compat"],
        )
        assert check_worker_bundle(body) == []

    @pytest.mark.parametrize(
        "body",
        [
            b"",
            b"export default {}",
            form(module("index.js"), boundary="inner"),
            form(file("metadata", b'{"main_module":"a.js"}'), module("a.js"), boundary="inner"),
            bundle(),
            bundle(module("main.js")),
            bundle(module("index.js"), module("index.js")),
            bundle(module("index.js", "text/javascript")),
            bundle(module("index.js", "")),
            bundle(module("index.js"), module("x.wasm", FILE)),
            bundle(text("index.js", b"")),
            bundle(module("index.js"), body_part="index.js"),
            bundle(module("index.js"), compatibility_date="today"),
            bundle(module("index.js"), bindings=[{"name": "DB", "type": "d1"}]),
            bundle(module("index.js"), bindings=[{"name": "A", "type": "d1", "id": "1", "x": 1}]),
        ],
    )
    def test_a_wrong_bundle_is_reported(self, body: bytes) -> None:
        assert check_worker_bundle(body) != []
        (complaint, *_) = check_deployment(CONTENT_TYPE, form(MANIFEST_ROW, file(BUNDLE, body)))
        assert complaint.startswith("form part _worker.bundle: ")

    def test_no_complaint_quotes_a_binding(self) -> None:
        secret = {"name": "URL", "type": "secret_text", "text": ["s3cret"]}
        (complaint,) = check_worker_bundle(bundle(module("index.js"), bindings=[secret]))
        assert complaint == 'metadata/bindings/0/text: the value is not of type "string"'


class TestAssets:
    @staticmethod
    def upload(*files: dict[str, Any]) -> list[str]:
        return check_assets(json.dumps(files).encode())

    @staticmethod
    def asset(content: bytes = b"<h1>hi</h1>\n", **changes: Any) -> dict[str, Any]:
        return {
            "key": HASH,
            "value": base64.b64encode(content).decode(),
            "metadata": {"contentType": "text/html"},
            "base64": True,
        } | changes

    def test_files_as_the_client_sends_them_pass(self) -> None:
        assert self.upload(self.asset(), self.asset(b"")) == []

    @pytest.mark.parametrize(
        "changes",
        [
            {"key": "index.html"},
            {"value": "PGgxPg"},
            {"value": "PGgx Pg=="},
            {"value": None},
            {"base64": False},
            {"base64": "true"},
            {"metadata": {}},
            {"metadata": {"contentType": "html"}},
            {"metadata": {"contentType": "text/html", "size": 5}},
            {"path": "/index.html"},
        ],
    )
    def test_a_wrong_file_is_reported(self, changes: dict[str, Any]) -> None:
        assert self.upload(self.asset(**changes)) != []

    def test_a_bucket_holds_1_to_2000_files(self) -> None:
        assert check_assets(b"[]") != []
        assert self.upload(*[self.asset(b"")] * 2000) == []
        assert self.upload(*[self.asset(b"")] * 2001) != []

    def test_files_and_buckets_have_a_largest_size(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(multipart, "LARGEST_FILE", 25)
        monkeypatch.setattr(multipart, "LARGEST_BUCKET", 40)
        assert self.upload(self.asset(bytes(25)), self.asset(bytes(15))) == []
        assert self.upload(self.asset(bytes(26))) == ["body/0/value: 26 bytes, 25 are allowed"]
        assert self.upload(self.asset(bytes(25)), self.asset(bytes(16))) == [
            "body: 41 bytes in one bucket, 40 are allowed"
        ]

    @pytest.mark.parametrize(
        ("body", "passes"),
        [
            ({"hashes": [HASH, HASH]}, True),
            ({"hashes": []}, True),
            ({"hashes": ["x"]}, False),
            ({"hashes": HASH}, False),
            ({"hashes": [], "force": True}, False),
            ([HASH], False),
        ],
    )
    def test_hashes_are_32_hex_digits(self, body: Any, passes: bool) -> None:
        assert (check_hashes(json.dumps(body).encode()) == []) is passes
