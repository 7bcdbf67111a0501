"""Sharing files out over upload requests."""

from __future__ import annotations

from pathlib import Path

from hypothesis import given, strategies as st

from oneclick_deploy.site import SiteFile, buckets, missing_files
from oneclick_deploy.site.buckets import MAX_BUCKET_FILES, MAX_BUCKET_SIZE
from oneclick_deploy.site.limits import MAX_FILE_SIZE


def _file(number: int, size: int = 1) -> SiteFile:
    return SiteFile(
        path=f"/{number}",
        absolute=Path(f"{number}"),
        size=size,
        content_type="text/plain",
        hash=f"{number:032x}",
    )


@given(st.lists(st.integers(min_value=0, max_value=MAX_FILE_SIZE), max_size=200))
def test_every_file_is_in_exactly_one_bucket_and_no_bucket_is_too_large(sizes: list[int]) -> None:
    files = [_file(number, size) for number, size in enumerate(sizes)]

    shared = buckets(files)

    assert sorted(f.path for bucket in shared for f in bucket) == sorted(f.path for f in files)
    for bucket in shared:
        assert bucket
        assert sum(f.size for f in bucket) <= MAX_BUCKET_SIZE
        assert [f.size for f in bucket] == sorted((f.size for f in bucket), reverse=True)


def test_no_files_need_no_bucket() -> None:
    assert buckets([]) == ()


def test_files_are_dealt_to_three_buckets_in_turn() -> None:
    shared = buckets(_file(number) for number in range(7))
    assert [[f.path for f in bucket] for bucket in shared] == [
        ["/0", "/3", "/6"],
        ["/1", "/4"],
        ["/2", "/5"],
    ]


def test_a_bucket_has_at_most_two_thousand_files() -> None:
    shared = buckets(_file(number, 0) for number in range(3 * MAX_BUCKET_FILES + 1))
    assert [len(bucket) for bucket in shared] == [2000, 2000, 2000, 1]


def test_only_missing_content_is_chosen_and_each_content_once() -> None:
    twin = SiteFile(
        path="/copy", absolute=Path("copy"), size=1, content_type="text/plain", hash=_file(1).hash
    )
    files = [_file(0), _file(1), twin, _file(2)]
    assert missing_files(files, [_file(1).hash, _file(2).hash, "f" * 32]) == [files[1], files[3]]
    assert missing_files(files, []) == []
