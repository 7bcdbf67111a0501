"""The ways in which a recorded fact may overrule a specification.

Each kind changes one named place, and refuses when the place is gone or already says the same: a
newer specification then shows which rows of :mod:`.deviations` it has made superfluous.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import Any

from attrs import frozen

from .schemas import Json, Schemas


class StaleDeviationError(Exception):
    """A row does not fit its document any more."""


@frozen(kw_only=True)
class Deviation(ABC):
    """One place where a fact overrules a document.

    Args:
        provider: The provider whose document is meant.
        where: A component schema by name, an operation as ``METHOD template``, or an answer as
            ``METHOD template status``.
        reason: What was seen, and by whom.
        facts: The file among the facts that records it.
    """

    provider: str
    where: str
    reason: str
    facts: str

    @abstractmethod
    def apply(self, document: Json) -> None:
        """Change the document in place.

        Raises:
            StaleDeviationError: The place is gone, or says the same by now.
        """

    def _schema(self, document: Json) -> Json:
        """Find the schema of the component or of the answer."""
        if " " not in self.where:
            schema = document["components"]["schemas"].get(self.where, {})
        else:
            operation, _, status = self.where.rpartition(" ")
            answer = _operation(document, operation)["responses"][status]
            schema = answer["content"]["application/json"]["schema"]
        if "properties" not in schema:
            raise StaleDeviationError(f"{self.where} has no fields of its own")
        return schema  # type: ignore[no-any-return]


@frozen(kw_only=True)
class ExtraFields(Deviation):
    """Fields that clients have seen in answers and the document lacks."""

    fields: dict[str, Json]

    def apply(self, document: Json) -> None:
        """Document the fields as optional."""
        _add(self._schema(document)["properties"], self.fields, self.where)


@frozen(kw_only=True)
class RequiredFields(Deviation):
    """Fields that every client relies on and the document calls optional."""

    names: tuple[str, ...]

    def apply(self, document: Json) -> None:
        """Require the fields."""
        schema = self._schema(document)
        required = schema.setdefault("required", [])
        for name in self.names:
            if name not in schema["properties"] or name in required:
                raise StaleDeviationError(f"{self.where} {name}")
            required.append(name)


@frozen(kw_only=True)
class ListItems(Deviation):
    """What the elements of an answer's ``result`` are, where the document leaves them open."""

    items: Json

    def apply(self, document: Json) -> None:
        """Describe the elements."""
        result = self._schema(document)["properties"]["result"]
        if result != {"type": "array", "items": {}}:
            raise StaleDeviationError(f"{self.where} result")
        result["items"] = self.items


@frozen(kw_only=True)
class ExtraQuery(Deviation):
    """Query keys that clients send and the document lacks."""

    keys: dict[str, Json]

    def apply(self, document: Json) -> None:
        """Document the keys as optional."""
        parameters = _operation(document, self.where).setdefault("parameters", [])
        for name, schema in self.keys.items():
            if any(parameter.get("name") == name for parameter in parameters):
                raise StaleDeviationError(f"{self.where} {name}")
            parameters.append({"in": "query", "name": name, "schema": schema})


@frozen(kw_only=True)
class ExtraAnswer(Deviation):
    """A status, or a content type of a status, that was seen and the document lacks.

    Args:
        content: The answer's content by type. It joins what the document's own range has for the
            status.
    """

    content: dict[str, Json]

    def apply(self, document: Json) -> None:
        """Document the answer."""
        operation, _, status = self.where.rpartition(" ")
        answers = _operation(document, operation)["responses"]
        inherited = answers.get(status, answers.get(f"{status[0]}XX", {})).get("content", {})
        content = dict(inherited)
        _add(content, self.content, self.where)
        answers[status] = {"description": self.reason, "content": content}


@frozen(kw_only=True)
class ExtraOperation(Deviation):
    """An operation that clients call and the document lacks."""

    responses: dict[str, Json]

    def apply(self, document: Json) -> None:
        """Document the operation. Its path parameters follow from its template."""
        method, _, template = self.where.partition(" ")
        item = document["paths"].setdefault(template, {})
        _add(item, {method.lower(): {"responses": self.responses}}, self.where)


@frozen(kw_only=True)
class ErrorConvention(Deviation):
    """How an API that documents few errors says no.

    Args:
        where: A name for reports; the convention holds for the whole document.
        anywhere: Statuses that every operation may answer.
        for_input: Statuses for operations that take a body or a query.
        for_names: Statuses for operations whose path names something.
        schema: The body of all of them, in place of the documented ones from 400 on.
    """

    anywhere: tuple[str, ...]
    for_input: tuple[str, ...]
    for_names: tuple[str, ...]
    schema: Json

    def apply(self, document: Json) -> None:
        """Document the errors of every operation."""
        content = {"application/json": {"schema": self.schema}}
        answer = {"description": self.reason, "content": content}
        schemas = Schemas(document)
        for template, item in document["paths"].items():
            for operation in item.values():
                answers = operation["responses"]
                statuses = [status for status in answers if status.startswith("4")]
                statuses += self.anywhere
                statuses += self.for_names if "{" in template else ()
                statuses += self.for_input if _takes_input(operation, schemas) else ()
                answers.update(dict.fromkeys(statuses, answer))


def _operation(document: Json, name: str) -> Json:
    method, _, template = name.partition(" ")
    item = document["paths"].get(template, {})
    if method.lower() not in item:
        raise StaleDeviationError(f"{name} is not documented")
    operation: Json = item[method.lower()]
    return operation


def _takes_input(operation: Json, schemas: Schemas) -> bool:
    parameters = map(schemas.resolve, operation.get("parameters", ()))
    return "requestBody" in operation or any(row["in"] == "query" for row in parameters)


def _add(place: dict[str, Any], rows: dict[str, Any], where: str) -> None:
    for name, row in rows.items():
        if name in place:
            raise StaleDeviationError(f"{where} {name} is documented by now")
        place[name] = row
