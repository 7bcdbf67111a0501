"""What is no preview data at all is refused, and never waited for."""

from __future__ import annotations

import io
from array import array
from pathlib import Path

import pytest
from tests.data.previews import ordinary

from oneclick_deploy import errors
from oneclick_deploy.data import inspect


@pytest.mark.parametrize(
    "given",
    [None, 7, 3.5, True, ["preview.db"], {"a": b""}, object(), io.BytesIO(b""), array("b", b"x"), Path],
    ids=lambda given: type(given).__name__,
)  # fmt: skip
def test_other_types_are_refused(given):
    with pytest.raises(errors.ConfigurationError, match="preview data is a path, bytes"):
        inspect(given)


@pytest.mark.parametrize(
    "given",
    [
        *("\ud800x", Path("\ud800"), "x" * 5000, "a/" * 3000, "\x00", "a\x00b", Path("a\nb"), ""),
        *("/dev/null", "/dev/zero", "/proc/self/mem"),
    ],
    ids=lambda given: repr(str(given)[:20]),
)
def test_odd_paths_are_refused(given):
    with pytest.raises(errors.DataSourceError) as caught:
        inspect(given)
    assert type(caught.value) is errors.DataSourceError
    assert caught.value.hint


def test_a_device_that_this_process_has_open_is_no_file():
    with Path("/dev/null").open("rb"), pytest.raises(errors.DataSourceError, match="not a file"):
        inspect("/dev/null")


@pytest.mark.parametrize("kind", [bytes, bytearray, memoryview])
def test_nothing_is_empty(kind):
    with pytest.raises(errors.EmptyDatabaseError):
        inspect(kind(b""))


def test_a_view_with_gaps_is_read(tmp_path):
    content = ordinary(tmp_path / "preview.db").read_bytes()
    spread = bytearray(2 * len(content))
    spread[::2] = content
    assert inspect(memoryview(spread)[::2]).rows == 9
