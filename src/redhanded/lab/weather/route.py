"""Which requests a rule is about."""

from __future__ import annotations

import re
from dataclasses import dataclass
from fnmatch import fnmatchcase

from redhanded.lab.weather.wire import Request

_ROUTE = re.compile(r"(?:(?P<method>[A-Za-z]+|\*)\s+)?(?P<path>[/*]\S*)")


@dataclass(frozen=True, slots=True)
class Route:
    """Methods, none meaning all, and a path in which `*` stands for anything."""

    methods: frozenset[str] = frozenset()
    path: str = "*"

    @classmethod
    def parse(cls, text: str, methods: tuple[str, ...] = ()) -> Route:
        """The route that a text such as `GET /booking/*` names.

        Raises ValueError when it names none.
        """
        match = _ROUTE.fullmatch(text.strip())
        if match is None:
            raise ValueError(f"route {text!r} must be a path, or a method and one: GET /booking/*")
        named = match["method"]
        if named and named != "*" and methods:
            raise ValueError(f"route {text!r} names a method already: leave out methods")
        given = (named,) if named and named != "*" else methods
        return cls(frozenset(method.upper() for method in given), match["path"])

    def leads(self, request: Request) -> bool:
        """Whether the request is on it; the query does not matter."""
        is_method = not self.methods or request.method in self.methods
        return is_method and fnmatchcase(request.path, self.path)
