"""The commands of ``python -m oneclick_deploy.prisma``.

What was asked for goes to standard output, as UTF-8 and with the schema's own line ends; what is
wrong and what to do about it goes to standard error. The exit status is

- 0 when all is well,
- 1 when the schema is refused, the linter has findings of severity ``error``, or a file cannot be
  read or written,
- 2 when the command line is wrong, and for ``diff --exit-code`` when there is a difference.
"""

from __future__ import annotations

import argparse
import sys

from oneclick_deploy.errors import InvalidSchemaError, OneClickError, SchemaError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from argparse import _SubParsersAction
    from collections.abc import Callable, Iterable, Mapping

    from oneclick_deploy.prisma.diagnostics import Diagnostic
    from oneclick_deploy.prisma.schema import Schema
    from oneclick_deploy.prisma.transforming.result import Transformation

# What the heavy imports are for is asked only after the command is known: a command is a process.

_PROGRAM = "python -m oneclick_deploy.prisma"
_STDIN = "-"
_WELL, _REFUSED, _DIFFERENT, _INTERRUPTED = 0, 1, 2, 130


def main(arguments: list[str] | None = None) -> int:
    """Run one command and return the exit status."""
    arguments = sys.argv[1:] if arguments is None else arguments
    options = _parser(arguments[:1]).parse_args(arguments)
    run: Callable[[argparse.Namespace], int] = options.run
    try:
        return run(options)
    except InvalidSchemaError as error:
        _refuse(error, as_json=getattr(options, "json", False))
    except OneClickError as error:
        _say(f"error: {error}")
    except OSError as error:
        _say(f"error: {error.strerror}: {error.filename}")
    except KeyboardInterrupt:
        return _INTERRUPTED
    return _REFUSED


class _Parser(argparse.ArgumentParser):
    """Writes help in 80 columns: to ask how wide the terminal is loads modules, help or not."""

    def _get_formatter(self) -> argparse.HelpFormatter:
        return argparse.HelpFormatter(self.prog, width=80)


def _parser(beginning: list[str]) -> argparse.ArgumentParser:
    """The parser of a command line that begins so; it knows the other commands only in need."""
    adders = {"sql": _add_sql, "diff": _add_diff, "transform": _add_transform, "lint": _add_lint}
    parser = _Parser(
        prog=_PROGRAM,
        usage=f"%(prog)s [-h] {{{','.join(adders)}}} ...",
        description="What Prisma's command line does with schemas, without Node.js.",
        epilog="A schema is a file, a directory with .prisma files, or - for standard input. "
        "Exit status: 0 well, 1 refused or errors found, 2 wrong command line.",
    )
    # Without `prog` it would be found out, which loads modules.
    commands = parser.add_subparsers(prog=_PROGRAM, dest="command", required=True)
    for name in adders.keys() & beginning or adders:
        adders[name](commands)
    return parser


def _add_sql(commands: _SubParsersAction[_Parser]) -> None:
    sql = commands.add_parser("sql", help="print the SQL that creates the schema's database")
    _add_schema(sql)
    _add_provider(sql)
    sql.set_defaults(run=_sql)


def _add_diff(commands: _SubParsersAction[_Parser]) -> None:
    diff = commands.add_parser("diff", help="print the SQL that leads from one schema to another")
    old = diff.add_mutually_exclusive_group(required=True)
    old.add_argument(
        "--from", dest="old", metavar="SCHEMA", type=_place, help="the schema of the database now"
    )
    old.add_argument("--from-empty", action="store_true", help="there is nothing yet")
    new = diff.add_mutually_exclusive_group(required=True)
    new.add_argument(
        "--to", dest="new", metavar="SCHEMA", type=_place, help="the schema that is wanted"
    )
    new.add_argument("--to-empty", action="store_true", help="remove everything")
    _add_provider(diff)
    diff.add_argument(
        "--warnings", action="store_true", help="put warnings of lost data above the SQL"
    )
    diff.add_argument(
        "--exit-code", action="store_true", help="end with status 2 when there is a difference"
    )
    _add_json(diff)
    diff.set_defaults(run=_diff)


def _add_transform(commands: _SubParsersAction[_Parser]) -> None:
    rewrite = commands.add_parser("transform", help="rewrite a schema for another database")
    _add_schema(rewrite)
    _add_target(rewrite)
    rewrite.add_argument(
        "--into",
        metavar="DIRECTORY",
        help="write the files there, not to standard output; needed for several files",
    )
    _add_json(rewrite)
    rewrite.set_defaults(run=_transform)


def _add_lint(commands: _SubParsersAction[_Parser]) -> None:
    linter = commands.add_parser("lint", help="find what will hurt in production")
    _add_schema(linter)
    _add_target(linter)
    _add_json(linter)
    linter.set_defaults(run=_lint)


def _add_schema(command: argparse.ArgumentParser) -> None:
    command.add_argument("schema", type=_place, help="a file, a directory, or - for standard input")


def _place(argument: str) -> str:
    # A shell variable that is not set; as a path it would be the working directory.
    if not argument:
        raise argparse.ArgumentTypeError("the name is empty")
    return argument


def _add_provider(command: argparse.ArgumentParser) -> None:
    command.add_argument(
        "--provider", help="as if the datasource named it: sqlite, postgresql or mysql"
    )
    command.add_argument(
        "--no-public-schema",
        action="store_true",
        help='leave out CREATE SCHEMA IF NOT EXISTS "public", as Prisma 6 did',
    )


def _add_target(command: argparse.ArgumentParser) -> None:
    command.add_argument(
        "--target",
        required=True,
        help="turso, neon, postgresql, mysql, d1 or sqlite",
    )
    command.add_argument(
        "--prisma-version", metavar="VERSION", help='of package.json, such as "6.19" or "^7.0.0"'
    )


def _add_json(command: argparse.ArgumentParser) -> None:
    command.add_argument("--json", action="store_true", help="print one JSON object instead")


# The commands


def _sql(options: argparse.Namespace) -> int:
    from oneclick_deploy.prisma.rendering import render_sql

    script = render_sql(
        _read(options.schema),
        provider=options.provider,
        create_public_schema=not options.no_public_schema,
    )
    _print(script)
    return _WELL


def _diff(options: argparse.Namespace) -> int:
    from oneclick_deploy.prisma.diff.migration import diff_sql

    if options.old == options.new == _STDIN:
        raise SchemaError("standard input holds one schema", hint="Read the other from a file.")
    found = diff_sql(
        None if options.old is None else _read(options.old),
        None if options.new is None else _read(options.new),
        provider=options.provider,
        create_public_schema=not options.no_public_schema,
    )
    if options.json:
        _print_json(
            sql=found.script(),
            empty=found.is_empty,
            destructive=found.is_destructive,
            warnings=[{"kind": each.kind.name, "message": each.message} for each in found.warnings],
            unexecutable=[
                {"kind": each.kind.name, "message": each.message} for each in found.unexecutable
            ],
        )
    else:
        _print(found.script(with_warnings=options.warnings))
    return _DIFFERENT if options.exit_code and not found.is_empty else _WELL


def _transform(options: argparse.Namespace) -> int:
    from oneclick_deploy.prisma.transforming.transform import transform

    result = transform(_read(options.schema), options.target, prisma_version=options.prisma_version)
    if options.into is not None:
        _write(options.into, result.files)
    if options.json:
        _print_transformation(result)
        return _WELL
    if options.into is None:
        if len(result.files) > 1:
            raise SchemaError(
                f"the schema has {len(result.files)} files",
                hint="Name a directory for them with --into, or ask for --json.",
            )
        _print(str(result))
    _say(result.report())
    return _WELL


def _lint(options: argparse.Namespace) -> int:
    from oneclick_deploy.prisma.linting.finding import Severity
    from oneclick_deploy.prisma.linting.lint import lint

    found = lint(_read(options.schema), options.target, prisma_version=options.prisma_version)
    if options.json:
        _print_json(findings=[each._asdict() for each in found])
    else:
        _print("".join(f"{each}\n" for each in found))
    return _REFUSED if any(each.severity is Severity.ERROR for each in found) else _WELL


# Reading and writing


class _Place:
    """The path of a schema; importing pathlib would take a twentieth of a command's time."""

    def __init__(self, path: str) -> None:
        self._path = path

    def __fspath__(self) -> str:
        return self._path


def _read(place: str) -> Schema:
    from oneclick_deploy.prisma.parsing import parse

    return parse(_standard_input() if place == _STDIN else _Place(place))


def _standard_input() -> str:
    try:
        return sys.stdin.buffer.read().decode("utf-8")
    except UnicodeDecodeError as error:
        raise SchemaError(
            "standard input is not UTF-8 text", hint="Save the schema as UTF-8."
        ) from error


def _write(folder: str, files: Mapping[str, str]) -> None:
    from pathlib import Path

    for name, text in files.items():
        path = Path(folder, name)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(_encoded(text))


def _encoded(text: str) -> bytes:
    # The names of files need not be text; what Python puts in for their bytes has no UTF-8.
    return text.encode("utf-8", "backslashreplace")


def _print(text: str) -> None:
    # In bytes: the terminal's encoding and line ends are none of the schema's business.
    sys.stdout.flush()
    sys.stdout.buffer.write(_encoded(text))
    sys.stdout.buffer.flush()


def _print_json(**values: object) -> None:
    import json

    _print(json.dumps(values, indent=2, ensure_ascii=False) + "\n")


def _print_transformation(result: Transformation) -> None:
    _print_json(
        target=result.target.name,
        prisma_version=str(result.release),
        files=dict(result.files),
        changes=[each._asdict() for each in result.changes],
        differences=[each._asdict() for each in result.differences],
        config_files=[each._asdict() for each in result.config_files],
    )


def _say(text: str) -> None:
    sys.stderr.write(text if text.endswith("\n") else f"{text}\n")


def _refuse(error: InvalidSchemaError, *, as_json: bool) -> None:
    """Show every mistake: to people as Prisma does, with our hints below; to programs as JSON."""
    from oneclick_deploy.prisma.diagnostics import report

    found: Iterable[Diagnostic] = error.diagnostics  # type: ignore[assignment]
    if as_json:
        kept = ("severity", "message", "path", "line", "column", "text", "hint")
        _print_json(errors=[{name: getattr(each, name) for name in kept} for each in found])
    _say(report(found))
    for each in found:
        if each.hint:
            _say(f"hint: {each.path}:{each.line}: {each.hint}")
