"""Pairwise combinations: every two values meet in some row, in far fewer rows than all of them.

Most faults that several parameters have a part in show with two of them (Kuhn, Wallace and Gallo,
Software Fault Interactions and Implications for Software Testing, 2004).
"""

from __future__ import annotations

import inspect
import itertools
import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from enum import Enum
from typing import TypeAlias

import pytest
from allpairspy import AllPairs

from redhanded.core.errors import UsageError
from redhanded.data.asking import asked

Excludes: TypeAlias = Callable[..., object]
Row: TypeAlias = dict[int, int]  # which value of which parameter, by their numbers
Pair: TypeAlias = tuple[int, int, int, int]


@asked
def pairwise(
    *, unless: Excludes | Sequence[Excludes] = (), **parameters: Sequence[object]
) -> list[pytest.ParameterSet]:
    """Rows in which every two values of different parameters meet, to parametrize with.

    The values of a row come in the order in which the parameters are given. `unless` tells, of the
    parameters that it names, which values cannot meet; every pair that still can is there.
    """
    if empty := [name for name, values in parameters.items() if not list(values)]:
        raise UsageError(f"pairwise() needs a value for each parameter, and {empty[0]} has none.")
    names, values = list(parameters), [list(each) for each in parameters.values()]
    rules = [unless] if callable(unless) else list(unless)
    exclusions = [_Exclusion.of(rule, names, values) for rule in rules]
    rows = list(_rows([len(each) for each in values], exclusions)) if names else []
    if not rows:
        raise UsageError("pairwise() gives no row: name parameters, and exclude not all of them.")
    return list(_named(names, values, rows))


@dataclass(frozen=True, slots=True)
class _Exclusion:
    """What cannot be, told of some parameters; asked only once all of those are chosen."""

    rule: Excludes
    asked: Mapping[int, str]
    values: Sequence[Sequence[object]]

    @classmethod
    def of(
        cls, rule: Excludes, names: Sequence[str], values: Sequence[Sequence[object]]
    ) -> _Exclusion:
        kinds = inspect.signature(rule).parameters.values()
        asked = [each.name for each in kinds if each.kind is not each.VAR_KEYWORD]
        for name in asked:
            if name not in names:
                close = get_close_matches(name, names, n=1, cutoff=0.0)[0]
                raise UsageError(f"unless= names {name!r}, no parameter; did you mean {close!r}?")
        every = len(asked) < len(kinds)
        return cls(rule, {names.index(name): name for name in (names if every else asked)}, values)

    def __call__(self, row: Row) -> bool:
        if not self.asked.keys() <= row.keys():
            return False
        given = {name: self.values[at][row[at]] for at, name in self.asked.items()}
        return bool(self.rule(**given))


def _rows(sizes: Sequence[int], exclusions: Sequence[_Exclusion]) -> Iterator[Row]:
    def allowed(row: Row) -> bool:
        return not any(excluded(row) for excluded in exclusions)

    missing = dict.fromkeys(_all_pairs(sizes))
    for row in _drafted(sizes, allowed):
        yield row
        _strike(missing, row)
    # The library loses pairs where something is excluded; a pair that no row can hold is none.
    while missing:
        one, value, other, second = pair = next(iter(missing))
        del missing[pair]
        found = _completed({one: value, other: second}, sizes, allowed, missing)
        if found is not None:
            yield found
            _strike(missing, found)


def _drafted(sizes: Sequence[int], allowed: Callable[[Row], bool]) -> Iterator[Row]:
    if len(sizes) == 1:
        yield from (row for value in range(sizes[0]) if allowed(row := {0: value}))
        return
    drafted = AllPairs(
        [range(size) for size in sizes],
        filter_func=lambda chosen: allowed(dict(enumerate(chosen))),
    )
    yield from (dict(enumerate(row)) for row in drafted)


def _completed(
    row: Row, sizes: Sequence[int], allowed: Callable[[Row], bool], missing: Mapping[Pair, None]
) -> Row | None:
    """The row with a value for each parameter, of which many pairs are new; None if none can be."""
    if not allowed(row):
        return None
    at = next((number for number in range(len(sizes)) if number not in row), None)
    if at is None:
        return dict(sorted(row.items()))

    def new(value: int) -> int:
        return sum(_pair(at, value, *each) in missing for each in row.items())

    for value in sorted(range(sizes[at]), key=new, reverse=True):
        if (found := _completed({**row, at: value}, sizes, allowed, missing)) is not None:
            return found
    return None


def _all_pairs(sizes: Sequence[int]) -> Iterator[Pair]:
    for one, other in itertools.combinations(range(len(sizes)), 2):
        for value, second in itertools.product(range(sizes[one]), range(sizes[other])):
            yield one, value, other, second


def _strike(missing: dict[Pair, None], row: Row) -> None:
    for (one, value), (other, second) in itertools.combinations(row.items(), 2):
        missing.pop(_pair(one, value, other, second), None)


def _pair(one: int, value: int, other: int, second: int) -> Pair:
    return (one, value, other, second) if one < other else (other, second, one, value)


def _named(
    names: Sequence[str], values: Sequence[Sequence[object]], rows: Sequence[Row]
) -> Iterator[pytest.ParameterSet]:
    seen: Counter[str] = Counter()
    for row in rows:
        chosen = [values[at][number] for at, number in row.items()]
        words = [_word(value, f"{names[at]}{row[at]}") for at, value in enumerate(chosen)]
        name = "-".join(words)
        seen[name] += 1
        yield pytest.param(*chosen, id=name if seen[name] == 1 else f"{name}-{seen[name]}")


def _word(value: object, otherwise: str) -> str:
    if isinstance(value, Enum):
        value = value.name
    if value is not None and not isinstance(value, str | int | float):
        return otherwise
    return re.sub(r"[^A-Za-z0-9_.+]+", "_", str(value))[:40] or otherwise
