"""What Prisma says about text that is no schema, word for word."""

from __future__ import annotations

INVALID_LINE = (
    "Error validating: This line is invalid. It does not start with any known Prisma schema "
    "keyword."
)
INVALID_BLOCK = (
    "Error validating: This block is invalid. It does not start with any known Prisma schema "
    "keyword. Valid keywords include 'model', 'enum', 'type', 'datasource' and 'generator'."
)
INVALID_TYPE = (
    "Error validating: Invalid type definition. Please check the documentation in "
    "https://pris.ly/d/composite-types"
)

INVALID_FIELD = "Error validating: This line is not a valid field or attribute definition."
INVALID_VALUE = "Error validating: This line is not an enum value definition."
INVALID_PROPERTIES = {
    keyword: f"Error validating: This line is not a valid definition within a {keyword}."
    for keyword in ("datasource", "generator")
}
INVALID_LINES = {INVALID_LINE, INVALID_FIELD, INVALID_VALUE, *INVALID_PROPERTIES.values()}

COLON = "Field declarations don't require a `:`."
EXCLAMATION = "Fields are required by default, `!` is no longer required."
BRACKETS = "To specify a list, please use `Type[]` instead of `[Type]`."
OPTIONAL_LIST = "Optional lists are not supported. Use either `Type[]` or `Type?`."
INCOMPLETE = "This field declaration is invalid. It is either missing a name or a type."

UNKNOWN_ESCAPE = (
    "Unknown escape sequence. If the value is a windows-style path, `\\` must be escaped as `\\\\`."
)
INVALID_UNICODE = "Invalid unicode escape sequence."

# Ours: Prisma's engine crashes, though only after some thousand brackets.
TOO_DEEP = "This value is nested too deeply."

_ATTRIBUTES_OF_TYPE = {
    "map": "The name of a composite type is not persisted in the database, therefore it does not "
    "need a mapped database name.",
    "unique": "A unique constraint should be defined in the model containing the embed.",
    "index": "An index should be defined in the model containing the embed.",
    "fulltext": "A fulltext index should be defined in the model containing the embed.",
    "id": "A composite type cannot define an id.",
}
ATTRIBUTES_NOT_IN_TYPES = {"relation", "unique", "id"}


def incomplete_field(container: str, owner: str) -> str:
    """For a field without a type."""
    return f'Error validating {container} "{owner}": {INCOMPLETE}'


def attribute_of_type(name: str) -> str:
    """For an attribute of a composite type."""
    message = _ATTRIBUTES_OF_TYPE.get(name, "A composite type cannot have block-level attributes.")
    return f"Error validating: {message}"


def attribute_in_type(name: str) -> str:
    """For an attribute of a field in a composite type."""
    return (
        f"Error validating: Defining `@{name}` attribute for a field in a composite type is not "
        "allowed."
    )
