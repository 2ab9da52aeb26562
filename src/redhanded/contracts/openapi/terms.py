"""The terms of a contract: its document, how much a breach of it weighs, and how one is told."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from redhanded.contracts.glimpse import printable
from redhanded.contracts.openapi.nodes import escaped
from redhanded.core import jsonpath
from redhanded.core.violation import Violation

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from redhanded.contracts.openapi.document import Document
    from redhanded.contracts.openapi.marks import Direction
    from redhanded.contracts.openapi.nodes import Flaw, Node
    from redhanded.contracts.openapi.schemas import Schemas
    from redhanded.contracts.openapi.schemas.fault import Fault
    from redhanded.core.contracting import Breach, Level

_OF_FAULTS: Mapping[tuple[Direction, str], Breach] = {
    ("request", "schema"): "request_body_schema",
    ("request", "undeclared"): "request_body_undeclared",
    ("request", "read_only"): "request_read_only",
    ("request", "write_only"): "request_body_schema",
    ("response", "schema"): "body_schema",
    ("response", "undeclared"): "body_undeclared",
    ("response", "read_only"): "body_schema",
    ("response", "write_only"): "body_write_only",
}


_SHOWN = 8  # alternatives; of more only the number is told
_NAME_WIDTH = 80


def alternatives(keys: Iterable[str]) -> str:
    """Keys of a document as words that read on after "want": `200, 404 or 4XX`."""
    shown = [printable(key) for key in keys]
    if len(shown) > _SHOWN:
        shown = [*shown[: _SHOWN - 1], f"{len(shown) - _SHOWN + 1} others"]
    *some, last = shown or [""]
    return f"{', '.join(some)} or {last}" if some else last


def named(place: str, name: str) -> str:
    """Where something stands by a name that came over the wire."""
    return f"{place} {printable(name[:_NAME_WIDTH])}"


@dataclass(frozen=True, slots=True)
class Terms:
    """What exchanges are held against; `see` shows a value of theirs in a few safe words."""

    document: Document
    schemas: Schemas
    levels: Mapping[Breach, Level]
    see: Callable[[object], str]
    is_closed: bool

    def tell(
        self,
        breach: Breach,
        where: str,
        actual: str,
        expected: str,
        *,
        rule: str = "",
        source: Node | str = "",
        suggestion: str = "",
    ) -> list[Violation]:
        """The breach as a violation; nothing where its level is off."""
        level = self.levels[breach]
        if level == "off":
            return []
        if not isinstance(source, str):
            source = self.document.place(source)
        code = f"contract.{breach}"
        return [Violation(code, where, actual, expected, rule, source, level, suggestion)]

    def tell_missing(self, breach: Breach, where: str, declared: Node) -> list[Violation]:
        """That something is not there which the document requires, as a violation."""
        suggestion = self.addition(declared, "required", value=False)
        return self.tell(
            breach,
            where,
            "missing",
            "required",
            rule="required",
            source=declared,
            suggestion=suggestion,
        )

    def tell_faults(self, faults: Iterable[Fault], direction: Direction) -> list[Violation]:
        """What a body breaks of its schema, as violations; a place in a request says so."""
        side = "request " if direction == "request" else ""
        return [
            violation
            for fault in faults
            for violation in self.tell(
                _OF_FAULTS[direction, fault.kind],
                side + jsonpath.write(fault.place),
                fault.actual,
                fault.expected,
                rule=fault.rule,
                source=fault.source,
                suggestion=fault.suggestion,
            )
        ]

    def tell_flaw(self, flaw: Flaw) -> list[Violation]:
        """A part of the document that cannot be used, as a violation of everyone who needs it."""
        wanted = "a part that can be used"
        return self.tell("document", "document", flaw.message, wanted, source=flaw.place)

    def flaw_at(self, owner: Node, *keys: str) -> Flaw | None:
        """What was wrong with the document there, or with what stands directly below.

        Parts that are nothing at all were taken out when the document was read: that they are
        missing is not the API's fault.
        """
        place = "/".join([self.document.place(owner), *map(escaped, keys)])
        for flaw in self.document.flaws:
            if flaw.place == place or flaw.place.rpartition("/")[0] == place:
                return flaw
        return None

    def addition(self, owner: Node, key: str, value: Any) -> str:  # noqa: ANN401
        """The patch that adds a member to an object of the document; empty in another file.

        The object is made where it is missing: give its owner, and its members as `value`.
        """
        if owner.uri != self.document.uri:
            return ""
        path = f"{owner.pointer}/{escaped(key)}"
        return json.dumps({"op": "add", "path": path, "value": value}, ensure_ascii=False)
