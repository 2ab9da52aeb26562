"""Figures of coverage: shares of a document, the standing of each operation, what is missing."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, Literal, NamedTuple, TypeAlias, get_args

from redhanded.contracts.openapi import marks
from redhanded.core.contracting import Measure
from redhanded.core.errors import UsageError
from redhanded.session.coverage_runs import sighted
from redhanded.session.place_globs import matches_text

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from pathlib import Path

    from redhanded.contracts.openapi.marks import Mark
    from redhanded.contracts.openapi.universe import Universe
    from redhanded.session.coverage_runs import Sighted

State: TypeAlias = Literal["never", "called", "checked"]
MEASURES: Final[tuple[Measure, ...]] = get_args(Measure)
_NAMED = 3  # operations that a sentence names
_EXACT = 1e-9  # below which two shares are one


class Share(NamedTuple):
    """How many of how many; of nothing, all is covered."""

    seen: int
    total: int

    @property
    def percent(self) -> float:
        """From 0 to 100."""
        return 100 * self.seen / self.total if self.total else 100.0

    def __add__(self, other: object) -> Share:
        if not isinstance(other, Share):
            return NotImplemented
        return Share(self.seen + other.seen, self.total + other.total)


@dataclass(frozen=True, slots=True)
class Standing:
    """One operation: how far tests came with it, and which of its statuses they saw."""

    name: str
    state: State
    is_deprecated: bool
    seen: tuple[str, ...]
    unseen: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Figures:
    """How much of one document was covered; `missing` are the marks that nothing has.

    `version` is that of OpenAPI in which the document is written.
    """

    name: str
    digest: str
    version: tuple[int, int]
    shares: Mapping[Measure, Share]
    operations: Sequence[Standing]
    undocumented: Mapping[str, int]
    missing: Sequence[Mark]

    def described(self) -> dict[str, Any]:
        """The figures as JSON values."""
        return {
            "document": self.name,
            "digest": self.digest,
            "measures": {
                measure: {"seen": share.seen, "total": share.total, "percent": rounded(share)}
                for measure, share in self.shares.items()
            },
            "operations": [
                {
                    "operation": one.name,
                    "state": one.state,
                    "deprecated": one.is_deprecated,
                    "statuses": {"seen": [*one.seen], "never": [*one.unseen]},
                }
                for one in self.operations
            ],
            "undocumented": dict(self.undocumented),
        }


def figures(found: Sighted, universe: Universe, *, glob: str = "*") -> Figures:
    """The figures of a document, of those operations alone whose name the glob matches."""
    names = [name for name in universe.operations if matches_text(glob, name)]
    every = universe.marks_of(names)
    counts: defaultdict[Measure, list[int]] = defaultdict(lambda: [0, 0])
    for mark in every:
        measure = marks.measure_of(mark)
        if measure is not None:
            counts[measure][0] += mark in found.seen
            counts[measure][1] += 1
    return Figures(
        name=found.name,
        digest=found.digest,
        version=universe.version,
        shares={measure: Share(*counts[measure]) for measure in MEASURES},
        operations=[_standing(name, universe, found.seen) for name in names],
        undocumented={
            name: times
            for name, times in sorted(found.undocumented.items(), key=lambda one: (-one[1], one))
            if matches_text(glob, name)
        },
        missing=sorted(every - found.seen),
    )


def figures_in(folders: Iterable[Path], *, glob: str = "*") -> list[Figures]:
    """The figures of every document whose universe the runs with these folders have kept."""
    return [
        figures(found, found.universe, glob=glob)
        for found in sighted(folders)
        if found.universe is not None
    ]


def _standing(name: str, universe: Universe, seen: set[Mark]) -> Standing:
    described = universe.operations[name]
    keys = [marks.told(mark).rest[0] for mark in described.marks if mark.startswith("status\t")]
    met = [key for key in keys if marks.status(name, key) in seen]
    state: State = "called" if marks.called(name) in seen else "never"
    return Standing(
        name=name,
        state="checked" if marks.checked(name) in seen else state,
        is_deprecated=described.is_deprecated,
        seen=tuple(met),
        unseen=tuple(key for key in keys if key not in met),
    )


def total(several: Iterable[Figures]) -> dict[Measure, Share]:
    """The shares of several documents together."""
    sums = dict.fromkeys(MEASURES, Share(0, 0))
    for one in several:
        sums = {measure: sums[measure] + one.shares[measure] for measure in MEASURES}
    return sums


def goals(texts: Iterable[str]) -> dict[Measure, float]:
    """What `80` or `statuses=50` asks for, in percent by measure; UsageError for anything else."""
    found: dict[Measure, float] = {}
    for text in texts:
        name, separator, number = text.rpartition("=")
        measure = next((each for each in MEASURES if each == (name.strip() or "operations")), None)
        percent = _percent(number)
        if measure is None or percent is None or (separator and not name.strip()):
            raise UsageError(
                f"{text!r} is no share to cover: write a percentage, such as 80 for operations, or"
                f" MEASURE=80 with one of {', '.join(MEASURES)}."
            )
        found[measure] = percent
    return found


def _percent(text: str) -> float | None:
    try:
        number = float(text.strip().removesuffix("%"))
    except ValueError:
        return None
    return number if 0 <= number <= 100 else None


def shortfalls(several: Sequence[Figures], wanted: Mapping[Measure, float]) -> list[str]:
    """A clause for each measure of which the documents together are covered too little."""
    sums = total(several)
    return [
        _shortfall(measure, sums[measure], percent, several)
        for measure, percent in wanted.items()
        if sums[measure].percent < percent - _EXACT
    ]


def _shortfall(measure: Measure, share: Share, wanted: float, several: Sequence[Figures]) -> str:
    what = "operations checked" if measure == "operations" else worded(measure)
    told = f"{share.seen:,} of {share.total:,} {what}, {rounded(share):g} % of {wanted:g} % wanted"
    return f"{told}{_worst(several)}"


def _worst(several: Sequence[Figures]) -> str:
    """The operations of which least was seen, as a clause."""
    standing = [one for each in several for one in each.operations]
    for state, words in (("never", "never called"), ("called", "called and not checked")):
        names = [one.name for one in standing if one.state == state]
        if names:
            more = f" and {len(names) - _NAMED} more" if len(names) > _NAMED else ""
            return f" ({words}: {', '.join(names[:_NAMED])}{more})"
    lacking = sorted(standing, key=lambda one: -len(one.unseen))
    names = [f"{one.name} {', '.join(one.unseen)}" for one in lacking[:_NAMED] if one.unseen]
    return f" (never seen: {'; '.join(names)})" if names else ""


def summary(several: Sequence[Figures]) -> str:
    """One line on all documents: `14 of 19 operations checked, 31 of 57 statuses, ...`."""
    sums = total(several)
    told = (
        f"{share.seen:,} of {share.total:,} {worded(measure)}{' checked' * (not number)}"
        for number, (measure, share) in enumerate(sums.items())
        if share.total
    )
    return ", ".join(told) or "its documents have no operation that can be used"


def worded(measure: Measure) -> str:
    """The measure as people read it."""
    return {"media_types": "media types", "values": "enum values"}.get(measure, measure)


def rounded(share: Share) -> float:
    """The percentage with one digit, which never rounds up to all."""
    return int(share.percent * 10 + _EXACT) / 10
