"""Places in a JSON document, in the normalised paths of RFC 9535: `$.items[2].sku`."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

from redhanded.core.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Sequence

Place: TypeAlias = tuple[str | int, ...]

_STEP = re.compile(
    r"""\.(?P<name>[^.\[\]'"\s]+)|\[(?P<index>-?\d{1,9})\]"""
    r"""|\[(?P<double>"(?:[^"\\]|\\.)*")\]|\['(?P<single>[^']*)'\]"""
)


class Nowhere(LookupError):
    """The document has no such place."""


def write(place: Sequence[str | int]) -> str:
    """The place as a path; names that are not plain words stand quoted in brackets."""
    return "$" + "".join(map(_segment, place))


def read(path: str) -> Place:
    """The place that a path names; UsageError where it is none."""
    rest = path.removeprefix("$")
    rest = rest if rest.startswith((".", "[")) or not rest else f".{rest}"
    steps = list(_STEP.finditer(rest))
    if "".join(step[0] for step in steps) != rest:
        raise UsageError(f"{path!r} is not a path into JSON: write it as '$.items[0].sku'.")
    return tuple(map(_part, steps))


def pointer(path: str) -> str:
    """The JSON Pointer (RFC 6901) of the place that a path names; UsageError where it is none."""
    steps = (str(part).replace("~", "~0").replace("/", "~1") for part in read(path))
    return "".join(f"/{step}" for step in steps)


def find(document: object, place: Place) -> object:
    """What stands there; raises Nowhere where nothing does."""
    for part in place:
        if isinstance(part, int) and isinstance(document, list):
            if not -len(document) <= part < len(document):
                raise Nowhere(write(place))
            document = document[part]
        elif isinstance(document, dict) and part in document:
            document = document[part]
        else:
            raise Nowhere(write(place))
    return document


@dataclass(frozen=True, slots=True)
class JsonPath:
    """A path as a setting: where something stands in documents that may lack it."""

    text: str

    def __post_init__(self) -> None:
        read(self.text)  # a path that is none is refused at once

    def find(self, document: object) -> object:
        """What stands there; None where the document has no such place."""
        try:
            return find(document, read(self.text))
        except Nowhere:
            return None

    def __str__(self) -> str:
        return self.text


def in_order(place: Place) -> tuple[tuple[bool, int, str], ...]:
    """A key that sorts places as people count: array items by number, members by name."""
    return tuple((False, part, "") if isinstance(part, int) else (True, 0, part) for part in place)


def _segment(part: str | int) -> str:
    if isinstance(part, int):
        return f"[{part}]"
    return (
        f".{part}"
        if part.isidentifier() and part.isascii()
        else f"[{json.dumps(part, ensure_ascii=False)}]"
    )


def _part(step: re.Match[str]) -> str | int:
    if step["index"] is not None:
        return int(step["index"])
    if step["double"] is not None:
        return str(json.loads(step["double"]))
    return step["name"] if step["name"] is not None else step["single"]
