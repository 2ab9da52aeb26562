"""What lies behind a breach: equal ones, however often they are met, have one cause."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from redhanded.core.violation import Violation

_INDEX = re.compile(r"\[-?\d+\]")
_TOLD_BY_VALUE = ("status_undocumented", "media_type_undocumented")


class BreachCause(NamedTuple):
    """A kind of breach at one place of one operation, array indices left open.

    Of a status or a media type that is not documented the place names which.
    """

    code: str
    operation: str
    at: str
    rule: str = ""


def cause_of(operation: str, violation: Violation) -> BreachCause:
    """The cause of a breach of an operation."""
    return BreachCause(violation.code, operation, place_of(violation), violation.rule)


def place_of(violation: Violation) -> str:
    """Where a violation stands, array indices left open."""
    at = _INDEX.sub("[*]", violation.where) if violation.where[:1] == "$" else violation.where
    is_by_value = violation.code.endswith(_TOLD_BY_VALUE)
    return f"{at} {violation.actual}" if is_by_value else at
