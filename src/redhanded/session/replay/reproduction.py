"""Whether a finding of the record is seen again in the answer to its request."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from redhanded.contracts.glimpse import glimpse
from redhanded.core import jsonpath
from redhanded.core.errors import UsageError
from redhanded.session.replay.outcome import Difference
from redhanded.session.replay.values import kind_of, parsed
from redhanded.verdict.words import duration, seconds_in

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from redhanded.core.violation import Violation

_ABSENT = object()
_TYPES = frozenset({"type", "is_instance"})


class Told(NamedTuple):
    """One answer as findings speak of it; the body is masked text."""

    status: int | None
    headers: Mapping[str, str]
    body: str
    seconds: float


def unseen(violation: Violation, recorded: Told, replayed: Told) -> Difference | None:
    """What stands now in the place of a breach; None where it is broken as it was.

    Another value of a wrong type is wrong as before. Any other value is another one: whether it is
    right only the test can tell.
    """
    where = violation.where
    if where == "status":
        return _unequal(where, recorded.status, replayed.status)
    if where == "latency":
        return _in_time(violation, replayed)
    if where.startswith("headers."):
        name = where.removeprefix("headers.").lower()
        sides = (told.headers.get(name, _ABSENT) for told in (recorded, replayed))
        return _unequal(where, *sides)
    if where.startswith("$"):
        return _in_body(violation, recorded, replayed)
    return _unequal("body", recorded.body, replayed.body)


def _in_time(violation: Violation, replayed: Told) -> Difference | None:
    limit = seconds_in(violation.expected)
    if limit is not None and replayed.seconds > limit:
        return None
    return Difference("latency", violation.actual, duration(replayed.seconds))


def _in_body(violation: Violation, recorded: Told, replayed: Told) -> Difference | None:
    before, after = (_at(violation.where, told.body) for told in (recorded, replayed))
    if before is not _ABSENT and after is not _ABSENT and _is_of_type(violation):
        before, after = kind_of(before), kind_of(after)
    return _unequal(violation.where, before, after)


def _is_of_type(violation: Violation) -> bool:
    """Whether the breach is that a value of this type, or any at all, stands there."""
    rule = violation.rule
    is_undeclared = (
        violation.expected == "undeclared"
        or "extra" in rule
        or rule.startswith(("additional", "unevaluated"))
    )
    return rule in _TYPES or rule.endswith("_type") or is_undeclared


def _at(where: str, body: str) -> object:
    try:
        return jsonpath.find(parsed(body), jsonpath.read(where))
    except (jsonpath.Nowhere, UsageError):
        return _ABSENT


def _unequal(where: str, before: object, after: object) -> Difference | None:
    if before is after or (kind_of(before) == kind_of(after) and before == after):
        return None
    return Difference(where, *_shown(before, after))


def _shown(*values: object) -> Iterator[str]:
    return ("missing" if value is _ABSENT else glimpse(value) for value in values)
