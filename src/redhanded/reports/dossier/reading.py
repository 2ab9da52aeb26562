"""Reading a dossier of the folders of a run: one pass for rows and head, another for cases."""

from __future__ import annotations

from contextlib import ExitStack, suppress
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, Final

from redhanded.reports.collector import paused
from redhanded.reports.dossier.case import Case
from redhanded.reports.dossier.heads import Folder, head_of
from redhanded.reports.dossier.rounds import Rounds
from redhanded.reports.dossier.rows import Source, rows_of, sources
from redhanded.reports.dossier.spools import Spool
from redhanded.reports.dossier.values import Record, Unreadable, parsed, text_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from redhanded.core.events import Event
    from redhanded.reports.dossier.case import Row
    from redhanded.reports.dossier.head import Head

_AHEAD: Final = 256 * 1024
"""Bytes that are read of a spool at once: tests that follow one another stand there so."""


def read(
    folders: Sequence[Path],
    *,
    heard: Iterable[Event] = (),
    mask: Callable[[str], str] = str,
    tell: Callable[[str], None] = lambda _: None,
) -> Spooled:
    """The dossier of a run, of its folder or of those of its shards; never raises.

    What cannot be read is told in `Head.missing`. `heard` is what the process that sees all knows
    by itself, also of tests whose lines are lost. `mask` hides secrets in what authors made up,
    such as names; `tell` hears how far it is.
    """
    with paused():
        parts = [_folder(Path(folder), tell) for folder in folders]
        for event in heard:
            parts[0].hear(event)
        found = sorted(
            (source for part in parts for source in sources(part.all, part.shard)),
            key=lambda one: one.began,
        )
        rows = rows_of(found, mask)
        return Spooled(head_of(parts, rows, mask), rows, found, mask)


def _folder(path: Path, tell: Callable[[str], None]) -> Folder:
    spools = []
    for file in sorted(path.glob("spool/*.ndjson")):
        tell(f"reading {file.name}")
        spool = Spool(file)
        spool.read()
        spools.append(spool)
    return Folder(path, spools)


class Spooled:
    """A dossier whose cases are read from the spools when they are asked for."""

    def __init__(
        self,
        head: Head,
        rows: Sequence[Row],
        found: Sequence[Source],
        mask: Callable[[str], str],
    ) -> None:
        self.head: Head = head
        self.rows: Sequence[Row] = rows
        self._sources = {row.id: source for row, source in zip(rows, found, strict=True)}
        self._mask = mask

    def cases(self) -> Iterator[Case]:
        """Every test with all that was kept of it, in the order of the rows, one at a time."""
        return self.of(self.rows)

    def of(self, rows: Iterable[Row]) -> Iterator[Case]:
        """The cases of these rows alone, in their order."""
        with ExitStack() as stack:
            files = _Files(stack)
            for row in rows:
                yield _case(row, self._sources[row.id], files, self._mask)


class _Files:
    """Spools that stay open while cases are read from them."""

    def __init__(self, stack: ExitStack) -> None:
        self._stack = stack
        self._open: dict[Path, IO[bytes]] = {}

    def lines(self, path: Path, begin: int, end: int) -> list[bytes]:
        """The lines between two places of a file; none where it can no longer be read."""
        try:
            if path not in self._open:
                self._open[path] = self._stack.enter_context(path.open("rb", buffering=_AHEAD))
            file = self._open[path]
            file.seek(begin)
            return file.read(end - begin).removesuffix(b"\n").split(b"\n")
        except OSError:
            return []


def _case(row: Row, source: Source, files: _Files, mask: Callable[[str], str]) -> Case:
    rounds, told = Rounds(), _reported(source, files)
    for path, worker, (begin, end) in source.spans():
        rounds.enter(worker)
        for line in files.lines(path, begin, end):
            event = parsed(line)
            if event is not None:
                event["test_id"] = row.test_id
                with suppress(Unreadable):
                    rounds.take(event)
    return Case(
        row=row,
        rounds=tuple(rounds.made()),
        story=mask(text_of(told, "story")),
        output=mask(text_of(told, "output")),
        place=mask(text_of(told, "place")),
        properties=dict(_properties(told, mask)),
    )


def _reported(source: Source, files: _Files) -> Record:
    """What was last reported of a test, with all that was told of it; empty where nothing was."""
    last = source.final[-1:]
    if not last:
        return {}
    event, place = last[0]
    lines = files.lines(place.path, *place.span) if place is not None else []
    return next(filter(None, map(parsed, lines)), event)


def _properties(told: Record, mask: Callable[[str], str]) -> Iterator[tuple[str, str]]:
    pairs: Any = told.get("properties")
    for pair in pairs if type(pairs) is list else ():
        if type(pair) is list and len(pair) == 2:
            yield mask(str(pair[0])), mask(str(pair[1]))
