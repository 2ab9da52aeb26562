"""The record of a diagnosis: every question put on the way to a verdict, and its answer."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, NamedTuple, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Iterable

    from redhanded.core.attempt import Attempt

Speaks: TypeAlias = Literal["api", "environment", "test", "runner", "nobody"]
"""For whose fault an answer speaks."""


class Answer(NamedTuple):
    """One question about an attempt and what came of it; `asked` are attempts sent to find out."""

    attempt_id: str
    question: str
    answer: str
    speaks: Speaks = "nobody"
    asked: tuple[str, ...] = ()


class Inquiry:
    """The questions put so far, each once for an attempt; put again, it has its newest answer."""

    def __init__(self) -> None:
        self._answers: dict[tuple[str, str], Answer] = {}

    def note(
        self,
        about: str,
        question: str,
        answer: str,
        speaks: Speaks = "nobody",
        asked: Iterable[Attempt | None] = (),
    ) -> None:
        """Take in an answer about an attempt, by its id; what was sent for an earlier one stays."""
        known = self._answers.get((about, question))
        sent = [made.id for made in asked if made is not None]
        before = known.asked if known is not None else ()
        told = Answer(about, question, answer, speaks, (*before, *sent))
        self._answers[about, question] = told

    def times(self, about: str, question: str) -> int:
        """How many attempts were sent for this question."""
        known = self._answers.get((about, question))
        return len(known.asked) if known is not None else 0

    def take(self) -> tuple[Answer, ...]:
        """All answers, in the order of their questions; they are forgotten here."""
        answers, self._answers = tuple(self._answers.values()), {}
        return answers
