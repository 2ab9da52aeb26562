"""The properties of two schemas: which came and went, and which are needed otherwise."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from redhanded.contracts.changes.findings import Access, Edge, Local, Property
from redhanded.core import jsonpath

if TYPE_CHECKING:
    from redhanded.contracts.changes.findings import Mode, Presence
    from redhanded.contracts.changes.view import Schema, View
    from redhanded.contracts.changes.views import Views
    from redhanded.contracts.openapi.nodes import Node

_MODES: Final[tuple[tuple[Mode, str], ...]] = (
    ("read-only", "readOnly"),
    ("write-only", "writeOnly"),
)


class Properties:
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
        node = view.properties[name][0] if name in view.properties else view.at("required")
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
