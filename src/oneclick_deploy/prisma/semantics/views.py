"""The typed views on a schema: models, fields, relations, with everything looked up.

Views compare by identity and refuse assignment. They refer to each other in circles (a relation
field knows its relation, which knows both fields), so `frozen.fill` completes them while the schema is
analysed; nothing else writes to them.
"""

from __future__ import annotations

from enum import StrEnum
from functools import cached_property

from oneclick_deploy.prisma.frozen import Frozen
from oneclick_deploy.prisma.records import Record, by_identity
from oneclick_deploy.prisma.syntax import tree
from oneclick_deploy.prisma.syntax.source import SourceFile
from oneclick_deploy.prisma.syntax.tree import Arity


class ScalarType(StrEnum):
    """The scalar types of the language."""

    INT = "Int"
    BIG_INT = "BigInt"
    FLOAT = "Float"
    BOOLEAN = "Boolean"
    STRING = "String"
    DATE_TIME = "DateTime"
    JSON = "Json"
    BYTES = "Bytes"
    DECIMAL = "Decimal"


class ReferentialAction(StrEnum):
    """What happens to the referencing rows."""

    CASCADE = "Cascade"
    RESTRICT = "Restrict"
    NO_ACTION = "NoAction"
    SET_NULL = "SetNull"
    SET_DEFAULT = "SetDefault"


class IndexKind(StrEnum):
    """What an index is for."""

    NORMAL = "index"
    UNIQUE = "unique"
    FULLTEXT = "fulltext"


class Sort(StrEnum):
    """The order of a column in an index."""

    ASC = "Asc"
    DESC = "Desc"


class RelationKind(StrEnum):
    """How many rows stand on each side."""

    ONE_TO_ONE = "one-to-one"
    ONE_TO_MANY = "one-to-many"
    MANY_TO_MANY = "many-to-many"


class Unsupported(Frozen):
    """``Unsupported("...")``: a type that only the database knows."""

    text: str


@by_identity
class NativeType(Record):
    """``@db.VarChar(20)``: scope ``db``, name ``VarChar``, arguments ``("20",)``."""

    scope: str
    name: str
    arguments: tuple[str, ...]
    attribute: tree.Attribute


@by_identity
class Default(Record):
    """``@default(...)``.

    Args:
        value: The value's node.
        mapped_name: The constraint's name in the database, where given.
        function: ``autoincrement``, ``now``, ``dbgenerated``, ... or None for a value.
    """

    value: tree.Expression
    mapped_name: str | None
    attribute: tree.Attribute
    function: str | None


class EnumValue(Frozen):
    """One value of an enum."""

    name: str
    node: tree.EnumValue
    mapped_name: str | None = None

    @property
    def database_name(self) -> str:
        """The value as the database stores it."""
        return self.mapped_name if self.mapped_name is not None else self.name


class Enum(Frozen):
    """An enum. ``namespace`` is what ``@@schema`` says."""

    name: str
    file: SourceFile
    node: tree.EnumBlock
    values: tuple[EnumValue, ...] = ()
    mapped_name: str | None = None
    namespace: str | None = None

    @property
    def database_name(self) -> str:
        """The type's name in the database."""
        return self.mapped_name if self.mapped_name is not None else self.name

    def value(self, name: str) -> EnumValue | None:
        """The value of that name in the schema."""
        return self._values_by_name.get(name)

    @cached_property
    def _values_by_name(self) -> dict[str, EnumValue]:
        return {each.name: each for each in self.values}


class CompositeType(Frozen):
    """A ``type`` block, which no SQL database supports; kept so that it can be refused well."""

    name: str
    file: SourceFile
    node: tree.TypeBlock
    fields: tuple[CompositeField, ...] = ()

    def field(self, name: str) -> CompositeField | None:
        """The field of that name."""
        return self._fields_by_name.get(name)

    @cached_property
    def _fields_by_name(self) -> dict[str, CompositeField]:
        return {each.name: each for each in self.fields}


FieldType = ScalarType | Enum | CompositeType | Unsupported


class CompositeField(Frozen):
    """A field of a composite type."""

    composite_type: CompositeType
    name: str
    node: tree.Field
    type: FieldType
    arity: Arity
    mapped_name: str | None = None
    default: Default | None = None
    native_type: NativeType | None = None


class ScalarField(Frozen):
    """A field that is a column."""

    model: Model
    name: str
    node: tree.Field
    type: FieldType
    arity: Arity
    mapped_name: str | None = None
    default: Default | None = None
    native_type: NativeType | None = None
    is_updated_at: bool = False
    is_ignored: bool = False

    @property
    def database_name(self) -> str:
        """The column's name."""
        return self.mapped_name if self.mapped_name is not None else self.name

    @property
    def is_autoincrement(self) -> bool:
        """Whether the default is ``autoincrement()``."""
        return self.default is not None and self.default.function == "autoincrement"


class RelationField(Frozen):
    """A field that stands for rows of another model.

    Args:
        fields: The scalar fields named in ``fields:``, None when the argument is absent.
        references: Those named in ``references:``, None when absent.
        relation_name: The name given in ``@relation``, None when absent.
    """

    model: Model
    name: str
    node: tree.Field
    arity: Arity
    referenced_model: Model
    attribute: tree.Attribute | None = None
    relation_name: str | None = None
    fields: tuple[ScalarField, ...] | None = None
    references: tuple[ScalarField, ...] | None = None
    on_delete: ReferentialAction | None = None
    on_update: ReferentialAction | None = None
    mapped_name: str | None = None
    is_ignored: bool = False
    relation: Relation | None = None

    @property
    def opposite(self) -> RelationField | None:
        """The field on the other side."""
        if self.relation is None:
            return None
        return next((each for each in self.relation.both if each is not self), None)


@by_identity
class IndexField(Record):
    """A field inside a key or index.

    Args:
        path: The way from ``field`` through composite types, where there is one.
        operator_class: The name, or the raw text.
    """

    field: ScalarField
    path: tuple[CompositeField, ...] = ()
    sort: Sort | None = None
    length: int | None = None
    operator_class: str | None = None
    is_raw_operator_class: bool = False


class PrimaryKey(Frozen):
    """``@id`` or ``@@id``; ``source_field`` is set for the former."""

    model: Model
    fields: tuple[IndexField, ...]
    attribute: tree.Attribute
    source_field: ScalarField | None = None
    name: str | None = None
    mapped_name: str | None = None
    clustered: bool | None = None


class ShardKey(Frozen):
    """``@shardKey`` or ``@@shardKey``; ``source_field`` is set for the former."""

    model: Model
    fields: tuple[ScalarField, ...]
    attribute: tree.Attribute
    source_field: ScalarField | None = None


class Index(Frozen):
    """``@unique``, ``@@unique``, ``@@index`` or ``@@fulltext``.

    Args:
        name: The client's name (``name:`` of a unique), never the database's.
        mapped_name: The database's name, where given.
        algorithm: ``BTree``, ``Hash``, ``Gist``, ``Gin``, ``SpGist`` or ``Brin``, where given.
        where: The condition of a partial index: a string for ``raw("...")``, or the object.
    """

    model: Model
    kind: IndexKind
    fields: tuple[IndexField, ...]
    attribute: tree.Attribute
    source_field: ScalarField | None = None
    name: str | None = None
    mapped_name: str | None = None
    algorithm: str | None = None
    clustered: bool | None = None
    where: str | tree.Object | None = None

    @property
    def is_unique(self) -> bool:
        """Whether two rows may not share the values."""
        return self.kind is IndexKind.UNIQUE


class Model(Frozen):
    """A model or view.

    Args:
        fields: Every field, in the order of the text.
        indexes: As Prisma orders them: those of fields first, then those of the block.
        namespace: What ``@@schema`` says.
    """

    name: str
    file: SourceFile
    node: tree.ModelBlock
    is_view: bool
    fields: tuple[ScalarField | RelationField, ...] = ()
    scalar_fields: tuple[ScalarField, ...] = ()
    relation_fields: tuple[RelationField, ...] = ()
    primary_key: PrimaryKey | None = None
    shard_key: ShardKey | None = None
    indexes: tuple[Index, ...] = ()
    mapped_name: str | None = None
    namespace: str | None = None
    is_ignored: bool = False

    @property
    def database_name(self) -> str:
        """The table's name."""
        return self.mapped_name if self.mapped_name is not None else self.name

    def field(self, name: str) -> ScalarField | RelationField | None:
        """The field of that name."""
        return self._fields_by_name.get(name)

    @cached_property
    def _fields_by_name(self) -> dict[str, ScalarField | RelationField]:
        return {each.name: each for each in self.fields}


class Relation(Frozen):
    """Two models that refer to each other.

    Args:
        name: The name given, or the one that Prisma makes of the models' names.
        is_named: Whether it was given.
        model_a: For one-to-one and one-to-many, the side that holds the foreign key; for
            many-to-many the model whose name sorts first.
        field_a: The field on ``model_a``; None when only the other side was written.
        field_b: The field on ``model_b``; None when only the first side was written.
    """

    kind: RelationKind
    name: str
    is_named: bool
    model_a: Model
    model_b: Model
    field_a: RelationField | None
    field_b: RelationField | None

    @property
    def both(self) -> tuple[RelationField, ...]:
        """The fields that were written."""
        return tuple(each for each in (self.field_a, self.field_b) if each is not None)

    @property
    def is_self_relation(self) -> bool:
        """Whether a model refers to itself."""
        return self.model_a is self.model_b


class Extension(Frozen):
    """One entry of ``extensions`` in a PostgreSQL datasource."""

    name: str
    mapped_name: str | None = None
    namespace: str | None = None
    version: str | None = None


class Datasource(Frozen):
    """The datasource block.

    Args:
        provider: As Prisma knows it: ``sqlite``, ``postgresql``, ``mysql``, ...
        namespaces: What ``schemas`` lists, in the order of the text.
        relation_mode: ``foreignKeys`` or ``prisma``.
    """

    name: str
    node: tree.ConfigBlock
    provider: str
    namespaces: tuple[str, ...] = ()
    extensions: tuple[Extension, ...] = ()
    relation_mode: str = "foreignKeys"


class Generator(Frozen):
    """A generator block."""

    name: str
    node: tree.ConfigBlock
    provider: str | None
    preview_features: tuple[str, ...] = ()
