"""Random schemas of the whole language, valid by construction and the same for the same seed.

`random_schema` draws one, `mutate` changes it into another valid one, `spoil` breaks its text. With
``runnable`` a schema also leaves out what Prisma accepts and prints although no server runs it.
"""

from __future__ import annotations

import json
from random import Random

from hypothesis import strategies as st
from tests.prisma.random_parts import MODELS, VALUES, PartMaker
from tests.prisma.random_structure import (
    Config,
    Enum,
    Field,
    Index,
    Model,
    RandomSchema,
    Relation,
    Side,
)

PROVIDERS = ("sqlite", "postgresql", "mysql")


def random_schema(
    seed: int,
    provider: str = "sqlite",
    *,
    models: int | None = None,
    fields: int | None = None,
    runnable: bool = False,
    odd: bool = True,
) -> RandomSchema:
    """Draw a schema.

    Args:
        seed: The same seed and arguments give the same schema.
        provider: What the datasource says.
        models: How many; a few when not given. With a number the schema is one that every release
            of Prisma from 6.2 on takes.
        fields: About how many fields a model has, with those for its relations.
        runnable: Whether its SQL must run on a server.
        odd: Whether the text has comments and unusual spaces.
    """
    random = Random(f"{seed} {provider} {models} {fields} {runnable}")
    layout = random.randrange(2**31) if odd and random.random() < 0.8 else None
    schema = RandomSchema(provider, [], layout=layout, seed=seed, runnable=runnable)
    schema.source = random.choice(["db", "db", "db", "store"])
    maker = Maker(random, schema)
    maker.make_configuration(with_previews=models is None)
    for _ in range(random.choice([0, 1, 1, 2, 3])):
        maker.make_enum()
    wanted = models if models is not None else random.choice([1, 1, 2, 2, 3, 4, 6])
    for _ in range(wanted):
        maker.make_model(fields)
    for _ in range(random.randint(0, wanted * 2) if models is None else wanted):
        maker.make_relation()
    if models is None and random.random() < 0.15:
        maker.make_view()
    for model in schema.models:
        maker.make_indexes(model)
    maker.ignore_some()
    random.shuffle(schema.blocks)
    return schema


@st.composite
def schemas(
    draw: st.DrawFn, provider: str | None = None, *, runnable: bool = False
) -> RandomSchema:
    """A hypothesis strategy of valid schemas."""
    chosen = provider or draw(st.sampled_from(PROVIDERS))
    return random_schema(draw(st.integers(0, 2**32)), chosen, runnable=runnable)


class Maker(PartMaker):
    """Adds blocks and relations to a schema, so that it stays valid."""

    # Blocks

    def make_configuration(self, *, with_previews: bool) -> None:
        properties = {"provider": f'"{self.provider}"'}
        previews = []
        if self.provider == "postgresql":
            if self.chance(0.2):
                self.schema.namespaces = self.random.sample(["public", "base", "shop", "x-y"], k=2)
                quoted_names = (f'"{each}"' for each in self.schema.namespaces)
                properties["schemas"] = f"[{', '.join(quoted_names)}]"
            if self.chance(0.1) and with_previews and not self.schema.runnable:
                properties["extensions"] = self.extensions()
                previews.append("postgresqlExtensions")
        if with_previews and self.chance(0.1):
            self.schema.relation_mode = self.random.choice(["prisma", "foreignKeys"])
            properties["relationMode"] = f'"{self.schema.relation_mode}"'
        if self.provider != "mysql" and with_previews and self.chance(0.3):
            previews.append("partialIndexes")
            self.schema.has_partial_indexes = True
        if with_previews:
            previews.append("views")
        listed = ", ".join(f'"{each}"' for each in previews)
        generator = {"provider": '"prisma-client-js"', "previewFeatures": f"[{listed}]"}
        self.schema.blocks.append(Config("datasource", self.schema.source, properties))
        self.schema.blocks.append(Config("generator", "client", generator))

    def extensions(self) -> str:
        """What a PostgreSQL datasource says of extensions."""
        places = ['schema: "base", version: "2"', 'schema: "shop"', 'version: "3"']
        known = ["pgcrypto", 'uuidOssp(map: "uuid-ossp")', 'hstore(version: "1.8")', "pg_trgm"]
        known.append(f"citext({self.random.choice(places)})")
        return f"[{', '.join(self.random.sample(known, k=self.random.choice([1, 2])))}]"

    def make_enum(self) -> Enum:
        count = self.random.choice([1, 2, 3, 5])
        enum = Enum(self.name(("Role", "state", "Kind", "Ärt")), [])
        for word in self.random.sample(VALUES, k=count):
            enum.values.append((word, self.enum_value()))
        enum.mapped = self.mapped(0.3)
        enum.namespace = self.namespace()
        self.schema.blocks.append(enum)
        return enum

    def enum_value(self) -> str:
        """What a value is mapped to, or empty. PostgreSQL allows it 63 bytes, and Prisma any."""
        if not self.schema.runnable:
            return self.mapped(0.2) + ("'quote" if self.chance(0.02) else "")
        return json.loads(self.constraint()) if self.chance(0.2) else ""

    def make_model(self, fields: int | None = None) -> Model:
        model = Model(self.name(MODELS), mapped=self.mapped(0.3), namespace=self.namespace())
        self.make_key(model)
        # With a size, what relations and keys need comes on top of these.
        wanted = self.random.randint(0, 8) if fields is None else max(fields - 3, 0)
        for _ in range(wanted):
            self.make_field(model)
        self.random.shuffle(model.members)
        self.schema.blocks.append(model)
        return model

    def make_view(self) -> None:
        view = Model(self.name(("Overview", "v")), mapped=self.mapped(0.3), is_view=True)
        view.namespace = self.namespace()
        for _ in range(self.random.randint(1, 4)):
            self.make_field(view)
        if self.schema.models and self.chance(0.3):
            self._make_foreign_key("1-n", view, self.random.choice(self.schema.models))
        self.schema.blocks.append(view)

    # Relations

    def make_relation(self) -> Relation | None:
        """Relate two models; None when they cannot be."""
        models = [each for each in self.schema.models if not each.is_view and not each.is_ignored]
        if not models:
            return None
        first, second = self.random.choice(models), self.random.choice(models)
        if self.schema.relation_mode == "prisma":
            # Cycles are refused then: newer models refer to older ones.
            older, newer = sorted((models.index(first), models.index(second)))
            if older == newer:
                return None
            first, second = models[newer], models[older]
        kind = self.random.choice(["1-n", "1-n", "1-n", "1-1", "m-n", "explicit"])
        if kind == "m-n":
            return self._make_many_to_many(first, second)
        if kind == "explicit":
            return self._make_join_model(first, second)
        return self._make_foreign_key(kind, first, second)

    def _join(self, relation: Relation) -> Relation:
        """Put a relation's fields into its models; name it when that is needed."""
        first, second = relation.first, relation.second
        others = [
            each for each in self.schema.relations if {each.first, each.second} == {first, second}
        ]
        if first is second or others or self.chance(0.2):
            # Cut to 63 bytes, a join table and its index would be called the same.
            long = 0 if self.schema.runnable else 0.04
            relation.name = self.name(("Rel", "owns", "Über"), long=long)
        for other in others:
            other.name = other.name or self.name(("Rel",), long=0)
        for model, is_first in ((first, True), (second, False)):
            place = self.random.randint(0, len(model.members))
            model.members.insert(place, Side(relation, is_first))
        self.schema.relations.append(relation)
        return relation

    def _make_many_to_many(self, first: Model, second: Model) -> Relation | None:
        for model in (first, second):
            if not any(each.id is not None for each in model.fields):
                return None
        # Cut names of join tables may clash.
        if any(len(each.name.encode()) > 20 for each in (first, second)):
            return None
        names = self.name(("list",), long=0), self.name(("all",), long=0)
        return self._join(Relation("m-n", first, second, *names))

    def _make_foreign_key(self, kind: str, first: Model, second: Model) -> Relation | None:
        target = self.random.choice(self._targets(second) or [[]])
        if not target:
            return None
        relation = Relation(kind, first, second, self.name(("to",)), self.name(("back",), long=0))
        relation.is_optional = self.chance(0.5)
        relation.references = [each.name for each in target]
        for referenced in target:
            column = Field(self.name(("fk", "ref_id")), referenced.type)
            column.native = referenced.native
            column.arity = "?" if relation.is_optional else ""
            column.mapped = self.mapped(0.15)
            relation.columns.append(column)
            first.members.append(column)
        if kind == "1-1":
            self._make_unique(first, relation.columns)
        self.draw_actions(relation)
        if self.provider != "sqlite":
            long = self.table_needs_care(first) or len(relation.columns[0].name) > 20
            if long or self.chance(0.1):
                relation.mapped = json.loads(self.constraint())
        return self._join(relation)

    def _make_unique(self, model: Model, columns: list[Field]) -> None:
        if len(columns) == 1:
            columns[0].unique = ""
            if self.table_needs_care(model):
                columns[0].unique = f"map: {self.constraint()}"
        else:
            name = f"map: {self.constraint()}"
            model.indexes.append(Index("unique", [(each, "") for each in columns], [name]))

    def _targets(self, model: Model) -> list[list[Field]]:
        """The field lists that a foreign key may refer to."""
        single = [
            [each]
            for each in model.fields
            if each.is_key_part and each.arity != "[]" and not each.is_ignored
        ]
        compound = [
            [each for each, _ in index.entries]
            for index in model.indexes
            if index.kind in {"id", "unique"}
            and not any(each.startswith("where") for each in index.arguments)
            and not any("length" in options for _, options in index.entries)
        ]
        if self.provider == "mysql" and self.schema.runnable:
            # MariaDB refuses a cascade from a column that may be NULL to one that may not, and
            # keys of more than 3,072 bytes.
            return [each for each in single if not each[0].arity]
        return single + compound

    def draw_actions(self, relation: Relation) -> None:
        """Choose what happens to referencing rows."""
        actions = ["Cascade", "Restrict"]
        if self.schema.relation_mode != "prisma":
            actions.append("NoAction")
            if not (self.provider == "mysql" and self.schema.runnable):
                actions.append("SetDefault")
        if relation.is_optional:
            actions.append("SetNull")
        relation.on_delete = self.random.choice([*actions, "", "", ""])
        relation.on_update = self.random.choice([*actions, "", "", ""])

    def _make_join_model(self, first: Model, second: Model) -> Relation | None:
        """A model of two foreign keys, which together are its id."""
        if not (self._targets(first) and self._targets(second)):
            return None
        model = Model(self.name(("Link",)), mapped=self.mapped(0.2), namespace=self.namespace())
        self.schema.blocks.append(model)
        made = [
            relation
            for each in (first, second)
            if (relation := self._make_foreign_key("1-n", model, each)) is not None
        ]
        columns = [column for relation in made for column in relation.columns]
        for relation in made:
            relation.is_optional = False
            self.draw_actions(relation)
        for column in columns:
            column.arity = ""
        model.indexes.append(Index("id", [(each, "") for each in columns]))
        return made[0]

    def ignore_some(self) -> None:
        """Hide fields and models from the client; the database has them all the same."""
        for model in self.schema.models:
            for field in model.fields:
                used = any(field in relation.columns for relation in self.schema.relations)
                indexed = any(field is each for index in model.indexes for each, _ in index.entries)
                strange = field.type.startswith("Unsupported")
                if not (used or indexed or strange or field.is_key_part) and self.chance(0.03):
                    field.is_ignored = True
            if self.chance(0.05) and not model.sides:
                model.is_ignored = True
                for field in model.fields:
                    field.is_ignored = False
