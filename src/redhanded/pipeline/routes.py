"""Routes as settings name them: `POST /payments`, `GET /booking/{id}`, `*`."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

T = TypeVar("T")

EVERY = "*"

_VARIABLE = re.compile(r"(\{[^}]*\})")


@lru_cache(maxsize=512)
def _pattern(route: str, below: str) -> re.Pattern[str]:
    method, _, path = route.strip().partition(" ")
    parts = (
        "([^/]+)" if part.startswith("{") else re.escape(part)
        for part in _VARIABLE.split(below.rstrip("/") + path.strip())
    )
    return re.compile(f"{re.escape(method.upper())} {''.join(parts)}/?")


def matches(route: str, method: str, path: str, *, below: str = "") -> bool:
    """Whether a request goes by that route, whose path begins below the base URL's own."""
    return route == EVERY or _pattern(route, below).fullmatch(f"{method} {path}") is not None


def declared(values: Mapping[str, T], method: str, path: str, *, below: str = "") -> T | None:
    """What is declared for a request: by the first route of its own, else for every one."""
    named = (
        value
        for route, value in values.items()
        if route != EVERY and matches(route, method, path, below=below)
    )
    return next(named, values.get(EVERY))


def variables(route: str, method: str, path: str, *, below: str = "") -> dict[str, str] | None:
    """What stands in a request's path for each `{name}` of the route; None on another route."""
    found = _pattern(route, below).fullmatch(f"{method} {path}")
    names = [name[1:-1] for name in _VARIABLE.findall(below + route)]
    return None if found is None else dict(zip(names, found.groups(), strict=True))


@dataclass(frozen=True, slots=True)
class Routes:
    """A set of routes that were declared to share a property; `below` is the base URL's path."""

    routes: tuple[str, ...] = ()
    below: str = ""

    @classmethod
    def of(cls, routes: Iterable[str], *, below: str = "") -> Routes:
        """The set of these routes."""
        return cls(tuple(routes), below)

    def __contains__(self, target: tuple[str, str]) -> bool:
        return any(matches(route, *target, below=self.below) for route in self.routes)
