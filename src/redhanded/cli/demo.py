"""`redhanded demo`: the demo API, the example suites, the verdicts, the evidence."""

from __future__ import annotations

import os
import sys
import time
from contextlib import contextmanager
from dataclasses import dataclass, replace
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from redhanded.cli.commands import Refusal
from redhanded.cli.output import print_prose

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from redhanded.cli.storm import Storm
    from redhanded.cli.suites import Suites

NOTHING_JUDGED = 75  # EX_TEMPFAIL of sysexits.h, as for a run that is merely inconclusive
_FOLDER = ".redhanded"
_LAB = ("fastapi", "starlette", "uvicorn")
_STORM = ("h2",)
_AN_HOUR = 3600
_RAN = frozenset({0, 1, NOTHING_JUDGED})  # pytest's codes of a run that was one


class NothingJudged(Refusal):
    """The demo could not be set up, which says nothing about any API."""

    exit_code = NOTHING_JUDGED


@dataclass(frozen=True, slots=True, kw_only=True)
class _Site:
    """Where the demo takes place: what the tests call, and the files that the lab writes."""

    url: str
    folder: Path
    storm: Storm | None = None

    @property
    def weather(self) -> Path:
        """A line for each fault, and for each request that arrived."""
        return self.folder / "weather.ndjson"

    @property
    def served(self) -> Path:
        """A line for each time that the planted bug was served."""
        return self.folder / "served.ndjson"


@click.command(short_help="Start the demo API and judge it with the example suites.")
@click.option(
    "--tests",
    type=click.Path(exists=True, path_type=Path),
    help="Run these tests in place of the examples.",
)
@click.option("--keep", is_flag=True, help="Keep the API and its files until Ctrl-C.")
@click.option("--storm", "stormy", is_flag=True, help="Make bad weather, and plant one bug.")
@click.option("--defect", metavar="CODE", help="The bug to plant in a storm [D84].")
@click.option(
    "--weather", multiple=True, metavar="CODE", help="The weather of a storm; repeatable [a mix]."
)
@click.option("--seed", type=int, metavar="N", help="Decides what chance does in a storm [1].")
@click.argument("pytest_args", nargs=-1, type=click.UNPROCESSED, metavar="[-- PYTEST ARGS]")
@click.pass_context
def demo(
    ctx: click.Context,
    /,
    *,
    tests: Path | None,
    keep: bool,
    stormy: bool,
    pytest_args: Sequence[str],
    **asked: Any,  # noqa: ANN401  click's
) -> None:
    """Start the demo API on a free port of this machine and run the example suites against it.

    The evidence goes to .redhanded in the working folder. Ends with pytest's own exit code, or
    with 75 where the API does not start.

    With --storm the tests meet faults of the environment on their way, and an API with one bug.
    Then 0 means that the bug was caught and nothing else is red, and 1 that it was not so.
    """
    import tempfile

    from redhanded.cli.suites import Suites
    from redhanded.lab import LabError

    _require(_LAB + _STORM if stormy else _LAB)
    storm = _storm(stormy=stormy, **asked)
    with tempfile.TemporaryDirectory(prefix="redhanded-demo-", ignore_cleanup_errors=True) as made:
        folder = Path(made)
        suites = Suites.at(tests) if tests is not None else Suites.of_examples(folder)
        try:
            with _site(folder, storm) as site:
                code = _judged(site, suites, pytest_args)
                if keep:
                    _linger(site.url, folder, suites)
        except LabError as error:
            raise NothingJudged(f"{error}.") from None
    ctx.exit(code)


def _storm(*, stormy: bool, **asked: Any) -> Storm | None:  # noqa: ANN401  click's
    if stormy:
        from redhanded.cli.storm import Storm

        return Storm.of(**asked)
    given = [f"--{name}" for name, value in asked.items() if value not in (None, ())]
    if given:
        raise click.UsageError(f"{given[0]} says what a storm is like: add --storm.")
    return None


@contextmanager
def _site(folder: Path, storm: Storm | None) -> Iterator[_Site]:
    """The demo API, as it is or in the storm, until the block ends."""
    from redhanded.lab import running

    if storm is None:
        with running(folder / "demo.db") as api:
            yield _Site(url=api.url, folder=folder)
        return
    from redhanded.lab.weather import blowing

    site = _Site(url="", folder=folder, storm=storm)
    with (
        running(
            folder / "demo.db", defects=[storm.defect], seed=storm.seed, served=site.served
        ) as api,
        blowing(api.url, storm.plan, log=site.weather) as weather,
    ):
        yield replace(site, url=weather.url)


def _require(needed: Sequence[str]) -> None:
    missing = [name for name in needed if find_spec(name) is None]
    if missing:
        names = " and ".join(missing)
        raise Refusal(f"the demo API needs {names}: pip install 'redhanded[lab]'")


def _judged(site: _Site, suites: Suites, pytest_args: Sequence[str]) -> int:
    """The exit code of the demo, with a sentence before and after pytest's run."""
    from redhanded.cli.child import run

    folder, storm = Path.cwd() / _FOLDER, site.storm
    before = _runs(folder)
    click.echo(f"The demo API answers at {site.url}.")
    if storm is not None:
        print_prose([storm.forecast()])
    click.echo(f"pytest now runs {suites.name} against it.\n")
    sys.stdout.flush()
    words = [*(storm.pytest_args if storm else ()), *pytest_args]
    spread = {"workers": storm.workers} if storm else {}
    command = suites.command(site.url, folder, words, **spread)
    code = run(command, environ=suites.environ(os.environ))
    runs = sorted(_runs(folder) - before)
    if storm is not None and code in _RAN:
        code = _told(site, storm, runs)
    if runs:  # elsewhere the plugin has said why and where
        place = runs[0] if len(runs) == 1 else folder / "runs"
        click.echo(f"\nThe evidence is in {place}.")
    return code


def _told(site: _Site, storm: Storm, runs: Sequence[Path]) -> int:
    """0 where the planted bug was caught and nothing else is red, else 1; says what happened."""
    from redhanded.cli.aftermath import Aftermath, keep

    after = Aftermath.read(weather=site.weather, served=site.served, runs=runs, url=site.url)
    click.echo()
    for line in after.told(f"{storm.defect} ({storm.title})"):
        # The id of a test is copied from here, so it is never wrapped.
        click.echo(line) if line.startswith(" ") else print_prose([line])
    if len(runs) == 1:
        keep([site.weather, site.served], runs[0])
    return 0 if after.is_kept else 1


def _runs(folder: Path) -> set[Path]:
    return set((folder / "runs").glob("*"))


def _linger(url: str, folder: Path, suites: Suites) -> None:
    """Wait for Ctrl-C, which is the wanted end here."""
    try:
        click.echo(
            f"{url} and its files in {folder} stay until Ctrl-C; the tests are {suites.place}."
        )
        while True:
            time.sleep(_AN_HOUR)
    except KeyboardInterrupt:
        click.echo(err=True)
