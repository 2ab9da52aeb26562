"""Values in JSON documents: where they stand, and which of them are other ones each time."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, TypeAlias
from urllib.parse import SplitResult, urlsplit

from redhanded.core.masks import MASK

if TYPE_CHECKING:
    from collections.abc import Iterator

    from redhanded.core.jsonpath import Place

Scalar: TypeAlias = str | int | float | bool | None

NOT_JSON = object()
"""What stands in the place of a document that cannot be read."""

_ID = re.compile(r"(?:^|[_-])(?:id|uid|uuid|guid|key|token|etag)$|[a-z](?:Id|ID|Uuid|Key|Token)$")
_TIMED = re.compile(r"(?:^|[_-])(?:at|on|time|timestamp|date|ts)$|[a-z](?:At|Time|Date)$")
_DATE = re.compile(r"\d{4}-\d\d-\d\d(?:[T ]\d\d:\d\d.*)?|\w{3}, \d\d \w{3} \d{4} .*")
_UUID = re.compile(r"[0-9a-f]{8}(?:-?[0-9a-f]{4}){3}-?[0-9a-f]{12}", re.IGNORECASE)
_HEX = re.compile(r"[0-9a-f]{16}|[0-9a-f]{32}")
_OURS = re.compile(r"\w+-[a-z0-9-]+-[0-9a-z]{1,8}-[a-z2-7]{19}[aq]")


def parsed(text: str | bytes) -> object:
    """The document that the text is; NOT_JSON where it is none, or none that can be walked."""
    try:
        found: object = json.loads(text)
    except (ValueError, RecursionError):
        return NOT_JSON
    return found


def parts_of(url: str) -> SplitResult:
    """The parts of an address; all of it as a path where it is none, as a record may hold one."""
    try:
        return urlsplit(url)
    except ValueError:
        return SplitResult("", "", url, "", "")


def leaves(document: object) -> Iterator[tuple[Place, Scalar]]:
    """Every value that holds no other, with its place, in the order of the document."""
    waiting: list[tuple[Place, object]] = [((), document)]
    while waiting:
        place, value = waiting.pop()
        if isinstance(value, dict):
            members = [((*place, str(name)), member) for name, member in value.items()]
            waiting += reversed(members)
        elif isinstance(value, list):
            waiting += reversed([((*place, index), item) for index, item in enumerate(value)])
        elif value is None or isinstance(value, str | int | float | bool):
            yield place, value


def kind_of(value: object) -> str:
    """The JSON type of a value; numbers are of one type, as JSON has it."""
    if value is None or isinstance(value, bool):
        return "null" if value is None else "boolean"
    if isinstance(value, int | float):
        return "number"
    if isinstance(value, str):
        return "string"
    return "array" if isinstance(value, list) else "object"


def name_at(place: Place) -> str:
    """The name under which a value stands; that of its list where it is an item of one."""
    return next((part for part in reversed(place) if isinstance(part, str)), "")


def is_id(place: Place) -> bool:
    """Whether what stands there names something: an id, a key, a token."""
    return bool(_ID.search(name_at(place)))


def is_fleeting(place: Place, value: object) -> bool:
    """Whether it is in the nature of the value to be another one each time.

    Ids and keys, times, traces, masks and tags of ours are; names and amounts are not.
    """
    is_timed = isinstance(value, str | int | float) and not isinstance(value, bool)
    if is_id(place) or (is_timed and _TIMED.search(name_at(place))):
        return True
    if not isinstance(value, str):
        return False
    known = (_DATE, _UUID, _HEX, _OURS)
    return any(form.fullmatch(value) for form in known) or bool(MASK.search(value))
