"""Changes to random schemas, to another valid one."""

from __future__ import annotations

import copy
import json
import re
from random import Random

from tests.prisma.random_field_changes import FieldChanges
from tests.prisma.random_structure import Enum, Field, Index, RandomSchema, Relation


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


class _Change(FieldChanges):
    """All changes: those of whole models, relations and enums as well."""

    def __init__(self, random: Random, schema: RandomSchema) -> None:
        super().__init__(random, schema)
        self.kinds += [
            self.add_model,
            self.drop_model,
            *[self.add_relation] * 2,
            *[self.drop_relation] * 2,
            *[self.change_actions] * 2,
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
        relation = self.pick(self.schema.relations)
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
                free = not column.is_key_part and not self.is_used(first, column)
                if free and not self.is_referenced(first, [column.name]):
                    first.members.remove(column)

    def change_actions(self) -> bool:
        keyed = [each for each in self.schema.relations if each.kind != "m-n"]
        relation = self.pick(keyed)
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
        chosen = self.pick([*relations, *keyed, *indexes])
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
        found = self.pick(self.schema.enums)
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
