"""The bounds of two schemas: of numbers, lengths and counts."""

from __future__ import annotations

from typing import TYPE_CHECKING

from redhanded.contracts.changes.facets import BOUNDS, is_upper
from redhanded.contracts.changes.findings import Finding, went
from redhanded.contracts.glimpse import glimpse

if TYPE_CHECKING:
    from collections.abc import Iterator

    from redhanded.contracts.changes.view import View


def bounds(old: View, new: View) -> Iterator[Finding]:
    """Which bounds went up or down, came or went."""
    told: set[str] = set()
    for inclusive, exclusive in (("minimum", "exclusiveMinimum"), ("maximum", "exclusiveMaximum")):
        before, after = (_limits(view, inclusive, exclusive) for view in (old, new))
        if len(before) == len(after) == 1 and before[0][0] != after[0][0]:
            told |= {inclusive, exclusive}
            yield from _moved(before[0], after[0], new)
    for keyword, name in BOUNDS.items():
        if keyword not in told:
            yield from _bound(old, new, keyword, name)


def _limits(view: View, *keywords: str) -> list[tuple[str, float]]:
    return [(keyword, view.words[keyword]) for keyword in keywords if keyword in view.words]


def _moved(old: tuple[str, float], new: tuple[str, float], view: View) -> Iterator[Finding]:
    """A bound that includes its number now, or no longer does."""
    keyword, after = new
    excludes = keyword.startswith("exclusive")
    before = old[1]
    # At the same number the one that excludes it is the tighter bound.
    rises = after > before if after != before else excludes != is_upper(keyword)
    detail = f"{old[0]} {glimpse(before)} went to {keyword} {glimpse(after)}"
    kind = "increased" if rises else "decreased"
    yield Finding(f"{BOUNDS[keyword]}-{kind}", detail, view.at(keyword))


def _bound(old: View, new: View, keyword: str, name: str) -> Iterator[Finding]:
    before, after = old.words.get(keyword), new.words.get(keyword)
    is_counted = all("contains" in view.single for view in (old, new))
    if before == after or ("Contains" in keyword and not is_counted):
        return
    detail, node = went(keyword, before, after), new.at(keyword)
    if before is None:
        yield Finding(f"{name}-set", detail, node)
    elif after is None:
        yield Finding(f"{name}-unset", detail, old.at(keyword), "old")
    else:
        yield Finding(f"{name}-{'increased' if after > before else 'decreased'}", detail, node)


def multiples(old: View, new: View) -> Iterator[Finding]:
    """Whether numbers must be multiples of something else."""
    before, after = old.words.get("multipleOf"), new.words.get("multipleOf")
    if before == after:
        return
    detail, node = went("multipleOf", before, after), new.at("multipleOf")
    if before is None:
        yield Finding("multiple-of-set", detail, node)
    elif after is None:
        yield Finding("multiple-of-unset", detail, old.at("multipleOf"), "old")
    elif _divides(after, before):
        yield Finding("multiple-of-generalized", detail, node)
    else:
        kind = "specialized" if _divides(before, after) else "changed"
        yield Finding(f"multiple-of-{kind}", detail, node)


def _divides(small: float, large: float) -> bool:
    return small != 0 and float(large / small).is_integer()
