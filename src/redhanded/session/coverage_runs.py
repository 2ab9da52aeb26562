"""What the runs in some folders have covered: all their processes, all their shards."""

from __future__ import annotations

import json
from collections import Counter
from contextlib import suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from redhanded.contracts.openapi import marks
from redhanded.contracts.openapi.universe import Universe
from redhanded.reports.spool import read_spool
from redhanded.session.berth import spools_of
from redhanded.session.coverage import FOLDER

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping
    from pathlib import Path

    from redhanded.contracts.openapi.marks import Mark

_MARK = b'"event":"covered"'


@dataclass(slots=True)
class Sighted:
    """What runs saw of one document, by its digest; of another text of it nothing is added.

    `undocumented` counts the calls of operations that the document lacks. `universe` is None where
    no run has kept it.
    """

    name: str
    digest: str
    seen: set[Mark] = field(default_factory=set)
    undocumented: Counter[str] = field(default_factory=Counter)
    universe: Universe | None = None

    def take(self, told: Iterable[Mark]) -> None:
        """Add what one test of one process was the first to see."""
        for mark in told:
            calls = marks.calls_of_undocumented(mark)
            if calls is None:
                self.seen.add(mark)
            else:
                self.undocumented[calls[0]] += calls[1]


def _count_nothing(_done: int, _total: int) -> None:
    """Nobody waits for it."""


def sighted(
    folders: Iterable[Path], *, count: Callable[[int, int], None] = _count_nothing
) -> list[Sighted]:
    """What the runs with these folders saw of each document, also of one that no test called.

    `count` is told how many spools of how many are read.
    """
    found: dict[str, Sighted] = {}
    homes = [*folders]
    spools = [spool for folder in homes for spool in spools_of(folder)]
    for number, spool in enumerate(spools):
        count(number, len(spools))
        for event in covered(spool):
            with suppress(KeyError, TypeError, ValueError):
                _take(event, found)
    for universe in _universes(homes):
        found.setdefault(universe.digest, Sighted(universe.name, universe.digest))
        found[universe.digest].universe = universe
    return sorted(found.values(), key=lambda one: (one.name, one.digest))


def covered(spool: Path) -> Iterator[dict[str, Any]]:
    """The events of coverage in one spool; of one that cannot be read, none."""
    with suppress(OSError):
        for event in read_spool(spool, holding=_MARK):
            if event.get("event") == "covered":
                yield event


def _take(event: Mapping[str, Any], found: dict[str, Sighted]) -> None:
    digest, told = str(event["document"]), [str(mark) for mark in event["seen"]]
    found.setdefault(digest, Sighted(str(event["contract"]), digest)).take(told)


def _universes(folders: Iterable[Path]) -> Iterator[Universe]:
    """What each document lets tests see, once, as any of these runs has kept it."""
    known: set[str] = set()
    for path in (path for folder in folders for path in sorted(folder.glob(f"{FOLDER}/*.json"))):
        if path.stem not in known:
            with suppress(OSError, LookupError, TypeError, ValueError, AttributeError):
                universe = Universe.of_record(json.loads(path.read_bytes()))
                if universe.digest == path.stem:
                    known.add(path.stem)
                    yield universe
