"""What is left behind by processes that died, once somebody has swept."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

from bench.cleanup import deaths
from bench.cleanup.api import Api, serving
from bench.cleanup.deaths import SUITE, Death, Victims
from bench.cleanup.stock import Stock
from bench.figures import Figure
from bench.history.figures import at_most

KILLS, SHORT = 1_000, 20
BATCH = 100  # after so many somebody sweeps
FEW = 10  # the next run takes no longer than some seconds over what was left
LANES = 3  # at a time
FOREIGN = 1_000
ROOT = Path(__file__).parents[2]


class Sweeper(NamedTuple):
    """Who sweeps: a module of Python with its arguments.

    A run tells of its tests by its exit code, and not of its sweeps.
    """

    name: str
    command: tuple[str, ...]
    is_run: bool = False


COMMAND = Sweeper("`redhanded sweep`", ("redhanded.cli", "sweep", "--yes"))
NEXT_RUN = Sweeper(
    "the next run",
    ("pytest", "-q", "-p", "no:cacheprovider", "-p", "redhanded.plugin"),
    is_run=True,
)


@dataclass(slots=True)
class Tally:
    """What all the batches showed."""

    started: int = 0
    struck: int = 0
    left_by_the_dead: int = 0
    leaks: list[str] = field(default_factory=list)
    failed: list[str] = field(default_factory=list)
    seconds: float = 0.0


def figures(*, short: bool, seed: int) -> Iterator[Figure]:
    """Children that died, and what was there when all was swept."""
    yield from measured(COMMAND, kills=SHORT if short else KILLS, batch_size=BATCH, seed=seed)
    if not short:
        yield from measured(NEXT_RUN, kills=BATCH, batch_size=FEW, seed=seed + 1)


def measured(sweeper: Sweeper, *, kills: int, batch_size: int, seed: int) -> Iterator[Figure]:
    """So many deaths, after which somebody sweeps."""
    stock, tally = Stock(), Tally()
    api = Api(stock, seed=seed, foreign=FOREIGN)
    while tally.struck < kills and tally.started < 3 * kills:
        numbers = range(tally.started, tally.started + min(batch_size, kills - tally.struck))
        fates = {number: deaths.drawn(seed, number) for number in numbers}
        batch(api, tally, fates, sweeper=sweeper)
    yield from told(stock, tally, kills=kills, by=sweeper.name)


def batch(api: Api, tally: Tally, fates: Mapping[int, Death], *, sweeper: Sweeper) -> None:
    """Children that die by these deaths, then one sweep, at once: some creations land later."""
    victims = Victims()
    api.reach = victims.reach
    with tempfile.TemporaryDirectory(prefix="cleanup-") as name, serving(api) as url:

        def die(number: int) -> bool:
            with victims.started(number, fates[number], url=url, folder=Path(name)) as victim:
                pass
            return victim.was_struck.is_set()

        with ThreadPoolExecutor(LANES) as pool:
            tally.struck += sum(pool.map(die, fates))
        tally.started += len(fates)
        tally.left_by_the_dead += len(api.stock.left)
        began = time.perf_counter()
        ended = sweep(sweeper, url=url, folder=Path(name))
        tally.seconds += time.perf_counter() - began
    tally.leaks += [f"{thing.kind} {thing.id}: {thing.note}" for thing in api.stock.left]
    api.stock.forget()
    if ended.returncode and not sweeper.is_run:
        tally.failed.append(ended.stdout)


def sweep(sweeper: Sweeper, *, url: str, folder: Path) -> subprocess.CompletedProcess[str]:
    """What the sweeper did, whatever became of the tests before."""
    kept = {key: value for key, value in os.environ.items() if not key.startswith("REDHANDED")}
    return subprocess.run(
        [sys.executable, "-m", *sweeper.command],
        cwd=SUITE,
        env={
            **kept,
            "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1",
            "PYTHONPATH": str(ROOT / "src"),
            "REDHANDED_BASE_URL": url,
            "REDHANDED_CLEANUP__SWEEP": "true",
            "REDHANDED_FOLDER": str(folder),
        },
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=300,
        check=False,
    )


def told(stock: Stock, tally: Tally, *, kills: int, by: str) -> Iterator[Figure]:
    """All of them as figures."""
    for line in (*tally.leaks, *stock.touched, *tally.failed):
        print(f"  {line}")
    yield Figure(
        name=f"processes killed while they made things, of {tally.started:,}",
        measured=f"{tally.struck:,}",
        goal=f"{kills:,}",
        is_met=tally.struck >= kills,
    )
    yield Figure(
        name=f"  left by them of {stock.made:,} things, before a sweep",
        measured=f"{tally.left_by_the_dead:,}",
        goal="some",
        is_met=tally.left_by_the_dead > 0,
    )
    yield at_most(f"left behind after {by}", len(tally.leaks), stock.made, 0.0)
    yield at_most("things of others touched", len(stock.touched), stock.foreign, 0.0)
    yield Figure(
        name="sweeps that ended with a failure",
        measured=str(len(tally.failed)),
        goal="none",
        is_met=not tally.failed,
    )
    yield Figure(name="  seconds that all sweeps took", measured=f"{tally.seconds:.1f} s")
