"""From the fields of a model to the columns of a table."""

from __future__ import annotations

from oneclick_deploy.prisma.records import record_of
from oneclick_deploy.prisma.semantics.views import Enum, ScalarType, Unsupported
from oneclick_deploy.prisma.sql import literals, types
from oneclick_deploy.prisma.sql.database import (
    Column,
    ColumnType,
    DatabaseGenerated,
    Now,
    Provider,
    Sequence,
)
from oneclick_deploy.prisma.sql.namespaces import namespace_of
from oneclick_deploy.prisma.syntax.tree import Arity, Call, String

TYPE_CHECKING = False
if TYPE_CHECKING:
    from oneclick_deploy.prisma.connectors.connector import Connector
    from oneclick_deploy.prisma.semantics.views import Default, NativeType, ScalarField
    from oneclick_deploy.prisma.sql.database import ColumnDefault

# The functions that leave something in the database; the client calls all others itself.
_DATABASE_FUNCTIONS = frozenset({"now", "dbgenerated", "autoincrement", "sequence"})

_MYSQL_TIMES = frozenset({"Time", "DateTime", "Timestamp"})


class Columns:
    """Makes the columns of one database; remembers the types that most columns share."""

    def __init__(self, provider: Provider, connector: Connector) -> None:
        self._provider = provider
        self._connector = connector
        self._scalars: dict[ScalarType, ColumnType] = {}
        self._enums: dict[Enum, ColumnType] = {}

    def column(self, field: ScalarField) -> Column:
        """The column of a field."""
        name, column_type, arity, default = (
            field.database_name,
            self._type(field),
            field.arity,
            field.default,
        )
        is_rowid = self._provider is Provider.SQLITE and _is_rowid(field)
        if default is None:
            return record_of(Column, (name, column_type, arity, None, is_rowid, False))
        return Column(
            name,
            column_type,
            arity,
            self._default(field, default, column_type),
            is_rowid or default.function == "autoincrement",
            _is_of_client(field, default),
        )

    def _type(self, field: ScalarField) -> ColumnType:
        if isinstance(field.type, Enum):
            return self._enum_type(field.type)
        if isinstance(field.type, ScalarType):
            return self._scalar_type(field.type, field.native_type)
        unsupported = field.type.text if isinstance(field.type, Unsupported) else field.type.name
        return ColumnType(unsupported=unsupported)

    def _scalar_type(self, scalar: ScalarType, native: NativeType | None) -> ColumnType:
        if native is not None:
            arguments = tuple(str(int(argument)) for argument in native.arguments)
            return ColumnType(scalar, native=native.name, arguments=arguments)
        known = self._scalars.get(scalar)
        if known is None:
            default = self._connector.default_types.get(scalar)
            known = ColumnType(scalar)
            if default is not None:
                known = ColumnType(scalar, native=default.name, arguments=default.arguments)
            self._scalars[scalar] = known
        return known

    def _enum_type(self, enum: Enum) -> ColumnType:
        if self._provider is Provider.SQLITE:
            return self._scalar_type(ScalarType.STRING, None)
        known = self._enums.get(enum)
        if known is None:
            known = ColumnType(
                enum=enum.database_name,
                enum_values=tuple(value.database_name for value in enum.values),
                enum_namespace=namespace_of(enum),
            )
            self._enums[enum] = known
        return known

    def _default(
        self, field: ScalarField, default: Default, column_type: ColumnType
    ) -> ColumnDefault | None:
        match default.function:
            case None:
                list_type = ""
                if field.arity is Arity.LIST:
                    list_type = types.postgresql_type(Column("", column_type, Arity.LIST))
                return literals.literal_of(default.value, field.type, self._provider, list_type)
            case "now":
                return self._now(column_type)
            case "dbgenerated":
                return self._generated(field, default)
            case "autoincrement" if self._provider is Provider.POSTGRESQL:
                return Sequence()
        return None

    def _now(self, column_type: ColumnType) -> Now:
        if self._provider is not Provider.MYSQL:
            return Now("CURRENT_TIMESTAMP")
        # MySQL wants the precision of the column; Prisma writes 3 where the type gives none.
        has_precision = column_type.native in _MYSQL_TIMES and column_type.arguments
        return Now(f"CURRENT_TIMESTAMP({column_type.arguments[0] if has_precision else 3})")

    def _generated(self, field: ScalarField, default: Default) -> DatabaseGenerated | None:
        text = _first_text(default)
        if text or not isinstance(field.type, Enum):
            # MySQL takes no default for JSON, and Prisma drops even the one it was given.
            drops = self._provider is Provider.MYSQL and field.type is ScalarType.JSON
            return DatabaseGenerated(text, text if text and not drops else None)
        return None


def _is_rowid(field: ScalarField) -> bool:
    """Whether SQLite numbers the column by itself: an Int that is the table's whole key."""
    if field.type is not ScalarType.INT:
        return False
    key = field.model.primary_key
    return key is not None and len(key.fields) == 1 and key.fields[0].field is field


def _is_of_client(field: ScalarField, default: Default) -> bool:
    return (
        default.function is not None
        and default.function not in _DATABASE_FUNCTIONS
        and isinstance(field.type, ScalarType)
    )


def _first_text(default: Default) -> str:
    arguments = default.value.arguments.items if isinstance(default.value, Call) else ()
    value = arguments[0].value if arguments else None
    return value.value if isinstance(value, String) else ""
