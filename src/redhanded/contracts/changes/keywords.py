"""The keywords of two schemas that hold plain values: types, values, bounds, patterns."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from redhanded.contracts.changes.facets import BOUNDS
from redhanded.contracts.changes.findings import Finding
from redhanded.contracts.glimpse import glimpse

if TYPE_CHECKING:
    from collections.abc import Iterator

    from redhanded.contracts.changes.findings import Relation
    from redhanded.contracts.changes.views import View
    from redhanded.contracts.openapi.nodes import Node

_WIDER = {("int32", "int64"), ("float", "double")}


def at(view: View, keyword: str) -> Node:
    """Where the schema says this: the first of its parts that has the keyword."""
    for part in view.parts:
        found = part.find(keyword)
        if found is not None:
            return found
    return view.parts[0]


def keywords(old: View, new: View) -> Iterator[Finding]:
    """What differs in plain values; types are told by `types`."""
    yield from _enum(old, new)
    yield from _const(old, new)
    yield from _pattern(old, new)
    yield from _multiple(old, new)
    yield from _default(old, new)
    for keyword, name in BOUNDS.items():
        yield from _bound(old, new, keyword, name)
    yield from _flag(old, new, "uniqueItems", "unique-items-set", "unique-items-unset")
    yield from _flag(old, new, "deprecated", "deprecated", "reactivated")
    yield from _open_enum(old, new)
    for keyword, facet in (
        ("contentMediaType", "content-media-type-changed"),
        ("contentEncoding", "content-encoding-changed"),
    ):
        before, after = old.words.get(keyword), new.words.get(keyword)
        if before != after:
            yield Finding(facet, _went(keyword, before, after), at(new, keyword))
    yield from _discriminator(old, new)


def type_finding(
    old: View, new: View, before: frozenset[str] | None, after: frozenset[str] | None
) -> Finding | None:
    """How the new types and formats relate to the old; None where they are the same."""
    relation = _relation(old, new, before, after)
    if relation is None:
        return None
    shown = _shown(old, before), _shown(new, after)
    detail = f"type went from {shown[0]} to {shown[1]}"
    return Finding("type-changed", detail, at(new, "type"), relation=relation, types=shown)


def rewritten(old: View, new: View) -> Finding:
    """That one names its type where it stands, and the other only among alternatives.

    A choice of nothing but null takes nothing away; of all else a proof must say it.
    """
    return Finding(
        "type-changed",
        f"type went from {_shown(old, old.types)} to {_shown(new, new.types)}",
        at(new, "type"),
        relation="changed",
        is_harmless=None not in {old.types, new.types} and _is_same(old, new),
    )


def is_wider(old: frozenset[str], new: frozenset[str]) -> bool:
    """Whether all the old types are among the new ones; every integer is a number."""
    return all(one in new or (one == "integer" and "number" in new) for one in old)


def _is_same(old: View, new: View) -> bool:
    return _relation(old, new, old.types, new.types) is None


def _relation(
    old: View, new: View, before: frozenset[str] | None, after: frozenset[str] | None
) -> Relation | None:
    before = before if before is None else before - {"null"}
    after = after if after is None else after - {"null"}
    if before == after:
        return _relation_of_formats(old.words.get("format"), new.words.get("format"))
    if after is None or (before is not None and is_wider(before, after)):
        return "widened"
    return "narrowed" if before is None or is_wider(after, before) else "changed"


def _relation_of_formats(old: object, new: object) -> Relation | None:
    if old == new:
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


def _went(keyword: str, before: object, after: object) -> str:
    return f"{keyword} went from {_value(before)} to {_value(after)}"


def _value(value: object) -> str:
    return "none" if value is None else glimpse(value)


def _values(view: View) -> list[Any] | None:
    told = view.words.get("enum")
    if isinstance(told, list):
        return [value for value in told if value is not None]
    return None


def _enum(old: View, new: View) -> Iterator[Finding]:
    before, after = _values(old), _values(new)
    if before is None and after is None:
        return
    if before is None and "const" in old.words:
        before = [old.words["const"]]
    if after is None and "const" in new.words:
        after = [new.words["const"]]
    if before is None and after is not None:
        detail = f"takes only {', '.join(map(glimpse, after))}"
        yield Finding("became-enum", detail, at(new, "enum"))
    elif after is None:
        node, detail = at(old, "enum"), "the list of values was dropped"
        yield Finding("became-not-enum", "may be of any value now", node, "old")
        yield Finding("enum-value-removed", detail, node, "old", is_harmless=True)
    elif before is not None:
        yield from _enum_values(old, new, before, after)


def _enum_values(
    old: View, new: View, before: list[object], after: list[object]
) -> Iterator[Finding]:
    for value in before:
        if value not in after:
            detail = f"the value {glimpse(value)} was removed"
            yield Finding("enum-value-removed", detail, at(old, "enum"), "old")
    for value in after:
        if value not in before:
            detail = f"the value {glimpse(value)} was added"
            yield Finding("enum-value-added", detail, at(new, "enum"))


def _open_enum(old: View, new: View) -> Iterator[Finding]:
    """Values of `x-extensible-enum`: a list that may grow without notice, but not shrink."""
    before, after = (view.words.get("x-extensible-enum") for view in (old, new))
    if not isinstance(before, list) or not isinstance(after, list):
        return
    for value in before:
        if value not in after:
            detail = f"the value {glimpse(value)} was removed"
            node = at(old, "x-extensible-enum")
            yield Finding("x-extensible-enum-value-removed", detail, node, "old")


def _const(old: View, new: View) -> Iterator[Finding]:
    was, is_now = "const" in old.words, "const" in new.words
    if "enum" in old.words or "enum" in new.words or not (was or is_now):
        return
    before, after = old.words.get("const"), new.words.get("const")
    if was and is_now and before != after:
        yield Finding("const-changed", _went("const", before, after), at(new, "const"))
    elif is_now and not was:
        yield Finding("const-added", f"must be {glimpse(after)}", at(new, "const"))
    elif was and not is_now:
        yield Finding("const-removed", f"need not be {glimpse(before)}", at(old, "const"), "old")


def _pattern(old: View, new: View) -> Iterator[Finding]:
    before, after = old.words.get("pattern"), new.words.get("pattern")
    if before == after:
        return
    if before is None:
        yield Finding("pattern-added", f"must match {glimpse(after)}", at(new, "pattern"))
    elif after is None:
        detail = f"need not match {glimpse(before)} any more"
        yield Finding("pattern-removed", detail, at(old, "pattern"), "old")
    else:
        yield Finding("pattern-changed", _went("pattern", before, after), at(new, "pattern"))


def _multiple(old: View, new: View) -> Iterator[Finding]:
    before, after = old.words.get("multipleOf"), new.words.get("multipleOf")
    if before == after:
        return
    detail, node = _went("multipleOf", before, after), at(new, "multipleOf")
    if before is None:
        yield Finding("multiple-of-set", detail, node)
    elif after is None:
        yield Finding("multiple-of-unset", detail, at(old, "multipleOf"), "old")
    elif _divides(after, before):
        yield Finding("multiple-of-generalized", detail, node)
    else:
        kind = "specialized" if _divides(before, after) else "changed"
        yield Finding(f"multiple-of-{kind}", detail, node)


def _divides(small: object, large: object) -> bool:
    if not isinstance(small, int | float) or not isinstance(large, int | float) or not small:
        return False
    return float(large / small).is_integer()


def _default(old: View, new: View) -> Iterator[Finding]:
    was, is_now = "default" in old.words, "default" in new.words
    before, after = old.words.get("default"), new.words.get("default")
    if was and is_now and before != after:
        detail = _went("default", before, after)
        yield Finding("default-value-changed", detail, at(new, "default"))
    elif is_now and not was:
        detail = f"got the default {glimpse(after)}"
        yield Finding("default-value-added", detail, at(new, "default"))
    elif was and not is_now:
        detail = f"lost the default {glimpse(before)}"
        yield Finding("default-value-removed", detail, at(old, "default"), "old")


def _bound(old: View, new: View, keyword: str, name: str) -> Iterator[Finding]:
    before, after = old.words.get(keyword), new.words.get(keyword)
    if before == after or ("Contains" in keyword and "contains" not in old.single):
        return
    detail, node = _went(keyword, before, after), at(new, keyword)
    if before is None:
        yield Finding(f"{name}-set", detail, node)
    elif after is None:
        yield Finding(f"{name}-unset", detail, at(old, keyword), "old")
    elif isinstance(before, int | float) and isinstance(after, int | float):
        yield Finding(f"{name}-{'increased' if after > before else 'decreased'}", detail, node)


def _flag(old: View, new: View, keyword: str, on: str, off: str) -> Iterator[Finding]:
    was, is_now = (view.words.get(keyword) is True for view in (old, new))
    if was != is_now:
        node = at(new if is_now else old, keyword)
        detail = f"{keyword} was {'set' if is_now else 'taken back'}"
        yield Finding(on if is_now else off, detail, node, "new" if is_now else "old")


def _discriminator(old: View, new: View) -> Iterator[Finding]:
    before, after = (view.words.get("discriminator") for view in (old, new))
    if before == after:
        return
    node = at(new, "discriminator")
    if not isinstance(before, dict) or not isinstance(after, dict):
        kind = "added" if isinstance(after, dict) else "removed"
        yield Finding(f"discriminator-{kind}", f"the discriminator was {kind}", node)
        return
    names = before.get("propertyName"), after.get("propertyName")
    if names[0] != names[1]:
        detail = _went("propertyName of the discriminator", *names)
        yield Finding("discriminator-property-name-changed", detail, node)
    yield from _mapping(before.get("mapping") or {}, after.get("mapping") or {}, node)


def _mapping(before: dict[str, object], after: dict[str, object], node: Node) -> Iterator[Finding]:
    for name in before.keys() | after.keys():
        if name not in after:
            kind = "deleted"
        elif name not in before:
            kind = "added"
        else:
            kind = "changed"
        if kind != "changed" or before[name] != after[name]:
            detail = f"the name {glimpse(name)} of the discriminator was {kind}"
            yield Finding(f"discriminator-mapping-{kind}", detail, node)
