"""`redhanded canary`: the canary tests alone, one after another, before all others may go."""

from __future__ import annotations

import os
import sys
from importlib.util import find_spec
from typing import TYPE_CHECKING, Final

import click

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

_NO_TESTS: Final = 5  # pytest's code for a run that has selected nothing


@click.command(
    short_help="Run the canary tests alone, before all others may go.",
)
@click.argument("paths", nargs=-1, metavar="[PATHS] [-- PYTEST ARGUMENTS]")
@click.option("--env", metavar="NAME", help="The profile [tool.redhanded.env.NAME] to use.")
@click.pass_context
def canary(ctx: click.Context, *, paths: tuple[str, ...], env: str | None) -> None:
    """Run the tests that carry the marker `canary`: in one process, in the order of collection.

    Where all of them hold, all tests may go to a target that is `live`, for `canary.within`
    seconds. What follows `--` goes to pytest. Ends with pytest's own code.
    """
    from redhanded.cli.child import run

    code = run(command(paths, env, environ=os.environ), environ=os.environ)
    if code == _NO_TESTS:
        click.echo(
            "redhanded: no canary test has run: write @pytest.mark.canary above a few tests that"
            " only read what is known to be there.",
            err=True,
        )
    ctx.exit(code)


def command(given: Sequence[str], env: str | None, *, environ: Mapping[str, str]) -> list[str]:
    """How pytest is started; what makes it a canary run comes last, and so is stronger."""
    words = [sys.executable, "-m", "pytest"]
    if env is not None:
        words.append(f"--rh-env={env}")
    words += given
    # Workers of the project's own options; without its plugin pytest would not know the option.
    is_loaded = find_spec("xdist") is not None and not environ.get("PYTEST_DISABLE_PLUGIN_AUTOLOAD")
    if is_loaded and "no:xdist" not in given:
        words += ["-n", "0"]
    return [*words, "-m", "canary"]
