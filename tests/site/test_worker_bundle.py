"""The ``_worker.bundle``: written, and read from anybody."""

from __future__ import annotations

import pytest
from attrs import evolve
from hypothesis import given, settings, strategies as st

from oneclick_deploy.errors import SiteError
from oneclick_deploy.site import WorkerBundle, WorkerModule, build_bundle, parse_bundle
from oneclick_deploy.site.worker_bundle import MAX_MODULES

ESM = "application/javascript+module"


def _module(name: str = "index.js", content: bytes = b"export default {};\n") -> WorkerModule:
    return WorkerModule(name=name, content_type=ESM, content=content)


def _bundle(*modules: WorkerModule, main: str = "index.js") -> WorkerBundle:
    return WorkerBundle(main_module=main, modules=modules or (_module(),))


_segment = st.text(
    st.characters(exclude_categories=["Cs", "Cc"], exclude_characters='"\\/\x7f:'),
    min_size=1,
    max_size=8,
).filter(lambda text: text not in {".", ".."})
_name = (
    st.lists(_segment, min_size=1, max_size=3).map("/".join).filter(lambda name: name != "metadata")
)
_json = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=9),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner),
    max_leaves=5,
)


@st.composite
def _bundles(draw: st.DrawFn) -> WorkerBundle:
    names = draw(st.lists(_name, min_size=1, max_size=4, unique=True))
    kinds = st.sampled_from([ESM, "application/wasm", "text/plain", "application/octet-stream"])
    content = st.binary(max_size=60) | st.sampled_from([b"\r\n", b"--", b"\r\n--", b"\r\n\r\n--x"])
    modules = tuple(
        WorkerModule(name=name, content_type=draw(kinds), content=draw(content)) for name in names
    )
    extra = draw(st.dictionaries(st.text(max_size=5), _json, max_size=3))
    extra.pop("main_module", None)
    return WorkerBundle(main_module=draw(st.sampled_from(names)), modules=modules, settings=extra)


@given(_bundles())
def test_what_is_written_is_read_back(bundle: WorkerBundle) -> None:
    assert parse_bundle(build_bundle(bundle)) == bundle


def test_the_bytes_are_a_multipart_body_with_its_boundary_in_the_first_line() -> None:
    content = build_bundle(_bundle())
    boundary = content.split(b"\r\n", 1)[0]
    assert content == (
        boundary + b"\r\n"
        b'Content-Disposition: form-data; name="metadata"\r\n\r\n'
        b'{"main_module":"index.js"}\r\n' + boundary + b"\r\n"
        b'Content-Disposition: form-data; name="index.js"; filename="index.js"\r\n'
        b"Content-Type: application/javascript+module\r\n\r\n"
        b"export default {};\n\r\n" + boundary + b"--\r\n"
    )


def test_equal_workers_give_equal_bytes_and_others_another_boundary() -> None:
    first, other = build_bundle(_bundle()), build_bundle(_bundle(_module(content=b"2")))
    assert build_bundle(_bundle()) == first
    assert other.split(b"\r\n", 1)[0] != first.split(b"\r\n", 1)[0]


def test_settings_follow_the_main_module() -> None:
    bundle = evolve(_bundle(), settings={"compatibility_date": "2026-01-01", "main_module": "no"})
    again = parse_bundle(build_bundle(bundle))
    assert again.main_module == "index.js"
    assert again.settings == {"compatibility_date": "2026-01-01"}


BAD_NAMES = [
    "",
    "/abs.js",
    "../up.js",
    "a/../../b.js",
    "a//b.js",
    "./a.js",
    "a/.",
    "a\\b.js",
    "C:/x.js",
    'q".js',
    "a\nb.js",
    "a\r\nX: y",
    "nul\0",
    "metadata",
    "x" * 1025,
]


@pytest.mark.parametrize("name", [*BAD_NAMES, "lone\ud800"])
def test_names_that_are_no_module_paths_are_not_written(name: str) -> None:
    with pytest.raises(SiteError):
        build_bundle(_bundle(_module(), _module(name)))


def test_a_content_type_cannot_add_headers() -> None:
    module = WorkerModule(name="index.js", content_type="a/b\r\nX: y", content=b"")
    with pytest.raises(SiteError, match="content type"):
        build_bundle(_bundle(module))


def _raw(*parts: bytes, end: bytes = b"--b--\r\n") -> bytes:
    return b"".join(b"--b\r\n" + part + b"\r\n" for part in parts) + end


METADATA = b'Content-Disposition: form-data; name="metadata"\r\n\r\n{"main_module":"m.js"}'
MODULE = (
    b'content-disposition: form-data; name="m.js"; filename="m.js"\r\n'
    b"content-type: application/javascript+module\r\n\r\n1"
)


def test_a_bundle_by_another_writer_is_read() -> None:
    bundle = parse_bundle(_raw(METADATA, MODULE))
    assert bundle == WorkerBundle(main_module="m.js", modules=(_module("m.js", b"1"),))


@pytest.mark.parametrize("name", [name for name in BAD_NAMES if name != "metadata"])
def test_hostile_names_are_not_read(name: str) -> None:
    module = b'Content-Disposition: form-data; name="%b"\r\n\r\nx' % name.encode()
    with pytest.raises(SiteError):
        parse_bundle(_raw(METADATA, MODULE, module))


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        (b"", "first line"),
        (b"--\r\n", "first line"),
        (b"-" * 100_000, "first line"),
        (b"--" + b"b" * 71 + b"\r\n", "first line"),
        (b"PK\x03\x04", "first line"),
        (b"--b\r\n", "cut off"),
        (_raw(METADATA, MODULE, end=b""), "cut off"),
        (_raw(METADATA, MODULE, end=b"--b"), "cut off"),
        (_raw(METADATA, MODULE) + b"more", "cut off"),
        (_raw(METADATA, MODULE)[:-30], "cut off"),
        (b"preamble\r\n" + _raw(METADATA, MODULE), "first line"),
        (_raw(), "first line|cut off|no metadata"),
        (_raw(MODULE), "no metadata"),
        (_raw(METADATA), "is not in it"),
        (_raw(METADATA, METADATA, MODULE), "two metadata"),
        (_raw(METADATA, MODULE, MODULE), "two modules named"),
        (_raw(METADATA, b"no headers"), "no headers"),
        (_raw(METADATA, b"X: y\r\n\r\nz"), "no name"),
        (_raw(METADATA, b"Content-Disposition: form-data; name=m.js\r\n\r\nz"), "no name"),
        (_raw(METADATA, b"X: \xff\r\n\r\nz"), "UTF-8"),
        (_raw(METADATA, b"X: " + b"y" * 9000 + b"\r\n\r\nz"), "no headers"),
        (_raw(METADATA.replace(b"{", b"")), "not JSON"),
        (_raw(METADATA.replace(b"{", b"[" * 100_000)), "not JSON"),
        (_raw(METADATA.replace(b'{"main_module":"m.js"}', b"[]")), "not a JSON object"),
        (_raw(METADATA.replace(b'"m.js"', b"1"), MODULE), "names no main_module"),
        (_raw(METADATA.replace(b'"m.js"', b'"\\ud800"'), MODULE), "is not in it"),
        (b"--b\r\n" * 200_000, "cut off"),
    ],
)
def test_broken_bundles_are_refused(content: bytes, problem: str) -> None:
    with pytest.raises(SiteError, match=problem) as caught:
        parse_bundle(content)
    assert caught.value.hint
    assert len(str(caught.value)) < 500
    str(caught.value).encode()


def test_the_size_is_checked_first() -> None:
    content = _raw(METADATA, MODULE)
    assert parse_bundle(content, max_size=len(content))
    with pytest.raises(SiteError, match="the limit is"):
        parse_bundle(content, max_size=len(content) - 1)


def test_the_number_of_modules_is_limited() -> None:
    parts = [
        b'Content-Disposition: form-data; name="%d"\r\n\r\n' % n for n in range(MAX_MODULES + 1)
    ]
    with pytest.raises(SiteError, match="more than 10,000 modules"):
        parse_bundle(_raw(METADATA, *parts))
    many = tuple(_module(f"{n}.js") for n in range(MAX_MODULES + 1))
    with pytest.raises(SiteError, match="more than 10,000 modules"):
        build_bundle(_bundle(*many, main="0.js"))
    assert len(parse_bundle(build_bundle(_bundle(*many[1:], main="1.js"))).modules) == MAX_MODULES


@given(st.binary(max_size=300))
def test_random_bytes_raise_nothing_else(content: bytes) -> None:
    with pytest.raises(SiteError):
        parse_bundle(content)


@settings(max_examples=300)
@given(st.data())
def test_damaged_bundles_raise_nothing_else(data: st.DataObject) -> None:
    content = bytearray(_raw(METADATA, MODULE, MODULE.replace(b"m.js", b"n.js")))
    for _ in range(data.draw(st.integers(1, 4))):
        at = data.draw(st.integers(0, len(content) - 1))
        content[at : at + data.draw(st.integers(0, 5))] = data.draw(st.binary(max_size=5))
    try:
        bundle = parse_bundle(bytes(content))
    except SiteError:
        return
    assert parse_bundle(build_bundle(bundle)) == bundle
