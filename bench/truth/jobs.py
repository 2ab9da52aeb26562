"""Which sessions the short form, the full form and a look at one code are made of."""

from __future__ import annotations

import math
import random
from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from dataclasses import replace
from itertools import chain

from bench.truth.grid import KINDS, SHAPES, Cell, Grid
from bench.truth.runs import Job
from bench.truth.sessions import MODES, Mode

LEAST_SHORT, LEAST_FULL = 1_500, 30_000
DISGUISED = ("D94", "D95", "D96", "D97", "D98", "D100")  # told from weather by nothing but replays

_QUICK = 0.1  # of the catalogue's seconds
# What the others are tried in, in short.
_COMPARED = (("E12", "random"), ("E05", "10s"), ("E28", "10s"), ("E29", "60s"), ("E31", "burst"))
_MARGIN = 1.25  # some sessions are short, and some weather meets nobody
_GLIMPSES = 10  # tests of one call
_BATCH = 8  # defects in a session
_SLOWEST = "E18/always"  # each call lasts until its deadline, which takes minutes
_PARTS = 3  # of that session
_OURS = MODES["redhanded"]
_RIVALS = tuple(mode for mode in MODES.values() if not mode.is_ours)


def short(grid: Grid, modes: Collection[str]) -> Iterator[Job]:
    """Some of each: every weather in some shape, every defect alone and in some weather."""
    large = replace(grid, turns=10)
    wanted = _MARGIN * LEAST_SHORT / (large.turns * len(KINDS))
    each = math.ceil(wanted / len(grid.catalogue.weathers))
    alone, both = list(grid.batches(_BATCH)), list(grid.batches(_BATCH, "random", _QUICK))
    compared = [grid.shaped(code, shape, _QUICK) for code, shape in _COMPARED]
    compared += grid.glimpses(_GLIMPSES)
    ours = [*both, *large.drawn(each, _QUICK), *compared, *alone, *large.calm(5)]
    # What is long is begun first, or the lanes that are done wait for it: sessions of defects in
    # weather after that of the slowest weather, which several lanes share.
    slowest = [part for cell in ours if _is_slowest(cell) for part in _shared(cell, _PARTS)]
    ours = [*slowest, *(cell for cell in ours if not _is_slowest(cell))]
    yield from _under(ours, [_OURS], modes)
    yield from _under([*compared, *alone[::4], *both[::4]], _RIVALS, modes)


def _is_slowest(cell: Cell) -> bool:
    return cell.name.startswith(_SLOWEST)


def _shared(cell: Cell, count: int) -> Iterator[Cell]:
    """The cell's tests in so many sessions, each of which mostly waits."""
    for number in range(count):
        yield replace(cell, name=f"{cell.name}/{number}", tests=cell.tests[number::count])


def full(grid: Grid, modes: Collection[str]) -> Iterator[Job]:
    """Every weather in every shape on every kind, every defect alone and in several weathers."""
    cells = list(_whole(replace(grid, turns=9)))
    compared = {cell.name for cell in _sample(cells)}
    # Whenever it is stopped, it has done some of everything, and all modes of a session.
    random.Random(grid.seed).shuffle(cells)
    for cell in cells:
        chosen = [_OURS, *(_RIVALS if cell.name in compared else ())]
        yield from _under([cell], chosen, modes)


def _sample(cells: Sequence[Cell]) -> Iterator[Cell]:
    """What the others are tried in: some of each, the same for all of them."""
    seen: Counter[str] = Counter()
    for cell in cells:
        # A prime step, so that neither shapes nor kinds fall out.
        step = {"weather": 29, "both": 11, "calm": 10, "defect": 2}[cell.family]
        if cell.family != "defect" or cell.name.endswith(("/0", "/glimpse")):
            seen[cell.family] += 1
            if seen[cell.family] % step == 0:
                yield cell


def _whole(grid: Grid) -> Iterator[Cell]:
    yield from grid.weathers(SHAPES, ("any", *KINDS), _QUICK)
    for cell in grid.weathers(("60s",), ("any",), 1.0):  # in the catalogue's own time
        patient = {**cell.settings, "REDHANDED_REQUEUE__SECONDS": "90"}
        yield replace(cell, name=f"{cell.name}/slow", settings=patient)
    yield from chain.from_iterable(grid.defects(number=number) for number in range(3))
    yield from grid.glimpses(4 * _GLIMPSES)
    yield from grid.both(5, _QUICK)
    yield from grid.calm(40)


def only(grid: Grid, codes: Sequence[str], modes: Collection[str]) -> Iterator[Job]:
    """Everything about a few weathers and defects."""
    weathers = tuple(code for code in codes if code.startswith("E"))
    defects = tuple(code for code in codes if code.startswith("D"))
    chosen = replace(grid, catalogue=replace(grid.catalogue, weathers=weathers))
    cells = list(chosen.weathers(SHAPES, ("any", *KINDS), _QUICK)) if weathers else []
    if defects:
        for number in range(3):
            cells += grid.defects(defects, number=number)
        cells += (cell for cell in grid.glimpses(20) if cell.name.partition("/")[0] in defects)
        cells += grid.both(6, _QUICK, codes=defects)
    yield from _under(cells, MODES.values(), modes)


def sabotage(grid: Grid) -> Iterator[Job]:
    """What cannot come out right without diagnosis."""
    known = [code for code in DISGUISED if code in grid.catalogue.witnesses]
    yield from _under(list(grid.defects(known)), [_OURS], [_OURS.name])


def _under(
    cells: Sequence[Cell], all_modes: Collection[Mode], modes: Collection[str]
) -> Iterator[Job]:
    for mode in all_modes:
        if mode.name in modes:
            yield from ((cell, mode) for cell in cells)
