"""Pairwise: each pair that can be is in some row, in few rows, the same each time."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Sequence
from enum import Enum
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from redhanded.core.errors import UsageError
from redhanded.data import pairwise


class Side(Enum):
    BUY = "b"
    SELL = "s"


def rows(parameters: list[pytest.ParameterSet]) -> list[tuple[object, ...]]:
    """The values of each row."""
    return [tuple(each.values) for each in parameters]


def pairs(row: Sequence[object]) -> set[tuple[int, object, int, object]]:
    """What meets in this row."""
    return {(i, row[i], j, row[j]) for i, j in itertools.combinations(range(len(row)), 2)}


def model(sizes: Sequence[int]) -> dict[str, Any]:
    """So many values for each parameter."""
    return {f"p{number}": list(range(size)) for number, size in enumerate(sizes)}


SIZES = st.lists(st.integers(1, 5), min_size=1, max_size=6)


@settings(max_examples=60, deadline=None)
@given(SIZES)
def test_every_pair_meets(sizes: list[int]) -> None:
    """INVARIANT: no two values of different parameters are kept apart."""
    found = set().union(*map(pairs, rows(pairwise(**model(sizes)))))

    assert found == set().union(*map(pairs, itertools.product(*map(range, sizes))))


@st.composite
def excluded(draw: st.DrawFn) -> tuple[list[int], list[tuple[int, int, int, int]]]:
    """A model of two to five parameters, with pairs of values that cannot meet."""
    sizes = draw(st.lists(st.integers(2, 4), min_size=2, max_size=5))
    where = st.sampled_from(list(itertools.combinations(range(len(sizes)), 2)))
    chosen = draw(st.lists(where, min_size=1, max_size=4))
    values = [
        (i, draw(st.integers(0, sizes[i] - 1)), j, draw(st.integers(0, sizes[j] - 1)))
        for i, j in chosen
    ]
    return sizes, values


@settings(max_examples=80, deadline=None)
@given(excluded())
def test_every_pair_that_can_be_meets_beside_exclusions(
    given_model: tuple[list[int], list[tuple[int, int, int, int]]],
) -> None:
    """INVARIANT: the rows given are allowed, and have the pairs of all rows that are."""
    sizes, forbidden = given_model

    def unless(**row: int) -> bool:
        return not pairs([row[f"p{number}"] for number in range(len(sizes))]).isdisjoint(forbidden)

    every = [
        row for row in itertools.product(*map(range, sizes)) if pairs(row).isdisjoint(forbidden)
    ]
    if not every:
        with pytest.raises(UsageError, match="gives no row"):
            pairwise(unless=unless, **model(sizes))
        return
    found = rows(pairwise(unless=unless, **model(sizes)))

    assert set(found) <= set(every)
    assert set().union(*map(pairs, found)) == set().union(*map(pairs, every))


@pytest.mark.parametrize(
    "sizes, most",
    [
        pytest.param([3] * 4, 9, id="3^4"),
        pytest.param([3] * 13, 18, id="3^13"),
        pytest.param([2] * 30, 12, id="2^30"),
        pytest.param([5, 4, 3, 2], 20, id="5-4-3-2"),
        pytest.param([4, 4, 4], 16, id="4^3"),
    ],
)
def test_rows_are_as_few_as_good_tools_give(sizes: list[int], most: int) -> None:
    """Published sizes: 9 is the optimum of 3^4, 15 to 23 are given for 3^13 (pairwise.org)."""
    assert len(pairwise(**model(sizes))) <= most


def test_rows_are_the_same_each_time() -> None:
    """Workers must collect the same tests."""
    asked: dict[str, Any] = {"side": list(Side), "currency": ["EUR", "JPY"], "days": [1, 2, 30]}

    assert pairwise(**asked) == pairwise(**asked)


def test_values_come_in_the_order_of_their_names_under_readable_ids() -> None:
    """`parametrize("side, amount", pairwise(side=..., amount=...))` fits."""
    found = pairwise(side=list(Side), amount=[1.5, None])

    assert {str(each.id) for each in found} == {"BUY-1.5", "BUY-None", "SELL-1.5", "SELL-None"}
    assert all(isinstance(side, Side) for side, _ in rows(found))


def test_ids_stay_apart_where_values_look_alike() -> None:
    """What has no short text is called by its parameter, and doubles are counted."""
    found = pairwise(when=["1", 1], what=[{"a": 1}, [2], "Zürich; \n"])

    ids = [str(each.id) for each in found]
    assert len(set(ids)) == len(ids)
    assert {"1-what0", "1-what0-2", "1-what1", "1-Z_rich_"} <= set(ids)


def test_an_exclusion_asks_only_for_what_it_names() -> None:
    """Several may be given; each sees whole values."""
    found = pairwise(
        role=["admin", "guest"],
        plan=["free", "pro"],
        side=list(Side),
        unless=[
            lambda role, plan: role == "guest" and plan == "pro",
            lambda side, role: side is Side.SELL and role == "guest",
        ],
    )

    assert ("guest", "free", Side.BUY) in rows(found)
    assert not any(row[0] == "guest" and row[1:] != ("free", Side.BUY) for row in rows(found))


def test_a_single_parameter_gives_each_of_its_values() -> None:
    """There is no pair, and still something to test."""
    assert rows(pairwise(role=["admin", "guest"], unless=lambda role: role == "guest")) == [
        ("admin",)
    ]


@pytest.mark.parametrize(
    "ask, sentence",
    [
        pytest.param(lambda: pairwise(role=[], plan=["a"]), "and role has none", id="no-values"),
        pytest.param(pairwise, "gives no row", id="no-parameters"),
        pytest.param(
            lambda: pairwise(role=["a"], plan=["b"], unless=lambda role: role),
            "gives no row",
            id="all-excluded",
        ),
        pytest.param(
            lambda: pairwise(role=["a"], plan=["b"], unless=lambda rolle: rolle),
            "did you mean 'role'?",
            id="typo",
        ),
    ],
)
def test_what_gives_no_row_is_told(ask: Callable[[], object], sentence: str) -> None:
    """A parametrization of nothing would be skipped, and nobody would notice."""
    with pytest.raises(UsageError) as raised:
        ask()

    assert sentence in str(raised.value)
