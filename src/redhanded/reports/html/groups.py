"""Failures by signature, as the page shows them: defects first, what is quarantined last."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Final

from redhanded.core.verdicts import Verdict
from redhanded.reports import signatures
from redhanded.reports.groups import BLOCKED
from redhanded.reports.html.payload import Group
from redhanded.reports.kinds import HELD, QUARANTINED, UNJUDGED
from redhanded.verdict.causes import causes

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from redhanded.reports.dossier.case import Row
    from redhanded.reports.html.payload import Place

_ORDER: Final = (
    *(Verdict.DEFECT, Verdict.SLOW, Verdict.DRIFT, Verdict.TEST_BUG),
    *(UNJUDGED, Verdict.INCONCLUSIVE, Verdict.RECOVERED, QUARANTINED),
)
_RANKS: Final = {str(kind): rank for rank, kind in enumerate(_ORDER)}
_ROUTES: Final = 12  # that are named of one group


def groups(rows: Sequence[Row], routes: Mapping[Place, str]) -> list[Group]:
    """The tests that did not hold, together by their reason; `routes` are what they rest on."""
    places = {id(row): place for place, row in enumerate(rows)}
    told = [row for row in rows if signatures.kind(row) not in HELD]
    found = [_group(alike.rows, places, routes) for alike in signatures.alike(told)]
    return sorted(found, key=lambda group: _rank(group["kind"]))  # stable: the largest first


def _rank(kind: str) -> int:
    return _RANKS.get(kind, _RANKS[UNJUDGED])


def _group(rows: Sequence[Row], places: Mapping[int, Place], routes: Mapping[Place, str]) -> Group:
    """One group; what was held back because of it stands at its end."""
    ordered = sorted(rows, key=lambda row: row.code == BLOCKED)
    first, held = ordered[0], sum(row.code == BLOCKED for row in rows)
    known = causes().get(first.code)
    made = Group(
        kind=signatures.kind(first),
        code=first.code,
        title=known.title if known else "",
        headline=_headline(ordered[: len(rows) - held] or ordered),
        routes=_named(routes.get(places[id(row)], "") for row in ordered),
        tests=[places[id(row)] for row in ordered],
    )
    if 0 < held < len(rows):
        made["unsent"] = held
    if made["kind"] == QUARANTINED:
        made["is_quarantined"] = True
    return made


def _headline(rows: Sequence[Row]) -> str:
    """The headline that speaks for most."""
    ((told, _), *others) = Counter(row.headline for row in rows).most_common(2)
    return f"{told} and the like" if others else told


def _named(routes: Iterable[str]) -> list[str]:
    """Each of these operations once, as far as they are known."""
    return [*dict.fromkeys(filter(None, routes))][:_ROUTES]
