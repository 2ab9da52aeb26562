"""Branches: of the members of a union, the one that a value was most likely meant to be."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from redhanded.contracts.openapi.schemas import words

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Sequence

    from redhanded.contracts.openapi.nodes import Node
    from redhanded.contracts.openapi.schemas.catalogue import Catalogue
    from redhanded.contracts.openapi.schemas.descent import Discriminator
    from redhanded.contracts.openapi.schemas.fault import Fault

_KINDS: Final = frozenset({"anyOf", "oneOf", "type"})  # a union that nothing came near, as well
_TAGS: Final = frozenset({"const", "enum"})


@dataclass(frozen=True, slots=True)
class Branches:
    """The faults of each branch of a union, and the fault of the union itself: `whole`."""

    catalogue: Catalogue
    whole: Fault
    members: Sequence[list[Fault]]
    see: Callable[[object], str]

    def likeliest(
        self, schema: Node, branches: Sequence[Node], value: object
    ) -> tuple[int | None, list[Fault]]:
        """The branch that the value names, else the one that it comes closest to, and its faults.

        Where it is close to none, no branch, and one fault that says what all of them want.
        """
        discriminator = self.catalogue.descent.discriminator(schema)
        if discriminator and isinstance(value, dict):
            found = self._by_tag(discriminator, branches, value)
            if found:
                return found
        return self._by_distance()

    def _by_tag(
        self, discriminator: Discriminator, branches: Sequence[Node], value: dict[str, object]
    ) -> tuple[int | None, list[Fault]] | None:
        tag = value.get(discriminator.name)
        named = discriminator.schemas.get(tag) if isinstance(tag, str) else None
        named = named or discriminator.default
        if named is None:
            return None, [self._unknown(discriminator, value)]
        for index, branch in enumerate(branches):
            if self._leads_to(branch, named):
                return index, self.members[index]
        return None

    def _unknown(self, discriminator: Discriminator, value: dict[str, object]) -> Fault:
        name = discriminator.name
        return replace(
            self.whole,
            place=(*self.whole.place, name),
            rule="discriminator",
            actual=self.see(value[name]) if name in value else "missing",
            expected=words.listed(discriminator.known, self.see),
        )

    def _leads_to(self, branch: Node, named: Node) -> bool:
        follow = self.catalogue.resources.followed
        one, other = follow(branch), follow(named)
        return (one.uri, one.pointer) == (other.uri, other.pointer)

    def _by_distance(self) -> tuple[int | None, list[Fault]]:
        indices = range(len(self.members))
        kin = [i for i in indices if not self._alien(self.members[i], _KINDS)] or [*indices]
        aliens = [self._alien(self.members[i]) for i in kin]
        tags = [self._other_tag(self.members[i]) for i in kin]
        for reasons in (aliens, tags) if len(kin) > 1 else ():
            found = [reason for reason in reasons if reason]
            if len(found) == len(kin) and len({reason.place for reason in found}) == 1:
                return None, [self._merged(found)]
        nearest = min(kin, key=lambda index: self._distance(self.members[index]))
        return nearest, self.members[nearest]

    def _alien(self, member: Sequence[Fault], rules: Collection[str] = ()) -> Fault | None:
        """The fault that says: the value is of another kind altogether."""
        depth = len(self.whole.place)
        faults = (fault for fault in member if len(fault.place) == depth)
        return next((fault for fault in faults if not rules or fault.rule in rules), None)

    def _other_tag(self, member: Sequence[Fault]) -> Fault | None:
        """The fault that says: the value names itself as another branch."""
        depth = len(self.whole.place) + 1
        return next((f for f in member if f.rule in _TAGS and len(f.place) == depth), None)

    def _distance(self, member: Sequence[Fault]) -> tuple[bool, bool, int]:
        return bool(self._alien(member)), bool(self._other_tag(member)), len(member)

    def _merged(self, faults: Sequence[Fault]) -> Fault:
        if len({(fault.rule, fault.expected) for fault in faults}) == 1:
            return faults[0]
        return replace(
            faults[0],
            rule=self.whole.rule,
            expected=words.any_of(fault.expected for fault in faults),
            source=self.whole.source,
        )
