"""The types and formats of two schemas: wider, narrower, or others."""

from __future__ import annotations

from typing import TYPE_CHECKING

from redhanded.contracts.changes.findings import Finding

if TYPE_CHECKING:
    from redhanded.contracts.changes.findings import Relation
    from redhanded.contracts.changes.view import View

_WIDER = {("int32", "int64"), ("float", "double")}


def type_finding(
    old: View, new: View, before: frozenset[str] | None, after: frozenset[str] | None
) -> Finding | None:
    """How the new types and formats relate to the old; None where they are the same."""
    relation = _relation(old, new, before, after)
    if relation is None:
        return None
    shown = _shown(old, before), _shown(new, after)
    detail = f"type went from {shown[0]} to {shown[1]}"
    return Finding(
        "type-changed",
        detail,
        new.at("type"),
        relation=relation,
        types=shown,
        is_provable=before != after,
    )


def rewritten(old: View, new: View) -> Finding:
    """That one names its type where it stands, and the other only among alternatives.

    A choice of nothing but null takes nothing away; of all else a proof must say it.
    """
    return Finding(
        "type-changed",
        f"type went from {_shown(old, old.types)} to {_shown(new, new.types)}",
        new.at("type"),
        relation="changed",
        is_harmless=None not in {old.types, new.types} and _is_same(old, new),
    )


def is_wider(old: frozenset[str], new: frozenset[str]) -> bool:
    """Whether all the old types are among the new ones; every integer is a number."""
    return all(one in new or (one == "integer" and "number" in new) for one in old)


def coding(view: View) -> tuple[object, object, object]:
    """How bytes are written as text: OpenAPI 3.0 says by `format` what 3.1 has keywords for."""
    form = view.words.get("format")
    media, encoding = view.words.get("contentMediaType"), view.words.get("contentEncoding")
    if form == "binary":
        return None, media or "application/octet-stream", encoding
    return (None, media, encoding or "base64") if form == "byte" else (form, media, encoding)


def _is_same(old: View, new: View) -> bool:
    return _relation(old, new, old.types, new.types) is None


def _relation(
    old: View, new: View, before: frozenset[str] | None, after: frozenset[str] | None
) -> Relation | None:
    before = before if before is None else before - {"null"}
    after = after if after is None else after - {"null"}
    if before == after:
        return _relation_of_formats(old, new)
    if after is None or (before is not None and is_wider(before, after)):
        return "widened"
    return "narrowed" if before is None or is_wider(after, before) else "changed"


def _relation_of_formats(before: View, after: View) -> Relation | None:
    old, new = before.words.get("format"), after.words.get("format")
    if old == new or coding(before) == coding(after):
        return None
    if not new or (old, new) in _WIDER:
        return "widened"
    return "narrowed" if not old or (new, old) in _WIDER else "changed"


def _shown(view: View, types: frozenset[str] | None) -> str:
    if types is None:
        return "a choice" if view.unions else "any"
    name = " or ".join(sorted(types - {"null"})) or "null"
    form = view.words.get("format")
    return f"{name}/{form}" if form else name
