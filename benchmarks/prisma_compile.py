"""From a schema to SQL: our program and Prisma's, and how our time grows with the schema.

The first table compares whole processes on the same file: ``python -m oneclick_deploy.prisma sql``
and ``prisma migrate diff --from-empty --to-schema-datamodel ... --script`` of Prisma 6.19, with its
engine in WebAssembly, which needs no download. Both have to print the same bytes. The second one
leaves the starting of processes away. The third one is our time for schemas ten times as large.
"""

from __future__ import annotations

import argparse
import gc
import math
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from sidebyside import (
    INSTALL,
    ROOT,
    Times,
    heading,
    interleaved,
    node,
    seconds,
    skip,
    table,
    timed,
    times,
)

from oneclick_deploy.prisma.parsing import parse
from oneclick_deploy.prisma.rendering import render_sql

sys.path.insert(0, str(ROOT))
from tests.prisma.engine import PrismaEngine, missing
from tests.prisma.random_schemas import random_schema
from tests.prisma.random_structure import RandomSchema

PRISMA_6 = ROOT / ".tools" / "prisma-6" / "node_modules"
CONFIG = """\
import { defineConfig } from "prisma/config";
import { PrismaLibSQL } from "@prisma/adapter-libsql";

export default defineConfig({
  experimental: { adapter: true },
  engine: "js",
  schema: "schema.prisma",
  adapter: async () => new PrismaLibSQL({ url: "file:unused.db" }),
});
"""


def make_schema(models: int, fields: int) -> RandomSchema:
    """A schema of about that size, with relations, keys, indexes, enums and defaults."""
    # Some relations bring a model of their own.
    drawn = max(1, round(models * 0.87))
    schema = random_schema(1, "sqlite", models=drawn, fields=fields, odd=False)
    for block in schema.blocks:
        if block.head().startswith("datasource"):
            block.properties["url"] = 'env("DATABASE_URL")'  # type: ignore[union-attr]
        elif block.head().startswith("generator"):
            # Without this Prisma 6 fetches a native engine, whatever the command.
            block.properties["engineType"] = '"client"'  # type: ignore[union-attr]
    return schema


def count_fields(schema: RandomSchema) -> int:
    """How many fields its models have, with those that are relations."""
    return sum(len(model.members) for model in schema.models)


# Whole processes


@contextmanager
def app(text: str) -> Iterator[Path]:
    """A directory in which both programs find what they need."""
    with tempfile.TemporaryDirectory() as name:
        place = Path(name)
        (place / "schema.prisma").write_bytes(text.encode())
        (place / "prisma.config.ts").write_text(CONFIG, "utf-8")
        (place / "node_modules").symlink_to(PRISMA_6)
        yield place


def our_command() -> list[str]:
    return [sys.executable, "-m", "oneclick_deploy.prisma", "sql", "schema.prisma"]


def prisma_command() -> list[str]:
    if not (PRISMA_6 / "prisma").is_dir():
        skip(f"Prisma's command line is not in .tools; {INSTALL}")
    script = PRISMA_6 / "prisma" / "build" / "index.js"
    diff = ["migrate", "diff", "--from-empty", "--to-schema-datamodel", "schema.prisma", "--script"]
    return [node(), str(script), *diff]


def output_of(command: list[str], place: Path) -> bytes:
    """What a program prints; nothing of the environment but what it needs."""
    kept = {name: os.environ[name] for name in ("PATH", "LANG", "TMPDIR") if name in os.environ}
    quiet = {"CHECKPOINT_DISABLE": "1", "PRISMA_HIDE_UPDATE_MESSAGE": "1", "NO_COLOR": "1"}
    environment = {**kept, **quiet, "HOME": str(place), "DATABASE_URL": "file:./unused.db"}
    done = subprocess.run(
        command, cwd=place, env=environment, capture_output=True, check=False, timeout=300
    )
    if done.returncode:
        raise SystemExit(f"{command} failed:\n{done.stderr.decode()[-3000:]}")
    return done.stdout


def whole_processes(schemas: dict[str, str], rounds: int) -> None:
    """Run both programs on each schema, in turns, and print how many times longer Prisma takes."""
    ours, theirs = our_command(), prisma_command()
    idle = {
        "a Python that does nothing": [sys.executable, "-c", "pass"],
        "a Node.js that does nothing": [node(), "-e", "0"],
    }
    rows = []
    for name, text in schemas.items():
        with app(text) as place:
            mine, prismas = output_of(ours, place), output_of(theirs, place)
            # Prisma's command line puts one line end behind the script.
            if prismas != mine + b"\n":
                raise SystemExit("prisma_compile: the two scripts differ")
            taken = interleaved(_sides({"ours": ours, "theirs": theirs}, place), rounds=rounds)
        ratio = taken["theirs"].median / taken["ours"].median
        rows.append(_row(f"{name}: ours", taken["ours"]))
        rows.append(_row(f"{name}: Prisma 6.19.3", taken["theirs"], times(ratio)))
        print(f"  {name}: equal scripts, {len(mine):,} bytes")
    with app("") as place:
        taken = interleaved(_sides(idle, place), rounds=rounds)
    rows += [_row(f"for scale: {name}", each) for name, each in taken.items()]
    print()
    table(["whole process", "least", "median", "Prisma takes"], rows)


def _sides(commands: dict[str, list[str]], place: Path) -> dict[str, Callable[[], float]]:
    return {
        name: lambda command=command: timed(lambda: output_of(command, place))  # type: ignore[misc]
        for name, command in commands.items()
    }


def _row(name: str, taken: Times, ratio: str = "") -> list[str]:
    return [name, seconds(taken.least), seconds(taken.median), ratio]


# Inside of a running process


def inside(text: str, rounds: int) -> None:
    """Compare our functions with Prisma's newest engine, both warm."""
    reason = missing(7)
    if reason:
        print(f"  not compared with the engine: {reason}\n")
        return
    # Prisma 7 refuses what Prisma 6 wants.
    text = text.replace('  url = env("DATABASE_URL")\n', "").replace(
        '  engineType = "client"\n', ""
    )
    with PrismaEngine() as engine:
        if engine.render("sqlite", text) != render_sql(text):
            raise SystemExit("prisma_compile: the two scripts differ")
        sides: dict[str, Callable[[], float]] = {
            "ours": lambda: timed(lambda: render_sql(text)),
            "engine": lambda: timed(lambda: engine.render("sqlite", text)),
        }
        taken = interleaved(sides, rounds=rounds)
    ratio = taken["engine"].median / taken["ours"].median
    table(
        ["in a process that runs already", "least", "median", "Prisma takes"],
        [
            _row("render_sql(text)", taken["ours"]),
            [
                *_row("Prisma 7.10's engine, asked through a pipe", taken["engine"])[:3],
                times(ratio),
            ],
        ],
    )


# Growth


def split(text: str, rounds: int) -> list[float]:
    """The least seconds for reading the text, finding out what it means, printing, and all."""
    best = [math.inf] * 4
    for _ in range(rounds):
        gc.collect()
        parsed = parse(text)
        steps = [
            timed(lambda: parse(text)),
            timed(lambda: parsed.errors),  # noqa: B023 - called at once
            timed(lambda: render_sql(parsed)),  # noqa: B023 - called at once
        ]
        best = [min(pair) for pair in zip(best, [*steps, sum(steps)], strict=True)]
    return best


def growth(sizes: list[int], fields: int, rounds: int) -> None:
    """Print our time by the schema's size, and the exponent with which it grows."""
    rows = []
    before: tuple[int, float] | None = None
    for models in sizes:
        schema = make_schema(models, fields)
        text, total = schema.text, count_fields(schema)
        taken = split(text, rounds)
        exponent = ""
        if before is not None:
            exponent = f"{math.log(taken[3] / before[1]) / math.log(total / before[0]):.2f}"
        before = (total, taken[3])
        sizes_shown = [
            f"{len(schema.models):,} models",
            f"{total:,}",
            f"{len(text) / 1024:,.0f} KiB",
        ]
        shown = [f"{1000 * each:,.1f} ms" for each in taken]
        rows.append([*sizes_shown, *shown, f"{1e6 * taken[3] / total:.0f} us", exponent])
    table(["", "fields", "text", "parse", "analyse", "render", "all", "a field", "exponent"], rows)


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    arguments.add_argument("--models", type=int, default=300)
    arguments.add_argument("--fields", type=int, default=10, help="of a model")
    arguments.add_argument("--rounds", type=int, default=9)
    arguments.add_argument("--profile", action="store_true", help="show where our time goes")
    options = arguments.parse_args()
    schema = make_schema(options.models, options.fields)
    if options.profile:
        profile(schema.text)
        return
    small = make_schema(10, options.fields)
    sizes = {
        f"{len(each.models):,} models, {count_fields(each):,} fields": each.text
        for each in (small, schema)
    }
    heading("Compiling schemas")
    whole_processes(sizes, options.rounds)
    inside(schema.text, options.rounds)
    growth([options.models // 10 or 1, options.models, options.models * 10], options.fields, 3)


def profile(text: str) -> None:
    """Print the functions that take most of the time of one run."""
    import cProfile
    import pstats

    profiler = cProfile.Profile()
    profiler.runcall(render_sql, text)
    pstats.Stats(profiler).sort_stats("tottime").print_stats(40)


if __name__ == "__main__":
    main()
