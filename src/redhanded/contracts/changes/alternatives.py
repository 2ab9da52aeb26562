"""The types of two schemas and their alternatives: which came, which went, which stayed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from redhanded.contracts.changes.findings import Edge, Finding, Local
from redhanded.contracts.changes.kinds import is_wider, rewritten, type_finding
from redhanded.contracts.changes.view import digest, label

if TYPE_CHECKING:
    from collections.abc import Iterator

    from redhanded.contracts.changes.view import Schema, View
    from redhanded.contracts.changes.views import Views
    from redhanded.contracts.openapi.nodes import Node

_KINDS: Final = {"oneOf": "one-of", "anyOf": "any-of"}
_CONTAINERS: Final = frozenset({"object", "array"})


def alternatives(old_views: Views, new_views: Views, old: Schema, new: Schema) -> Local:
    """What differs in types, null and alternatives, and the ways to alternatives that stayed."""
    before, after = old_views.of(old), new_views.of(new)
    types = old_views.types_of(old), new_views.types_of(new)
    local = Local()
    if _became_choice(before, after) or _became_choice(after, before):
        if _lists_scalars(old_views, old) and _lists_scalars(new_views, new):
            local.findings.extend(_listed(types[0], types[1], after))
            return local
        change = rewritten(before, after)
        if not change.is_harmless or types[0] != types[1]:
            local.findings.append(change)
    elif before.types is not None or after.types is not None:  # else alternatives tell
        found = type_finding(before, after, *types)
        local.findings.extend([found] if found else [])
    local.findings.extend(_null(*types, after))
    for keywords in _keywords(before, after):
        _Union(old_views, new_views, keywords, before, after).tell(local)
    return local


def _keywords(old: View, new: View) -> list[tuple[str, str]]:
    """Which alternatives are held against each other, by the keywords of old and new.

    That exactly one must hold, or any, is seldom meant: the same alternatives are no change.
    """
    if len(old.unions) == len(new.unions) == 1:
        return list(zip(old.unions, new.unions, strict=True))
    return [(keyword, keyword) for keyword in _KINDS]


def _became_choice(plain: View, choice: View) -> bool:
    """Whether one names its type where it stands, and the other only among alternatives."""
    if plain.unions or plain.is_choice or plain.types is None:
        return False
    return choice.is_choice or (bool(choice.unions) and choice.types is None)


def _lists_scalars(views: Views, schema: Schema) -> bool:
    types = views.types_of(schema)
    return types is not None and not types & _CONTAINERS and views.are_scalars(schema)


def _listed(
    old: frozenset[str] | None, new: frozenset[str] | None, view: View
) -> Iterator[Finding]:
    if old is None or new is None or old == new:
        return
    detail = f"types went from {_shown(old)} to {_shown(new)}"
    node = view.parts[0]
    if is_wider(old, new):
        yield Finding("list-of-types-widened", detail, node)
    elif is_wider(new, old):
        yield Finding("list-of-types-narrowed", detail, node)
    else:
        yield Finding("type-changed", detail, node, relation="changed")


def _null(old: frozenset[str] | None, new: frozenset[str] | None, view: View) -> Iterator[Finding]:
    if old is None or new is None:
        return
    was, is_now = "null" in old, "null" in new
    if was != is_now:
        facet = "became-nullable" if is_now else "became-not-nullable"
        detail = "may be null now" if is_now else "may not be null any more"
        yield Finding(facet, detail, view.parts[0])


def _shown(types: frozenset[str]) -> str:
    return " or ".join(sorted(types))


class _Union:
    """The alternatives of two schemas under one keyword."""

    def __init__(
        self, old_views: Views, new_views: Views, keywords: tuple[str, str], old: View, new: View
    ) -> None:
        self._views: Final = old_views, new_views
        self._kind: Final = _KINDS[keywords[1]]
        self._views_compared: Final = old, new
        self._old: Final = list(old.unions.get(keywords[0], ()))
        self._new: Final = list(new.unions.get(keywords[1], ()))

    def tell(self, local: Local) -> None:
        """Add which alternatives came and went, and the ways to those that stayed."""
        before, after = self._views_compared
        if self._new and not self._old:
            if _became_choice(before, after):
                detail = f"is a choice of {len(self._new)} now"
                local.findings.append(Finding(f"{self._kind}-added", detail, self._new[0][0]))
            else:
                detail = f"must be one of {len(self._new)} alternatives"
                local.findings.append(Finding("became-union", detail, self._new[0][0]))
            return
        if self._old and not self._new:
            node = self._old[0][0]
            if _became_choice(after, before):
                detail = f"is not a choice of {len(self._old)} any more"
                local.findings.append(Finding(f"{self._kind}-removed", detail, node, "old"))
            else:
                detail = "need not be one of several alternatives any more"
                local.findings.append(Finding("became-not-union", detail, node, "old"))
            return
        self._compare(local)

    def _compare(self, local: Local) -> None:
        gone, came = list(self._old), list(self._new)
        for is_same in (self._is_called_the_same, self._is_written_the_same, self._is_alike):
            for old in tuple(gone):
                candidates = [new for new in came if is_same(old, new)]
                if not candidates or (is_same == self._is_alike and len(candidates) > 1):
                    continue
                gone.remove(old)
                came.remove(candidates[0])
                step = f"<{self._name(candidates[0][0])}>"
                local.edges.append(Edge(step, old, candidates[0]))
        if len(gone) == len(came) == 1 and not (gone[0][0].reference or came[0][0].reference):
            local.edges.append(Edge(f"<{self._name(came[0][0])}>", gone.pop(), came.pop()))
        local.findings.extend(self._changed(gone, came))

    def _changed(self, gone: list[Schema], came: list[Schema]) -> Iterator[Finding]:
        """Alternatives that went and came; a new name for the same schema is harmless."""
        before = {self._content(schema, 0): schema for schema in gone}
        after = {self._content(schema, 1): schema for schema in came}
        for content, schema in before.items():
            detail, same = f"the alternative {self._name(schema[0])} was removed", content in after
            rule = f"{self._kind}-removed"
            yield Finding(rule, detail, schema[0], "old", is_harmless=same)
        for content, schema in after.items():
            detail, same = f"the alternative {self._name(schema[0])} was added", content in before
            yield Finding(f"{self._kind}-added", detail, schema[0], is_harmless=same)

    def _content(self, schema: Schema, side: int) -> str:
        return digest(self._views[side].target(schema[0]).value)

    def _name(self, node: Node) -> str:
        title = node.value.get("title") if isinstance(node.value, dict) else None
        return label(node) if node.reference else str(title or node.pointer.rpartition("/")[2])

    def _is_called_the_same(self, old: Schema, new: Schema) -> bool:
        return bool(old[0].reference) and label(old[0]) == label(new[0])

    def _is_written_the_same(self, old: Schema, new: Schema) -> bool:
        if old[0].reference and new[0].reference:
            return False  # a schema of another name is another alternative: its name may be sent
        return self._content(old, 0) == self._content(new, 1)

    def _is_alike(self, old: Schema, new: Schema) -> bool:
        if old[0].reference and new[0].reference:
            return False
        before, after = self._views[0].of(old), self._views[1].of(new)
        return before.types == after.types and before.words.get("const") == after.words.get("const")
