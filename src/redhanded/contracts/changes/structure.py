"""The schemas below two schemas: properties, items, alternatives, conditions."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from redhanded.contracts.changes.alternatives import alternatives
from redhanded.contracts.changes.findings import Edge, Finding, Local
from redhanded.contracts.changes.keywords import keywords
from redhanded.contracts.changes.properties import Properties
from redhanded.contracts.changes.view import bare, digest, key_of, label, names

if TYPE_CHECKING:
    from collections.abc import Iterator

    from redhanded.contracts.changes.view import Key, Schema, View
    from redhanded.contracts.changes.views import Views

# Keyword, name in rules, and how the place below it is written.
_SINGLE: Final = (
    ("items", "items", "[*]"),
    ("contains", "contains", "[contains]"),
    ("propertyNames", "property-names", "[name]"),
    ("if", "if", "[if]"),
    ("then", "then", "[then]"),
    ("else", "else", "[else]"),
    ("contentSchema", "content-schema", "[content]"),
    ("unevaluatedItems", "unevaluated-items", "[other items]"),
    ("unevaluatedProperties", "unevaluated-properties", "[other]"),
)


class Comparison:
    """Compares schemas of two documents, each pair once."""

    def __init__(self, old: Views, new: Views) -> None:
        self.old: Final = old
        self.new: Final = new
        self._made: Final[dict[tuple[Key, Key], Local]] = {}

    def of(self, old: Schema, new: Schema) -> Local:
        """What differs between the two themselves, and the ways to the schemas below."""
        key = key_of(old), key_of(new)
        if key not in self._made:
            self._made[key] = self._make(self.old.of(old), self.new.of(new), old, new)
        return self._made[key]

    def _make(self, before: View, after: View, old: Schema, new: Schema) -> Local:
        if before.is_false or after.is_false:
            return Local(findings=list(_false(before, after)))
        local = alternatives(self.old, self.new, old, new)
        if before.words != after.words:
            local.findings.extend(keywords(before, after))
        for rung in _SINGLE:
            _single(local, before, after, rung)
        _additional(local, before, after)
        _negation(local, before, after)
        _named(local, before, after, "patternProperties", "pattern-property")
        _named(local, before, after, "dependentSchemas", "dependent-schema")
        _prefix(local, before, after)
        local.findings.extend(_dependent(before, after))
        local.findings.extend(_members(before, after))
        local.edges.extend(_joined(before, after))
        Properties(self.old, self.new, before, after).tell(local)
        return local


def _false(old: View, new: View) -> Iterator[Finding]:
    if old.is_false != new.is_false:
        facet = "schema-became-false" if new.is_false else "schema-became-not-false"
        detail = "allows nothing any more" if new.is_false else "allows something now"
        yield Finding(facet, detail, new.parts[0])


def _single(local: Local, old: View, new: View, rung: tuple[str, str, str]) -> None:
    keyword, name, step = rung
    before, after = old.single.get(keyword), new.single.get(keyword)
    if before and after:
        local.edges.append(Edge(step, before, after))
    elif keyword == "items" and not (_may_be_array(old) and _may_be_array(new)):
        return  # that it is an array, or is none any more, says it all
    elif after:
        local.findings.append(Finding(f"{name}-added", f"got `{keyword}`", after[0]))
    elif before:
        local.findings.append(Finding(f"{name}-removed", f"lost `{keyword}`", before[0], "old"))


def _may_be_array(view: View) -> bool:
    return not view.prefix and (view.types is None or "array" in view.types)


def _additional(local: Local, old: View, new: View) -> None:
    before, after = (view.single.get("additionalProperties") for view in (old, new))
    was_closed, is_closed = _closes(before), _closes(after)
    name = "additional-properties"
    if is_closed and not was_closed:
        detail = "allows only the properties that it declares"
        node = new.at("additionalProperties")
        local.findings.append(Finding(f"{name}-forbidden", detail, node))
    elif was_closed and not is_closed:
        detail = "allows properties that it does not declare"
        node = old.at("additionalProperties")
        local.findings.append(Finding(f"{name}-allowed", detail, node, "old"))
    elif before and after and not is_closed:
        local.edges.append(Edge(".*", before, after))
    elif after and not before:
        detail = "got a schema for properties that it does not declare"
        local.findings.append(Finding(f"{name}-schema-added", detail, after[0]))


def _closes(schema: Schema | None) -> bool:
    return any(node.value is False for node in schema or ())


def _negation(local: Local, old: View, new: View) -> None:
    before, after = old.single.get("not"), new.single.get("not")
    if before and after:
        if [digest(node.value) for node in before] != [digest(node.value) for node in after]:
            detail = "what must not be there changed"
            local.findings.append(Finding("not-changed", detail, after[0]))
    elif after:
        local.findings.append(Finding("not-added", "got `not`", after[0]))
    elif before:
        local.findings.append(Finding("not-removed", "lost `not`", before[0], "old"))


def _named(local: Local, old: View, new: View, keyword: str, name: str) -> None:
    before, after = old.named.get(keyword, {}), new.named.get(keyword, {})
    for key, schema in before.items():
        if key in after:
            local.edges.append(Edge(f"[{key}]", schema, after[key]))
        else:
            detail = f"lost `{keyword}` of {key}"
            local.findings.append(Finding(f"{name}-removed", detail, schema[0], "old"))
    for key, schema in after.items():
        if key not in before:
            local.findings.append(Finding(f"{name}-added", f"got `{keyword}` of {key}", schema[0]))


def _prefix(local: Local, old: View, new: View) -> None:
    """The schemas of the first items; where there is none, that of all items holds."""
    for index in range(max(len(old.prefix), len(new.prefix))):
        before, after = _item(old, index), _item(new, index)
        if before and after:
            local.edges.append(Edge(f"[{index}]", before, after))
        if index >= len(old.prefix):
            detail = f"got a schema for item {index}"
            local.findings.append(Finding("prefix-items-added", detail, new.prefix[index][0]))
        elif index >= len(new.prefix):
            detail = f"lost the schema of item {index}"
            node = old.prefix[index][0]
            local.findings.append(Finding("prefix-items-removed", detail, node, "old"))


def _item(view: View, index: int) -> Schema | None:
    return view.prefix[index] if index < len(view.prefix) else view.single.get("items")


def _dependent(old: View, new: View) -> Iterator[Finding]:
    before, after = (_dependencies(view) for view in (old, new))
    for name in sorted(before.keys() | after.keys()):
        was, is_now = before.get(name), after.get(name)
        if was == is_now:
            continue
        kind = "added" if was is None else "removed" if is_now is None else "changed"
        detail = f"what {name} needs beside it was {kind}"
        is_gone = kind == "removed"
        node = (old if is_gone else new).at("dependentRequired")
        yield Finding(f"dependent-required-{kind}", detail, node, "old" if is_gone else "new")


def _dependencies(view: View) -> dict[str, frozenset[str]]:
    told = view.words.get("dependentRequired", {})
    return {name: found for name, needs in told.items() if (found := names(needs))}


def _members(old: View, new: View) -> Iterator[Finding]:
    """What `allOf` joins. What that changes is told one by one, where it can be laid together."""
    before, after = ({label(node): node for node in view.members} for view in (old, new))
    is_told = old.is_exact and new.is_exact
    came = [node for name, node in after.items() if name not in {*before, *old.references}]
    gone = [node for name, node in before.items() if name not in {*after, *new.references}]
    changed = min(len(came), len(gone)) if is_told else 0  # of another name, or written otherwise
    if is_told and (_only_wraps(old) or _only_wraps(new)):
        return
    for node in came[changed:]:
        yield Finding("all-of-added", "one more schema must hold", node, is_harmless=is_told)
    for node in gone[changed:]:
        detail = "a schema need not hold any more"
        yield Finding("all-of-removed", detail, node, "old", is_harmless=is_told)


def _joined(old: View, new: View) -> Iterator[Edge]:
    """The ways to schemas that stayed in `allOf`, where laid together they do not tell all."""
    if old.is_exact and new.is_exact:
        return
    after = {label(node): node for node in new.members}
    for node in old.members:
        if label(node) in after:
            yield Edge("", (node,), (after[label(node)],))


def _only_wraps(view: View) -> bool:
    """Whether it joins one schema with nothing: as good as that schema in its place."""
    words = bare(view.parts[0].value)
    return len(view.members) == 1 and isinstance(words, dict) and words.keys() <= {"allOf"}
