"""Routes as settings name them: `POST /payments`, `GET /booking/{id}`, `*`."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable


@lru_cache(maxsize=512)
def _pattern(route: str) -> re.Pattern[str]:
    if route == "*":
        return re.compile(".*")
    method, _, path = route.strip().partition(" ")
    parts = (
        "[^/]+" if part.startswith("{") else re.escape(part)
        for part in re.split(r"(\{[^}]*\})", path.strip())
    )
    return re.compile(f"{re.escape(method.upper())} .*?{''.join(parts)}/?")


def matches(route: str, method: str, path: str) -> bool:
    """Whether a request goes by that route; a path below the base URL's own path counts."""
    return _pattern(route).fullmatch(f"{method} {path}") is not None


@dataclass(frozen=True, slots=True)
class Routes:
    """A set of routes that were declared to share a property."""

    routes: tuple[str, ...] = ()

    @classmethod
    def of(cls, routes: Iterable[str]) -> Routes:
        """The set of these routes."""
        return cls(tuple(routes))

    def __contains__(self, target: tuple[str, str]) -> bool:
        return any(matches(route, *target) for route in self.routes)
