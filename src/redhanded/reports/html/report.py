"""The report: one page of a run, which needs neither a server nor a network."""

from __future__ import annotations

from dataclasses import dataclass
from importlib.resources import files
from typing import TYPE_CHECKING, Final

from redhanded.reports.collector import paused
from redhanded.reports.files import writing
from redhanded.reports.html.chunks import ROOM, Chunks
from redhanded.reports.html.endpoints import endpoints
from redhanded.reports.html.failures import failures, title
from redhanded.reports.html.groups import groups
from redhanded.reports.html.heading import heading, masks, provenance
from redhanded.reports.html.latency import latencies
from redhanded.reports.html.packing import encode, pack
from redhanded.reports.html.payload import VERSION, Health, Index, Turn
from redhanded.reports.html.rows import Columns, processes
from redhanded.reports.html.supplement import NOTHING
from redhanded.reports.html.survey import Survey
from redhanded.reports.html.units import Words, ticks

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

    from redhanded.reports.dossier.dossier import Dossier
    from redhanded.reports.dossier.head import Head
    from redhanded.reports.html.payload import Ticks, Trends
    from redhanded.reports.html.supplement import Supplement

TEMPLATE: Final = "template.html"
_MARKS: Final = ("{{title}}", "{{failures}}", "{{index}}", "{{chunks}}")


@dataclass(frozen=True, slots=True)
class Made:
    """The data of a page: its index, and its chunks as they stand in it."""

    index: Index
    chunks: list[bytes]


def write(dossier: Dossier, path: Path, supplement: Supplement = NOTHING) -> None:
    """Write the page; bodies for which it has no room lie in `evidence` beside it.

    Raises OSError where that cannot be; a torn page does not stay.
    """
    made = page(dossier, path.parent, supplement)
    with writing(path) as file:
        for part in _parts(dossier, made):
            file.write(part)


def _parts(dossier: Dossier, made: Made) -> Iterator[bytes]:
    """The page in the order in which it is written: the template with data between its parts."""
    rest = files(__package__).joinpath(TEMPLATE).read_text(encoding="utf-8")
    # None of it is looked through for marks: what a test says may hold anything.
    fills = (
        [_plain(title(dossier.head))],
        [_plain(failures(dossier.head, dossier.rows))],
        [pack(encode(made.index))],
        _elements(made.chunks),
    )
    for mark, fill in zip(_MARKS, fills, strict=True):
        before, _, rest = rest.partition(mark)
        yield before.encode()
        yield from fill
    yield rest.encode()


def _plain(html: str) -> bytes:
    return html.encode("utf-8", "backslashreplace")


def _elements(chunks: list[bytes]) -> Iterator[bytes]:
    for number, chunk in enumerate(chunks):
        yield b'<script type="application/x-gz" id="rh-chunk-%d">%s</script>\n' % (number, chunk)


def page(
    dossier: Dossier, folder: Path, supplement: Supplement = NOTHING, *, room: int = ROOM
) -> Made:
    """The data of a page that is to lie in that folder; each test is looked at once.

    `room` is how many bytes the details may take before bodies move into files.
    """
    head, words = dossier.head, Words()
    survey = Survey(head, words)
    with paused(), Chunks(folder, head.began, room=room) as chunks:
        for place, case in enumerate(dossier.cases()):
            chunks.add(case)
            survey.note(place, case)
    index = _index(dossier, survey, words, supplement)
    index["chunks"] = chunks.starts
    index["provenance"]["masked"] = masks(chunks.masks, head.masked)
    if chunks.storage.moved:
        index["head"]["missing"].append(moved(chunks.storage.moved))
    return Made(index, chunks.packed)


def moved(count: int) -> str:
    """The sentence on bodies that lie beside the page."""
    bodies = "1 body lies" if count == 1 else f"{count:,} bodies lie"
    return (
        f"{bodies} in the folder `evidence` beside this page: all of them would make it too large."
    )


def _index(dossier: Dossier, survey: Survey, words: Words, supplement: Supplement) -> Index:
    head, rows = dossier.head, dossier.rows
    times = {operation: survey.times(operation) for operation in survey.operations}
    together = groups(rows, survey.routes)
    columns = Columns(head, together, words, supplement.past)
    made = Index(
        v=VERSION,
        head=heading(head),
        words=[],
        rows=columns.of(rows, survey.routes),
        groups=together,
        endpoints=endpoints(survey, times, supplement.coverage),
        latency=latencies(times, supplement.objectives),
        health=_health(head, survey, words),
        trends=_trends(supplement.trends, times),
        provenance=provenance(head, supplement.links),
        chunks=[],
    )
    made["words"] = words.table()
    return made


def _trends(known: Trends | None, times: Mapping[str, Sequence[Ticks]]) -> Trends | None:
    """The trends with what the operations took in this run, which is the last."""
    for pace in known["paces"] if known is not None else ():
        ordered = times.get(pace["operation"], ())
        if ordered and pace["medians"][-1] is None:
            pace["medians"][-1] = ordered[(len(ordered) - 1) // 2]
    return known


def _health(head: Head, survey: Survey, words: Words) -> Health:
    return Health(
        processes=processes(head),
        canaries=survey.canaries(),
        turns=[
            Turn(ticks(one.at - head.began), "circuit", one.state, words[one.origin], one.reason)
            for one in head.turned
        ],
        budget=survey.budget(),
        waits=survey.waits(),
        requeues=survey.requeues,
    )
