"""The matrix from end to end: every channel, with every shape of secret, in every mode."""

from __future__ import annotations

import random
import re
import tempfile
from collections import Counter
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass
from itertools import product
from pathlib import Path
from typing import NamedTuple

from bench.figures import Figure
from bench.secrets.channels import CHANNELS
from bench.secrets.reader import Read, found, reading
from bench.secrets.sessions import MODES, OURS, STOCK, Left, Tool, ran
from bench.secrets.shapes import SHAPES, Made
from tests.servers import redis
from tests.servers.processes import ServerNotInstalled
from tests.servers.redis import RedisServer

SHORT = ("password", "json_web_token")  # what breaks on signs, and what is known by its form
_LANES = 2  # a session mostly computes


class Cell(NamedTuple):
    """One channel, shape and mode; where the secret stands afterwards, and whether it was run."""

    channel: str
    shape: str
    mode: str
    leaks: tuple[str, ...]
    was_run: bool = True


@dataclass(frozen=True, slots=True)
class Bench:
    """What the sessions of one tool are run with."""

    tool: Tool
    seed: int
    store: RedisServer | None = None

    def cells(self, shapes: Sequence[str], modes: Sequence[str]) -> list[Cell]:
        """The cells of these shapes and modes, a session for each pair."""
        pairs = zip(*product(shapes, modes), strict=True)
        with ProcessPoolExecutor(_LANES) as lanes:  # reading is as much work as running
            return [cell for of_one in lanes.map(self.session, *pairs) for cell in of_one]

    def session(self, shape: str, mode: str) -> list[Cell]:
        """The cells of one session, whose channels each carry a secret of their own."""
        chance = random.Random(f"{self.seed} {shape} {mode}")
        made = {channel: SHAPES[shape](chance) for channel in CHANNELS}
        secrets = {channel: one.text for channel, one in made.items()}
        with tempfile.TemporaryDirectory(prefix="secrets-", ignore_cleanup_errors=True) as name:
            left = ran(self.tool, mode, secrets, folder=Path(name), store=self.store)
        leaks = leaks_of(left, made)
        met = _met(left) if mode != "killed" or _lost_a_worker(left) else set()
        return [Cell(name, shape, mode, leaks[name], name in met) for name in CHANNELS]


def leaks_of(left: Left, made: dict[str, Made]) -> dict[str, tuple[str, ...]]:
    """In which outputs of a session the secret of each channel can be read."""
    texts = {kind: _read(contents) for kind, contents in left.outputs.items()}
    return {
        channel: tuple(kind for kind, read in texts.items() if found(secret, read))
        for channel, secret in made.items()
    }


def _read(contents: Sequence[bytes]) -> list[Read]:
    return [text for content in contents for text in reading(content)]


def _met(left: Left) -> set[str]:
    """The channels of which a test was run, as pytest's own XML has it."""
    xml = b"".join(left.outputs.get("junit-of-pytest.xml", [])).decode("utf-8", "replace")
    return {channel for channel in CHANNELS if re.search(rf"\btest_{channel}\b", xml)}


def _lost_a_worker(left: Left) -> bool:
    """Whether a worker died, as it should, in the midst of a test."""
    return b"replacing crashed worker" in b"".join(left.outputs["terminal"])


def figures(*, short: bool, seed: int) -> Iterator[Figure]:
    """How many cells leak with redhanded, which ones, and how many with stock pytest."""
    shapes = SHORT if short else tuple(SHAPES)
    with ExitStack() as stack:
        try:
            store = stack.enter_context(redis.serving())
        except ServerNotInstalled:
            store = None
        cells = Bench(OURS, seed, store).cells(shapes, tuple(MODES))
    yield _leaking(OURS, cells)
    yield from _told(cells)
    if not short:
        others = Bench(STOCK, seed).cells(shapes, tuple(MODES))
        yield _leaking(STOCK, others)
        yield from _told(others)


def _leaking(tool: Tool, cells: Sequence[Cell]) -> Figure:
    leaking = sum(bool(cell.leaks) for cell in cells)
    missing = sum(not cell.was_run for cell in cells)
    return Figure(
        name=f"cells that leak from end to end, {tool.name}",
        measured=f"{leaking:,} of {len(cells):,}" + (f", {missing} not run" if missing else ""),
        goal="0" if tool.is_ours else "",
        is_met=not tool.is_ours or not (leaking or missing),
    )


def _told(cells: Sequence[Cell]) -> Iterator[Figure]:
    """The leaks by channel, by mode, by shape, and by the output in which they stand."""
    for session, count in Counter((c.shape, c.mode) for c in cells if not c.was_run).items():
        yield Figure(name=f"  not run: {', '.join(session)}", measured=f"{count} cells")
    leaking = [cell for cell in cells if cell.leaks]
    sizes = {
        axis: Counter(getattr(cell, axis) for cell in cells)
        for axis in ("channel", "mode", "shape")
    }
    for axis, of in sizes.items():
        for value, count in Counter(getattr(cell, axis) for cell in leaking).most_common():
            yield Figure(name=f"  {axis} {value}", measured=f"{count} of {of[value]}")
    for kind, count in Counter(kind for cell in leaking for kind in cell.leaks).most_common():
        yield Figure(name=f"  read in {kind}", measured=f"{count} cells")
