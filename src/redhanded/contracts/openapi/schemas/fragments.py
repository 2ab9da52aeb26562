"""Fragments: one schema of a document as JSON Schema 2020-12, with the way back to its origin."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final, TypeAlias

from redhanded.contracts.openapi.document import Unresolvable
from redhanded.contracts.openapi.nodes import Flaw, escaped
from redhanded.contracts.openapi.schemas import rewriting, sealing
from redhanded.contracts.openapi.schemas.declared import UNIONS
from redhanded.contracts.openapi.schemas.dialects import LISTS, MAPS, SINGLE, Dialect
from redhanded.contracts.openapi.schemas.patterns import spelled_out
from redhanded.contracts.openapi.schemas.places import Place, Unusable
from redhanded.contracts.openapi.schemas.resources import RECURSIVE

if TYPE_CHECKING:
    from redhanded.contracts.openapi.nodes import Node
    from redhanded.contracts.openapi.schemas.catalogue import Catalogue
    from redhanded.contracts.openapi.schemas.places import Way

Schema: TypeAlias = dict[str, Any] | bool
Path: TypeAlias = tuple[str, ...]

_LATE: Final = frozenset({"unevaluatedItems", "unevaluatedProperties"})
_OPEN: Final = frozenset({"not", "if", "contains", "propertyNames"})
_WHOLE: Final = frozenset(
    {
        "additionalProperties",
        "items",
        "patternProperties",
        "prefixItems",
        "properties",
        "unevaluatedItems",
        "unevaluatedProperties",
    }
)


@dataclass(slots=True)
class Fragment:
    """One schema, converted.

    `moved` tells, of paths in it, where in the document they come from, where that is not the same
    path; `is_marked` where it refuses more than the document does.
    """

    origin: Node
    schema: Schema = True
    refers: dict[Place, None] = field(default_factory=dict)
    moved: dict[Path, str] = field(default_factory=dict)
    is_marked: bool = False

    def pointer_of(self, path: Path) -> str:
        """The JSON Pointer, in the document, of what stands at a path of the fragment."""
        for length in range(len(path), 0, -1):
            if path[:length] in self.moved:
                return self.moved[path[:length]] + _written(path[length:])
        return self.origin.pointer + _written(path)


@dataclass(slots=True)
class Writer:
    """Writes one fragment."""

    catalogue: Catalogue
    fragment: Fragment

    def write(self, way: Way) -> Fragment:
        """The fragment, written."""
        self.fragment.schema = self._schema(self.fragment.origin, (), way, frozenset())
        return self.fragment

    def _schema(self, node: Node, at: Path, way: Way, exempt: frozenset[str]) -> Schema:
        if not isinstance(node.value, dict):
            return node.value  # type: ignore[no-any-return]  # what is no schema does not compile
        resources = self.catalogue.resources
        if at and resources.are_dynamic and resources.owner(node).root.pointer == node.pointer:
            return {"$ref": self._refer(node, way)}
        dialect = resources.dialect_of(node)
        if self._is_mere_reference(node, dialect):
            return {"$ref": self._refer(self._target(node, node.reference), way)}
        return self._object(node, at, way, exempt, dialect)

    def _is_mere_reference(self, node: Node, dialect: Dialect) -> bool:
        return node.reference is not None and (
            len(node.value) == 1 or dialect.lets_a_reference_stand_alone
        )

    def _object(
        self, node: Node, at: Path, way: Way, exempt: frozenset[str], dialect: Dialect
    ) -> Schema:
        found = rewriting.rewritten(node.value, dialect)
        if way.shallow:
            self._leave_out(found.keywords, node)
        exempt |= self._exempt(node, way)
        result = self._references(node, way, dialect, is_root=not at)
        for keyword, value in found.keywords.items():
            below = node.find(found.origins.get(keyword, keyword)) or node
            if keyword in found.origins:
                self.fragment.moved[*at, keyword] = below.pointer
            result[keyword] = self._keyword(
                keyword, value, below, (*at, keyword), way, exempt=exempt
            )
        for extra, origin in found.extra:
            self._besides(result, at, extra, f"{node.pointer}/{origin}")
        chooses = way.sealed and sealing.merely_chooses(node)
        if way.marked and isinstance(result.get("oneOf"), list):
            self._repeat_union(result, node, at, way if chooses else way.part)
        if way.sealed and not chooses:
            self.fragment.is_marked |= sealing.seal(self.catalogue, node, result)
        return result

    def _leave_out(self, keywords: dict[str, Any], node: Node) -> None:
        """Drops unions, and what asks them which members they know."""
        if _LATE & keywords.keys() and self.catalogue.declared.has_unions(node):
            for keyword in _LATE:
                keywords.pop(keyword, None)
        for keyword in UNIONS:
            keywords.pop(keyword, None)

    def _keyword(
        self,
        keyword: str,
        value: object,
        below: Node,
        at: Path,
        way: Way,
        *,
        exempt: frozenset[str],
    ) -> object:
        if keyword == "required" and isinstance(value, list) and exempt:
            return [name for name in value if name not in exempt]
        inner = self._way_into(keyword, way)
        if keyword in MAPS and isinstance(value, dict):
            return self._members(value, below, at, inner)
        passed = exempt if keyword == "allOf" else frozenset()
        if keyword in LISTS and isinstance(value, list):
            return [
                self._schema(c, (*at, str(i)), inner, passed) for i, c in enumerate(below.entries())
            ]
        return self._schema(below, at, inner, frozenset()) if keyword in SINGLE else value

    def _way_into(self, keyword: str, way: Way) -> Way:
        if keyword in _OPEN or keyword == "oneOf":
            return way.plain
        return way.whole if keyword in _WHOLE else way.part

    def _members(self, value: dict[str, Any], below: Node, at: Path, way: Way) -> dict[str, Any]:
        result: dict[str, Any] = {}
        is_property = at[-1] == "properties"
        for name in value:
            child = below.find(name)
            mark = self.catalogue.mark_of(child, way.direction) if child and is_property else None
            if mark:
                # What should not be there has no other faults; its schema may even be broken.
                self.fragment.is_marked |= way.marked
                result[name] = not way.marked
            elif child:
                key = spelled_out(name) if at[-1] == "patternProperties" else name
                if key != name:
                    self.fragment.moved[*at, key] = child.pointer
                result[key] = self._schema(child, (*at, key), way, frozenset())
        return result

    def _exempt(self, node: Node, way: Way) -> frozenset[str]:
        if "required" not in node.value and "allOf" not in node.value:
            return frozenset()
        return self.catalogue.declared.hidden(node, way.direction)

    def _references(
        self, node: Node, way: Way, dialect: Dialect, *, is_root: bool
    ) -> dict[str, Any]:
        result: dict[str, Any] = {}
        if node.reference is not None:
            result["$ref"] = self._refer(self._target(node, node.reference), way.part)
        written = node.value
        if dialect is Dialect.DRAFT_2020 and isinstance(written.get("$dynamicRef"), str):
            result["$dynamicRef"] = self._dynamic(node, written["$dynamicRef"], way)
        if dialect is Dialect.DRAFT_2019 and isinstance(written.get("$recursiveRef"), str):
            result["$dynamicRef"] = self._dynamic(node, "#", way, RECURSIVE)
        if is_root and self.catalogue.resources.are_dynamic:
            result |= self._anchor(node, way)
        return result

    def _anchor(self, node: Node, way: Way) -> dict[str, str]:
        owner = self.catalogue.resources.owner(node)
        names = [name for name, found in owner.dynamic.items() if found.pointer == node.pointer]
        return {"$dynamicAnchor": f"{names[0]}.{way.code}"} if names else {}

    def _dynamic(self, node: Node, reference: str, way: Way, anchor: str = "") -> str:
        """A reference that leads to whichever resource was entered first (core, 8.2.3.2)."""
        target = self._target(node, reference)
        name = anchor or reference.rpartition("#")[2]
        resources = self.catalogue.resources
        if name not in resources.owner(target).dynamic:
            return self._refer(target, way.part)
        for found in resources.with_dynamic(name):
            self._refer(found, way)
        start = self._refer(resources.owner(target).dynamic[name], way)
        return f"{start.partition('#')[0]}#{name}.{way.code}"

    def _target(self, node: Node, reference: str | None) -> Node:
        try:
            return self.catalogue.resources.target(node, reference or "")
        except Unresolvable as error:
            place = self.catalogue.document.place(node)
            raise Unusable(Flaw(f"{place}/$ref", str(error))) from error

    def _refer(self, target: Node, way: Way) -> str:
        place = Place.of(target, way)
        self.fragment.refers[place] = None
        return self.catalogue.reference_to(place)

    def _repeat_union(self, result: dict[str, Any], node: Node, at: Path, way: Way) -> None:
        """Asks the branches of a `oneOf` a second time for what they should not hold.

        Which one is met is decided without that: else a value that meets two could pass as one
        that meets the other only.
        """
        below = node.find("oneOf")
        besides = result.get("allOf")
        index = str(len(besides) if isinstance(besides, list) else 0)
        inner = (*at, "allOf", index, "anyOf")
        branches = [
            self._schema(child, (*inner, str(number)), way, frozenset())
            for number, child in enumerate(below.entries() if below else ())
        ]
        self._besides(result, at, {"anyOf": branches}, f"{node.pointer}/oneOf")
        self.fragment.moved[inner] = f"{node.pointer}/oneOf"

    def _besides(
        self, result: dict[str, Any], at: Path, extra: dict[str, Any], pointer: str
    ) -> None:
        others = result.setdefault("allOf", [])
        if not isinstance(others, list):
            return  # which is told when the schema is compiled
        for keyword in extra:
            self.fragment.moved[*at, "allOf", str(len(others)), keyword] = pointer
        others.append(extra)


def _written(path: Path) -> str:
    return "".join(f"/{escaped(step)}" for step in path)
