"""What a replay came to, one outcome for each request, and one word for all of them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, NamedTuple, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Iterable

    from redhanded.core.exchange import Exchange

Result: TypeAlias = Literal["same", "different", "cannot"]


class Unrepeatable(Exception):
    """A recorded request cannot be sent as it was; the message is the reason, as a clause."""


class Difference(NamedTuple):
    """One place where record and replay differ; both values are short enough for a line."""

    where: str
    recorded: str
    replayed: str


class Answer(NamedTuple):
    """What of an answer is told beside another; `row` says how it failed, where it did."""

    status: int | None
    media: str
    seconds: float
    size: int
    row: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """One request of the record and what came of sending it again.

    `reason` is a clause: why it is another, or cannot be told. `beside` are differences that
    decide nothing, `notes` what was changed about the request. `now` is None where none was sent.
    """

    exchange: Exchange
    result: Result
    recorded: Answer
    now: Answer | None = None
    reason: str = ""
    differences: tuple[Difference, ...] = ()
    beside: tuple[Difference, ...] = ()
    notes: tuple[str, ...] = ()


def whole(outcomes: Iterable[Outcome]) -> Result:
    """The word for all of them: one difference is one, and what is not known is not the same."""
    results = {outcome.result for outcome in outcomes}
    if "different" in results:
        return "different"
    return "same" if results == {"same"} else "cannot"
