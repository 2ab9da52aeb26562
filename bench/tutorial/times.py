"""How long the tutorial takes: the machine's time, with reading and typing by rates of others."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from bench.tutorial.page import Command, Step

GOAL_MINUTES: Final = 10.0
"""From an empty folder to the end of the page."""
WORDS_A_MINUTE: Final = 200.0
"""Below the 238 of non-fiction. Source: Brysbaert 2019, J. Mem. Lang. 109:104047."""
CHARACTERS_A_MINUTE: Final = 260.0
"""52 words of five characters. Source: Dhakal et al. 2018, CHI, paper 646."""


@dataclass(frozen=True, slots=True)
class Taken:
    """What a step takes: seconds of the machine, characters to type, words to read."""

    step: Step
    seconds: float

    @property
    def characters(self) -> int:
        """What is typed, each line with its Enter; files are copied."""
        return sum(len(act.line) + 1 for act in self.step.acts if isinstance(act, Command))


def minutes(taken: Iterable[Taken]) -> float:
    """Minutes of all these steps, one thing done after the other."""
    return sum(
        one.seconds / 60 + one.step.words / WORDS_A_MINUTE + one.characters / CHARACTERS_A_MINUTE
        for one in taken
    )


def table(taken: list[Taken]) -> str:
    """A line for each step, as Markdown: the seconds of the machine, of reading, of typing."""
    rows = ["| step | machine | reading | typing | done after |", "|---|---|---|---|---|"]
    for number, one in enumerate(taken, start=1):
        rows.append(_row(one.step.heading or "(above)", [one], minutes(taken[:number])))
    rows.append(_row("**all**", taken, minutes(taken)))
    return "\n".join(rows)


def _row(name: str, taken: list[Taken], after: float) -> str:
    machine = sum(one.seconds for one in taken)
    reading = sum(one.step.words for one in taken) / WORDS_A_MINUTE * 60
    typing = sum(one.characters for one in taken) / CHARACTERS_A_MINUTE * 60
    return f"| {name} | {machine:.0f} s | {reading:.0f} s | {typing:.0f} s | {after:.1f} min |"
