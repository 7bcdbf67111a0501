"""Finds the files of a schema, whichever way it is given."""

# Importing pathlib takes longer than reading most schemas.
# ruff: noqa: PTH112, PTH113, PTH116, PTH118, PTH119, PTH123

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from stat import S_ISREG

from oneclick_deploy.errors import ConfigurationError, SchemaError
from oneclick_deploy.prisma.syntax.source import SourceFile

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
        return tuple(_of_path(os.fsdecode(source)))
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


def _of_path(path: str) -> list[SourceFile]:
    try:
        if os.path.isdir(path):
            return _of_directory(path)
        if S_ISREG(os.stat(path).st_mode):
            return [SourceFile(path=os.path.basename(path), text=_decoded(path, LARGEST))]
    except FileNotFoundError as error:
        raise SchemaError(
            f"there is no schema at {path}",
            hint="Prisma's usual place is prisma/schema.prisma.",
        ) from error
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else error
        raise SchemaError(f"the schema at {path!r} cannot be read: {reason}") from error
    raise SchemaError(f"{path} is neither a file nor a directory")


def _of_directory(root: str) -> list[SourceFile]:
    files = []
    room = LARGEST
    for path in _schema_files(root):
        text = _decoded(path, room)
        room -= len(text)
        name = os.path.relpath(path, root).replace(os.sep, "/")
        files.append(SourceFile(path=name, text=text))
    if not files:
        raise SchemaError(
            f"there is no {_SUFFIX} file in {root}",
            hint="Pass the directory that holds the schema, usually prisma.",
        )
    return sorted(files, key=_order)


def _schema_files(root: str) -> Iterator[str]:
    inside = os.path.join(os.path.realpath(root), "")
    for folder, folders, names in os.walk(root, onerror=_fail):
        folders[:] = [each for each in folders if each != _SKIPPED]
        for name in names:
            path = os.path.join(folder, name)
            if name.endswith(_SUFFIX) and _is_file_in(path, inside):
                yield path


def _is_file_in(path: str, folder: str) -> bool:
    """Whether a path, with its links followed, is a file below the directory."""
    real = os.path.realpath(path)
    return real.startswith(folder) and os.path.isfile(real)


def _fail(error: OSError) -> None:
    raise error


def _decoded(path: str, room: int) -> str:
    """The text of a file, its line ends and byte order mark kept."""
    with open(path, "rb") as file:
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
