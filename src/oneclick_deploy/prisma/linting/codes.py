"""The table of codes: what each means, how much it hurts, and where that is known from.

``OD1..`` is what Prisma refuses, ``OD2..`` what a server refuses or stores wrongly though Prisma
prints it, ``OD3..`` what works and hurts later: these are `lint`'s. ``OD5..`` are the differences
that `transform` reports.
"""

from __future__ import annotations

from types import MappingProxyType
from typing import NamedTuple

from oneclick_deploy.prisma.linting.finding import Severity


class Code(NamedTuple):
    """What a code stands for.

    Args:
        code: ``OD201``.
        severity: That of its findings, unless one of them says otherwise.
        title: What it is about, in a few words.
        source: Where it is known from: the engine or server that was asked, a manual, a tracker.
    """

    code: str
    severity: Severity
    title: str
    source: str


_ERROR, _WARNING, _INFO = Severity.ERROR, Severity.WARNING, Severity.INFO
_ENGINE = "Prisma's engine, asked"
_SQLITE = "SQLite, asked"
_POSTGRESQL = "PostgreSQL, asked"
_MARIADB = "MariaDB, asked"

CODES = MappingProxyType(
    {
        code.code: code
        for code in (
            Code("OD100", _ERROR, "Prisma refuses it for the target", _ENGINE),
            Code("OD101", _ERROR, "a list, which the target has not got", _ENGINE),
            Code("OD102", _ERROR, "a native type that the target does not know", _ENGINE),
            Code("OD103", _ERROR, "an enum or Json on SQLite before Prisma 6.2", _ENGINE),
            Code("OD104", _ERROR, "a constraint's name that is too long or not unique", _ENGINE),
            Code("OD105", _ERROR, "autoincrement() where the target has none", _ENGINE),
            Code("OD106", _ERROR, "something newer than the release of Prisma", _ENGINE),
            Code("OD107", _ERROR, "a preview feature that Prisma does not know", _ENGINE),
            Code("OD110", _ERROR, "a URL where the release of Prisma refuses one", _ENGINE),
            Code("OD111", _ERROR, "no URL where the release of Prisma wants one", _ENGINE),
            Code("OD112", _ERROR, "the preview feature driverAdapters is missing", "Prisma's docs"),
            Code("OD113", _WARNING, "no direct URL for migrations", "prisma/orm#23588"),
            Code("OD114", _ERROR, "a provider that Prisma does not know", _ENGINE),
            Code("OD115", _ERROR, "an adapter newer than the release of Prisma", "npm"),
            Code("OD116", _WARNING, "no generator for Prisma's client", "Prisma's docs"),
            Code("OD117", _ERROR, "prisma-client without output", "Prisma's docs"),
            Code("OD118", _ERROR, "prisma-client before Prisma 6.6", "Prisma's release notes"),
            Code("OD201", _ERROR, "a Json default that SQLite cannot read", _SQLITE),
            Code("OD202", _ERROR, "an apostrophe in an enum's value", f"{_POSTGRESQL}; {_MARIADB}"),
            Code(
                "OD203",
                _ERROR,
                "a default expression without brackets",
                f"{_SQLITE}; MySQL's manual, 'Data Type Default Values'",
            ),
            Code(
                "OD204",
                _ERROR,
                "a default in another database's SQL",
                f"{_SQLITE}; {_POSTGRESQL}; {_MARIADB}",
            ),
            Code(
                "OD205",
                _ERROR,
                "a key on a type without a length",
                f"MySQL's manual, error 1170; {_MARIADB} (primary keys)",
            ),
            Code(
                "OD206",
                _ERROR,
                "a key longer than 3072 bytes",
                f"MySQL's manual, 'InnoDB Limits'; {_MARIADB} (all but unique keys)",
            ),
            Code("OD207", _ERROR, "a row longer than 65535 bytes", _MARIADB),
            Code("OD208", _WARNING, "a date as default that MariaDB refuses", _MARIADB),
            Code("OD209", _WARNING, "a backslash in a default", _MARIADB),
            Code(
                "OD210",
                _ERROR,
                "a default on a TEXT column",
                "MySQL's manual, 'Data Type Default Values'",
            ),
            Code(
                "OD211",
                _ERROR,
                "a name longer than the server's limit",
                f"{_POSTGRESQL}; {_MARIADB}",
            ),
            Code(
                "OD212",
                _ERROR,
                "two names that are one to the server",
                f"{_SQLITE}; {_POSTGRESQL}; {_MARIADB}",
            ),
            Code("OD213", _ERROR, "a character that MySQL allows in no name", _MARIADB),
            Code("OD214", _ERROR, "a reserved name", f"{_SQLITE}; {_POSTGRESQL}; D1's docs"),
            Code("OD215", _ERROR, "a type of another database", _POSTGRESQL),
            Code("OD216", _ERROR, "a BigInt key that does not number itself", "prisma/orm#13178"),
            Code("OD217", _ERROR, "too many columns", "D1's limits"),
            Code(
                "OD218",
                _ERROR,
                "a foreign key between columns of different types",
                f"{_POSTGRESQL}; {_MARIADB}",
            ),
            Code(
                "OD219",
                _WARNING,
                "SetDefault on MySQL",
                "MySQL's manual, 'FOREIGN KEY Constraints'",
            ),
            Code("OD220", _ERROR, "an extension that nobody creates", _POSTGRESQL),
            Code(
                "OD221",
                _ERROR,
                "now() with more digits than its column",
                "MySQL's manual, 'Fractional Seconds in Time Values'",
            ),
            Code("OD222", _ERROR, "an index on a type that has no order", _POSTGRESQL),
            Code("OD223", _ERROR, "a text in double quotes", _SQLITE),
            Code(
                "OD301", _WARNING, "a relation without an index under relationMode", "Prisma's docs"
            ),
            Code(
                "OD302",
                _INFO,
                "a foreign key without an index",
                "PostgreSQL's and SQLite's manuals",
            ),
            Code("OD303", _INFO, "a join table that nobody cleans up", "Prisma's engine, read"),
            Code(
                "OD304",
                _WARNING,
                "rows that go when a table is made anew",
                f"prisma/orm#24208; {_SQLITE}",
            ),
            Code("OD305", _WARNING, "a Decimal that loses digits", _SQLITE),
            Code("OD306", _INFO, "dates in two forms", "prisma/orm#21552, #25948"),
            Code("OD307", _INFO, "@updatedAt without a default", "Prisma's engine, asked"),
            Code("OD308", _WARNING, "unique texts whatever their case", _MARIADB),
            Code("OD309", _WARNING, "SetNull on a required field", _POSTGRESQL),
            Code("OD310", _INFO, "texts of 191 characters", _MARIADB),
            Code("OD311", _WARNING, "a table without a primary key", _POSTGRESQL),
            Code("OD312", _WARNING, "a view that Prisma does not create", _ENGINE),
            Code("OD313", _WARNING, "a default that no database has", _SQLITE),
            Code("OD314", _INFO, "numbers beyond 2^53", "Prisma's adapter, asked"),
            Code("OD315", _INFO, "no transactions", "Prisma's docs"),
            Code("OD316", _WARNING, "a TIMESTAMP that ends in 2038", _MARIADB),
            Code("OD501", _INFO, "search tells capitals from small letters", "Prisma's docs"),
            Code(
                "OD502",
                _INFO,
                "another order of texts and NULL",
                "PostgreSQL's manual, 'Sorting Rows'",
            ),
            Code("OD503", _INFO, "Int has 32 bits", _POSTGRESQL),
            Code("OD504", _INFO, "dates are kept without their offset", _POSTGRESQL),
            Code("OD505", _INFO, "enums are types", _POSTGRESQL),
            Code("OD506", _INFO, "JSON is normalised", "PostgreSQL's manual, 'JSON Types'"),
            Code("OD507", _INFO, "sequences after an import", _POSTGRESQL),
            Code("OD508", _INFO, "texts of 191 characters", _MARIADB),
            Code("OD509", _INFO, "texts are equal whatever their case", _MARIADB),
            Code("OD510", _INFO, "no default for Json and Bytes", "Prisma's engine, read"),
            Code("OD511", _INFO, "a backslash in a default", _MARIADB),
            Code("OD512", _INFO, "another rule of capitals", "Prisma's docs"),
            Code("OD513", _INFO, "Decimal loses digits", _SQLITE),
            Code("OD514", _INFO, "a BigInt key does not number itself", "prisma/orm#13178"),
            Code("OD515", _INFO, "enums are texts", _ENGINE),
            Code("OD516", _INFO, "lengths are not checked", _SQLITE),
            Code("OD517", _INFO, "JSON is text", "Prisma's adapter, asked"),
            Code("OD518", _INFO, "an index is gone", _ENGINE),
            Code("OD519", _INFO, "the migrations are another database's", "prisma/orm#4760"),
            Code("OD520", _INFO, "dates in two forms", "prisma/orm#21552, #25948"),
            Code("OD521", _INFO, "numbers beyond 2^53", "Prisma's adapter, asked"),
            Code("OD522", _INFO, "Prisma's command line does not migrate it", "prisma/orm#22184"),
            Code("OD523", _INFO, "no transactions", "Prisma's docs"),
            Code("OD524", _INFO, "D1's limits", "D1's docs, April 2026"),
            Code("OD525", _INFO, "Prisma 7's configuration", "prisma/orm#28514"),
            Code("OD530", _INFO, "a pooler between the app and Neon", "Neon's docs"),
        )
    }
)
