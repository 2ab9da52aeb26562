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

from bench.cleanup import deaths
from bench.cleanup.api import Api, serving
from bench.cleanup.deaths import SUITE, Death, Victims
from bench.cleanup.stock import Stock
from bench.figures import Figure
from bench.history.figures import at_most

KILLS, SHORT = 1_000, 20
BATCH = 100  # after so many somebody sweeps
LANES = 3  # at a time
FOREIGN = 1_000
ROOT = Path(__file__).parents[2]


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
    kills = SHORT if short else KILLS
    stock, tally = Stock(), Tally()
    api = Api(stock, seed=seed, foreign=FOREIGN)
    while tally.struck < kills and tally.started < 3 * kills:
        numbers = range(tally.started, tally.started + min(BATCH, kills - tally.struck))
        batch(api, tally, {number: deaths.drawn(seed, number) for number in numbers})
    yield from told(stock, tally, kills=kills)


def batch(api: Api, tally: Tally, fates: Mapping[int, Death]) -> None:
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
        ended = sweep(url, Path(name))
        tally.seconds += time.perf_counter() - began
    tally.leaks += [f"{thing.kind} {thing.id}: {thing.note}" for thing in api.stock.left]
    api.stock.forget()
    if ended.returncode:
        tally.failed.append(ended.stdout)


def sweep(url: str, folder: Path) -> subprocess.CompletedProcess[str]:
    """What the command did that a pipeline runs in the end, whatever became of its tests."""
    kept = {key: value for key, value in os.environ.items() if not key.startswith("REDHANDED")}
    return subprocess.run(
        [sys.executable, "-m", "redhanded.cli", "sweep", "--yes"],
        cwd=SUITE,
        env={
            **kept,
            "PYTHONPATH": str(ROOT / "src"),
            "REDHANDED_BASE_URL": url,
            "REDHANDED_FOLDER": str(folder),
        },
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=300,
        check=False,
    )


def told(stock: Stock, tally: Tally, *, kills: int) -> Iterator[Figure]:
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
    yield at_most("left behind after the sweep", len(tally.leaks), stock.made, 0.0)
    yield at_most("things of others touched", len(stock.touched), stock.foreign, 0.0)
    yield Figure(
        name="sweeps that told of a failure",
        measured=str(len(tally.failed)),
        goal="none",
        is_met=not tally.failed,
    )
    yield Figure(name="  seconds that all sweeps took", measured=f"{tally.seconds:.1f} s")
