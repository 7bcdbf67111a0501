"""Prisma's sentences that several checks say, besides those of `wording`."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from oneclick_deploy.prisma.semantics.views import Index, Model, PrimaryKey

CLUSTERING_UNSUPPORTED = "Defining clustering is not supported in the current connector."


def block_kind(model: Model) -> str:
    """``view`` or ``model``."""
    return "view" if model.is_view else "model"


def in_block(model: Model, message: str) -> str:
    """Something wrong with a model or view."""
    return f'Error validating {block_kind(model)} "{model.name}": {message}'


def in_field(model: Model, field_name: str, message: str) -> str:
    """Something wrong with a field of a model or view."""
    kind = block_kind(model)
    return f"Error validating field `{field_name}` in {kind} `{model.name}`: {message}"


def attribute_name(key: PrimaryKey | Index) -> str:
    """``@unique`` on a field, ``@@unique`` on a block."""
    ats = "@" if key.source_field else "@@"
    return f"{ats}{key.attribute.name.name}"


def taken_name(name: str, place: str) -> str:
    """A constraint's name that another one of the same place has already."""
    return (
        f"The given constraint name `{name}` has to be unique in the following namespace: "
        f"{place}. Please provide a different name using the `map` argument."
    )


def too_long(model: Model, name: str, attribute: str, limit: int) -> str:
    """A constraint's name that the database would cut; Prisma calls a view a model here."""
    return (
        f"Error validating model \"{model.name}\": The constraint name '{name}' specified in the "
        f"`map` argument for the `{attribute}` constraint is too long for your chosen provider. "
        f"The maximum allowed length is {limit} bytes."
    )


def taken_custom_name(name: str) -> str:
    """A client's name that another key of the model has already."""
    return (
        f"The given custom name `{name}` has to be unique on the model. "
        "Please provide a different name for the `name` argument."
    )
