"""`redhanded flakes`: the tests that come and go, what should be mended first standing first."""

from __future__ import annotations

import sys
from collections import Counter
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, NamedTuple

import click

from redhanded.cli.output import Cell, json_option, print_json, print_prose, print_rows, printable
from redhanded.cli.quantities import day, many, moment, share
from redhanded.cli.runs import LETTERS
from redhanded.cli.view import Wanted, history_options, opened
from redhanded.core.clock import SystemClock

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import date

    from redhanded.cli.suspects import Suspect
    from redhanded.cli.view import View
    from redhanded.history.flakes import Score

_SHOWN = 20
_DAY = 86_400.0
_WORDS = {"unknown": "(too few failures of late to say)"}
_TONES = {"API": "red", "test": "magenta", "environment": "yellow"}


@click.command(short_help="The tests that come and go, and whom that speaks of.")
@click.option(
    "--days",
    type=click.IntRange(1, 36_500),
    default=90,
    show_default=True,
    help="How far back to look.",
)
@click.option("--all", "is_whole", is_flag=True, help="Show also tests that never failed.")
@click.option(
    "--fail",
    "fails",
    is_flag=True,
    help="End with 1 for a faulty API or an expired quarantine.",
)
@history_options
@json_option
@click.pass_context
def flakes(
    ctx: click.Context,
    *,
    days: int,
    is_whole: bool,
    fails: bool,
    wanted: Wanted,
    as_json: bool,
) -> None:
    """List tests that fail now and then: by the API, by themselves, or by the environment.

    What should be mended first stands first. Scores order work; they never change a verdict.
    """
    with opened(wanted) as view:
        page = _page(view, days=days, is_whole=is_whole, is_long=is_whole or as_json)
        if as_json:
            print_json(page.described())
        elif page.every:
            _print(page)
        else:
            click.echo(view.emptiness(days=days))
    if fails and any(one.is_urgent(page.today) for one in page.every):
        ctx.exit(1)


class Page(NamedTuple):
    """What is told of the last days: every test that ran, and those that are shown."""

    project: str
    days: int
    today: date
    every: Sequence[Suspect]
    shown: Sequence[Suspect]

    def described(self) -> dict[str, Any]:
        """The page as JSON values."""
        tests = [one.described(self.today) for one in self.shown]
        seen = len(self.every)
        return {"project": self.project, "days": self.days, "seen": seen, "tests": tests}


def _page(view: View, *, days: int, is_whole: bool, is_long: bool) -> Page:
    """The page of a project: of every test if it is whole, without an end if it is long."""
    from redhanded.cli.suspects import suspects, with_recent

    now = SystemClock.wall()
    since, today = now - days * _DAY, datetime.fromtimestamp(now, UTC).date()
    every = suspects(view.store, view.project, since=since, now=now)
    chosen = [one for one in every if is_whole or one.is_told(today)][: None if is_long else _SHOWN]
    shown = list(with_recent(chosen, view.store, view.project, since=since))
    return Page(view.project, days, today, every, shown)


def _print(page: Page) -> None:
    title = f"{printable(page.project)}, {many(page.days, 'day')}"
    print_prose(list(_summary(page.every, page.today, title)))
    _print_tests(page.shown, page.today)
    _print_rest(page)


def _summary(every: Sequence[Suspect], today: date, what: str) -> Iterator[str]:
    """How many tests there are of each kind."""
    labels = Counter(one.label.value for one in every)
    kinds = ("API", "mixed", "test", "environment")
    told = [f"{labels[kind]} {_KINDS[kind]}" for kind in kinds if labels[kind]]
    seen = sum(one.label.value == "none" and one.is_failing for one in every)
    if seen:
        told.append(f"{seen} with too few failures to say")
    yield f"{what}: {many(len(every), 'test')}; {', '.join(told) or 'none failed'}."
    expired = sum(one.has_expired(today) for one in every)
    if expired:
        yield f"{many(expired, 'quarantine')} expired: mend the test, or take it out."


_KINDS = {
    "API": "by the API",
    "mixed": "by more than one",
    "test": "by the test itself",
    "environment": "by the environment",
}


def _print_tests(shown: Sequence[Suspect], today: date) -> None:
    if sys.stdout.isatty():
        for one in shown:
            print_prose(["", *_card(one, today)])
    elif shown:
        names = ["channel", "word", "share", "from", "to", "failed", "runs", "first", "last"]
        names += ["latest runs", "cause", "run", "owner", "until", "test"]
        print_rows([[Cell(name) for name in names], *(_row(one, today) for one in shown)])


def _card(one: Suspect, today: date) -> Iterator[str]:
    """One test, in a few lines for a terminal."""
    main = one.main
    head = click.style(_head(main), fg=_TONES[main.channel], bold=True)
    yield f"{head}  {printable(one.known.node_id)}"
    yield f"  {_told(main)}"
    yield from (f"  also {_head(other)}: {_told(other)}" for other in one.others)
    if one.latest:
        latest = f"{moment(one.latest.at)}, {one.latest.run_id}: {one.latest.cause}"
        yield f"  {_letters(one)}  latest {printable(latest)}"
    if one.is_gone:
        yield f"  not run since {day(one.known.last_seen)}: removed or renamed"
    if one.known.owner:
        word = "expired" if one.has_expired(today) else "quarantined until"
        yield f"  {word} {one.known.until}, owner {printable(one.known.owner)}"
    marker = one.marker(today)
    if marker:
        yield f"  {click.style(printable(marker), dim=True)}"


def _head(score: Score) -> str:
    return f"{score.channel} {_WORDS.get(score.word, score.word)}"


def _told(score: Score) -> str:
    """How often, and how sure that is."""
    if not score.events:
        return f"never in {many(score.trials, 'run')}; at most {share(score.high)}"
    first, last = day(score.first or 0), day(score.last or 0)
    span = first if first == last else f"{first} to {last}"
    about = f"about {share(score.mean)} ({share(score.low)} to {share(score.high)})"
    return f"{score.events} of {many(score.trials, 'run')}, {about}, {span}"


def _letters(one: Suspect) -> str:
    return "".join(LETTERS.get(trial.verdict, "?") for trial in one.recent)


def _row(one: Suspect, today: date) -> list[Cell]:
    main, latest = one.main, one.latest
    until = f"{one.known.until}{' (expired)' if one.has_expired(today) else ''}"
    return [
        Cell(main.channel),
        Cell(main.word),
        *(Cell(share(part)) for part in (main.mean, main.low, main.high)),
        *(Cell(str(number)) for number in (main.events, main.trials)),
        *(Cell("-" if at is None else day(at)) for at in (main.first, main.last)),
        Cell(_letters(one) or "-"),
        Cell((latest.cause if latest else "") or "-"),
        Cell(latest.run_id if latest else "-"),
        Cell(one.known.owner or "-"),
        Cell(until or "-"),
        Cell(one.known.node_id + f" (not since {day(one.known.last_seen)})" * one.is_gone),
    ]


def _print_rest(page: Page) -> None:
    """What the letters mean, and how many tests are not shown."""
    legend = {letter: word for word, letter in LETTERS.items()}
    seen = dict.fromkeys("".join(_letters(one) for one in page.shown))
    meant = ", ".join(f"{letter} {legend[letter].replace('_', ' ')}" for letter in seen)
    left = sum(one.is_told(page.today) for one in page.every) - len(page.shown)
    if meant:
        more = f" + {many(left, 'more test')}: --all." if left > 0 else ""
        print_prose(["", f"The newest run stands last: {meant}.{more}"])
