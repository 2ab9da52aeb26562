"""The folders of runs that a command is asked about: by id, by path, or the newest."""

from __future__ import annotations

import re
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from redhanded.cli.commands import Refusal
from redhanded.cli.output import printable
from redhanded.reports.spool import read_spool
from redhanded.session.berth import RUNS, SPOOL

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

_SHARD = re.compile(r"(?P<run>.+)-(?P<part>\d+)of(?P<parts>\d+)(?:\.\d+)?")
_NAMED = 5  # runs that a sentence names
_DEPTH = 6  # folders within folders, as artefacts are unpacked
_ENDED = b'"event":"run_ended"'
_WELL = (0, 1, 75)  # exit codes of pytest runs that came to their end


def run_folders(home: Path, wanted: Sequence[str]) -> list[Path]:
    """The folders of these runs, each once; without any, that of the newest, with its shards.

    A run is known by its id, or by a folder that holds it or several. `home` is where runs write.
    Refuses what is neither.
    """
    names = wanted or [_newest(home / RUNS).name]
    found = [folder for name in names for folder in _named(home, name, is_newest=not wanted)]
    return [*dict.fromkeys(folder.resolve() for folder in found)]


def _newest(runs: Path) -> Path:
    known = _known(runs)
    if not known:
        raise Refusal(
            f"There is no run in {printable(str(runs))}: run pytest here, or name a folder."
        )
    return known[0]


def _known(runs: Path) -> list[Path]:
    """The runs of a folder, the newest first."""
    found = [(spool.stat().st_mtime, spool.parent) for spool in runs.glob(f"*/{SPOOL}")]
    return [folder for _, folder in sorted(found, reverse=True)]


def _named(home: Path, name: str, *, is_newest: bool) -> list[Path]:
    path, run = Path(name), home / RUNS / name
    if not is_newest and path.is_dir() and (within := [*_within(path)]):
        return within
    shard = _SHARD.fullmatch(name) if is_newest else None
    base = shard["run"] if shard else name
    shards = [each for each in _known(home / RUNS) if _is_part(each.name, base)]
    found = shards if shard else [*([run] if (run / SPOOL).is_dir() else []), *shards]
    if not found:
        raise Refusal(_unknown(home / RUNS, name))
    return sorted(found)


def _is_part(name: str, run: str) -> bool:
    shard = _SHARD.fullmatch(name)
    return shard is not None and shard["run"] == run


def _within(path: Path) -> Iterator[Path]:
    """The folder itself where a run wrote there, else every such folder within it."""
    if (path / SPOOL).is_dir():
        yield path
        return
    for depth in range(1, _DEPTH + 1):
        found = sorted(path.glob("*/" * depth + SPOOL))
        yield from (spool.parent for spool in found if spool.is_dir())


def _unknown(runs: Path, name: str) -> str:
    known = [printable(each.name) for each in _known(runs)]
    there = f"there are {_named_few(known)}" if known else "it is empty"
    place = printable(str(runs))
    return f"'{printable(name)}' is no run in {place} and no folder of one: {there}."


def _named_few(names: Sequence[str]) -> str:
    more = f" and {len(names) - _NAMED} more" if len(names) > _NAMED else ""
    return f"{', '.join(names[:_NAMED])}{more}"


def lacking(folders: Sequence[Path]) -> Iterator[str]:
    """What these runs cannot show, in sentences: parts that are not there, or were cut short."""
    cut = [printable(folder.name) for folder in folders if not _has_ended(folder)]
    if cut:
        yield f"Not all is seen, for these runs did not come to their end: {_named_few(cut)}."
    parts: dict[tuple[str, int], set[int]] = {}
    for folder in folders:
        shard = _SHARD.fullmatch(folder.name)
        if shard:
            of_run = parts.setdefault((shard["run"], int(shard["parts"])), set())
            of_run.add(int(shard["part"]))
    for (run, count), known in parts.items():
        missing = [str(part) for part in range(1, count + 1) if part not in known]
        if missing:
            yield f"Of the run {printable(run)} these shards are missing: {', '.join(missing)}."


def _has_ended(folder: Path) -> bool:
    """Whether the process that saw all of a run wrote how it ended, and it was not stopped."""
    with suppress(OSError):
        codes = [
            event.get("exit_code")
            for event in read_spool(folder / SPOOL / "main.ndjson", holding=_ENDED)
            if event.get("event") == "run_ended"
        ]
        return bool(codes) and codes[-1] in _WELL
    return False
