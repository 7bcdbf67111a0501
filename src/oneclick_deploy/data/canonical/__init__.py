"""Whether what arrived is what was sent: canonical texts, digests of tables, and where they differ.

`source_digest` reads the source as a plan converts it; `postgresql_digest` and `mysql_digest` are
SQL for the other side, and `rows_digest` does without SQL. Equal digests mean equal values.
"""

from __future__ import annotations

from oneclick_deploy.data.canonical.digest import (
    Digest,
    encode_row,
    ordered,
    rows_digest,
    unverified,
)
from oneclick_deploy.data.canonical.documents import json_text
from oneclick_deploy.data.canonical.locate import (
    Answer,
    Difference,
    Question,
    compare,
    drive,
    search,
)
from oneclick_deploy.data.canonical.mysql import mysql_digest
from oneclick_deploy.data.canonical.postgresql import SETTINGS, postgresql_digest
from oneclick_deploy.data.canonical.source import source_digest
from oneclick_deploy.data.canonical.texts import canonical_text

__all__ = [
    "SETTINGS",
    "Answer",
    "Difference",
    "Digest",
    "Question",
    "canonical_text",
    "compare",
    "drive",
    "encode_row",
    "json_text",
    "mysql_digest",
    "ordered",
    "postgresql_digest",
    "rows_digest",
    "search",
    "source_digest",
    "unverified",
]
