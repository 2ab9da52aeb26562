"""Suggestions: what would have to stand in the document for it to allow what breaks it."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from redhanded.contracts.openapi.document import Unresolvable
from redhanded.contracts.openapi.nodes import Node, escaped
from redhanded.contracts.openapi.schemas.errors import value_at

if TYPE_CHECKING:
    from collections.abc import Callable

    from redhanded.contracts.openapi.schemas.catalogue import Catalogue
    from redhanded.contracts.openapi.schemas.fault import Fault

_PLAIN_WORD: Final = re.compile(r"[A-Za-z][A-Za-z0-9_ -]{0,30}")
_LEVELS: Final = 5  # of an answer, that are written into a suggestion
_MEMBERS: Final = 50
_COUNTS: Final = frozenset(
    {"maxItems", "maxLength", "maxProperties", "minItems", "minLength", "minProperties"}
)
_TYPES: Final = (
    (bool, "boolean"),
    (int, "integer"),
    (float, "number"),
    (str, "string"),
    (list, "array"),
    (dict, "object"),
)


class _Unspeakable(ValueError):
    """Something in a value is nothing to write into a document."""


def suggestion(
    catalogue: Catalogue, fault: Fault, value: object, see: Callable[[object], str]
) -> str:
    """A JSON Patch operation (RFC 6902) on the document, as JSON text; empty where there is none.

    It holds names and types, never values but for short words in an `enum`; and none that `see`
    does not show as they are.
    """
    document = catalogue.document
    name, _, pointer = fault.source.rpartition("#")
    if name != document.name:
        return ""
    here = None if fault.actual == "missing" else value_at(value, fault.place)
    try:
        found = _Suggesting(catalogue, document.node(pointer), fault, see).operation(here)
    except (_Unspeakable, Unresolvable):
        return ""
    return json.dumps(found, ensure_ascii=False) if found else ""


@dataclass(frozen=True, slots=True)
class _Suggesting:
    catalogue: Catalogue
    node: Node
    fault: Fault
    see: Callable[[object], str]

    def operation(self, value: Any) -> dict[str, Any] | None:  # noqa: ANN401
        rule, path = self.fault.rule, self.node.pointer
        if rule in _COUNTS:
            return _operation("replace", path, len(value)) if hasattr(value, "__len__") else None
        if rule in ("readOnly", "writeOnly") and self.node.find(rule):
            return _operation("remove", f"{path}/{rule}")
        return self._by_rule(value)

    def _by_rule(self, value: object) -> dict[str, Any] | None:
        match self.fault.rule:
            case "undeclared" | "additionalProperties" | "unevaluatedProperties":
                return self._property(value)
            case "required":
                return self._optional()
            case "type":
                return self._wider(value)
            case "enum":
                return self._listed(value)
        return None

    def _property(self, value: object) -> dict[str, Any] | None:
        name = self._spoken(self.fault.place[-1]) if self.fault.place else ""
        home = self._home()
        if home is None or not name:
            return None
        schema = self._schema(value, _LEVELS)
        if isinstance(home.value.get("properties"), dict):
            return _operation("add", f"{home.pointer}/properties/{escaped(name)}", schema)
        return _operation("add", f"{home.pointer}/properties", {name: schema})

    def _home(self) -> Node | None:
        """The schema that would declare one more property."""
        start = self.node
        if self.fault.rule != "undeclared":
            start = self.catalogue.document.node(self.node.pointer.rpartition("/")[0])
        if self.fault.rule == "additionalProperties":
            return start
        parts = [part for part in self.catalogue.declared.parts(start) if part.uri == start.uri]
        naming = (part for part in parts if "properties" in part.value)
        return next(naming, None)

    def _optional(self) -> dict[str, Any] | None:
        name, listed = self.fault.place[-1], self.node.value
        if not isinstance(listed, list) or name not in listed:
            return None
        return _operation("remove", f"{self.node.pointer}/{listed.index(name)}")

    def _wider(self, value: object) -> dict[str, Any] | None:
        path, written = self.node.pointer, self.node.value
        if self._is_30:
            if value is None:
                return _operation("add", f"{path.rpartition('/')[0]}/nullable", value=True)
            is_fraction = isinstance(value, float) and written == "integer"
            return _operation("replace", path, "number") if is_fraction else None
        types = written if isinstance(written, list) else [written]
        return _operation("replace", path, [*types, _type_of(value)])

    def _listed(self, value: object) -> dict[str, Any] | None:
        is_word = isinstance(value, str) and _PLAIN_WORD.fullmatch(value)
        if value is None or is_word:
            return _operation("add", f"{self.node.pointer}/-", value and self._spoken(value))
        return None

    def _schema(self, value: object, levels: int) -> dict[str, Any]:
        """A schema that lets the value pass, of types alone."""
        if value is None:
            return {"nullable": True} if self._is_30 else {"type": "null"}
        if isinstance(value, dict) and levels:
            return self._object(value, levels - 1)
        if isinstance(value, list):
            return {"type": "array", "items": self._items(value, levels - 1)}
        return {"type": _type_of(value)}

    def _object(self, value: dict[str, Any], levels: int) -> dict[str, Any]:
        if not value or len(value) > _MEMBERS:
            return {"type": "object"}
        members = {self._spoken(name): self._schema(v, levels) for name, v in value.items()}
        return {"type": "object", "properties": members}

    def _items(self, items: list[Any], levels: int) -> dict[str, Any]:
        """What all items have in common; anything where that is nothing, or they are objects."""
        if len(items) == 1 and levels > 0:
            return self._schema(items[0], levels)
        types = {_type_of(item) for item in items}
        return {"type": types.pop()} if len(types) == 1 and types != {"null"} else {}

    def _spoken(self, name: object) -> str:
        """A name as it stands; _Unspeakable where it is longer or more secret than that."""
        if not isinstance(name, str) or self.see(name) != json.dumps(name, ensure_ascii=False):
            raise _Unspeakable(name)
        return name

    @property
    def _is_30(self) -> bool:
        return self.catalogue.document.version < (3, 1)


def _type_of(value: object) -> str:
    return next((name for kind, name in _TYPES if isinstance(value, kind)), "null")


def _operation(op: str, path: str, value: object = ...) -> dict[str, Any]:
    return {"op": op, "path": path, **({} if value is ... else {"value": value})}
