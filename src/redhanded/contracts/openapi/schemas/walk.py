"""A walk through a value beside its schemas: unions are decided, and what nobody declares is found.

The library tells of a union all that is wrong with each branch, and of each union in that again:
twelve kinds of blocks in one another are more than any memory holds. So unions are left out where
errors are read, and decided here, one branch of each being followed.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from redhanded.contracts.openapi.schemas import words
from redhanded.contracts.openapi.schemas.branches import Branches
from redhanded.contracts.openapi.schemas.declared import UNIONS
from redhanded.contracts.openapi.schemas.fault import Fault
from redhanded.contracts.openapi.schemas.parts import Parts

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from redhanded.contracts.openapi.nodes import Node
    from redhanded.contracts.openapi.schemas.compiling import Validators
    from redhanded.contracts.openapi.schemas.fault import Kind
    from redhanded.contracts.openapi.schemas.places import Way
    from redhanded.core.jsonpath import Place

_PRESENT: Final = {
    "read_only": ("readOnly", "nothing: the property is read-only"),
    "write_only": ("writeOnly", "nothing: the property is write-only"),
}


MOST_LOOKS: Final = 10_000
"""How many branches one value is held against to see which was meant: seconds, of thousands."""


@dataclass(slots=True)
class Patience:
    """How many more branches are looked at; a walk shares it with those within it."""

    left: int = MOST_LOOKS


@dataclass(slots=True)
class Walk:
    """Goes through one value; `errors` gives the faults of a schema apart from its unions."""

    validators: Validators
    way: Way
    errors: Callable[[Node, Any, Place], list[Fault]]
    see: Callable[[object], str]
    found: list[Fault] = field(default_factory=list)
    deciding: frozenset[str] = frozenset()
    patience: Patience = field(default_factory=Patience)

    def faults(self, schema: Node, value: Any) -> list[Fault]:  # noqa: ANN401
        """Every fault of the value, in no order."""
        self.found += self.errors(schema, value, ())
        waiting: list[tuple[list[Node], Any, Place]] = [([schema], value, ())]
        while waiting:
            nodes, here, place = waiting.pop()
            parts = self._parts(nodes, here, place)
            if isinstance(here, dict):
                self._look_at_names(nodes, parts, here, place)
                waiting += [
                    (below, part, (*place, name))
                    for name, part in here.items()
                    if (below := parts.below(name, self.way.direction))
                ]
            elif isinstance(here, list):
                waiting += [
                    (below, part, (*place, index))
                    for index, part in enumerate(here)
                    if (below := parts.at(index))
                ]
        return self.found

    def _parts(self, nodes: Sequence[Node], value: object, place: Place) -> Parts:
        """All schemas that hold for the value, with one branch of each union."""
        parts = Parts(self.validators)
        parts.add(nodes, value)
        decided = 0
        while decided < len(parts.schemas):
            part = parts.schemas[decided]
            decided += 1
            for keyword in UNIONS:
                branches = parts.listed(part, keyword)
                if branches:
                    followed = self._followed(part, keyword, branches, value, place)
                    clean = self._clean(followed, value)
                    parts.add_branches(clean, value)
                    for branch in followed:
                        if branch not in clean:
                            parts.mention(branch)
        return parts

    def _followed(
        self, part: Node, keyword: str, branches: list[Node], value: object, place: Place
    ) -> list[Node]:
        fitting = [branch for branch in branches if self._fits(branch, value)]
        if keyword == "oneOf" and len(fitting) > 1:
            numbers = " and ".join(str(branches.index(branch) + 1) for branch in fitting)
            wanted = f"only one branch of oneOf, and {numbers} are met"
            self.found.append(self._fault(part, keyword, value, place, wanted))
        return fitting or self._likeliest(part, keyword, branches, value, place)

    def _clean(self, branches: list[Node], value: object) -> list[Node]:
        """Of several branches that fit, those in which nothing is undeclared, if there are any."""
        if len(branches) < 2 or not self.way.marked:
            return branches
        way = self.way.part
        return [b for b in branches if self.validators.of(b, way).is_valid(value)] or branches

    def _likeliest(
        self, part: Node, keyword: str, branches: list[Node], value: object, place: Place
    ) -> list[Node]:
        whole = self._fault(part, keyword, value, place, "")
        if whole.source in self.deciding:
            return []  # it leads round in a circle, which says nothing
        if self.patience.left <= 0:
            wanted = f"what one of the {len(branches)} branches of {keyword} wants"
            self.found.append(self._fault(part, keyword, value, place, wanted))
            return []
        self.patience.left -= len(branches)
        members = [
            self._member(branch, value, place, self.deciding | {whole.source})
            for branch in branches
        ]
        union = Branches(self.validators.catalogue, whole, members, self.see)
        index, faults = union.likeliest(part, branches, value)
        self.found += faults
        return [] if index is None else [branches[index]]

    def _member(
        self, branch: Node, value: object, place: Place, deciding: frozenset[str]
    ) -> list[Fault]:
        """What is wrong with the value as this branch, without what is wrong deeper in unions."""
        inner = Walk(
            self.validators,
            self.way,
            self.errors,
            self.see,
            deciding=deciding,
            patience=self.patience,
        )
        found = self.errors(branch, value, place)
        inner._parts([branch], value, place)
        return found + inner.found

    def _fits(self, branch: Node, value: object) -> bool:
        return self.validators.of(branch, self.way.plain).is_valid(value)

    def _look_at_names(
        self, nodes: Sequence[Node], parts: Parts, value: dict[str, Any], place: Place
    ) -> None:
        unknown = [name for name in value if not parts.knows(name)]
        for name in value.keys() - set(unknown):
            mark = self.way.marked and parts.mark_of(name, self.way.direction)
            if mark:
                self._tell_mark(parts.properties[name][0], mark, value[name], (*place, name))
        refusing = parts.refuses_unknown()
        if refusing is not None:
            for name in unknown:
                self.found.append(
                    self._fault(
                        refusing, _UNEVALUATED, value[name], (*place, name), words.UNDECLARED
                    )
                )
        elif self.way.closed and unknown and parts.are_closed():
            source = self._source(self._home(nodes, parts))
            self.found += [
                Fault(
                    (*place, name),
                    "undeclared",
                    self.see(value[name]),
                    words.UNDECLARED,
                    source,
                    "undeclared",
                )
                for name in unknown
            ]

    def _home(self, nodes: Sequence[Node], parts: Parts) -> Node:
        """The schema that names the properties of the value."""
        catalogue = self.validators.catalogue
        followed = [catalogue.resources.followed(node) for node in nodes]
        naming = (n for n in followed if catalogue.declared.names(n, unions=False))
        return next(naming, None) or parts.naming()

    def _tell_mark(self, node: Node, mark: Kind, value: object, place: Place) -> None:
        rule, wanted = _PRESENT[mark]
        self.found.append(Fault(place, rule, self.see(value), wanted, self._source(node), mark))

    def _fault(self, part: Node, keyword: str, value: object, place: Place, wanted: str) -> Fault:
        source = f"{self._source(part)}/{keyword}"
        return Fault(place, keyword, self.see(value), wanted, source)

    def _source(self, node: Node) -> str:
        return self.validators.catalogue.document.place(node)


_UNEVALUATED: Final = "unevaluatedProperties"
