"""A JSON value with another value at one place, and as the bytes that are sent."""

from __future__ import annotations

import json
from copy import deepcopy
from dataclasses import dataclass
from datetime import date, datetime
from enum import Enum
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Sequence


class Nothing(Enum):
    """What stands at a place that is left out."""

    ABSENT = "absent"

    def __repr__(self) -> str:
        return self.name


ABSENT: Final = Nothing.ABSENT


@dataclass(frozen=True, slots=True)
class Raw:
    """Bytes that stand in a body as they are, be they JSON or not."""

    content: bytes


def value_at(body: Any, names: Sequence[str]) -> Any:  # noqa: ANN401  any JSON value
    """What stands at this place; ABSENT where nothing does."""
    for name in names:
        if isinstance(body, dict):
            body = body.get(name, ABSENT)
        elif isinstance(body, list) and name.isdecimal() and int(name) < len(body):
            body = body[int(name)]
        else:
            return ABSENT
    return body


def put(body: Any, names: Sequence[str], value: object, *, like: Any) -> Any:  # noqa: ANN401  any JSON value
    """A copy of the body with the value at this place.

    What is missing on the way there is taken from `like`, another body of the same kind.
    """
    if not names:
        return deepcopy(value)
    name, *rest = names
    if not body or type(body) is not type(like):
        body = deepcopy(like)
    if isinstance(body, list):
        inner = like[0] if isinstance(like, list) and like else None
        return [put(body[0], rest, value, like=inner), *body[1:]]
    inner = value_at(like, [name])
    changed = {**body, name: put(body.get(name, inner), rest, value, like=inner)}
    if value is ABSENT and not rest:
        del changed[name]
    return changed


def moved(body: Any, names: Sequence[str], value: object) -> Any:  # noqa: ANN401  any JSON value
    """A copy with the day at this place, and the days beside it as far away from it as before."""
    *above, name = names
    around = value_at(body, above)
    old = _time(around.get(name)) if isinstance(around, dict) else None
    new = _time(value)
    if old is None or new is None or type(old) is not type(new):
        return put(body, names, value, like=body)
    beside = {each: _shifted(text, old, new) for each, text in around.items() if each != name}
    return put(body, above, {**around, **beside, name: value}, like=body)


def encoded(body: object) -> bytes:
    """The body as JSON, with raw parts as they are; half a surrogate pair stands as its escape."""
    raw: list[bytes] = []

    def placed(part: object) -> str:
        assert isinstance(part, Raw)  # noqa: S101  all else comes from JSON
        raw.append(part.content)
        return f"\0raw{len(raw) - 1}\0"

    content = json.dumps(body, default=placed, separators=(",", ":")).encode()
    for number, part in enumerate(raw):
        content = content.replace(json.dumps(f"\0raw{number}\0").encode(), part)
    return content


def _time(text: object) -> date | None:
    for kind in (date, datetime):
        try:
            return kind.fromisoformat(text)  # type: ignore[arg-type]
        except (TypeError, ValueError):
            continue
    return None


def _shifted(text: object, old: date, new: date) -> object:
    at = _time(text)
    if at is None or type(at) is not type(old):
        return text
    try:
        return (at + (new - old)).isoformat()
    except (OverflowError, TypeError):  # beyond the year 9999; one has a zone, the other none
        return text
