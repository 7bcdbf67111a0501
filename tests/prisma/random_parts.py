"""The small parts of random schemas: names, fields, keys and indexes."""

from __future__ import annotations

from random import Random

from tests.prisma.random_structure import Field, Index, Model, RandomSchema, quoted
from tests.prisma.random_values import SCALARS, Values

# Words of SQL and of the schema language among ordinary ones.
MODELS = (
    *("User", "Post", "Order", "Group", "Select", "Table", "Index", "account", "Line_Item", "Tag"),
    *("view", "type", "model", "datasource", "Ünit", "Übergröße", "A", "X9", "Profile", "Key"),
)
FIELDS = (
    *("name", "title", "email", "order", "group", "select", "from", "where", "table", "index"),
    *("key", "value", "type", "model", "enum", "default", "unique", "createdAt", "updated_at"),
    *("a", "B", "x1", "größe", "naïve", "price", "count", "is_ok", "not", "null", "fields", "map"),
)
VALUES = ("ADMIN", "user", "Draft", "in_review", "x", "select", "ä", "default", "V2", "v2_")
_MAPPED = ("t_{}", "{} with space", "{}-dash", "Ünïcöde {}", "{}.dotted", "日本{}", "order_{}")
_LONG = ("AndAVeryLongNameThatGoesOnAndOn", "ÄndSöOnÜndSöWeiter", "日本語の長い名前")


class PartMaker:
    """Draws parts that fit a schema, so that it stays valid."""

    def __init__(self, random: Random, schema: RandomSchema) -> None:
        self.random = random
        self.schema = schema
        self.provider = schema.provider
        self.values = Values(
            random, schema.provider, prefix=schema.source, runnable=schema.runnable
        )

    def chance(self, probability: float) -> bool:
        return self.random.random() < probability

    # Names: all of a schema have a number of their own, so that none clash, cut or not.

    def name(self, words: tuple[str, ...], *, long: float = 0.04) -> str:
        self.schema.names += 1
        name = f"{self.random.choice(words)}{self.schema.names}"
        if not self.chance(long):
            return name
        # MySQL refuses names of more than 64 characters where the others cut them.
        times = 1 if self.schema.runnable and self.provider == "mysql" else 3
        return name + self.random.choice(_LONG) * times

    def mapped(self, probability: float) -> str:
        """A name for the database, or empty."""
        if not self.chance(probability):
            return ""
        return self.random.choice(_MAPPED).format(self.name(("m",), long=0.1))

    def constraint(self) -> str:
        """A name for a key or index, which may not be longer than the database allows."""
        return quoted(self.random.choice(_MAPPED).format(self.name(("m",), long=0)))

    def namespace(self) -> str:
        namespaces = self.schema.namespaces
        return self.random.choice(namespaces) if namespaces else ""

    # Fields

    def make_field(self, model: Model) -> Field:
        """Put a new plain field at the end of a model."""
        field = self.draw_field()
        if model.is_view:
            pass
        elif self.chance(0.08) and not self.table_needs_care(model):
            if self.values.can_be_keyed(field.type, field.native, field.arity):
                field.unique = self._unique_arguments()
        elif self.provider == "postgresql" and self.chance(0.02):
            field.type, field.arity, field.native = "Int", "", ""
            field.default, field.is_updated_at = "autoincrement()", False
        model.members.append(field)
        return field

    def draw_field(self, *, keyed: bool = False) -> Field:
        enums = [] if keyed and self.chance(0.5) else [each.name for each in self.schema.enums]
        type_ = self.random.choice([*SCALARS, *enums])
        field = Field(self.name(FIELDS), type_, mapped=self.mapped(0.15))
        if type_ in SCALARS:
            field.native = self.values.native(type_, keyed=keyed)
        if not keyed and self.chance(0.03) and self.provider != "sqlite":
            field.type, field.native = f'Unsupported("{self.random.choice(self._strange())}")', ""
        if not keyed:
            arities = ["", "", "?"] + (["[]"] if self.provider == "postgresql" else [])
            field.arity = self.random.choice(arities)
        self.draw_default(field)
        return field

    def _strange(self) -> list[str]:
        if self.provider == "postgresql":
            return ["point", "tsvector", "int4range", "circle"]
        return ["POINT", "SET('a','b')", "geometry"]

    def draw_default(self, field: Field) -> None:
        field.default, field.is_updated_at = "", False
        enum = next((each for each in self.schema.enums if each.name == field.type), None)
        if field.type == "DateTime" and field.arity != "[]" and self.chance(0.2):
            field.is_updated_at = True
        if not self.chance(0.4):
            return
        if enum is not None:
            if self.schema.runnable and any("'" in mapped for _, mapped in enum.values):
                return
            words = [name for name, _ in enum.values]
            drawn = self.random.sample(words, k=min(len(words), self.random.randint(0, 2)))
            field.default = (
                f"[{', '.join(drawn)}]" if field.arity == "[]" else self.random.choice(words)
            )
        elif field.type in SCALARS:
            field.default = self.values.default(field.type, field.arity, field.native)
        elif not self.schema.runnable and self.chance(0.5):
            field.default = 'dbgenerated("(1 + 1)")'

    def _unique_arguments(self) -> str:
        arguments = []
        if self.chance(0.2):
            arguments.append(f"map: {self.constraint()}")
        if self.chance(0.2):
            arguments.append(f"sort: {self.random.choice(['Asc', 'Desc'])}")
        return ", ".join(arguments)

    # Keys

    def make_key(self, model: Model) -> None:
        kind = self.random.choice(["number"] * 5 + ["text"] * 3 + ["any", "two", "two", "unique"])
        if kind == "number":
            big = self.chance(0.2)
            field = Field(self.name(("id",)), "BigInt" if big else "Int", id="")
            if self.chance(0.8):
                field.default = "autoincrement()"
            if self.provider == "postgresql" and not big and self.chance(0.1):
                field.native = f"{self.schema.source}.SmallInt"
        elif kind == "text":
            default = self.random.choice(["cuid()", "uuid()", "", "nanoid(12)", "ulid()"])
            field = Field(self.name(("id", "uuid")), "String", id="", default=default)
        else:
            field = self._key_field(model)
            if kind == "two":
                self._make_compound_key(model, field)
                return
            if kind == "unique":
                field.unique = ""
            else:
                field.id = ""
        if field.id is not None and self.provider == "postgresql" and self.chance(0.1):
            field.id = f"map: {self.constraint()}"
        field.mapped = self.mapped(0.1)
        model.members.insert(0, field)

    def _make_compound_key(self, model: Model, field: Field) -> None:
        pair = [field, self._key_field(model)]
        model.members += pair
        arguments = [f'name: "{self.name(("key",), long=0)}"'] if self.chance(0.2) else []
        if self.provider == "postgresql" and self.chance(0.2):
            arguments.append(f"map: {self.constraint()}")
        model.indexes.append(Index("id", [(each, "") for each in pair], arguments))

    def _key_field(self, model: Model) -> Field:
        """A required field that a key can hold."""
        while True:
            field = self.draw_field(keyed=True)
            if field.arity == "" and self.values.can_be_keyed(field.type, field.native, ""):
                return field

    # Indexes

    def table_needs_care(self, model: Model) -> bool:
        """Whether cutting could make two names of the same table equal."""
        return len((model.mapped or model.name).encode()) > 30

    def make_indexes(self, model: Model) -> None:
        if model.is_view:
            return
        for _ in range(self.random.choice([0, 0, 1, 1, 2])):
            self.make_index(model)

    def make_index(self, model: Model) -> None:
        """Add one over some fields; nothing when none can be indexed."""
        usable = [
            each
            for each in model.fields
            if self.values.can_be_keyed(each.type, each.native, each.arity)
        ]
        special = self._special_index(model)
        if special is not None:
            model.indexes.append(special)
            return
        if not usable:
            return
        most = 2 if self.provider == "mysql" else 3
        chosen = self.random.sample(usable, k=min(len(usable), self.random.randint(1, most)))
        kind = self.random.choice(["index", "index", "unique"])
        options = ["", "", "", "sort: Desc", "sort: Asc"]
        index = Index(kind, [(each, self.random.choice(options)) for each in chosen])
        if kind == "unique" and self.chance(0.2):
            index.arguments.append(f'name: "{self.name(("pair",), long=0)}"')
        if self.schema.has_partial_indexes and self.chance(0.4):
            index.arguments.append(f"where: {self.condition(model)}")
        if self._must_be_named(model, index) or self.chance(0.2):
            index.arguments.append(f"map: {self.constraint()}")
        model.indexes.append(index)

    def _must_be_named(self, model: Model, index: Index) -> bool:
        if self.table_needs_care(model):
            return True
        long = any(len((each.mapped or each.name).encode()) > 20 for each, _ in index.entries)
        same = [each for each, _ in index.entries]
        others = ([each for each, _ in other.entries] for other in model.indexes)
        alone = len(same) == 1 and same[0].is_key_part
        return long or alone or any(other == same for other in others)

    def _special_index(self, model: Model) -> Index | None:
        """What only one provider has: PostgreSQL's types, MySQL's lengths and full texts."""
        fields = model.fields
        if not fields or not self.chance(0.3):
            return None
        field = self.random.choice(fields)
        name = f"map: {self.constraint()}"
        if self.provider == "postgresql" and field.type in SCALARS:
            type_, operators = self.values.index_options(field.type, field.arity, field.native)
            arguments = [f"type: {type_}", name] if type_ else [name]
            return Index("index", [(field, operators)], arguments) if type_ else None
        if self.provider == "mysql" and field.type == "String":
            if self.chance(0.4):
                return Index("fulltext", [(field, "")], [name])
            if not field.native or field.native.endswith("Text"):
                kind = self.random.choice(["index", "unique"])
                return Index(kind, [(field, "length: 20")], [name])
        return None

    def condition(self, model: Model) -> str:
        literals = [
            f"{each.name}: {self._compared(each)}"
            for each in model.fields
            if each.type in {"Int", "Boolean", "String", "Float"}
            and each.arity != "[]"
            and not (self.schema.runnable and each.native)
        ]
        if not literals or self.chance(0.3):
            return 'raw("1 = 1")'
        chosen = self.random.sample(literals, k=min(len(literals), self.random.randint(1, 2)))
        return f"{{ {', '.join(chosen)} }}"

    def _compared(self, field: Field) -> str:
        values = {"Int": ["1", "-5"], "Boolean": ["true", "false"], "Float": ["1.5"]}
        value = self.random.choice([*values.get(field.type, ['"it\'s"', '""']), "null"])
        return f"{{ not: {value} }}" if self.chance(0.4) else value
