"""Changes to the fields, keys and indexes of random schemas."""

from __future__ import annotations

import re
from collections.abc import Callable
from random import Random

from tests.prisma.random_schemas import Maker
from tests.prisma.random_structure import Field, Index, Model, RandomSchema
from tests.prisma.random_values import SCALARS


class FieldChanges:
    """The changes, each of which tells whether it did anything; and what they look for."""

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
            self.retype_key,
            self.change_numbering,
            self.replace_key,
        ]

    # What there is to change

    def tables(self) -> list[Model]:
        return [each for each in self.schema.models if not each.is_view]

    def pick_model(self) -> Model | None:
        return self.pick(self.tables())

    def pick_plain_field(self) -> tuple[Model, Field] | None:
        """A field that no key, index, relation or condition needs."""
        return self.pick(
            [
                (model, each)
                for model in self.tables()
                for each in model.fields
                if not each.is_key_part and not self.is_used(model, each)
            ]
        )

    def is_used(self, model: Model, field: Field) -> bool:
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

    def is_referenced(self, model: Model, names: list[str]) -> bool:
        return any(
            relation.second is model and set(relation.references) & set(names)
            for relation in self.schema.relations
        )

    def pick(self, things: list) -> object:
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
        return self.pick(
            [
                (model, index)
                for model in self.tables()
                for index in model.indexes
                if index.kind != "id"
                and not (
                    index.kind == "unique"
                    and self.is_referenced(model, [each.name for each, _ in index.entries])
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
            field.is_updated_at = False
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
