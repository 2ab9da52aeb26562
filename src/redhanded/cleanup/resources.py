"""Declared kinds of objects: which belongs to which, and where each is addressed."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, TypeAlias
from urllib.parse import quote
from uuid import UUID

from redhanded.core.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from redhanded.core.settings import Resource

Id: TypeAlias = str | int | UUID

_BLANK = re.compile(r"\{([^{}]*)\}")


class Kinds:
    """The kinds that a test knows, by name: those of the settings, and those of its fixtures."""

    def __init__(self, declared: Mapping[str, Resource]) -> None:
        self._known = dict(declared)

    def declare(self, kind: str, resource: Resource) -> None:
        """Add a kind, or say anew what it is."""
        self._known[kind] = resource

    def __contains__(self, kind: object) -> bool:
        return kind in self._known

    def __iter__(self) -> Iterator[str]:
        return iter(self._known)

    def __getitem__(self, kind: str) -> Resource:
        return self._known[kind]

    def get(self, kind: str) -> Resource | None:
        """What is declared of a kind; None where nothing is."""
        return self._known.get(kind)

    def is_below(self, kind: str, other: str) -> bool:
        """Whether objects of the kind belong, directly or not, to objects of the other one."""
        seen, above = {kind}, self._parent(kind)
        while above is not None and above not in seen:
            if above == other:
                return True
            seen.add(above)
            above = self._parent(above)
        return False

    def _parent(self, kind: str) -> str | None:
        known = self._known.get(kind)
        return None if known is None else known.parent


def address(route: str, **values: str) -> tuple[str, str]:
    """Method and path of a route whose `{blanks}` hold these values, each as one segment."""
    method, _, path = route.partition(" ")
    return method, _BLANK.sub(lambda blank: _filled(blank, values), path.strip())


def blanks(route: str) -> frozenset[str]:
    """The names of what a route leaves open."""
    return frozenset(_BLANK.findall(route))


def _filled(blank: re.Match[str], values: Mapping[str, str]) -> str:
    return quote(values[blank[1]], safe="") if blank[1] in values else blank[0]


def is_segment(text: str) -> bool:
    """Whether a text can stand in a path as one segment of it."""
    # Clients resolve dot segments, escaped or not: the request would go to another path.
    return bool(text.strip()) and text not in {".", ".."}


def id_text(which: object, *, said: str, instead: str) -> str:
    """An id as it stands in a path; UsageError, which tells what was `said`, where it is none."""
    # An id that is not one would be answered with 404, which reads like "already gone".
    if not isinstance(which, Id) or isinstance(which, bool):
        raise UsageError(f"{said} was given {described(which)} instead of an id; write {instead}.")
    text = str(which)
    if not is_segment(text):
        called = said.replace("...", repr(text))
        raise UsageError(
            f"{called}: this id would address another path; give the id that the API answered with."
        )
    return text


def described(value: object) -> str:
    """What was given in place of what was wanted."""
    return "None" if value is None else f"a value of type {type(value).__name__}"
