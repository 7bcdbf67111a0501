"""Write ``src/oneclick_deploy/site/content_type_table.py``.

``python tools/make_content_types.py PATH/mime-types.json`` takes the table that was recorded from
Cloudflare's own client (the shared traces have it as ``cloudflare-pages/mime-types.json``).
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

TABLE = Path(__file__).resolve().parent.parent / "src/oneclick_deploy/site/content_type_table.py"

HEAD = '''"""Extensions and their content types. Written by tools/make_content_types.py; do not edit.

Pages uses {pages}; Workers static assets use {workers}, of which only the differences are listed.
"""

from __future__ import annotations

from typing import Final
'''


def source(recorded: Path) -> str:
    """Give the text of the module.

    Args:
        recorded: The recorded table.
    """
    data = json.loads(recorded.read_text(encoding="utf-8"))
    pages, workers = data["pages"], data["workers_assets"]
    head = HEAD.format(pages=pages["library"], workers=workers["library"])
    return head + table("PAGES", pages["types"]) + table("WORKERS_ASSETS", workers["types"])


def table(name: str, types: dict[str, str]) -> str:
    """Give one table as Python source.

    Args:
        name: The name of the constant.
        types: Extension to content type.
    """
    rows = "".join(f'    "{key}": "{value}",\n' for key, value in sorted(types.items()))
    return f"\n{name}: Final[dict[str, str]] = {{\n{rows}}}\n"


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    TABLE.write_text(source(Path(sys.argv[1])), encoding="utf-8")
    print(f"wrote {TABLE}")
