"""An app's Prisma schema on its way from the preview's SQLite to PostgreSQL, without Node.js.

Run it in the checkout: ``python examples/prisma_schema.py``.
"""

from __future__ import annotations

from pathlib import Path

from oneclick_deploy import prisma

SCHEMA = Path(__file__).resolve().parent / "guestbook" / "prisma" / "schema.prisma"

schema = prisma.parse(SCHEMA).check()
print(f"{len(schema.models)} models, {len(schema.relations)} relations")

# What will hurt on the new database, and the schema rewritten for it.
for finding in prisma.lint(schema, "neon"):
    print(finding)
moved = prisma.transform(schema, "neon")
print(moved.report())

# The whole database, and the migration of the next release.
print(prisma.render_sql(moved.schema))
next_release = str(moved).replace("model Visitor {", "model Visitor {\n  nickname String?", 1)
migration = prisma.diff_sql(moved.schema, next_release)
print(migration)
print("may lose data" if migration.is_destructive else "loses nothing")
