"""Paths into JSON, in the small dialect of the settings: `$.data[0].token`."""

from __future__ import annotations

import re
from dataclasses import dataclass

from redhanded.core.errors import UsageError

_PATH = re.compile(r"\$(\.[A-Za-z_][\w-]*|\[\d{1,6}\])+")
_STEP = re.compile(r"\.([A-Za-z_][\w-]*)|\[(\d+)\]")


@dataclass(frozen=True, slots=True)
class JsonPath:
    """Where something stands in a JSON document."""

    text: str

    def __post_init__(self) -> None:
        if not _PATH.fullmatch(self.text):
            raise UsageError(
                f'{self.text!r} is not a path into JSON: write "$.token" or "$.data[0].token".'
            )

    def find(self, document: object) -> object:
        """What stands there; None where the document has no such place."""
        found = document
        for name, index in _STEP.findall(self.text):
            found = _member(found, name) if name else _item(found, int(index))
        return found

    def __str__(self) -> str:
        return self.text


def _member(parent: object, name: str) -> object:
    return parent.get(name) if isinstance(parent, dict) else None


def _item(parent: object, index: int) -> object:
    return parent[index] if isinstance(parent, list) and index < len(parent) else None
