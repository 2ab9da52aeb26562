"""A finished answer that a defect may change before it is sent."""

from __future__ import annotations

import json
from collections.abc import Callable, Container
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from pydantic_core import to_json
from starlette.datastructures import MutableHeaders

from redhanded.lab.defects.asked import Asked
from redhanded.lab.defects.route import Route
from redhanded.lab.defects.trigger import Trigger

SUCCESS = range(200, 300)


@dataclass(slots=True, kw_only=True)
class Answered:
    """An answer with the request that it answers and that request's body."""

    asked: Asked
    sent: bytes
    status: int
    headers: MutableHeaders
    body: bytes

    @property
    def is_json(self) -> bool:
        """Whether there is a document to change."""
        return bool(self.body) and "json" in self.headers.get("content-type", "")

    def write(self, document: object) -> None:
        """Puts a JSON document in the place of the body."""
        self.body = to_json(document)

    def state(self) -> tuple[int, tuple[tuple[bytes, bytes], ...], bytes]:
        """What goes on the wire, to be compared."""
        return self.status, tuple(self.headers.raw), self.body


Change = Callable[[Answered, Trigger], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Edit:
    """A change of the finished answers of some routes; an answer that differs was served wrong."""

    routes: tuple[Route, ...]
    change: Change

    def apply(self, answered: Answered, trigger: Trigger) -> None:
        """Changes the answer, and notes it if there was anything to change."""
        before = answered.state()
        self.change(answered, trigger)
        if answered.state() != before:
            trigger.serve()


def edit(*routes: str, change: Change) -> Edit:
    """A change of the answers of routes such as "GET /booking/{id}"."""
    return Edit(routes=tuple(map(Route.of, routes)), change=change)


def document_edit(
    *routes: str, change: Callable[[Any], object], statuses: Container[int] = SUCCESS
) -> Edit:
    """A change of the JSON documents of routes, under these statuses; the function returns it.

    It is handed a document of its own, which it may change and return. A document in which it
    looks in vain, for another defect has changed it already, stays as it is.
    """

    def of_document(answered: Answered, _trigger: Trigger) -> None:
        if answered.status in statuses and answered.is_json:
            with suppress(LookupError):
                _rewrite(answered, change)

    return edit(*routes, change=of_document)


def _rewrite(answered: Answered, change: Callable[[Any], object]) -> None:
    changed = change(json.loads(answered.body))
    if changed != json.loads(answered.body):
        answered.write(changed)
