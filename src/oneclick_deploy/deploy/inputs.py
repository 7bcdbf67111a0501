"""What a run reads from the app's directory, once."""

from __future__ import annotations

from typing import Self

from oneclick_deploy.app import App
from oneclick_deploy.data.source import SourceReport, SqliteSource
from oneclick_deploy.prisma import MigrationHistory, read_history


class AppInputs:
    """The migrations and the preview data of an app; use it as a context manager.

    Args:
        app: The app.

    Raises:
        AppError: The directory, the schema, the migrations or the preview data is unusable.
    """

    def __init__(self, app: App) -> None:
        self.site_path = app.site_path()
        self.functions_path = app.source / "functions"
        self.history: MigrationHistory = read_history(
            app.schema_path,
            app.migrations_path,
            root=app.source,
            # Turso takes the migrations of SQLite.
            provider="sqlite",
        )
        self.source = None if app.preview_data is None else SqliteSource(app.preview_data)

    @property
    def data(self) -> SourceReport | None:
        """What the preview database holds."""
        return self.source.report if self.source else None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Drop the snapshot of the preview data."""
        if self.source is not None:
            self.source.close()
