"""The hash of an asset."""

from __future__ import annotations

import base64
from pathlib import Path

import pytest
from blake3 import blake3
from hypothesis import given, strategies as st

from oneclick_deploy.errors import SiteError
from oneclick_deploy.site import asset_hash, hashing
from oneclick_deploy.site.hashing import hash_file


def _formula(content: bytes, extension: str) -> str:
    return blake3(base64.b64encode(content) + extension.encode()).hexdigest()[:32]


@given(st.binary(max_size=2000), st.sampled_from(["js", "PNG", "tar.gz", "html", ""]))
def test_it_is_the_documented_formula(content: bytes, extension: str) -> None:
    name = f"/dir.d/file.{extension}" if extension else "/dir.d/file"
    assert asset_hash(content, name) == _formula(content, extension.rpartition(".")[2])


@pytest.mark.parametrize(
    ("name", "extension"),
    [
        ("a.js", "js"),
        ("A.JS", "JS"),
        (".hidden", ""),
        (".hidden.txt", "txt"),
        ("none", ""),
        ("trailing.", ""),
        ("a..b", "b"),
        ("..foo", "foo"),
        ("/x.y/none", ""),
        ("ü.ñ", "ñ"),
    ],
)
def test_the_extension_is_what_node_takes_for_it(name: str, extension: str) -> None:
    assert asset_hash(b"content", name) == _formula(b"content", extension)


def test_the_empty_file_has_the_known_hash() -> None:
    assert asset_hash(b"", "empty") == "af1349b9f5f9a1a6a0404dea36dcc949"


@pytest.mark.parametrize("size", [0, 1, 2, 3, 4, 5, 6, 7, 8, 11, 12, 13, 6000, 6001])
@pytest.mark.parametrize("chunk", [1, 2, 3, 4, 6, 1024])
def test_hashing_in_chunks_is_hashing_at_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, size: int, chunk: int
) -> None:
    content = bytes(number % 251 for number in range(size))
    (tmp_path / "f").write_bytes(content)
    monkeypatch.setattr(hashing, "_CHUNK", chunk)
    assert hash_file(tmp_path / "f", path="/f.bin") == (asset_hash(content, "f.bin"), size)


def test_a_file_that_grows_over_the_limit_while_it_is_read_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "f").write_bytes(b"12345")
    monkeypatch.setattr(hashing, "MAX_FILE_SIZE", 4)
    with pytest.raises(SiteError, match="/f grew over"):
        hash_file(tmp_path / "f", path="/f")
