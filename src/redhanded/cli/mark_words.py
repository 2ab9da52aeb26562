"""Marks in words: what of a document was seen or not, as people read it."""

from __future__ import annotations

from redhanded.contracts.openapi import marks
from redhanded.contracts.openapi.nodes import unescaped


def words_of(mark: str) -> dict[str, str]:
    """What a mark is of, as people read it: where, of which kind, and what there."""
    kind, where, rest = marks.told(mark)
    if kind == "checked":
        return {"where": where, "kind": "operation", "what": "never checked"}
    if kind in ("status", "parameter", "media"):
        kind = {"media": "media type"}.get(kind, kind)
        return {"where": where, "kind": kind, "what": " ".join(rest)}
    place, what = _within(kind, rest)
    return {
        "where": f"{where} {place if '#' in place else f'#{place}'}",
        "kind": kind,
        "what": what,
    }


def _within(kind: str, rest: tuple[str, ...]) -> tuple[str, str]:
    """The place of the schema that a mark is of, and what in it."""
    if kind == "value":
        return rest[0], rest[1]
    above, _, last = rest[0].rpartition("/")
    if kind == "property":
        return above.removesuffix("/properties"), unescaped(last)
    if not last.isdecimal():
        return above, last
    place, _, keyword = above.rpartition("/")
    return place, f"{keyword}/{last}"
