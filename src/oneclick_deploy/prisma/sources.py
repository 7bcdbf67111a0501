"""Finds the files of a schema, whichever way it is given."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from stat import S_ISREG
from typing import TYPE_CHECKING

from oneclick_deploy.errors import ConfigurationError, SchemaError
from oneclick_deploy.prisma.syntax.source import SourceFile

if TYPE_CHECKING:
    from pathlib import Path

# What text is called that came without a name, as Prisma's tools call it.
DEFAULT_PATH = "schema.prisma"
# A schema of a thousand models has about half a megabyte.
LARGEST = 16 * 1024 * 1024

_SUFFIX = ".prisma"
_SKIPPED = "node_modules"


def read_sources(source: object) -> tuple[SourceFile, ...]:
    """The files of a schema: text, ``{path: text}``, or the ``Path`` of a file or directory.

    Several files come in the byte order of their paths, in which Prisma's command line gives them
    to its engine. Links that lead out of a directory are not followed.

    Raises:
        SchemaError: The path does not lead to a schema that can be read.
        ConfigurationError: The source is none of those.
    """
    if isinstance(source, str):
        return (SourceFile(path=DEFAULT_PATH, text=source),)
    if isinstance(source, Mapping):
        return _of_mapping(source)
    if isinstance(source, os.PathLike):
        from pathlib import Path

        return tuple(_of_path(Path(os.fsdecode(source))))
    if isinstance(source, bytes | bytearray | memoryview):
        raise ConfigurationError(
            "a schema is text, not bytes",
            hint='Decode it first: data.decode("utf-8"); or pass the Path of the file.',
        )
    raise ConfigurationError(
        f"a schema cannot be read from {type(source).__name__}",
        hint="Pass its text, {path: text} for several files, or a Path.",
    )


def _of_mapping(files: Mapping[object, object]) -> tuple[SourceFile, ...]:
    read = []
    for path, text in files.items():
        if not isinstance(path, str) or not isinstance(text, str):
            kinds = f"{type(path).__name__} to {type(text).__name__}"
            raise ConfigurationError(
                f"the files of a schema are given as {{path: text}}, not {kinds}",
                hint='Both are strings: {"models/user.prisma": "model User {\\n ..."}.',
            )
        read.append(SourceFile(path=path, text=text))
    if not read:
        raise SchemaError("the schema has no files", hint="Pass at least one {path: text}.")
    return tuple(sorted(read, key=_order))


def _order(file: SourceFile) -> bytes:
    return file.path.encode("utf-8", "surrogatepass")


def _of_path(path: Path) -> list[SourceFile]:
    try:
        if path.is_dir():
            return _of_directory(path)
        if S_ISREG(path.stat().st_mode):
            return [SourceFile(path=path.name, text=_decoded(path, LARGEST))]
    except FileNotFoundError as error:
        raise SchemaError(
            f"there is no schema at {path}",
            hint="Prisma's usual place is prisma/schema.prisma.",
        ) from error
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else error
        raise SchemaError(f"the schema at {str(path)!r} cannot be read: {reason}") from error
    raise SchemaError(f"{path} is neither a file nor a directory")


def _of_directory(root: Path) -> list[SourceFile]:
    files = []
    room = LARGEST
    for path in _schema_files(root):
        text = _decoded(path, room)
        room -= len(text)
        files.append(SourceFile(path=path.relative_to(root).as_posix(), text=text))
    if not files:
        raise SchemaError(
            f"there is no {_SUFFIX} file in {root}",
            hint="Pass the directory that holds the schema, usually prisma.",
        )
    return sorted(files, key=_order)


def _schema_files(root: Path) -> Iterator[Path]:
    real_root = root.resolve()
    for folder, folders, names in os.walk(root, onerror=_fail):
        folders[:] = [each for each in folders if each != _SKIPPED]
        for name in names:
            path = root / folder / name
            if name.endswith(_SUFFIX) and _is_inside(path, real_root):
                yield path


def _is_inside(path: Path, real_root: Path) -> bool:
    """Whether a path, with its links followed, is a file below the directory."""
    real = path.resolve()
    return real.is_file() and real.is_relative_to(real_root)


def _fail(error: OSError) -> None:
    raise error


def _decoded(path: Path, room: int) -> str:
    """The text of a file, its line ends and byte order mark kept."""
    with path.open("rb") as file:
        data = file.read(room + 1)
    if len(data) > room:
        raise SchemaError(
            f"the schema is larger than {LARGEST // 1024 // 1024} MB at {path}",
            hint="Is this the right file? A schema of a thousand models has half a megabyte.",
        )
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise SchemaError(
            f"{path} is not UTF-8 text: line {line} has a byte that no character begins with",
            hint="Save the schema as UTF-8.",
        ) from error
