"""Routes as defects name them: a method and a path with places for values."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Self


@dataclass(frozen=True, slots=True)
class Route:
    """A method, or `*` for any, and a path in which `{name}` stands for one part."""

    method: str
    pattern: re.Pattern[str]

    @classmethod
    def of(cls, text: str) -> Self:
        """The route that is written like "GET /booking/{id}"."""
        method, _, path = text.partition(" ")
        return cls(method, re.compile(re.sub(r"\\\{[^}]*\\\}", "[^/]+", re.escape(path))))

    def matches(self, method: str, path: str) -> bool:
        """Whether a request goes there."""
        return self.method in {"*", method} and self.pattern.fullmatch(path) is not None
