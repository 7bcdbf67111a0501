"""Changes to random schemas, to another valid one."""

from __future__ import annotations

import copy
import json
import re
from collections.abc import Callable
from random import Random

from tests.prisma.random_schemas import Maker
from tests.prisma.random_structure import Enum, Field, Index, Model, RandomSchema, Relation
from tests.prisma.random_values import SCALARS


def mutate(schema: RandomSchema, seed: int = 0) -> RandomSchema:
    """Another valid schema, mostly one to four changes away."""
    changed = copy.deepcopy(schema)
    random = Random(f"mutate {seed} {schema.seed} {schema.provider}")
    change = _Change(random, changed)
    for _ in range(random.choice([1, 1, 1, 1, 2, 2, 3, 4, 12])):
        # Some changes find nothing to change.
        while not random.choice(change.kinds)():
            pass
    return changed


class _Change:
    """The changes; each tells whether it did anything."""

    def __init__(self, random: Random, schema: RandomSchema) -> None:
        self.random = random
        self.schema = schema
        self.maker = Maker(random, schema)
        self.kinds: list[Callable[[], bool]] = [
            *[self.add_field] * 3,
            *[self.drop_field] * 3,
            *[self.change_type] * 3,
            *[self.change_arity] * 3,
            *[self.change_default] * 3,
            self.change_native_type,
            self.rename_column,
            self.rename_table,
            self.move_field,
            *[self.add_index] * 2,
            *[self.drop_index] * 2,
            self.change_index,
            self.toggle_unique,
            self.add_model,
            self.drop_model,
            *[self.add_relation] * 2,
            *[self.drop_relation] * 2,
            *[self.change_actions] * 2,
            self.retype_key,
            self.change_numbering,
            self.replace_key,
            self.add_enum,
            self.drop_enum,
            self.add_value,
            self.drop_value,
            self.rename_enum,
            self.reorder_values,
            self.change_namespace,
            self.rename_constraint,
            self.swap_tables,
            self.rename_model,
            self.change_condition,
            self.change_extensions,
            self.change_relation_mode,
        ]

    # What there is to change

    def tables(self) -> list[Model]:
        return [each for each in self.schema.models if not each.is_view]

    def pick_model(self) -> Model | None:
        return self._any(self.tables())

    def pick_plain_field(self) -> tuple[Model, Field] | None:
        """A field that no key, index, relation or condition needs."""
        return self._any(
            [
                (model, each)
                for model in self.tables()
                for each in model.fields
                if not each.is_key_part and not self._is_used(model, each)
            ]
        )

    def _is_used(self, model: Model, field: Field) -> bool:
        if any(field in relation.columns for relation in self.schema.relations):
            return True
        indexed = any(field is each for index in model.indexes for each, _ in index.entries)
        return indexed or self._is_in_condition(model, field)

    def _is_in_condition(self, model: Model, field: Field) -> bool:
        word = re.compile(rf"\b{re.escape(field.name)}\b")
        return any(word.search(argument) for index in model.indexes for argument in index.arguments)

    def _has_typed_index(self, model: Model, field: Field) -> bool:
        entries = (entry for index in model.indexes for entry in index.entries)
        return any(each is field and re.match("ops|length", options) for each, options in entries)

    def _is_referenced(self, model: Model, names: list[str]) -> bool:
        return any(
            relation.second is model and set(relation.references) & set(names)
            for relation in self.schema.relations
        )

    def _any(self, things: list) -> object:
        return self.random.choice(things) if things else None

    # Fields

    def add_field(self) -> bool:
        model = self.pick_model()
        if model is None:
            return False
        field = self.maker.make_field(model)
        model.members.remove(field)
        model.members.insert(self.random.randint(0, len(model.members)), field)
        return True

    def drop_field(self) -> bool:
        found = self.pick_plain_field()
        if found is None:
            return False
        found[0].members.remove(found[1])
        return True

    def change_type(self) -> bool:
        found = self.pick_plain_field()
        if found is None:
            return False
        drawn = self.maker.draw_field()
        field = found[1]
        field.type, field.native, field.arity = drawn.type, drawn.native, drawn.arity
        field.default, field.is_updated_at = drawn.default, drawn.is_updated_at
        field.is_ignored = False
        return True

    def change_arity(self) -> bool:
        found = self.pick_plain_field()
        if found is None:
            return False
        field = found[1]
        arities = ["", "?", "[]"] if self.schema.provider == "postgresql" else ["", "?"]
        field.arity = self.random.choice([each for each in arities if each != field.arity])
        if field.arity == "[]" or field.default.startswith("["):
            self.maker.draw_default(field)
        return True

    def change_default(self) -> bool:
        found = self.pick_plain_field()
        if found is None:
            return False
        before = found[1].default
        self.maker.draw_default(found[1])
        return found[1].default != before

    def change_native_type(self) -> bool:
        found = self.pick_plain_field()
        if found is None or found[1].type not in SCALARS or self.schema.provider == "sqlite":
            return False
        field = found[1]
        before = field.native
        field.native = self.maker.values.native(field.type)
        if "autoincrement" in field.default or self.schema.runnable:
            field.default = ""
        return field.native != before

    def rename_column(self) -> bool:
        model = self.pick_model()
        if model is None:
            return False
        field = self.random.choice(model.fields)
        short = len(field.name.encode()) < 15
        field.mapped = "" if short and self.maker.chance(0.3) else self.maker.name(("c",), long=0)
        return True

    def rename_table(self) -> bool:
        model = self.pick_model()
        if model is None:
            return False
        short = len(model.name.encode()) < 30
        model.mapped = "" if short and self.maker.chance(0.3) else self.maker.name(("T",), long=0)
        return True

    def move_field(self) -> bool:
        model = self.pick_model()
        if model is None:
            return False
        self.random.shuffle(model.members)
        return True

    # Keys and indexes

    def add_index(self) -> bool:
        model = self.pick_model()
        if model is None:
            return False
        before = len(model.indexes)
        self.maker.make_index(model)
        return len(model.indexes) > before

    def pick_index(self) -> tuple[Model, Index] | None:
        return self._any(
            [
                (model, index)
                for model in self.tables()
                for index in model.indexes
                if index.kind != "id"
                and not (
                    index.kind == "unique"
                    and self._is_referenced(model, [each.name for each, _ in index.entries])
                )
                and not any(
                    [each for each, _ in index.entries] == relation.columns
                    for relation in self.schema.relations
                )
            ]
        )

    def drop_index(self) -> bool:
        found = self.pick_index()
        if found is None:
            return False
        found[0].indexes.remove(found[1])
        return True

    def change_index(self) -> bool:
        found = self.pick_index()
        if found is None:
            return False
        index = found[1]
        if any(each.startswith("type") for each in index.arguments) or index.kind == "fulltext":
            return False
        sorts = ["", "sort: Desc", "sort: Asc"]
        index.entries = [
            (each, options if "length" in options else self.random.choice(sorts))
            for each, options in index.entries
        ]
        if not any(each.startswith("name") for each in index.arguments):
            index.kind = self.random.choice(["index", "unique"])
        return True

    def toggle_unique(self) -> bool:
        found = self.pick_plain_field()
        if found is None:
            return False
        field = found[1]
        if not self.maker.values.can_be_keyed(field.type, field.native, field.arity):
            return False
        field.unique = f"map: {self.maker.constraint()}"
        return True

    def retype_key(self) -> bool:
        """Give a single key another type, and the columns that refer to it."""
        model = self.pick_model()
        keys = [each for each in model.fields if each.id is not None] if model else []
        if not keys:
            return False
        chain = [(model, keys[0])]
        for referenced, key in chain:
            if self._is_in_condition(referenced, key) or self._has_typed_index(referenced, key):
                return False
            for relation in self.schema.relations:
                if relation.second is referenced and key.name in relation.references:
                    if len(relation.columns) > 1:
                        return False
                    link = (relation.first, relation.columns[0])
                    if link not in chain:
                        chain.append(link)
        type_ = self.random.choice(["Int", "BigInt", "String"])
        for _, field in chain:
            field.type, field.native, field.default = type_, "", ""
        if type_ == "Int" and self.maker.chance(0.5):
            keys[0].default = "autoincrement()"
        return True

    def change_numbering(self) -> bool:
        numbered = [
            each
            for model in self.tables()
            for each in model.fields
            if each.id is not None
            and each.type in {"Int", "BigInt"}
            and not any(each in relation.columns for relation in self.schema.relations)
        ]
        if not numbered:
            return False
        key = self.random.choice(numbered)
        key.default = "" if key.default else "autoincrement()"
        return True

    def replace_key(self) -> bool:
        """Make another field the id, or two of them."""
        model = self.pick_model()
        if model is None or any(relation.second is model for relation in self.schema.relations):
            return False
        plain = [
            each
            for each in model.fields
            if self.maker.values.can_be_keyed(each.type, each.native, each.arity)
            and each.arity == ""
            and not each.is_key_part
            and not any(each in relation.columns for relation in self.schema.relations)
        ]
        is_joined = any(
            relation.first is model and relation.kind == "m-n" for relation in self.schema.relations
        )
        if not plain or is_joined:
            return False
        for field in model.fields:
            if field.id is not None:
                field.id = None
                field.default = "" if "autoincrement" in field.default else field.default
        model.indexes = [each for each in model.indexes if each.kind != "id"]
        chosen = self.random.sample(plain, k=min(len(plain), self.random.choice([1, 2])))
        if len(chosen) == 1:
            chosen[0].id = ""
        else:
            model.indexes.append(Index("id", [(each, "") for each in chosen]))
        return True

    # Models and relations

    def add_model(self) -> bool:
        model = self.maker.make_model()
        self.maker.make_indexes(model)
        return True

    def drop_model(self) -> bool:
        model = self.pick_model()
        if model is None:
            return False
        for relation in list(self.schema.relations):
            if model in (relation.first, relation.second):
                self._unrelate(relation)
        self.schema.blocks.remove(model)
        return True

    def add_relation(self) -> bool:
        return self.maker.make_relation() is not None

    def drop_relation(self) -> bool:
        relation = self._any(self.schema.relations)
        if not isinstance(relation, Relation):
            return False
        self._unrelate(relation)
        return True

    def _unrelate(self, relation: Relation) -> None:
        """Take both fields away; the columns stay, as they do when people edit."""
        self.schema.relations.remove(relation)
        for model in (relation.first, relation.second):
            model.members = [
                each
                for each in model.members
                if isinstance(each, Field) or each.relation is not relation
            ]
        first = relation.first
        if self.maker.chance(0.5):
            for column in relation.columns:
                free = not column.is_key_part and not self._is_used(first, column)
                if free and not self._is_referenced(first, [column.name]):
                    first.members.remove(column)

    def change_actions(self) -> bool:
        keyed = [each for each in self.schema.relations if each.kind != "m-n"]
        relation = self._any(keyed)
        if not isinstance(relation, Relation):
            return False
        before = relation.on_delete, relation.on_update
        self.maker.draw_actions(relation)
        return (relation.on_delete, relation.on_update) != before

    def rename_constraint(self) -> bool:
        """Give a key, an index or a foreign key another name in the database."""
        relations = [each for each in self.schema.relations if each.kind != "m-n"]
        keyed = [each for model in self.tables() for each in model.fields if each.is_key_part]
        indexes = [each for model in self.tables() for each in model.indexes]
        chosen = self._any([*relations, *keyed, *indexes])
        name = self.maker.constraint()
        is_postgres = self.schema.provider == "postgresql"
        if isinstance(chosen, Relation) and self.schema.provider != "sqlite":
            chosen.mapped = json.loads(name)
        elif isinstance(chosen, Field) and chosen.unique is not None:
            chosen.unique = f"map: {name}"
        elif isinstance(chosen, Field) and chosen.id is not None and is_postgres:
            chosen.id = f"map: {name}"
        elif isinstance(chosen, Index) and (chosen.kind != "id" or is_postgres):
            kept = [each for each in chosen.arguments if not each.startswith("map")]
            chosen.arguments = [*kept, f"map: {name}"]
        else:
            return False
        return True

    def swap_tables(self) -> bool:
        """Two models take each other's table."""
        # Long ones are cut, and then names made of them may clash.
        short = [each for each in self.tables() if len((each.mapped or each.name).encode()) < 30]
        if len(short) < 2:
            return False
        one, other = self.random.sample(short, k=2)
        taken = other.mapped or other.name, one.mapped or one.name
        if len({each.mapped or each.name for each in self.schema.models} - {*taken}) + 2 != len(
            self.schema.models
        ):
            return False
        one.mapped, other.mapped = taken
        return True

    def rename_model(self) -> bool:
        model = self.pick_model()
        if model is None or len(model.name.encode()) > 30:
            return False
        model.name = self.maker.name(("Renamed",), long=0)
        return True

    def change_condition(self) -> bool:
        partial = [
            (model, index, place)
            for model in self.tables()
            for index in model.indexes
            for place, argument in enumerate(index.arguments)
            if argument.startswith("where")
        ]
        if not partial:
            return False
        model, index, place = self.random.choice(partial)
        index.arguments[place] = f"where: {self.maker.condition(model)}"
        return True

    def change_extensions(self) -> bool:
        if "extensions" not in self.schema.datasource.properties:
            return False
        self.schema.datasource.properties["extensions"] = self.maker.extensions()
        return True

    def change_relation_mode(self) -> bool:
        """Only where what the relations say is allowed either way."""
        if self.schema.relations:
            return False
        properties = self.schema.datasource.properties
        properties["relationMode"] = self.random.choice(['"prisma"', '"foreignKeys"'])
        self.schema.relation_mode = json.loads(properties["relationMode"])
        return True

    # Enums

    def pick_enum(self) -> Enum | None:
        found = self._any(self.schema.enums)
        return found if isinstance(found, Enum) else None

    def _fields_of(self, enum: Enum) -> list[Field]:
        return [
            each for model in self.schema.models for each in model.fields if each.type == enum.name
        ]

    def add_enum(self) -> bool:
        enum = self.maker.make_enum()
        model = self.pick_model()
        if model is not None:
            model.members.append(Field(self.maker.name(("state",)), enum.name, "?"))
        return True

    def drop_enum(self) -> bool:
        """Its fields become texts."""
        enum = self.pick_enum()
        if enum is None:
            return False
        for field in self._fields_of(enum):
            field.type = "String"
            field.default = ""
        self.schema.blocks.remove(enum)
        return True

    def add_value(self) -> bool:
        enum = self.pick_enum()
        if enum is None:
            return False
        place = self.random.randint(0, len(enum.values))
        enum.values.insert(place, (self.maker.name(("NEW",), long=0), self.maker.enum_value()))
        return True

    def drop_value(self) -> bool:
        enum = self.pick_enum()
        if enum is None or len(enum.values) < 2:
            return False
        name, _ = enum.values.pop(self.random.randrange(len(enum.values)))
        for field in self._fields_of(enum):
            if re.search(rf"\b{name}\b", field.default):
                field.default = ""
        return True

    def rename_enum(self) -> bool:
        enum = self.pick_enum()
        if enum is None:
            return False
        enum.mapped = self.maker.mapped(0.8)
        return True

    def reorder_values(self) -> bool:
        enum = self.pick_enum()
        if enum is None:
            return False
        self.random.shuffle(enum.values)
        return True

    def change_namespace(self) -> bool:
        blocks = [*self.schema.models, *self.schema.enums]
        if not self.schema.namespaces or not blocks:
            return False
        self.random.choice(blocks).namespace = self.maker.namespace()
        return True
