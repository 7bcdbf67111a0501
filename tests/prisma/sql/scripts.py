"""Small schemas and the lines of their scripts."""

from __future__ import annotations

import re

from oneclick_deploy.prisma.rendering import render_sql

PROVIDERS = ("sqlite", "postgresql", "mysql")


def schema(body: str, *, datasource: str = "", generator: str = "") -> str:
    """A schema around some blocks; the provider is replaced when it is rendered."""
    return (
        f'generator client {{\n  provider = "prisma-client"\n  output = "x"\n{generator}\n}}\n'
        f'datasource db {{\n  provider = "sqlite"\n{datasource}\n}}\n{body}\n'
    )


def sql(body: str, provider: str, *, datasource: str = "", generator: str = "") -> str:
    """The script of some blocks."""
    text = schema(body, datasource=datasource, generator=generator)
    return render_sql(text, provider=provider)


def columns(fields: str, provider: str, *, more: str = "") -> list[str]:
    """What the table of a model with those fields says of them; the id is left out."""
    script = sql(f"model T {{\n  id Int @id\n{fields}\n}}\n{more}", provider)
    table = re.search(r"CREATE TABLE \S+ \(\n(.*?)\n\)", script, re.DOTALL)
    assert table is not None, script
    lines = [line.removeprefix("    ").removesuffix(",") for line in table[1].split("\n")]
    end = lines.index("") if "" in lines else len(lines)
    return lines[1:end]


def column(field: str, provider: str, *, more: str = "") -> str:
    """What the table says of one field, without its name."""
    (line,) = columns(f"  f {field}", provider, more=more)
    return line[len('"f" ') :]


def statements(script: str, title: str) -> list[str]:
    """The statements under the headings of that name, without semicolons."""
    steps = script.removeprefix("-- ").removesuffix(";\n").split(";\n\n-- ")
    return [step.partition("\n")[2] for step in steps if step.partition("\n")[0] == title]
