"""Write the blocking twins of the asynchronous sources.

``python tools/unasync.py`` rewrites every ``_sync.py`` from the ``_async.py`` beside it (and every
``_sync`` folder from its ``_async`` folder, in the sources and in the tests); ``--check`` changes
nothing and fails when a twin is out of date, when a twin has no source, or when a rule below is
not used by any file.
"""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
BANNER = "# Generated from {source} by tools/unasync.py. Do not edit.\n"

RULES: list[tuple[str, str]] = [
    (r"async def", "def"),
    (r"async with", "with"),
    (r"async for", "for"),
    (r"await ", ""),
    (r"__aenter__", "__enter__"),
    (r"__aexit__", "__exit__"),
    (r"__aiter__", "__iter__"),
    (r"aclose", "close"),
    (r"aiter_bytes", "iter_bytes"),
    (r"AsyncBaseTransport", "BaseTransport"),
    (r"Async([A-Z][A-Za-z]+)", r"\1"),
    (r"\b_async\b", "_sync"),
    (r"import aio\b", "import threads"),
    (r"\baio\.", "threads."),
    (r"\bAwaitable\[([^\[\]]+|[^\[\]]*\[[^\[\]]*\][^\[\]]*)\]", r"\1"),
]


def sources() -> list[tuple[Path, Path]]:
    """Pairs of an asynchronous source and the place of its twin."""
    pairs = []
    for top in ("src", "tests"):
        for source in sorted((ROOT / top).rglob("*.py")):
            relative = source.relative_to(ROOT)
            if "_async" in relative.parts or relative.name == "_async.py":
                parts = [part.replace("_async", "_sync") for part in relative.parts]
                pairs.append((source, ROOT.joinpath(*parts)))
    return pairs


def convert(text: str, source: Path, used: set[str]) -> str:
    """Apply the rules to one file's text and note which of them matched."""
    for pattern, replacement in RULES:
        text, count = re.subn(pattern, replacement, text)
        if count:
            used.add(pattern)
    return BANNER.format(source=source.relative_to(ROOT).as_posix()) + text


def tidy(text: str, place: Path) -> str:
    """Sort the imports and format, as the linter asks of every file."""
    for command in (["check", "--select", "I,F401", "--fix"], ["format"]):
        text = subprocess.run(
            [sys.executable, "-m", "ruff", *command, "--quiet", "--stdin-filename", place, "-"],
            input=text,
            capture_output=True,
            text=True,
            check=True,
            cwd=ROOT,
        ).stdout
    return text


def orphans(twins: set[Path]) -> list[Path]:
    """Generated files whose source is gone."""
    return [
        path
        for top in ("src", "tests")
        for path in (ROOT / top).rglob("*.py")
        if path not in twins and path.read_text("utf-8").startswith(BANNER[:17])
    ]


def main() -> int:
    """Generate or check; returns the exit code."""
    check = "--check" in sys.argv[1:]
    used: set[str] = set()
    problems: list[str] = []
    pairs = sources()
    for source, twin in pairs:
        text = tidy(convert(source.read_text("utf-8"), source, used), twin)
        if twin.exists() and twin.read_text("utf-8") == text:
            continue
        if check:
            problems.append(f"{twin.relative_to(ROOT)} is out of date")
        else:
            twin.parent.mkdir(parents=True, exist_ok=True)
            twin.write_text(text, "utf-8")
            print(f"wrote {twin.relative_to(ROOT)}")
    problems += [f"{p.relative_to(ROOT)} has no source" for p in orphans({t for _, t in pairs})]
    if check:
        problems += [
            f"rule {pattern!r} matches nothing" for pattern, _ in RULES if pattern not in used
        ]
    print("\n".join(problems) or f"{len(pairs)} generated files are up to date")
    return 1 if problems else 0


if __name__ == "__main__":
    raise SystemExit(main())
