"""The command line: every command in a module of its own, imported when it is asked for."""

from __future__ import annotations

import sys

import click

import redhanded
from redhanded.cli.commands import Commands

_EXIT_CODES = """\b
Exit codes:
  0    done, and well
  1    a test is red, a problem was found, or the API never became well
  2    it could not be done as asked; the sentence says what to write
  3    a fault of redhanded itself
  75   nothing is red, but something could not be judged
  130  interrupted
`demo` and `canary` end with pytest's own code.
"""


@click.group(
    cls=Commands,
    homes={
        "demo": "redhanded.cli.demo",
        "init": "redhanded.cli.init",
        "weather": "redhanded.cli.weather",
        "doctor": "redhanded.cli.doctor",
        "canary": "redhanded.cli.canary",
        "wait": "redhanded.cli.wait",
        "history": "redhanded.cli.history",
        "flakes": "redhanded.cli.flakes",
        "slow": "redhanded.cli.slow",
        "report": "redhanded.cli.report",
        "replay": "redhanded.cli.replay",
        "diff": "redhanded.cli.diff",
        "coverage": "redhanded.cli.coverage",
        "sweep": "redhanded.cli.sweep",
        "config": "redhanded.cli.config",
        "explain": "redhanded.cli.explain",
    },
    epilog=_EXIT_CODES,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)
@click.version_option(redhanded.__version__, prog_name="redhanded", message="%(prog)s %(version)s")
@click.option("--traceback", is_flag=True, help="Show where a fault of redhanded itself lies.")
def group(*, traceback: bool) -> None:
    """API tests whose red is a real bug: pytest runs them, these commands stand around it."""


def main() -> None:
    """End the process with the code of the command that was asked for."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):  # a console of an old code page can show anything then
            stream.reconfigure(errors="backslashreplace")
    group(prog_name="redhanded")
