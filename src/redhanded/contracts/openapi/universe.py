"""The universe: all that an OpenAPI document lets tests see, which is what coverage is a share of.

Only what operations reach counts. What a schema declares stands once, by its own place, however
many operations use it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

from redhanded.contracts.openapi import marks
from redhanded.contracts.openapi.aspects import Atlas, aspects
from redhanded.contracts.openapi.operations import IGNORED_HEADERS, followed, members, operations_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from redhanded.contracts.openapi.document import Document
    from redhanded.contracts.openapi.marks import Direction, Mark
    from redhanded.contracts.openapi.nodes import Node
    from redhanded.contracts.openapi.operations import Operation

VERSION = 1


class Described(NamedTuple):
    """One operation: what is documented beside its schemas, and the schemas that it begins with."""

    is_deprecated: bool
    marks: tuple[Mark, ...]
    schemas: tuple[str, ...]


class Declared(NamedTuple):
    """One schema in one direction: what it declares itself, and the schemas that it refers to."""

    marks: tuple[Mark, ...]
    leads: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Universe:
    """What tests can see of the document of that name, whose content has that digest.

    `version` is that of OpenAPI in which it is written.
    """

    name: str
    digest: str
    version: tuple[int, int]
    operations: Mapping[str, Described]
    schemas: Mapping[str, Declared]

    def marks_of(self, operations: Iterable[str]) -> set[Mark]:
        """Every mark that these operations can have, those of the schemas that they reach too."""
        chosen = [self.operations[name] for name in operations]
        found = {mark for one in chosen for mark in one.marks}
        waiting = {key for one in chosen for key in one.schemas}
        known: set[str] = set()
        while waiting:
            key = waiting.pop()
            known.add(key)
            found.update(self.schemas[key].marks)
            waiting.update(lead for lead in self.schemas[key].leads if lead not in known)
        return found

    def record(self) -> dict[str, Any]:
        """The universe as JSON values."""
        return {
            "v": VERSION,
            "name": self.name,
            "digest": self.digest,
            "openapi": self.version,
            "operations": self.operations,
            "schemas": self.schemas,
        }

    @classmethod
    def of_record(cls, told: Mapping[str, Any]) -> Universe:
        """The universe that a record tells of; KeyError, TypeError or ValueError where none."""
        if told["v"] != VERSION:
            raise ValueError(told["v"])
        return cls(
            name=str(told["name"]),
            digest=str(told["digest"]),
            version=(int(told["openapi"][0]), int(told["openapi"][1])),
            operations={
                name: Described(bool(old), tuple(own), tuple(roots))
                for name, (old, own, roots) in told["operations"].items()
            },
            schemas={
                key: Declared(tuple(own), tuple(leads))
                for key, (own, leads) in told["schemas"].items()
            },
        )


def universe_of(document: Document) -> Universe:
    """All that tests can see of a document; webhooks and callbacks are not among it."""
    survey = _Survey(document)
    operations = {one.name: survey.described(one) for one in operations_of(document)}
    survey.look()
    return Universe(document.name, document.digest, document.version, operations, survey.schemas)


class _Survey:
    """One walk through a document, by what its operations refer to."""

    def __init__(self, document: Document) -> None:
        self._document = document
        self._atlas = Atlas(document)
        self._known: set[str] = set()
        self._waiting: list[tuple[str, Direction, Node]] = []
        self.schemas: dict[str, Declared] = {}

    def described(self, operation: Operation) -> Described:
        """What is documented of an operation; its schemas wait to be looked at."""
        own = [marks.checked(operation.name)]
        roots: list[str] = []
        for (place, name), node in parameters_of(self._document, operation).items():
            own.append(marks.parameter(operation.name, place, name))
            roots += self._roots("request", [node, *contents_of(self._document, node).values()])
        for key, content in _bodies(self._document, operation):
            if key:
                own.append(marks.status(operation.name, key))
            for media_type, node in content.items():
                own.append(marks.media(operation.name, key, media_type))
                roots += self._roots("response" if key else "request", [node])
        return Described(
            operation.is_deprecated, tuple(dict.fromkeys(own)), tuple(dict.fromkeys(roots))
        )

    def _roots(self, direction: Direction, nodes: Iterable[Node]) -> Iterator[str]:
        """The keys of the schemas of parameters or media types."""
        for node in nodes:
            for keyword in ("schema", "itemSchema"):
                schema = node.find(keyword)
                if schema is not None and isinstance(schema.value, dict):
                    yield self._key(direction, self._atlas.target(schema))

    def _key(self, direction: Direction, schema: Node) -> str:
        """The key of a schema, which is looked at in its turn."""
        key = f"{direction} {self._atlas.place(schema)}"
        if key not in self._known:
            self._known.add(key)
            self._waiting.append((key, direction, schema))
        return key

    def look(self) -> None:
        """Look at every schema that waits, and at those that it refers to."""
        while self._waiting:
            key, direction, schema = self._waiting.pop()
            self.schemas[key] = self._declared(direction, schema)

    def _declared(self, direction: Direction, schema: Node) -> Declared:
        own: list[Mark] = []
        leads: dict[str, None] = {}
        within = [schema]
        while within:
            each = within.pop()
            seen = aspects(self._atlas, each, direction)
            place = self._atlas.place(each)
            own += [
                marks.schema_property(direction, self._atlas.place(node))
                for _, node in seen.properties
            ]
            own += [marks.value(direction, place, listed) for listed in seen.values]
            own += [
                marks.branch(direction, self._atlas.place(branch.schema))
                for branch in seen.branches
            ]
            own += [marks.branch(direction, heir.place) for heir in seen.heirs]
            for heir in seen.heirs:
                leads[self._key(direction, self._atlas.target(heir.schema))] = None
            if seen.referred is not None:
                leads[self._key(direction, self._atlas.target(seen.referred))] = None
            for node in seen.below():
                found = self._atlas.target(node)
                if found is node:
                    within.append(node)
                else:
                    leads[self._key(direction, found)] = None
        return Declared(tuple(dict.fromkeys(own)), tuple(leads))


def parameters_of(document: Document, operation: Operation) -> dict[tuple[str, str], Node]:
    """The declared parameters by place and name; those of an operation stand for the path's own."""
    found: dict[tuple[str, str], Node] = {}
    for owner in (operation.path_node, operation.node):
        listed = owner.find("parameters")
        for entry in listed.entries() if listed else ():
            node = followed(document, entry)
            if node is not None and (key := _key_of(node)) is not None:
                found[key] = node
    return found


def _key_of(parameter: Node) -> tuple[str, str] | None:
    """Where a parameter stands and its name; None for one that counts for nothing."""
    place, name = parameter.value.get("in"), parameter.value.get("name")
    if not (isinstance(place, str) and isinstance(name, str)):
        return None
    return None if place == "header" and name.lower() in IGNORED_HEADERS else (place, name)


def _bodies(document: Document, operation: Operation) -> Iterator[tuple[str, dict[str, Node]]]:
    """The media types of the request, without a key, and of each documented status."""
    request = followed(document, operation.node.find("requestBody"))
    if request is not None:
        yield "", contents_of(document, request)
    for key, response in members(document, operation.node.find("responses")):
        yield key, contents_of(document, response)


def contents_of(document: Document, owner: Node) -> dict[str, Node]:
    """The media types of a parameter, a request or a response, by their keys."""
    return dict(members(document, owner.find("content")))
