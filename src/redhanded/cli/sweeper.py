"""A sweep as a command makes it: with the settings of the working folder, and no run around it."""

from __future__ import annotations

import itertools
import os
import sys
from contextlib import closing
from dataclasses import dataclass, replace
from importlib.metadata import version
from typing import TYPE_CHECKING, Any

from redhanded.cleanup.adopted import adopted
from redhanded.cleanup.effects import Rules
from redhanded.cleanup.entries import Declared, Deleted, NotApplied
from redhanded.cleanup.holdings import Holding, holdings
from redhanded.cleanup.journal import FOLDER
from redhanded.cleanup.owner import Standing, address
from redhanded.cleanup.sweep import Sweep
from redhanded.cli.config import Veil
from redhanded.cli.leftovers import Leftover, Outcome, left_by, leftovers
from redhanded.cli.ticker import Ticker
from redhanded.client.client import Clients
from redhanded.core.errors import UsageError
from redhanded.pipeline.call import PURPOSE, Scope
from redhanded.pipeline.surroundings import Surroundings
from redhanded.session.liveness import Liveness
from redhanded.session.sweeping import answering, undeclared

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    import httpx2

    from redhanded.cleanup.remnants import Remnant
    from redhanded.cleanup.report import Report
    from redhanded.session.sources import Loaded


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """What a sweep came to; `problems` are sentences, masked as all the rest."""

    base_url: str
    is_dry: bool
    leftovers: Sequence[Leftover]
    problems: Sequence[str]
    now: float

    @property
    def has_failed(self) -> bool:
        """Whether something stays that should not, or could not be looked at."""
        return bool(self.problems) or any(one.outcome is Outcome.STAYS for one in self.leftovers)

    def described(self) -> dict[str, Any]:
        """All of it as JSON values."""
        return {
            "base_url": self.base_url,
            "dry_run": self.is_dry,
            "leftovers": [one.described(self.now) for one in self.leftovers],
            "problems": list(self.problems),
        }


class Sweeper:
    """Sweeps what the journals of a project tell of; `now` is in seconds since the epoch."""

    def __init__(self, loaded: Loaded, *, surroundings: Surroundings | None = None) -> None:
        self._settings = loaded.settings
        self._around = surroundings or Surroundings()
        self._redactor = Veil.over(loaded).redactor
        self._base_url = address(loaded.settings.base_url or "")
        self.folder: Path = loaded.settings.folder / FOLDER

    @property
    def now(self) -> float:
        """The time, by which ages are told."""
        return self._around.clock.wall()

    def sweep(self, *, is_dry: bool, is_foreign: bool) -> Found:
        """What is left behind, and what became of it; in a dry run nothing is removed."""
        if is_foreign and self._settings.base_url is None:
            raise UsageError("--foreign has no API to search: set base_url, or name a profile.")
        held = self._held()
        barred = {
            one.path: why
            for one in held
            if (why := undeclared(one, self._base_url, self._settings))
        }
        known = [one for one in held if one.path not in barred]
        problems = [told for one in held if (told := damage(one))]
        live = {one.contents.owner.run for one in held if _is_alive(one) and one.contents.owner}
        is_alive = Liveness(self._settings, live, surroundings=self._around, tell=problems.append)
        with closing(is_alive), closing(self._clients()) as clients, self._ticker() as ticker:
            count = sum(len(one.remnants) for one in known)
            sweep = self._engine(clients, ticker, is_alive, count)
            reports = (
                [sweep.look(known, is_again=True)] if is_dry else [sweep.run(known, is_again=True)]
            )
            if is_foreign:
                reports.append(sweep.run_strangers(self._kinds(held), is_dry=is_dry))
        found = self._found(reports, held, problems, is_dry=is_dry)
        kept = (
            left_by(one, each, Outcome.STAYS, barred[one.path])
            for one in held
            if one.path in barred
            for each in one.remnants
        )
        return replace(found, leftovers=[*found.leftovers, *kept])

    def forget(self, which: str) -> list[Leftover]:
        """What is off the list now: every leftover of dead runs with this id or mark."""
        forgotten = [
            one
            for held in self._held()
            if held.standing is not Standing.ALIVE
            for one in self._forgotten(held, which)
        ]
        if not forgotten:
            raise UsageError(
                f"{which!r} is no id and no mark of anything that a dead run left behind; "
                "`redhanded sweep --dry-run` lists what there is."
            )
        return forgotten

    def _held(self) -> list[Holding]:
        try:
            return holdings(self.folder)
        except OSError as error:
            raise UsageError(
                f"the journals in {self.folder} cannot be read ({error.strerror or error}): make it"
                " a folder that you may read, or set `folder` to another one."
            ) from error

    def _forgotten(self, held: Holding, which: str) -> list[Leftover]:
        meant = [one for one in held.remnants if which in (one.id, one.tag)]
        journal = adopted(held) if meant else None
        if journal is None:
            return []
        with closing(journal):
            for problem in filter(None, [journal.write(_end_of(one, self.now)) for one in meant]):
                raise UsageError(problem)
        return [left_by(held, one, Outcome.FORGOTTEN) for one in meant]

    def _clients(self) -> Clients:
        return Clients(
            self._settings,
            surroundings=self._around,
            on_secret=self._learn,
            user_agent=f"redhanded/{version('redhanded')} (synthetic-test; sweep)",
        )

    def _learn(self, value: str, name: str) -> None:
        self._redactor.issue(value, name=name)

    def _ticker(self) -> Ticker:
        return Ticker.on(sys.stderr, os.environ, now=self._around.clock.monotonic)

    def _engine(self, clients: Clients, ticker: Ticker, is_alive: Liveness, count: int) -> Sweep:
        settings, clock, done = self._settings, self._around.clock, itertools.count(1)

        def pause(seconds: float) -> None:
            ticker.tell(f"waiting {seconds:.0f} s for the API, or for what may still show")
            self._around.sleep(seconds)

        def sent(method: str, path: str, identity: str | None) -> httpx2.Response:
            response = _sent(clients, method, path, identity)
            if method != "GET":  # what only looks removes nothing
                ticker.count(next(done), count, "removals")
            return response

        return Sweep(
            base_url=self._base_url,
            profile=settings.env or "",
            rules=Rules.of(settings.cleanup, total=settings.timeouts.total),
            send=answering(sent, mask=self._redactor.text),
            is_alive=is_alive,
            sleep=pause,
            monotonic=clock.monotonic,
            wall=clock.wall,
        )

    def _kinds(self, held: Sequence[Holding]) -> dict[str, Declared]:
        """What can be found by its mark: by the settings, or by what a fixture declared."""
        kinds = {
            kind: declared
            for one in held
            if one.contents.owner is not None and one.contents.owner.base_url == self._base_url
            for kind, declared in one.contents.declared.items()
        }
        kinds |= {kind: Declared.of(kind, one) for kind, one in self._settings.resources.items()}
        return {kind: one for kind, one in kinds.items() if one.tag and one.list_by_tag}

    def _found(
        self,
        reports: Sequence[Report],
        held: Sequence[Holding],
        problems: list[str],
        *,
        is_dry: bool,
    ) -> Found:
        mask = self._redactor.text
        told = [
            one.masked(mask)
            for report in reports
            for one in leftovers(
                report,
                held,
                base_url=self._base_url,
                prefix=self._settings.cleanup.prefix,
                is_dry=is_dry,
            )
        ]
        for report in reports:
            problems += [*report.problems, *([report.stopped] if report.stopped else [])]
        return Found(
            base_url=mask(self._base_url),
            is_dry=is_dry,
            leftovers=told,
            problems=[mask(one) for one in problems],
            now=self.now,
        )


def damage(holding: Holding) -> str:
    """What is wrong with a journal, in a sentence; empty where nothing is."""
    contents = holding.contents
    if contents.problem:
        return contents.problem
    if contents.owner is None:
        return (
            f"the first line of {holding.path} is damaged, and nothing tells whose the rest is: "
            "look at it, and remove the file"
        )
    if contents.damaged:
        lines = "a line" if contents.damaged == 1 else f"{contents.damaged} lines"
        return f"{lines} of {holding.path} cannot be read, and may have told of more"
    return ""


def _is_alive(holding: Holding) -> bool:
    return holding.standing is Standing.ALIVE


def _end_of(remnant: Remnant, at: float) -> Deleted | NotApplied:
    if remnant.is_intent:
        return NotApplied(kind=remnant.kind, tag=remnant.tag, at=at)
    return Deleted(kind=remnant.kind, id=remnant.id, parent=remnant.parent, at=at)


def _sent(clients: Clients, method: str, path: str, identity: str | None) -> httpx2.Response:
    with clients.open(Scope(), identity) as client:
        return client.request(method, path, extensions={PURPOSE: "cleanup"})
