"""The schemas below two schemas: properties, items, alternatives, conditions."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from redhanded.contracts.changes import keywords
from redhanded.contracts.changes.alternatives import alternatives
from redhanded.contracts.changes.findings import Access, Edge, Finding, Local, Property
from redhanded.contracts.changes.keywords import at
from redhanded.contracts.changes.views import digest, key_of, label
from redhanded.core import jsonpath

if TYPE_CHECKING:
    from collections.abc import Iterator

    from redhanded.contracts.changes.findings import Mode, Presence
    from redhanded.contracts.changes.views import Key, Schema, View, Views
    from redhanded.contracts.openapi.nodes import Node

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


_MODES: Final[tuple[tuple[Mode, str], ...]] = (
    ("read-only", "readOnly"),
    ("write-only", "writeOnly"),
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
        local = Local()
        if before.is_false or after.is_false:
            local.findings.extend(_false(before, after))
            return local
        choice = alternatives(self.old, self.new, old, new)
        local.findings.extend(choice.findings)
        local.edges.extend(choice.edges)
        local.findings.extend(keywords.keywords(before, after))
        for rung in _SINGLE:
            _single(local, before, after, rung)
        _additional(local, before, after)
        _negation(local, before, after)
        _named(local, before, after, "patternProperties", "pattern-property")
        _named(local, before, after, "dependentSchemas", "dependent-schema")
        _prefix(local, before, after)
        local.findings.extend(_dependent(before, after))
        local.findings.extend(_members(before, after))
        _Properties(self.old, self.new, before, after).tell(local)
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
        node = at(new, "additionalProperties")
        local.findings.append(Finding(f"{name}-forbidden", detail, node))
    elif was_closed and not is_closed:
        detail = "allows properties that it does not declare"
        node = at(old, "additionalProperties")
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
        side, view = ("old", old) if kind == "removed" else ("new", new)
        node = at(view, "dependentRequired")
        yield Finding(f"dependent-required-{kind}", detail, node, "old" if side == "old" else "new")


def _dependencies(view: View) -> dict[str, frozenset[str]]:
    told = view.words.get("dependentRequired")
    if not isinstance(told, dict):
        return {}
    return {name: frozenset(map(str, needs)) for name, needs in told.items() if needs}


def _members(old: View, new: View) -> Iterator[Finding]:
    """What `allOf` joins. What that changes is told one by one, where it can be laid together."""
    before, after = ({label(node): node for node in view.members} for view in (old, new))
    is_told = old.is_exact and new.is_exact
    came = [node for name, node in after.items() if name not in {*before, *old.references}]
    gone = [node for name, node in before.items() if name not in {*after, *new.references}]
    changed = min(len(came), len(gone)) if is_told else 0  # of another name, or written otherwise
    for node in came[changed:]:
        yield Finding("all-of-added", "one more schema must hold", node, is_harmless=is_told)
    for node in gone[changed:]:
        detail = "a schema need not hold any more"
        yield Finding("all-of-removed", detail, node, "old", is_harmless=is_told)


class _Properties:
    """The properties of two schemas."""

    def __init__(self, views: Views, new_views: Views, old: View, new: View) -> None:
        self._views: Final = views, new_views
        self._old: Final = old
        self._new: Final = new

    def tell(self, local: Local) -> None:
        """Add what came, went or is needed otherwise, and the ways to what stayed."""
        old, new = self._old.properties, self._new.properties
        for name, schema in old.items():
            if name in new:
                self._kept(local, name, schema, new[name])
            else:
                self._gone(local, name, schema)
        for name, schema in new.items():
            if name not in old:
                self._came(local, name, schema)
        undeclared = {name for name in self._needs_changed if name not in old and name not in new}
        for name in sorted(undeclared):
            local.properties.append(self._need(name))

    @property
    def _needs_changed(self) -> frozenset[str]:
        return self._old.required ^ self._new.required

    def _kept(self, local: Local, name: str, old: Schema, new: Schema) -> None:
        before, after = self._views[0].of(old).words, self._views[1].of(new).words
        required = name in self._new.required
        hidden = dict[str, bool]()
        for mode, keyword in _MODES:
            was, is_now = before.get(keyword) is True, after.get(keyword) is True
            hidden[mode] = was and is_now
            if was != is_now:
                local.access.append(Access(name, mode, is_now, required, new[0]))
        step = jsonpath.write((name,))[1:]
        local.edges.append(Edge(step, old, new, hidden["read-only"], hidden["write-only"]))
        if name in self._needs_changed:
            local.properties.append(self._need(name))

    def _need(self, name: str) -> Property:
        view = self._new if name in self._new.properties else self._old
        now = name in self._new.required
        node = view.properties[name][0] if name in view.properties else at(view, "required")
        return self._property(name, node, "became-required" if now else "became-optional")

    def _gone(self, local: Local, name: str, schema: Schema) -> None:
        required = name in self._old.required
        if _is_elsewhere(self._views[1], self._new, name, required=required):
            return
        local.properties.append(self._property(name, schema[0], "removed"))

    def _came(self, local: Local, name: str, schema: Schema) -> None:
        required = name in self._new.required
        if _is_elsewhere(self._views[0], self._old, name, required=required):
            return
        local.properties.append(self._property(name, schema[0], "added"))

    def _property(self, name: str, node: Node, presence: Presence) -> Property:
        is_old = presence == "removed"
        view, views = (self._old, self._views[0]) if is_old else (self._new, self._views[1])
        schema = view.properties.get(name)
        words = views.of(schema).words if schema else {}
        return Property(
            presence,
            name,
            node,
            "old" if is_old else "new",
            is_required=name in view.required,
            is_read_only=words.get("readOnly") is True,
            is_write_only=words.get("writeOnly") is True,
            has_default="default" in words,
        )


def _is_elsewhere(views: Views, view: View, name: str, *, required: bool) -> bool:
    """Whether alternatives or conditions declare the property, and need it where it is required."""
    branches = [views.of(schema) for union in view.unions.values() for schema in union]
    if required:
        return bool(branches) and all(
            name in branch.properties and name in branch.required for branch in branches
        )
    conditional = [view.single[word] for word in ("then", "else") if word in view.single]
    conditional += view.named.get("dependentSchemas", {}).values()
    return any(
        name in branch.properties for branch in (*branches, *(views.of(one) for one in conditional))
    )
