"""Endpoints: what a document promises beside what tests saw of it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from redhanded.reports.html.payload import Endpoint, Endpoints, Status

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from redhanded.reports.html.payload import Ticks
    from redhanded.reports.html.supplement import Coverage, Documented
    from redhanded.reports.html.survey import Survey

_STATES: Final = ("never", "undocumented", "called", "checked")
_FIELD: Final = re.compile(r"\\\{[^{}/]*\\\}")
_ALONE: Final = "No document was given: these are the operations that tests called."


def endpoints(
    survey: Survey, times: Mapping[str, Sequence[Ticks]], coverage: Coverage | None
) -> Endpoints | None:
    """The operations, those that nobody called first; None where there is none at all.

    `times` are those of each operation that was called, in order.
    """
    called = [name for name, met in survey.operations.items() if met.calls]
    described = coverage.operations if coverage is not None else ()
    owners = _owners(called, described)
    found = [_described(one, owners, survey, times) for one in described]
    others = [name for name in called if name not in owners]
    found += [_other(name, survey, times[name], coverage) for name in sorted(others)]
    if not found:
        return None
    return Endpoints(
        denominator=_denominator(coverage),
        shares=[*coverage.shares] if coverage is not None else [],
        endpoints=sorted(found, key=lambda one: _STATES.index(one["state"])),
    )


def _denominator(coverage: Coverage | None) -> str:
    if coverage is None:
        return _ALONE
    names = " and ".join(coverage.documents)
    count = len(coverage.operations)
    return (
        f"Shares are of what {names} {'declares' if len(coverage.documents) == 1 else 'declare'}:"
        f" {count:,} operation{'' if count == 1 else 's'}; an operation counts as checked once an"
        " answer of it was held against its document and nothing failed."
    )


def _owners(called: Sequence[str], described: Sequence[Documented]) -> dict[str, str]:
    """The documented operation of each that was called, by its name; without those of none.

    An operation is told by the segments that stay the same: the names of fields differ.
    """
    patterns = [(one.operation, _pattern(one.operation)) for one in described]
    # What names most of its path literally is meant: `/orders/mine` before `/orders/{id}`.
    ordered = sorted(patterns, key=lambda one: (one[0].count("{"), -len(one[0])))
    found = {}
    for name in called:
        owner = next((operation for operation, pattern in ordered if pattern.fullmatch(name)), None)
        if owner is not None:
            found[name] = owner
    return found


def _pattern(operation: str) -> re.Pattern[str]:
    """What names of this operation look like; a server's own path may stand before its route."""
    method, _, path = operation.partition(" ")
    return re.compile(f"{re.escape(method)} .*?{_FIELD.sub('[^/]+', re.escape(path))}/?")


def _described(
    one: Documented,
    owners: Mapping[str, str],
    survey: Survey,
    times: Mapping[str, Sequence[Ticks]],
) -> Endpoint:
    names = [name for name, owner in owners.items() if owner == one.operation]
    ordered = sorted(took for name in names for took in times[name])
    made = _endpoint(one.operation, names, survey, ordered, one.statuses)
    # A call whose answer nobody could hold against the document has called it all the same.
    made["state"] = "called" if one.state == "never" and made["calls"] else one.state
    if one.is_deprecated:
        made["is_deprecated"] = True
    return made


def _other(
    name: str, survey: Survey, ordered: Sequence[Ticks], coverage: Coverage | None
) -> Endpoint:
    made = _endpoint(name, [name], survey, ordered, ())
    if coverage is not None and name in coverage.undocumented:
        made["state"] = "undocumented"
    return made


def _endpoint(
    operation: str,
    names: Sequence[str],
    survey: Survey,
    ordered: Sequence[Ticks],
    documented: Sequence[str],
) -> Endpoint:
    seen: dict[int, int] = {}
    for name in names:
        for status, times in survey.operations[name].statuses.items():
            seen[status] = seen.get(status, 0) + times
    return Endpoint(
        operation=operation,
        state="called",
        statuses=[*_statuses(seen, documented)],
        calls=sum(survey.operations[name].calls for name in names),
        p50=ordered[(len(ordered) - 1) // 2] if ordered else None,
        p95=ordered[-(-95 * len(ordered) // 100) - 1] if ordered else None,
    )


def _statuses(seen: Mapping[int, int], documented: Sequence[str]) -> Iterator[Status]:
    """The documented statuses with how often each was seen, then those that are not documented."""
    left = dict(seen)
    # The most exact goes first: 404 belongs to `404`, before `4XX`, before `default`.
    for wanted in sorted(documented, key=_breadth):
        taken = [status for status in left if _is_of(status, wanted)]
        yield Status(wanted, True, sum(left.pop(status) for status in taken))  # noqa: FBT003
    for status, times in sorted(left.items()):
        yield Status(str(status), False, times)  # noqa: FBT003


def _breadth(wanted: str) -> int:
    return (wanted == "default") * 2 + wanted.upper().endswith("XX")


def _is_of(status: int, wanted: str) -> bool:
    if wanted == "default":
        return True
    return f"{status}" == wanted or f"{status // 100}XX" == wanted.upper()
