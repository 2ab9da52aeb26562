"""The way through two schemas and all below them, and what each finding is called there."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from redhanded.contracts.changes.proof import Proofs
from redhanded.contracts.changes.rules import OTHER_NAMES, RULES
from redhanded.contracts.changes.structure import Comparison
from redhanded.contracts.changes.view import key_of
from redhanded.contracts.changes.views import Views
from redhanded.core import jsonpath

if TYPE_CHECKING:
    from collections.abc import Iterator

    from redhanded.contracts.changes.change import Change, Scene
    from redhanded.contracts.changes.findings import Access, Edge, Finding, Property
    from redhanded.contracts.changes.view import Schema
    from redhanded.contracts.openapi.document import Document

_PROVABLE: Final = frozenset(
    {
        *("type-changed", "became-enum", "became-not-enum", "const-changed", "const-added"),
        *("one-of-added", "one-of-removed", "any-of-added", "any-of-removed", "became-union"),
        *("became-not-union", "all-of-added", "all-of-removed", "not-changed", "not-added"),
        *("not-removed", "if-added", "if-removed", "then-added", "else-added", "contains-added"),
    }
)
_UNPROVABLE: Final = frozenset(
    {
        *("content-media-type-changed", "content-encoding-changed", "content-schema-added"),
        *("content-schema-removed", "x-extensible-enum-value-removed", "default-value-added"),
        *("default-value-changed", "default-value-removed"),
    }
)
"""What no schema is held against, so that a proof about values says nothing of it."""
_TEXT = "string"


@dataclass(frozen=True, slots=True)
class Root:
    """What has the schemas: a body, a parameter or a header; `words` are for people.

    `itself` and `below` are what rules call it and the values in it. `is_text` where all values are
    written as text anyway, as in XML.
    """

    words: str
    itself: str
    below: str
    is_sent: bool
    is_text: bool = False
    is_header: bool = False


@dataclass(frozen=True, slots=True)
class _Visit:
    place: str
    old: Schema
    new: Schema
    is_read_only: bool = False
    is_write_only: bool = False
    is_proven: bool = False


class Walk:
    """Walks through the schemas of two documents."""

    def __init__(self, old: Document, new: Document) -> None:
        self._comparison: Final = Comparison(Views(old), Views(new))
        self._proofs: Final = Proofs(old, new)

    def through(self, scene: Scene, root: Root, old: Schema, new: Schema) -> Iterator[Change]:
        """What changed between the schemas and below them; each pair is told where it is met first.

        So a schema that refers to itself ends, and one that stands at many places of a body is told
        at the shortest.
        """
        queue = deque([_Visit("", old, new)])
        seen = {(key_of(old), key_of(new))}
        while queue:
            visit = self._judged(queue.popleft(), root)
            local = self._comparison.of(visit.old, visit.new)
            teller = _Teller(scene, root, visit)
            yield from teller.findings(local.findings)
            yield from teller.properties(local.properties)
            yield from teller.access(local.access)
            for edge in local.edges:
                pair = key_of(edge.old), key_of(edge.new)
                if pair not in seen:
                    seen.add(pair)
                    queue.append(_below(visit, edge))

    def _judged(self, visit: _Visit, root: Root) -> _Visit:
        """The visit, proven harmless where it can be and there is need."""
        if visit.is_proven:
            return visit
        findings = self._comparison.of(visit.old, visit.new).findings
        is_doubtful = any(
            one.facet in _PROVABLE and one.is_provable and not one.is_harmless for one in findings
        )
        if is_doubtful and self._proofs.is_safe(visit.old, visit.new, sent=root.is_sent):
            return replace(visit, is_proven=True)
        return visit


def _below(visit: _Visit, edge: Edge) -> _Visit:
    return _Visit(
        visit.place + edge.step,
        edge.old,
        edge.new,
        visit.is_read_only or edge.is_read_only,
        visit.is_write_only or edge.is_write_only,
        visit.is_proven,
    )


class _Teller:
    """Calls what was found at one place by the names of the rules."""

    def __init__(self, scene: Scene, root: Root, visit: _Visit) -> None:
        self._scene: Final = scene
        self._root: Final = root
        self._visit: Final = visit
        self._subject: Final = root.below if visit.place else root.itself
        # What is never sent in a direction cannot break in it.
        self._is_unseen: Final = visit.is_read_only if root.is_sent else visit.is_write_only

    def findings(self, found: list[Finding]) -> Iterator[Change]:
        """What differs between the two schemas themselves."""
        for one in found:
            facet = self._facet(one)
            if facet is None:
                continue
            rule = f"{self._subject}-{facet}"
            rule = self._unseen(facet) or OTHER_NAMES.get(rule, rule)
            if self._root.is_header and rule == "request-parameter-property-became-enum":
                rule = "request-header-property-became-enum"
            text = self._text(self._visit.place, one.detail)
            can_prove = one.is_provable and one.facet not in _UNPROVABLE
            is_proven = self._visit.is_proven and can_prove
            is_harmless = one.is_harmless or is_proven or self._is_unseen
            yield self._scene.tell(rule, text, one.node, one.side, is_harmless=is_harmless)

    def properties(self, found: list[Property]) -> Iterator[Change]:
        """Properties that came, went, or are needed otherwise."""
        for one in found:
            rule = (_sent_rule if self._root.is_sent else _received_rule)(one, self._root)
            place = self._visit.place + jsonpath.write((one.name,))[1:]
            unseen = one.is_read_only if self._root.is_sent else one.is_write_only
            is_harmless = unseen or self._is_unseen
            text = self._text(place, _said(one))
            yield self._scene.tell(rule, text, one.node, one.side, is_harmless=is_harmless)

    def access(self, found: list[Access]) -> Iterator[Change]:
        """Properties that are for one direction only, or no longer are."""
        way = "request" if self._root.is_sent else "response"
        for one in found:
            need = "required" if one.is_required else "optional"
            negation = "" if one.is_now else "not-"
            place = self._visit.place + jsonpath.write((one.name,))[1:]
            words = f"is {one.mode} now" if one.is_now else f"is not {one.mode} any more"
            rule = f"{way}-{need}-property-became-{negation}{one.mode}"
            yield self._scene.tell(rule, self._text(place, words), one.node)

    def _text(self, place: str, detail: str) -> str:
        return f"{self._root.words}{f' ${place}' if place else ''}: {detail}"

    def _facet(self, one: Finding) -> str | None:
        """The facet as this direction calls it; None where it does not exist in it."""
        if one.facet != "type-changed" or one.relation is None:
            return one.facet
        if self._root.is_text and _TEXT in one.types:
            if self._root.is_sent and one.types[1] == _TEXT:
                return "type-generalized"
            if not self._root.is_sent and one.types[0] == _TEXT:
                return None  # what was any text is text still
        if self._root.is_sent and one.relation == "widened":
            return "type-generalized"
        if one.relation == "narrowed":
            is_below = self._subject == "request-parameter-property"
            return "type-specialized" if is_below or not self._root.is_sent else "type-changed"
        return "type-changed"

    def _unseen(self, facet: str) -> str | None:
        """The rule for a property that is never sent in this direction, where there is one."""
        if not self._is_unseen:
            return None
        kind = "request-read-only" if self._root.is_sent else "response-write-only"
        rule = f"{kind}-property-{facet}"
        return rule if rule in RULES else None


_OF_HEADERS: Final = {
    "new-required-request-parameter-property": "new-required-request-header-property",
    "request-parameter-property-became-required": "request-header-property-became-required",
}

_EASED_BY_DEFAULT: Final = {"new-required-request-property", "request-property-became-required"}


def _said(one: Property) -> str:
    """What became of a property; that it must be there is why one more may break somebody."""
    if one.presence == "added":
        return "was added, and is required" if one.is_required else "was added"
    return "was removed" if one.presence == "removed" else one.presence.replace("-", " ")


def _sent_rule(one: Property, root: Root) -> str:
    kind = root.below
    if one.presence == "added":
        need = "required" if one.is_required and not one.is_read_only else "optional"
        rule = f"new-{need}-{kind}"
    else:
        rule = f"{kind}-{one.presence}"
    if one.has_default and rule in _EASED_BY_DEFAULT:
        return f"{rule}-with-default"
    return _OF_HEADERS.get(rule, rule) if root.is_header else rule


def _received_rule(one: Property, root: Root) -> str:  # noqa: ARG001 - called as `_sent_rule` is
    mode = "write-only-" if one.is_write_only else ""
    if one.presence in {"added", "removed"}:
        need = "required" if one.is_required else "optional"
        return f"response-{need}-{mode}property-{one.presence}"
    return f"response-{mode}property-{one.presence}"
