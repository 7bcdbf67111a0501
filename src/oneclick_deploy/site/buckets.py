"""Sharing files out over upload requests, as the official client does it.

facts/cloudflare.md section 1, "Buckets": at most 40 MiB and 2,000 files to a request. Large files
come first and are dealt to three requests in turn, so that three uploads of about the same size
can run at the same time.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import Final

from oneclick_deploy.site.limits import MEBIBYTE
from oneclick_deploy.site.models import SiteFile

MAX_BUCKET_SIZE: Final = 40 * MEBIBYTE
MAX_BUCKET_FILES: Final = 2000
START_BUCKETS: Final = 3

Bucket = tuple[SiteFile, ...]


class _OpenBucket:
    def __init__(self) -> None:
        self.files: list[SiteFile] = []
        self.room = MAX_BUCKET_SIZE

    def takes(self, file: SiteFile) -> bool:
        return self.room >= file.size and len(self.files) < MAX_BUCKET_FILES

    def put(self, file: SiteFile) -> None:
        self.files.append(file)
        self.room -= file.size


def buckets(files: Iterable[SiteFile]) -> tuple[Bucket, ...]:
    """Share files out over requests. Every file is in exactly one bucket; no bucket is empty.

    Args:
        files: What is to be uploaded, in the order of the manifest.
    """
    opened = [_OpenBucket() for _ in range(START_BUCKETS)]
    for turn, file in enumerate(sorted(files, key=lambda file: -file.size)):
        first = turn % len(opened)
        for bucket in opened[first:] + opened[:first]:
            if bucket.takes(file):
                bucket.put(file)
                break
        else:
            opened.append(_OpenBucket())
            opened[-1].put(file)
    return tuple(tuple(bucket.files) for bucket in opened if bucket.files)


def missing_files(files: Iterable[SiteFile], hashes: Collection[str]) -> list[SiteFile]:
    """Choose the files that the host asks for, each content once.

    The official client uploads equal files as often as they occur; once is enough, because the
    host stores them by hash.

    Args:
        files: All files of the site.
        hashes: The hashes that the host does not have.
    """
    wanted = set(hashes)
    first_of_each: dict[str, SiteFile] = {}
    for file in files:
        if file.hash in wanted:
            first_of_each.setdefault(file.hash, file)
    return list(first_of_each.values())
