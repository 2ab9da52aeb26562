"""The sweep: what dead processes left behind is removed, and nothing else is touched."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

from redhanded.cleanup.adopted import Adopted, adopted
from redhanded.cleanup.effects import Answer, Ask, Course, Rules, Stopped, Target, Wait
from redhanded.cleanup.remnants import depth
from redhanded.cleanup.removal import give_up, remove
from redhanded.cleanup.report import Report, Tally
from redhanded.cleanup.search import Search
from redhanded.cleanup.strangers import Strangers
from redhanded.pipeline.drivers import run

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from redhanded.cleanup.effects import Effect, Flow, Tell
    from redhanded.cleanup.entries import Declared, Outcome
    from redhanded.cleanup.holdings import Holding
    from redhanded.cleanup.remnants import Remnant

Send: TypeAlias = Callable[[str, str, str | None], Answer]
Told: TypeAlias = Callable[["Remnant", "Outcome"], None]


def clear(targets: Sequence[Target], course: Course) -> Flow[None]:
    """Removes objects, and searches the intents until each is found or nothing came of it."""
    search = Search(course, [one for one in targets if one.remnant.is_intent])
    known = [one for one in targets if not one.remnant.is_intent]
    in_use = yield from remove([*known, *(yield from search.scan())], course)
    while search.left:
        yield from search.rest()
        found = yield from search.scan()
        if found:  # it may be what hung on the others
            in_use = yield from remove([*found, *(one.target for one in in_use)], course)
        yield from search.settle()
    yield from give_up(in_use, course)


def survey(targets: Sequence[Target], course: Course) -> Flow[None]:
    """Searches the intents once, and removes nothing."""
    yield from Search(course, [one for one in targets if one.remnant.is_intent]).scan()


def _nobody(_remnant: Remnant, _entry: Outcome) -> None:
    """Tell nobody."""


def _unknown(_run: str) -> bool:
    return True


@dataclass(slots=True, kw_only=True)
class Sweep:
    """Removes what is left on one API, by journals or by marks alone.

    `base_url` is as `owner.address` gives it, `profile` the settings' own. `send` takes method,
    path and the identity's name, sends once, and never raises for what comes of it. `told` is
    called with each remnant and what became of it, at once. `is_alive` says whether a run, of
    whichever machine, may still be under way: where nobody knows, it is. An interrupt flows
    through, and the next sweep goes on.
    """

    base_url: str
    profile: str = ""
    rules: Rules
    send: Send
    told: Told = _nobody
    is_alive: Callable[[str], bool] = _unknown
    sleep: Callable[[float], None] = time.sleep
    monotonic: Callable[[], float] = time.monotonic
    wall: Callable[[], float] = time.time

    def run(self, holdings: Iterable[Holding], *, is_again: bool = False) -> Report:
        """Removes what dead owners left; `is_again` tries what earlier sweeps gave up as well.

        A journal of which nothing is left is removed too.
        """
        tally = Tally()
        journals: list[Adopted] = []
        try:
            for holding in self._open(holdings, tally):
                journal = adopted(holding)
                journals += [] if journal is None else [journal]
            targets = _targets(journals, tally, is_again=is_again)
            self._drive(clear(targets, self._course()), tally, journals)
        finally:
            for journal in journals:
                journal.close()
        return tally.report()

    def look(self, holdings: Iterable[Holding], *, is_again: bool = False) -> Report:
        """What `run` would do: the API is only asked for what it lists, and nothing is written."""
        tally = Tally()
        journals = [Adopted.of(each.path, each.contents) for each in self._open(holdings, tally)]
        targets = _targets(journals, tally, is_again=is_again)
        self._drive(survey(targets, self._course()), tally)
        return tally.report()

    def run_strangers(self, kinds: Mapping[str, Declared], *, is_dry: bool = False) -> Report:
        """Removes what carries a mark of ours that is old enough, and stands in no journal here."""
        tally = Tally()
        if not self.rules.allows_host_of(self.base_url):
            tally.problems.append(
                f"{self.base_url} is not searched for marks: its host is not in cleanup.hosts"
            )
            return tally.report()
        course = self._course()
        strangers = Strangers(course, kinds, self.is_alive)
        self._drive(_cleared(strangers, course, tally, is_dry=is_dry), tally)
        return tally.report()

    def _course(self) -> Course:
        return Course(self.rules, self.monotonic, self.wall)

    def _open(self, holdings: Iterable[Holding], tally: Tally) -> Iterator[Holding]:
        for holding in holdings:
            why_not = "" if holding.is_done else self._hindrance(holding)
            if why_not:
                tally.untouched.append((holding, why_not))
            else:
                yield holding

    def _hindrance(self, holding: Holding) -> str:
        return holding.hindrance(
            self.base_url,
            self.rules,
            profile=self.profile,
            now=self.wall(),
            is_alive=self.is_alive,
        )

    def _drive(self, flow: Flow[None], tally: Tally, journals: Sequence[Adopted] = ()) -> None:
        def perform(effect: Effect) -> Answer | None:
            if isinstance(effect, Ask):
                return self.send(*effect)
            if isinstance(effect, Wait):
                self.sleep(effect.seconds)
            else:
                self._tell(effect, tally, journals)
            return None

        try:
            run(flow, perform)
        except Stopped as stop:
            tally.stopped = str(stop)

    def _tell(self, effect: Tell, tally: Tally, journals: Sequence[Adopted]) -> None:
        target, entry = effect
        tally.take(target, entry)
        if journals:
            problem = journals[target.journal].write(entry)
            tally.problems += [problem] if problem else []
        self.told(target.remnant, entry)


def _targets(journals: Sequence[Adopted], tally: Tally, *, is_again: bool) -> list[Target]:
    every = [
        Target(one, journal.declared.get(one.kind), depth(one.kind, journal.declared), number)
        for number, journal in enumerate(journals)
        for one in journal.remnants.all()
    ]
    tried = [one for one in every if is_again or not one.remnant.is_given_up]
    tally.kept += [one.remnant for one in every if one not in tried]
    tally.expect(tried)
    return tried


def _cleared(strangers: Strangers, course: Course, tally: Tally, *, is_dry: bool) -> Flow[None]:
    found, problems = yield from strangers.search()
    tally.problems += problems
    tally.expect(found)
    if not is_dry:
        yield from give_up((yield from remove(found, course)), course)
