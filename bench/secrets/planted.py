"""Secrets that a test writes past the gate: each must be found when the run is over."""

from __future__ import annotations

import random
import re
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from bench.figures import Figure
from bench.secrets.matrix import SHORT
from bench.secrets.reader import found, reading
from bench.secrets.sessions import Left, planted
from bench.secrets.shapes import SHAPES, Made

BEFORE = 1_733  # characters that stand in a file before its secret
_FIRST_LINE = 64  # of a key, in hexadecimal: its second line is the first that is secret
PLAIN = ("raw.txt", "value.json", "entities.xml", "url.txt", "base64.txt", "hexadecimal.txt")
PACKED = ("log.gz", "archive.zip", "page.html")
FILES = (*PLAIN, "most.txt", *PACKED)


class Plant(NamedTuple):
    """One planted file: whether the run named it, with its place, and whether it failed."""

    shape: str
    name: str
    is_named: bool
    is_placed: bool
    has_failed: bool
    is_shown: bool

    @property
    def is_found(self) -> bool:
        """Whether all is as it must be."""
        return self.is_named and self.is_placed and self.has_failed and not self.is_shown


def plants(shape: str, *, seed: int) -> list[Plant]:
    """What a session made of the files that its test planted."""
    made = SHAPES[shape](random.Random(f"{seed} {shape}"))
    with tempfile.TemporaryDirectory(prefix="planted-", ignore_cleanup_errors=True) as name:
        left = planted(made.text, before=BEFORE, folder=Path(name))
    return [*judged(shape, made, left)]


def judged(shape: str, made: Made, left: Left) -> Iterator[Plant]:
    """What the end of the session says of each file."""
    terminal = left.outputs["terminal"]
    shown = b"".join(terminal).decode("utf-8", "replace")
    is_shown = any(found(made, reading(content)) for content in terminal)
    for name in FILES:
        lines = [line for line in shown.splitlines() if f"planted-{name}" in line]
        places = {int(place) for line in lines for place in re.findall(r"\b\d+\b", line)}
        near = range(BEFORE, BEFORE + _FIRST_LINE)
        is_placed = name in PACKED or not places.isdisjoint(near)
        yield Plant(shape, name, bool(lines), is_placed, left.exit_code == 1, is_shown)


def figures(*, short: bool, seed: int) -> Iterator[Figure]:
    """How many planted files are found, and which are not."""
    shapes = SHORT if short else tuple(SHAPES)
    every = [plant for shape in shapes for plant in plants(shape, seed=seed)]
    missed = [plant for plant in every if not plant.is_found]
    yield Figure(
        name="planted files that the run names, with their place, and fails for",
        measured=f"{len(every) - len(missed)} of {len(every)}",
        goal="all",
        is_met=not missed,
    )
    for plant in missed:
        yield Figure(name=f"  {plant.name}, {plant.shape}", measured="missed")
