"""Sightings: what of one document the exchanges of one process have met, as marks."""

from __future__ import annotations

from typing import TYPE_CHECKING

from redhanded.contracts.openapi import marks
from redhanded.contracts.openapi.examination import ABSENT
from redhanded.contracts.openapi.universe import contents_of, parameters_of
from redhanded.contracts.openapi.unseen import Chart, Walk, sample

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from redhanded.contracts.openapi.document import Document
    from redhanded.contracts.openapi.examination import Examination, Parts
    from redhanded.contracts.openapi.marks import Direction, Mark
    from redhanded.contracts.openapi.nodes import Node
    from redhanded.contracts.openapi.operations import Operation
    from redhanded.contracts.openapi.unseen import Accepting


class Sightings:
    """What of a document this process has seen so far; not for several threads at once.

    What a request sent counts whatever was answered to it: a test of a refusal has sent it too.
    """

    def __init__(self, document: Document, accepting: Accepting) -> None:
        self._document = document
        self._chart = Chart(document, accepting)
        self._seen: set[Mark] = set()
        self._met: set[tuple[object, ...]] = set()
        self._parameters: dict[str, Mapping[tuple[str, str], Node]] = {}

    def see(self, examination: Examination, *, is_checked: bool) -> list[Mark]:
        """The marks of this exchange that no earlier one had.

        `is_checked` says that its answer was held against something, and stood. An exchange
        without an operation has none; of it one counts the calls alone.
        """
        operation = examination.operation
        if operation is None:
            return []
        found = self._new(operation, examination, is_checked=is_checked)
        walk = Walk()
        self._see_parameters(operation, examination.request, walk)
        self._see_body("request", examination.request, walk)
        self._see_body("response", examination.response, walk)
        return found + walk.found

    def _new(
        self, operation: Operation, examination: Examination, *, is_checked: bool
    ) -> list[Mark]:
        """The new marks that need no look into values; quickly where all of it was met before."""
        request, response = examination.request, examination.response
        key = (
            *(operation.method, operation.template, is_checked, response.status),
            *(response.media_type, request.media_type, *request.parameters),
        )
        if key in self._met:
            return []
        self._met.add(key)
        plain = self._plain(operation, examination, is_checked=is_checked)
        found = [mark for mark in plain if mark not in self._seen]
        self._seen.update(found)
        return found

    def _plain(
        self, operation: Operation, examination: Examination, *, is_checked: bool
    ) -> Iterator[Mark]:
        """What needs no look into values."""
        name, request, response = operation.name, examination.request, examination.response
        yield marks.called(name)
        if is_checked:
            yield marks.checked(name)
        if response.status:
            yield marks.status(name, response.status)
        if response.media_type:
            yield marks.media(name, response.status, response.media_type)
        if request.media_type:
            yield marks.media(name, "", request.media_type)
        for place, key in request.parameters:
            yield marks.parameter(name, place, key)

    def _see_parameters(self, operation: Operation, request: Parts, walk: Walk) -> None:
        if not request.parameters:
            return
        if operation.name not in self._parameters:
            self._parameters[operation.name] = parameters_of(self._document, operation)
        declared = self._parameters[operation.name]
        for key, value in request.parameters.items():
            for schema in self._schemas(declared.get(key)):
                self._chart("request", schema).see(value, walk)

    def _schemas(self, parameter: Node | None) -> Iterator[Node]:
        """The schema of a parameter, which may be that of its one media type."""
        contents = contents_of(self._document, parameter).values() if parameter else ()
        for owner in (parameter, *contents):
            schema = owner.find("schema") if owner else None
            if schema is not None and isinstance(schema.value, dict):
                yield schema

    def _see_body(self, direction: Direction, parts: Parts, walk: Walk) -> None:
        if parts.value is ABSENT:
            return
        if parts.schema is not None:
            self._chart(direction, parts.schema).see(parts.value, walk)
        if parts.item_schema is not None and isinstance(parts.value, list):
            below = self._chart(direction, parts.item_schema)
            for item in sample(parts.value):
                below.see(item, walk)
