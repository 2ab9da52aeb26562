"""`redhanded demo`: the demo API, the example suites, the verdicts, the evidence."""

from __future__ import annotations

import os
import sys
import time
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

import click

from redhanded.cli.commands import Refusal

if TYPE_CHECKING:
    from collections.abc import Sequence

    from redhanded.cli.suites import Suites

NOTHING_JUDGED = 75  # EX_TEMPFAIL of sysexits.h, as for a run that is merely inconclusive
_FOLDER = ".redhanded"
_LAB = ("fastapi", "starlette", "uvicorn")
_AN_HOUR = 3600


class NothingJudged(Refusal):
    """The demo could not be set up, which says nothing about any API."""

    exit_code = NOTHING_JUDGED


@click.command(short_help="Start the demo API and judge it with the example suites.")
@click.option(
    "--tests",
    type=click.Path(exists=True, path_type=Path),
    help="Run these tests in place of the examples.",
)
@click.option("--keep", is_flag=True, help="Keep the API and its files until Ctrl-C.")
@click.argument("pytest_args", nargs=-1, type=click.UNPROCESSED, metavar="[-- PYTEST ARGS]")
@click.pass_context
def demo(ctx: click.Context, *, tests: Path | None, keep: bool, pytest_args: Sequence[str]) -> None:
    """Start the demo API on a free port of this machine and run the example suites against it.

    The evidence goes to .redhanded in the working folder. Ends with pytest's own exit code, or
    with 75 where the API does not start.
    """
    import tempfile

    from redhanded.cli.suites import Suites
    from redhanded.lab import LabError, running

    _require_lab()
    with tempfile.TemporaryDirectory(prefix="redhanded-demo-", ignore_cleanup_errors=True) as made:
        folder = Path(made)
        suites = Suites.at(tests) if tests is not None else Suites.of_examples(folder)
        try:
            with running(folder / "demo.db") as api:
                code = _judged(api.url, suites, pytest_args)
                if keep:
                    _linger(api.url, folder, suites)
        except LabError as error:
            raise NothingJudged(f"{error}.") from None
    ctx.exit(code)


def _require_lab() -> None:
    missing = [name for name in _LAB if find_spec(name) is None]
    if missing:
        names = " and ".join(missing)
        raise Refusal(f"the demo API needs {names}: pip install 'redhanded[lab]'")


def _judged(url: str, suites: Suites, pytest_args: Sequence[str]) -> int:
    """The exit code of pytest, with a sentence before and after its run."""
    from redhanded.cli.child import run

    folder = Path.cwd() / _FOLDER
    before = _runs(folder)
    click.echo(f"The demo API answers at {url}.")
    click.echo(f"pytest now runs {suites.name} against it.\n")
    sys.stdout.flush()
    code = run(suites.command(url, folder, pytest_args), environ=suites.environ(os.environ))
    runs = sorted(_runs(folder) - before)
    if runs:  # elsewhere the plugin has said why and where
        place = runs[0] if len(runs) == 1 else folder / "runs"
        click.echo(f"\nThe evidence is in {place}.")
    return code


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
