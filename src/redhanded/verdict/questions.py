"""The questions of a diagnosis in the words of who reads them, each with what its answer shows."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from redhanded.pipeline.table import ROWS, SAFE_METHODS
from redhanded.verdict.arms import is_well, outcome
from redhanded.verdict.findings import path_of
from redhanded.verdict.provenance import build_of, is_own
from redhanded.verdict.words import duration, many

if TYPE_CHECKING:
    from collections.abc import Sequence

    from redhanded.core.attempt import Attempt
    from redhanded.verdict.inquiry import Inquiry, Speaks

WHOLE: Final = "Did a whole answer come?"
OWN: Final = "Was it the API's own answer?"
CANARY: Final = "Was the canary well?"
AGAIN: Final = "Does it fail when it is asked again?"
INPUT: Final = "Is another input of its route well?"
UNASKED: Final = "not asked: the budget of the diagnosis is spent"
_RECONCILED: Final[dict[str, tuple[str, Speaks]]] = {
    "applied": ("the look-up found it applied, once", "environment"),
    "not_applied": ("the look-up found nothing of it", "nobody"),
    "duplicated": ("the look-up found it more than once", "api"),
    "unknown": ("nobody knows: no look-up told", "nobody"),
}


@dataclass(frozen=True, slots=True)
class Questions:
    """The questions put about one attempt."""

    inquiry: Inquiry
    about: Attempt

    def note(
        self, question: str, answer: str, speaks: Speaks = "nobody", *asked: Attempt | None
    ) -> None:
        """Take in the answer to any question."""
        self.inquiry.note(self.about.id, question, answer, speaks, asked)

    def whole(self) -> None:
        """Whether an answer came, and if not, how far the attempt was."""
        made = self.about
        if made.failure is None:
            sender = f" from {made.peer}" if made.peer else ""
            self.note(WHOLE, f"yes, {made.status}{sender} in {duration(made.elapsed)}")
        else:
            known = ROWS.get(made.row)
            kind = known.failure if known is not None else made.failure.error
            self.note(WHOLE, f"no: {kind}, in phase {made.failure.phase}")

    def table(self, *, may_be_weather: bool) -> None:
        """Whether the retry table leaves it open who answers for such an end."""
        told = "it may" if may_be_weather else "no, never for such an end"
        self.note("May the environment answer for it?", told, "nobody" if may_be_weather else "api")

    def write(self, reconciled: str) -> None:
        """What a look-up said of a write whose answer was lost."""
        if reconciled in _RECONCILED:
            self.note("What became of the write?", *_RECONCILED[reconciled])

    def runner(self, stall: float, *, limit: float) -> None:
        """Whether the runner itself got to run."""
        if stall >= limit:
            self.note("Did the runner stand still?", f"yes, for {stall:.1f} s", "runner")
        else:
            told = f"no, {duration(stall)} at most" if stall else "no"
            self.note("Did the runner stand still?", told)

    def exhausted(self, said: str) -> None:
        """Whether the runner's system had anything left to make a connection of."""
        speaks: Speaks = "runner" if said else "nobody"
        self.note("Did the runner run out of something?", f"yes: {said}" if said else "no", speaks)

    def address(self, home: str, *, is_elsewhere: bool) -> None:
        """Whether the API under test was called at all."""
        if is_elsewhere:
            told = f"no, {home} is; this address has never answered in this run"
            self.note("Is it the address of the API?", told, "test")
        else:
            self.note("Is it the address of the API?", "yes, or one that has answered before")

    def repeats(self, *, may_repeat: bool) -> None:
        """Whether the retry table holds such a failure for one that a server may cause."""
        if may_repeat:
            self.note("May the server cause it?", "yes, where it repeats beside a healthy canary")
        else:
            self.note("May the server cause it?", "no, by the retry table", "environment")

    def circuit(self, fact: str) -> None:
        """Whether calls to the origin are held back."""
        speaks: Speaks = "environment" if fact else "nobody"
        self.note("Is its origin known to be down?", f"yes, {fact}" if fact else "no", speaks)

    def canary(self, answer: Attempt | None) -> None:
        """What the health endpoint answered, now and the times before."""
        times = self.inquiry.times(self.about.id, CANARY)
        if answer is None:
            if not times:
                self.note(CANARY, UNASKED)
        elif is_well(answer):
            all_ = times + 1
            often = f", {all_} of {all_} times" if times else ""
            told = f"yes{often}: it {outcome(answer)} in {duration(answer.elapsed)}"
            self.note(CANARY, told, "api", answer)
        else:
            before = f", after {times} that were well" if times else ""
            self.note(CANARY, f"no, it {_ended(answer)}{before}", "environment", answer)

    def again(self, again: Attempt | None, *, is_alike: bool) -> None:
        """What came of the very same request."""
        times = self.inquiry.times(self.about.id, AGAIN)
        if again is None:
            if not times:
                self.note(AGAIN, UNASKED)
        elif is_alike:
            often = f", {times + 1} of {times + 1} times" if times else ""
            self.note(AGAIN, f"yes{often}: it {_ended(again)}", "api", again)
        else:
            before = f", after {times} that failed" if times else ""
            self.note(AGAIN, f"no, it {_ended(again)}{before}", "environment", again)

    def not_again(self) -> None:
        """That the request may not be sent once more."""
        self.note(AGAIN, f"not asked: {self.about.method} may write, so its test is run again")

    def no_input(self) -> None:
        """That there is nothing of its route to hold it against."""
        self.note(INPUT, "none is known from this run")

    def input(self, beside: Attempt | None, *, shows_the_route: bool) -> None:
        """What came of another request to the same route."""
        if beside is None:
            return
        times = self.inquiry.times(self.about.id, INPUT) + 1
        often = f", {times} of {times} times" if times > 1 else ""
        named = f"{beside.method} {path_of(beside)} {_ended(beside)}"
        if shows_the_route:
            self.note(INPUT, f"yes{often}: {named}", "api", beside)
        else:
            self.note(INPUT, f"no: {named}", "environment", beside)

    def convicted(self, failed: int, well: int) -> None:
        """That it was held against the server before, for another test."""
        told = f"yes: it failed {failed} times, beside {well} canaries that were well"
        self.note("Was it convicted before in this run?", told, "api")

    def rounds(self, times: int, rounds: int) -> None:
        """How often its test has met the failure."""
        told = f"it failed {many(times, 'time')} in {many(rounds, 'round')}"
        self.note("Did it fail in other rounds?", told, "api" if rounds > 1 else "nobody")

    def others(self, *, were_well: bool) -> None:
        """Whether other calls of its route were well since it began to fail."""
        told = "yes, other calls of it were" if were_well else "nobody knows: no other call was"
        self.note("Was its route well meanwhile?", told, "api" if were_well else "nobody")

    def alone(self, *, is_alone: bool) -> None:
        """Whether it is the one thing that fails."""
        told = "yes, and in each round" if is_alone else "no, or too little else was sent"
        speaks: Speaks = "api" if is_alone else "nobody"
        self.note("Was it the only one to fail?", told, speaks)

    def own(self, sign: str, *asked: Attempt | None) -> None:
        """Who gave the answer, by its signs."""
        if sign:
            self.note(OWN, f"no: {sign}", "environment", *asked)
        elif is_own(self.about):
            build = build_of(self.about)
            stamp = f"build {build}" if build else "the trace that was sent"
            self.note(OWN, f"yes, it carries {stamp}", "api", *asked)
        else:
            self.note(OWN, "nothing says otherwise", "nobody", *asked)

    def repeated_write(self, *, was_lost: bool) -> None:
        """Whether the status may be owed to an attempt before this one."""
        if self.about.method in SAFE_METHODS:
            return
        told = "yes, and it may have done the work" if was_lost else "no"
        speaks: Speaks = "environment" if was_lost else "nobody"
        self.note("Was an earlier attempt of this write lost?", told, speaks)

    def builds(self, fact: str, *asked: Attempt | None) -> None:
        """Whether one build of the API answered."""
        speaks: Speaks = "environment" if fact else "nobody"
        told = f"no, {fact}" if fact else "yes"
        self.note("Did one build answer all of it?", told, speaks, *asked)

    def interference(self, fact: str) -> None:
        """Whether others changed the object; only where it has a version."""
        if fact or self.about.header("etag"):
            speaks: Speaks = "environment" if fact else "nobody"
            told = f"yes, {fact}" if fact else "nothing says so"
            self.note("Did somebody else change the object?", told, speaks)

    def let_in(self, again: Attempt | None) -> None:
        """Whether the same credential is let in by the same request, a moment later."""
        if again is None:
            self.note("Is the same credential let in when asked again?", UNASKED)
            return
        is_in = again.is_complete and again.status != 401
        told = f"{'yes' if is_in else 'no'}, it {_ended(again)}"
        speaks: Speaks = "api" if is_in else "nobody"
        self.note("Is the same credential let in when asked again?", told, speaks, again)

    def elsewhere(self, opened: Attempt | None, probe: Attempt | None) -> None:
        """Whether a credential is let in where one of its kind was before."""
        question = "Is the credential let in where it was before?"
        if opened is None:
            self.note(question, "it was let in nowhere in this run", "environment")
            return
        where = f"{opened.method} {path_of(opened)}"
        if probe is None:
            self.note(question, UNASKED)
        elif probe.status == 401:
            self.note(question, f"no, {where} refuses it now", "environment", probe)
        else:
            self.note(question, f"yes, {where} {_ended(probe)}", "api", probe)

    def login(self, own: Attempt | None, *, is_refused: bool) -> None:
        """Whether the run's own credential is let in."""
        if own is None:
            self.note("Is the run's own login let in?", UNASKED)
            return
        told = f"{'no' if is_refused else 'yes, or it was none'}, it {_ended(own)}"
        speaks: Speaks = "environment" if is_refused else "nobody"
        self.note("Is the run's own login let in?", told, speaks, own)

    def renewal(self, asked: Sequence[Attempt], good: Attempt | None) -> None:
        """Whether a credential that was refused, and renewed, was valid all the same."""
        question = "Is the refused credential let in after all?"
        if good is not None:
            self.note(question, f"yes, it {_ended(good)}", "api", *asked)
        elif asked:
            self.note(
                question, f"no, not when asked {many(len(asked), 'time')}", "environment", *asked
            )
        else:
            self.note(question, UNASKED)

    def found(self, answered: int, not_found: int, canary: Attempt | None) -> None:
        """Whether there is anything at the base URL."""
        question = "Was anything of the API found at this address?"
        if answered > not_found:
            self.note(question, f"yes, {answered - not_found} of {answered} answers were no 404")
        elif canary is None or canary.status != 404:
            self.note(question, "the health endpoint was", "nobody", canary)
        else:
            told = f"no, {answered} of {answered} answers were 404, and the health endpoint's too"
            self.note(question, told, "environment", canary)

    def share(self, share: float, ceiling: float) -> None:
        """How much of a late answer is the server's doing."""
        told = f"{duration(share)} are, and the ceiling is {duration(ceiling)}"
        speaks: Speaks = "api" if share > ceiling else "environment"
        self.note("How much of the time is the server's own?", told, speaks)

    def quick_canary(self, canary: Attempt | None, *, is_quick: bool) -> None:
        """Whether the environment was slow just after."""
        question = "Was the canary after it quick?"
        if canary is None:
            self.note(question, UNASKED)
            return
        pace = canary.server_seconds
        told = "no answer" if pace is None else duration(pace)
        if is_quick:
            self.note(question, f"yes, {told}", "api", canary)
        else:
            self.note(question, f"no, {told}", "environment", canary)

    def before(self, how: str) -> None:
        """How calls shortly before a late one were."""
        told: tuple[str, Speaks] = {
            "quick": ("yes", "api"),
            "slow": ("no, they were slow as well", "environment"),
        }.get(how, ("nobody knows: there was none", "nobody"))  # type: ignore[assignment]
        self.note("Were calls shortly before it quick?", *told)

    def late_again(self, asked: Sequence[Attempt], *, is_late: bool) -> None:
        """Whether the same request was late once more."""
        question = "Is it late when it is asked again?"
        if not asked:
            self.note(question, UNASKED)
        elif is_late:
            self.note(question, f"yes, try {len(asked)} was late again", "api", *asked)
        else:
            self.note(question, f"no, it was in time {many(len(asked), 'time')}", "nobody", *asked)

    def recovered(self, last: Attempt) -> None:
        """That another attempt of the call was answered."""
        told = f"yes, attempt {last.number} {_ended(last)}"
        self.note("Was it answered when it was sent again?", told, "environment")


def _ended(attempt: Attempt) -> str:
    """What came of an attempt, as a clause that follows its name."""
    return outcome(attempt) if attempt.failure is None else f"failed ({outcome(attempt)})"
