"""The one place that quotes SQL identifiers for SQLite and libSQL."""

from __future__ import annotations

from oneclick_deploy.errors import ConfigurationError


def quote_identifier(name: str) -> str:
    """Write the name of a table, column or index so that SQLite reads exactly that name.

    Raises:
        ConfigurationError: The name holds NUL, where SQLite would stop reading, or is not text
            that UTF-8 can carry.
    """
    if "\x00" in name:
        raise ConfigurationError(
            f"{name!r} holds a NUL character and cannot name anything in SQL",
            hint="Rename the table or column.",
        )
    try:
        name.encode()
    except UnicodeEncodeError:
        raise ConfigurationError(
            f"{name!r} is not valid Unicode and cannot name anything in SQL",
            hint="Rename the table or column.",
        ) from None
    return '"' + name.replace('"', '""') + '"'
