"""The keywords of two schemas that hold plain values: values, patterns, defaults, marks."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from redhanded.contracts.changes.bounds import bounds, multiples
from redhanded.contracts.changes.findings import Finding, went
from redhanded.contracts.changes.kinds import coding
from redhanded.contracts.glimpse import glimpse

if TYPE_CHECKING:
    from collections.abc import Iterator

    from redhanded.contracts.changes.view import View
    from redhanded.contracts.openapi.nodes import Node


def keywords(old: View, new: View) -> Iterator[Finding]:
    """What differs in plain values, but for types."""
    yield from _enum(old, new)
    yield from _const(old, new)
    yield from _pattern(old, new)
    yield from multiples(old, new)
    yield from _default(old, new)
    yield from bounds(old, new)
    yield from _flag(old, new, "uniqueItems", "unique-items-set", "unique-items-unset")
    yield from _flag(old, new, "deprecated", "deprecated", "reactivated")
    yield from _open_enum(old, new)
    yield from _content(old, new)
    yield from _discriminator(old, new)


def _values(view: View) -> list[Any] | None:
    told = view.words.get("enum")
    return None if told is None else [value for value in told if value is not None]


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
        yield Finding("became-enum", detail, new.at("enum"))
    elif after is None:
        node, detail = old.at("enum"), "the list of values was dropped"
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
            yield Finding("enum-value-removed", detail, old.at("enum"), "old")
    for value in after:
        if value not in before:
            detail = f"the value {glimpse(value)} was added"
            yield Finding("enum-value-added", detail, new.at("enum"))


def _open_enum(old: View, new: View) -> Iterator[Finding]:
    """Values of `x-extensible-enum`: a list that may grow without notice, but not shrink."""
    before, after = (view.words.get("x-extensible-enum") for view in (old, new))
    if before is None or after is None:
        return
    for value in before:
        if value not in after:
            detail = f"the value {glimpse(value)} was removed"
            node = old.at("x-extensible-enum")
            yield Finding("x-extensible-enum-value-removed", detail, node, "old")


def _const(old: View, new: View) -> Iterator[Finding]:
    was, is_now = "const" in old.words, "const" in new.words
    if "enum" in old.words or "enum" in new.words or not (was or is_now):
        return
    before, after = old.words.get("const"), new.words.get("const")
    if was and is_now and before != after:
        yield Finding("const-changed", went("const", before, after), new.at("const"))
    elif is_now and not was:
        yield Finding("const-added", f"must be {glimpse(after)}", new.at("const"))
    elif was and not is_now:
        yield Finding("const-removed", f"need not be {glimpse(before)}", old.at("const"), "old")


def _pattern(old: View, new: View) -> Iterator[Finding]:
    before, after = old.words.get("pattern"), new.words.get("pattern")
    if before == after:
        return
    if before is None:
        yield Finding("pattern-added", f"must match {glimpse(after)}", new.at("pattern"))
    elif after is None:
        detail = f"need not match {glimpse(before)} any more"
        yield Finding("pattern-removed", detail, old.at("pattern"), "old")
    else:
        yield Finding("pattern-changed", went("pattern", before, after), new.at("pattern"))


def _content(old: View, new: View) -> Iterator[Finding]:
    if coding(old) == coding(new):
        return
    for keyword, facet in (
        ("contentMediaType", "content-media-type-changed"),
        ("contentEncoding", "content-encoding-changed"),
    ):
        before, after = old.words.get(keyword), new.words.get(keyword)
        if before != after:
            yield Finding(facet, went(keyword, before, after), new.at(keyword))


def _default(old: View, new: View) -> Iterator[Finding]:
    was, is_now = "default" in old.words, "default" in new.words
    before, after = old.words.get("default"), new.words.get("default")
    if was and is_now and before != after:
        detail = went("default", before, after)
        yield Finding("default-value-changed", detail, new.at("default"))
    elif is_now and not was:
        detail = f"got the default {glimpse(after)}"
        yield Finding("default-value-added", detail, new.at("default"))
    elif was and not is_now:
        detail = f"lost the default {glimpse(before)}"
        yield Finding("default-value-removed", detail, old.at("default"), "old")


def _flag(old: View, new: View, keyword: str, on: str, off: str) -> Iterator[Finding]:
    was, is_now = (view.words.get(keyword) is True for view in (old, new))
    if was != is_now:
        node = (new if is_now else old).at(keyword)
        detail = f"{keyword} was {'set' if is_now else 'taken back'}"
        yield Finding(on if is_now else off, detail, node, "new" if is_now else "old")


def _discriminator(old: View, new: View) -> Iterator[Finding]:
    before, after = (view.words.get("discriminator") for view in (old, new))
    if before == after:
        return
    node = new.at("discriminator")
    if before is None or after is None:
        kind = "added" if before is None else "removed"
        yield Finding(f"discriminator-{kind}", f"the discriminator was {kind}", node)
        return
    names = before.get("propertyName"), after.get("propertyName")
    if names[0] != names[1]:
        detail = went("propertyName of the discriminator", *names)
        yield Finding("discriminator-property-name-changed", detail, node)
    yield from _mapping(_object(before, "mapping"), _object(after, "mapping"), node)


def _object(holder: dict[str, Any], key: str) -> dict[str, object]:
    told = holder.get(key)
    return told if isinstance(told, dict) else {}


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
