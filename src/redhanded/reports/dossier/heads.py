"""The head of a dossier: what the folders of a run tell of it as a whole, and what they lack."""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING, Final

from redhanded.core.events import Reported
from redhanded.core.verdicts import Verdict
from redhanded.reports.dossier.head import Head, Part, Process
from redhanded.reports.dossier.spools import CONTROLLER, Spool
from redhanded.reports.dossier.values import Record, number_of, table_of, text_of, texts_of
from redhanded.reports.kinds import UNJUDGED
from redhanded.verdict.words import sentence

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from pathlib import Path

    from redhanded.core.events import Event
    from redhanded.reports.dossier.case import Row

_VERDICTS: Final = {verdict.value: verdict for verdict in Verdict}
_SHARD: Final = re.compile(r"(?P<part>\d{1,4})/(?P<of>\d{1,4})")
_NAMED: Final = 5  # runs that a sentence names
_KILLED: Final = "This run was killed before its end: what follows is what was written until then."
_INCONCLUSIVE: Final = 75


class Folder:
    """The folder of one part of a run, and the spools in it.

    `main` is that of the process that sees all, an empty one where it is not there; `unheard`
    counts the tests of which memory alone tells.
    """

    def __init__(self, path: Path, spools: Sequence[Spool]) -> None:
        named = {spool.worker: spool for spool in spools}
        self.path = path
        self.spools = spools
        self.main: Spool = named.get(CONTROLLER) or Spool(path / "spool" / f"{CONTROLLER}.ndjson")
        self.unheard: int = 0

    @property
    def all(self) -> Sequence[Spool]:
        """The spools, with that of the process that sees all, read or made of what it knows."""
        return self.spools if self.main in self.spools else [*self.spools, self.main]

    def hear(self, event: Event) -> None:
        """Take in what a process knows by itself, where the spools lack it."""
        if not isinstance(event, Reported):
            self.main.remember(event)
        elif (event.worker, event.test_id) not in self.main.told:
            self.main.remember(event)
            self.unheard += 1

    @property
    def started(self) -> Record:
        """How the first process began."""
        return self.main.started or next((one.started for one in self.spools if one.started), {})

    @property
    def shard(self) -> str:
        """Which part of the run it is; empty where it is the whole of it."""
        return text_of(self.main.described, "shard")

    @property
    def name(self) -> str:
        """The name of the run, or of this part of it."""
        return text_of(self.main.described, "name") or self.path.name


def head_of(folders: Sequence[Folder], rows: Sequence[Row], mask: Callable[[str], str]) -> Head:
    """The head of all parts together."""
    parts = tuple(_part(folder, rows, mask) for folder in folders)
    counts = _counts(rows)
    builds = {build: None for folder in folders for one in folder.spools for build in one.builds}
    turned = [event for folder in folders for one in folder.spools for event in one.turned]
    return Head(
        parts=parts,
        counts=counts,
        builds=tuple(map(mask, builds)),
        processes=tuple(_processes(folders)),
        turned=tuple(sorted(turned, key=lambda event: event.at)),
        missing=(
            *(said for folder in folders for said in _missing(folder)),
            *_missing_shards([part.shard for part in parts]),
            *_several(parts),
        ),
        trace_url=next((url for part in parts if (url := _trace_url(part))), ""),
        began=min((part.began for part in parts if part.began), default=0.0),
        ended=max((part.ended for part in parts), default=0.0),
        sentences=parts[0].sentences if len(parts) == 1 else _together(parts, rows),
        exit_code=_worst([part.exit_code for part in parts]),
        masked=sum(part.masked for part in parts),
    )


def _counts(rows: Sequence[Row]) -> Mapping[str, int]:
    """Tests by kind, verdicts first, the worst of them at the beginning."""
    found = Counter(row.kind for row in rows if not row.is_beside)
    order = [*_VERDICTS, *(kind for kind in found if kind not in _VERDICTS)]
    return {kind: found[kind] for kind in order if found[kind]}


def _part(folder: Folder, rows: Sequence[Row], mask: Callable[[str], str]) -> Part:
    described, concluded = folder.main.described, folder.main.concluded
    started, last = folder.started, max((one.last for one in folder.spools), default=0.0)
    mine = [row for row in rows if row.shard == folder.shard]
    settings = [each for each in described.get("settings", ()) if _is_triple(each)]
    return Part(
        name=folder.name,
        run_id=text_of(started, "run_id") or folder.path.name,
        shard=folder.shard,
        began=number_of(started, "at"),
        ended=number_of(concluded, "at") or last,
        seed=int(number_of(started, "seed")),
        target=text_of(started, "base_url"),
        env=text_of(described, "env"),
        command=tuple(map(mask, texts_of(described, "command"))),
        platform=text_of(described, "platform"),
        versions=table_of(started, "versions"),
        plugins=table_of(described, "plugins"),
        settings=tuple((key, mask(value), origin) for key, value, origin in settings),
        source={name: mask(told) for name, told in table_of(described, "source").items()},
        exit_code=_exit_code(folder.main),
        sentences=tuple(map(mask, texts_of(concluded, "sentences")))
        or tuple(_made_up(folder.main, mine)),
        masked=int(number_of(concluded, "masked")),
        notes=tuple(map(mask, texts_of(concluded, "notes") or _notes(folder))),
    )


def _is_triple(value: object) -> bool:
    return type(value) is list and len(value) == 3 and all(type(inner) is str for inner in value)


def _notes(folder: Folder) -> tuple[str, ...]:
    """What processes noted, each note once."""
    return tuple({note: None for one in folder.spools for note in one.notes if note})


def _exit_code(main: Spool) -> int | None:
    """How the run ended, as it concluded; None where it was killed."""
    for told in (main.concluded, main.ended):
        code = told.get("exit_code")
        if type(code) is int:
            return code
    return None


def _made_up(main: Spool, rows: Sequence[Row]) -> Iterator[str]:
    """What a run means that did not say so itself."""
    if _exit_code(main) is None:
        yield _KILLED
    yield _sentence(rows)
    unjudged = [row.test_id for row in rows if row.kind == UNJUDGED]
    if unjudged:
        yield f"No verdict on {', '.join(unjudged[:3])}: see pytest's own words."


def _sentence(rows: Sequence[Row]) -> str:
    counts = Counter(_VERDICTS[row.kind] for row in rows if row.kind in _VERDICTS)
    beside = sum(row.is_beside for row in rows)
    judged = counts - Counter(_VERDICTS[row.kind] for row in rows if row.is_beside)
    return sentence({verdict: judged[verdict] for verdict in Verdict if judged[verdict]}, beside)


def _together(parts: Sequence[Part], rows: Sequence[Row]) -> tuple[str, ...]:
    """What several parts mean together; those that were killed are named."""
    killed = [part.name for part in parts if part.exit_code is None]
    said = [f"Killed before their end: {', '.join(killed)}."] if killed else []
    own = _sentence(rows)
    if own.startswith("Green") and any(part.exit_code for part in parts):
        refused = [f"{part.name}: {' '.join(part.sentences)}" for part in parts if part.exit_code]
        return (*said, *refused)
    return (*said, own)


def _worst(codes: Sequence[int | None]) -> int | None:
    """The exit code of all parts: red wins, then a killed one, then what else is not green."""
    if 1 in codes:
        return 1
    if not codes or None in codes:
        return None
    others = [code for code in codes if code not in (0, _INCONCLUSIVE)]
    return others[0] if others else max(code or 0 for code in codes)


def _processes(folders: Sequence[Folder]) -> Iterator[Process]:
    for folder in folders:
        for spool in folder.spools:
            ended = number_of(spool.ended, "at") or number_of(spool.concluded, "at")
            began = number_of(spool.started, "at")
            yield Process(
                shard=folder.shard,
                worker=spool.worker,
                began=began,
                ended=ended or None,
                exit_code=_exit_code(spool),
            )


def _trace_url(part: Part) -> str:
    return next((value for key, value, _ in part.settings if key == "trace_url"), "")


def _missing(folder: Folder) -> Iterator[str]:
    """What could not be read, in sentences that say what it means."""
    if folder.unheard:
        tests = "1 test is" if folder.unheard == 1 else f"{folder.unheard} tests are"
        yield f"{folder.name}: {tests} not in the spools: what they came to is told, and no more."
    if not folder.spools:
        yield f"{folder.path} holds no spool of a run, so nothing is known of what was sent."
        return
    there = {spool.worker for spool in folder.spools}
    told = {worker for spool in folder.spools for worker, _ in spool.told}
    lost = sorted(told - there - {""})
    if CONTROLLER not in there:
        lost = [CONTROLLER, *lost]
    for worker in lost:
        yield f"{folder.name}: the spool of {worker} is not there, so what it sent is not told."
    for spool in folder.spools:
        yield from _damage(folder, spool)


def _missing_shards(shards: Sequence[str]) -> Iterator[str]:
    """Which parts of a run that several machines share are not there."""
    known = [found for shard in shards if (found := _SHARD.fullmatch(shard))]
    most = max((int(found["of"]) for found in known), default=0)
    there = {int(found["part"]) for found in known}
    lacking = [f"{part}" for part in range(1, most + 1) if part not in there]
    if lacking:
        yield f"Of {most} shards these are not there: {', '.join(lacking)}."


def _several(parts: Sequence[Part]) -> Iterator[str]:
    """That these are not parts of one run, where they are not."""
    names = list(dict.fromkeys(part.run_id for part in parts))
    if len(names) > 1:
        yield f"These are {len(names)} runs, told as one: {', '.join(names[:_NAMED])}."


def _damage(folder: Folder, spool: Spool) -> Iterator[str]:
    name = f"{folder.name}: spool/{spool.path.name}"
    if spool.trouble:
        yield f"{name} cannot be read to its end ({spool.trouble})."
    elif not (spool.ended or spool.concluded):
        yield f"{name} has no end: its process was killed or still runs, or its disk was full."
    if spool.is_cut:
        yield f"{name} ends in the midst of a line, which is left out."
    if spool.torn:
        many = "1 line" if spool.torn == 1 else f"{spool.torn} lines"
        yield f"{name} holds {many} that could not be read."
