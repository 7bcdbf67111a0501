"""Looks at preview data as a whole: what it holds, and what will not go over."""

from __future__ import annotations

from oneclick_deploy.data.source import Given, SourceReport, SqliteSource


def inspect(source: Given) -> SourceReport:
    """Look at a preview database without moving anything.

    Args:
        source: What `SqliteSource` takes.

    Raises:
        DataSourceError: It cannot be read; the subclass says why.
    """
    with SqliteSource(source) as opened:
        return opened.report
