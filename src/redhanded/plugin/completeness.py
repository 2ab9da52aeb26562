"""Whether a run was the whole suite, or a part of it that somebody chose or that was cut short."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator

_CHOOSING = {
    "keyword": "-k",
    "markexpr": "-m",
    "lf": "--lf",
    "stepwise": "--stepwise",
    "deselect": "--deselect",
    "ignore": "--ignore",
    "ignore_glob": "--ignore-glob",
}


def why_partial(session: pytest.Session, *, shard: str | None = None) -> str:
    """Why the run does not show the whole suite, in a clause; empty where it does.

    `shard` is the part that this machine takes of a run.
    """
    return next(_reasons(session, shard), "")


def _reasons(session: pytest.Session, shard: str | None) -> Iterator[str]:
    config = session.config
    for option, written in _CHOOSING.items():
        if config.getoption(option, None):
            yield f"{written} was given"
    if shard:
        yield f"it is shard {shard}"
    if session.shouldfail or session.shouldstop:
        yield "it was stopped before its end"
    if session.exitstatus in (pytest.ExitCode.INTERRUPTED, pytest.ExitCode.INTERNAL_ERROR):
        yield "it was stopped before its end"
    chosen = _chosen(config)
    if chosen:
        yield f"{chosen} was asked for alone"


def _chosen(config: pytest.Config) -> str:
    """What the command line names that is not all of the suite; empty where it is."""
    if config.args_source is not pytest.Config.ArgsSource.ARGS:
        return ""
    here = config.invocation_params.dir
    given = {_resolved(here, argument) for argument in config.args}
    suite = [config.rootpath / path for path in config.getini("testpaths")]
    wholes = [{config.rootpath}, *([{path.resolve() for path in suite}] if suite else [])]
    if any(whole <= given for whole in wholes):
        return ""
    return config.args[0]


def _resolved(here: Path, argument: str) -> Path:
    try:
        return (here / argument).resolve()
    except (OSError, ValueError):
        return Path(argument)
