"""The supplement of a report: what documents, objectives and history add to a run's dossier."""

from __future__ import annotations

from collections import defaultdict
from contextlib import suppress
from typing import TYPE_CHECKING, Final, Literal

from redhanded.history.store import HistoryUnavailable
from redhanded.reports.html.payload import Objective, Share
from redhanded.reports.html.supplement import Coverage, Documented, Supplement
from redhanded.reports.html.units import ticks
from redhanded.session import coverage_figures, trends
from redhanded.session.berth import spools_of
from redhanded.session.coverage import FOLDER
from redhanded.session.objectives import judged, read_samples
from redhanded.verdict.objectives import ERRORS

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from contextlib import AbstractContextManager
    from pathlib import Path

    from redhanded.history.records import Evidence
    from redhanded.reports.dossier.dossier import Dossier
    from redhanded.reports.html.payload import Pairs

    History = Callable[[], AbstractContextManager[trends.Place | None]]

_CONCLUDED: Final = "objectives::"
_STATES: Final[dict[str, Literal["held", "missed"]]] = {"held": "held", "missed": "missed"}


def supplement(
    dossier: Dossier,
    folders: Sequence[Path],
    *,
    history: History | None = None,
    links: Pairs | None = None,
    note: Callable[[str], object] = lambda _: None,
) -> Supplement:
    """What a report tells beyond the dossier of the runs in these folders; never raises.

    `history` opens it; without it no trends are told. `note` hears what is wrong with it.
    """
    remembered = _remembered(dossier, history, note) if history is not None else None
    return Supplement(
        coverage=_coverage(folders),
        objectives=_objectives(dossier, folders),
        trends=remembered.trends if remembered else None,
        past=remembered.past if remembered else {},
        links=links or [],
    )


def _remembered(
    dossier: Dossier, history: History, note: Callable[[str], object]
) -> trends.Told | None:
    try:
        with history() as place:
            return trends.told(place, dossier) if place is not None else None
    except HistoryUnavailable as error:
        note(f"the report has no trends: {error}")
    return None


def _coverage(folders: Sequence[Path]) -> Coverage | None:
    """What of the documents the runs have covered; None where they had none."""
    if not any(path for folder in folders for path in folder.glob(f"{FOLDER}/*.json")):
        return None
    found = coverage_figures.figures_in(folders)
    if not found:
        return None
    shares = coverage_figures.total(found)
    return Coverage(
        documents=[one.name for one in found],
        operations=[_documented(one) for each in found for one in each.operations],
        shares=[
            Share(coverage_figures.worded(measure), share.seen, share.total)
            for measure, share in shares.items()
            if share.total
        ],
        undocumented={name: times for one in found for name, times in one.undocumented.items()},
    )


def _documented(one: coverage_figures.Standing) -> Documented:
    return Documented(
        operation=one.name,
        state=one.state,
        statuses=sorted({*one.seen, *one.unseen}),
        is_deprecated=one.is_deprecated,
    )


def _objectives(dossier: Dossier, folders: Sequence[Path]) -> dict[str, list[Objective]]:
    """The objectives of which the runs have samples, by operation.

    One that earlier runs have helped to convict is told as a finding on the run.
    """
    concluded = {
        row.test_id.removeprefix(_CONCLUDED): row.headline
        for row in dossier.rows
        if row.is_beside and row.test_id.startswith(_CONCLUDED)
    }
    found: defaultdict[str, list[Objective]] = defaultdict(list)
    for one in _evidence(folders):
        name = f"{one.operation} {one.measure}"
        told = next((text for key, text in concluded.items() if key.startswith(name)), "")
        found[one.operation].append(_objective(one, told))
    return dict(found)


def _evidence(folders: Sequence[Path]) -> list[Evidence]:
    """What the samples of the runs come to by themselves; nothing where they make no sense."""
    spools = [spool for folder in folders for spool in spools_of(folder)]
    with suppress(OSError, LookupError, TypeError, ValueError):  # a spool may hold anything
        return judged(read_samples(spools))[1]
    return []


def _objective(one: Evidence, told: str) -> Objective:
    made = Objective(
        measure=one.measure,
        limit=one.limit if one.measure == ERRORS else ticks(one.limit),
        state="missed" if told else _STATES.get(one.decision, "open"),
        samples=one.samples,
        bad=one.bad,
    )
    if told or one.build:
        made["note"] = told or f"build {one.build}"
    return made
