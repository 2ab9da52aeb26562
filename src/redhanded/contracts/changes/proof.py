"""Proofs that one schema allows all that another does, so that a change is no danger.

Rules compare what is written; where alternatives are written otherwise, only the algebra of
jsonschema-rs can tell that nothing was taken away. A proof only ever takes back an alarm: what
cannot be proven stays one.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from redhanded.contracts.changes.view import ANNOTATIONS, LISTED, NAMED, SINGLE, key_of
from redhanded.contracts.openapi.document import Unresolvable

if TYPE_CHECKING:
    from redhanded.contracts.changes.view import Key, Schema
    from redhanded.contracts.openapi.document import Document
    from redhanded.contracts.openapi.nodes import Node

_MOST = 40  # schemas that one may refer to before a proof costs more than it is worth
_KNOWN: Final = frozenset(
    {
        *("date-time", "date", "time", "duration", "email", "hostname", "ipv4", "ipv6", "uri"),
        *("uri-reference", "uuid", "json-pointer", "regex", "float", "double"),
    }
)
_INTEGERS: Final = {"int32": (-(2**31), 2**31 - 1), "int64": (-(2**63), 2**63 - 1)}
_DROPPED: Final = ANNOTATIONS | {
    *("nullable", "discriminator", "readOnly", "writeOnly", "deprecated", "default"),
    *("$id", "$anchor", "$dynamicAnchor", "$dynamicRef", "$defs", "$schema"),
}


class _Unprovable(Exception):
    """The schema is too large, or says what cannot be carried out of its document."""


class Proofs:
    """Proofs between the schemas of two documents, each sought once."""

    def __init__(self, old: Document, new: Document) -> None:
        self._documents: Final = {"old": old, "new": new}
        self._made: Final[dict[tuple[Key, Key, bool], bool]] = {}

    def is_safe(self, old: Schema, new: Schema, *, sent: bool) -> bool:
        """Whether all that was allowed is still (sent), or all that is allowed was (received)."""
        key = key_of(old), key_of(new), sent
        if key not in self._made:
            self._made[key] = self._prove(old, new, sent=sent)
        return self._made[key]

    def _prove(self, old: Schema, new: Schema, *, sent: bool) -> bool:
        carriers = [_Portable(document) for document in self._documents.values()]
        try:
            before, after = carriers[0].of(old), carriers[1].of(new)
        except (_Unprovable, RecursionError):
            return False
        if carriers[0].formats != carriers[1].formats:
            return False
        wide, narrow = (after, before) if sent else (before, after)
        return _covers(wide, narrow)


def _covers(wide: dict[str, Any], narrow: dict[str, Any]) -> bool:
    from jsonschema_rs import Draft202012, canonicalize

    try:
        outer, inner = (
            canonicalize(schema, draft=Draft202012, validate_formats=True, offline=True)
            for schema in (wide, narrow)
        )
        return str(outer.covers(inner)) == "yes"
    except ValueError:  # a schema that cannot be read proves nothing
        return False


class _Portable:
    """Carries a schema out of its document: as JSON Schema 2020-12 that needs no other text."""

    def __init__(self, document: Document) -> None:
        self._document: Final = document
        self._is_old: Final = document.version < (3, 1)
        self._names: Final[dict[tuple[str, str], str]] = {}
        self._defined: Final[dict[str, Any]] = {}
        self.formats: Final[set[str]] = set()
        """Formats that the algebra does not know, so that it cannot tell one from another."""

    def of(self, schema: Schema) -> dict[str, Any]:
        """The schema with all that it refers to in `$defs`; raises _Unprovable."""
        joined = [self._convert(node) for node in schema]
        return {"allOf": joined, "$defs": self._defined}

    def _convert(self, node: Node) -> Any:  # noqa: ANN401 - a schema is any JSON
        if not isinstance(node.value, dict):
            return node.value
        found: dict[str, Any] = {}
        if node.reference is not None:
            found["$ref"] = self._refer(node.reference, node)
            if self._is_old:
                return found
        if "$dynamicRef" in node.value:
            raise _Unprovable
        for keyword, below in node.items():
            if keyword not in _DROPPED and keyword != "$ref" and not keyword.startswith("x-"):
                found[keyword] = self._below(keyword, below)
        if self._is_old:
            _modernise(found, node.value)
        self._note_format(found)
        return found

    def _note_format(self, found: dict[str, Any]) -> None:
        """Write the format of a number as its bounds, and remember what the algebra ignores."""
        form = found.get("format")
        form = form if isinstance(form, str) else None
        if form in _INTEGERS:
            low, high = _INTEGERS[form]
            found.setdefault("allOf", []).append({"minimum": low, "maximum": high})
        elif form is not None and form not in _KNOWN:
            self.formats.add(form)

    def _below(self, keyword: str, node: Node) -> object:
        if keyword in SINGLE:
            return self._convert(node)
        if keyword in NAMED:
            return {name: self._convert(schema) for name, schema in node.items()}
        return (
            [self._convert(entry) for entry in node.entries()] if keyword in LISTED else node.value
        )

    def _refer(self, reference: str, node: Node) -> str:
        try:
            target = self._document.resolve(reference, node.uri)
        except Unresolvable:
            raise _Unprovable from None
        key = target.uri, target.pointer
        if key not in self._names:
            if len(self._names) >= _MOST:
                raise _Unprovable
            name = self._names[key] = f"s{len(self._names)}"
            self._defined[name] = self._convert(target)
        return f"#/$defs/{self._names[key]}"


def _modernise(found: dict[str, Any], value: dict[str, Any]) -> None:
    """Write what OpenAPI 3.0 says in its own way as JSON Schema does."""
    if value.get("nullable") is True and isinstance(value.get("type"), str):
        found["type"] = [value["type"], "null"]
        if isinstance(value.get("enum"), list):
            found["enum"] = [*value["enum"], None]
    for flag, bound in (("exclusiveMinimum", "minimum"), ("exclusiveMaximum", "maximum")):
        told = found.get(flag)
        if isinstance(told, bool):
            del found[flag]
            if told and bound in found:
                found[flag] = found.pop(bound)
