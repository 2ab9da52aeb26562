"""`redhanded flakes`: the tests that come and go, what should be mended first standing first."""

from __future__ import annotations

import sys
from collections import Counter
from datetime import UTC, datetime
from typing import TYPE_CHECKING

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
    from redhanded.history.flakes import Score

_SHOWN = 20
_DAY = 86_400.0
_WORDS = {"unknown": "(too few failures of late to say)"}
_TONES = {"API": "red", "test": "magenta", "environment": "yellow"}


@click.command(short_help="The tests that come and go, and whom that speaks of.")
@click.option(
    "--days",
    type=click.IntRange(1),
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
    from redhanded.cli.suspects import suspects, with_recent

    now = SystemClock.wall()
    since, today = now - days * _DAY, datetime.fromtimestamp(now, UTC).date()
    with opened(wanted) as view:
        every = suspects(view.store, view.project, since=since, now=now)
        chosen = every if is_whole else [one for one in every if one.is_told(today)]
        if not (is_whole or as_json):
            chosen = chosen[:_SHOWN]
        shown = list(with_recent(chosen, view.store, view.project, since=since))
        if as_json:
            tests = [one.described(today) for one in shown]
            print_json({"project": view.project, "days": days, "seen": len(every), "tests": tests})
        elif every:
            print_prose(
                list(_summary(every, today, f"{printable(view.project)}, {many(days, 'day')}"))
            )
            _print(shown, today)
            _print_rest(every, shown, today)
        else:
            click.echo(view.emptiness(days=days))
    if fails and any(one.is_urgent(today) for one in every):
        ctx.exit(1)


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


def _print(shown: Sequence[Suspect], today: date) -> None:
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


def _print_rest(every: Sequence[Suspect], shown: Sequence[Suspect], today: date) -> None:
    """What stands here, and what does not."""
    legend = {letter: word for word, letter in LETTERS.items()}
    seen = dict.fromkeys("".join(_letters(one) for one in shown))
    meant = ", ".join(f"{letter} {legend[letter].replace('_', ' ')}" for letter in seen)
    left = sum(one.is_told(today) for one in every) - len(shown)
    if meant:
        more = f" + {many(left, 'more test')}: --all." if left > 0 else ""
        print_prose(["", f"The newest run stands last: {meant}.{more}"])
