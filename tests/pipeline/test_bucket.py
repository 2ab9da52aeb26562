"""The retry budget of one origin."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest
from hypothesis import given
from hypothesis import strategies as st

from redhanded.pipeline.bucket import Bucket


def test_a_new_bucket_is_full() -> None:
    """A bucket begins with all the tokens it can hold, a hundred where nobody says."""
    assert (Bucket().tokens, Bucket(7.0).tokens) == (100.0, 7.0)
    assert Bucket(7.0).is_full


@pytest.mark.parametrize(
    "cost, is_taken, left",
    [
        pytest.param(10.0, True, 2.0, id="enough"),
        pytest.param(12.0, True, 0.0, id="just enough"),
        pytest.param(12.5, False, 12.0, id="too few: nothing is taken"),
    ],
)
def test_tokens_are_taken_whole_or_not_at_all(cost: float, is_taken: bool, left: float) -> None:
    """A retry gets all its tokens, or none and is not made."""
    bucket = Bucket(12.0)

    assert bucket.take(cost) is is_taken
    assert bucket.tokens == left
    assert bucket.is_full is not is_taken


def test_a_bucket_without_capacity_allows_no_retry() -> None:
    """A capacity of 0 switches retries off."""
    assert not Bucket(0.0).take(1.0)


def test_tokens_come_back_up_to_the_capacity() -> None:
    """INVARIANT: what is given back never makes more than the capacity."""
    bucket = Bucket(20.0)
    bucket.take(15.0)

    bucket.refund(10.0)
    assert bucket.tokens == 15.0
    bucket.refund(10.0)

    assert bucket.tokens == 20.0
    assert bucket.is_full


@given(st.lists(st.tuples(st.booleans(), st.integers(0, 40)), max_size=60))
def test_tokens_stay_within_bounds(steps: list[tuple[bool, int]]) -> None:
    """INVARIANT: there are never fewer than no tokens, nor more than the capacity."""
    bucket = Bucket(50.0)
    for is_taking, cost in steps:
        if is_taking:
            assert bucket.take(cost) or bucket.tokens < cost
        else:
            bucket.refund(cost)

        assert 0.0 <= bucket.tokens <= 50.0


def test_threads_share_the_tokens() -> None:
    """INVARIANT: of many threads only as many get their tokens as there are tokens."""
    bucket = Bucket(100.0)

    with ThreadPoolExecutor(8) as pool:
        taken = list(pool.map(lambda _: bucket.take(10.0), range(40)))

    assert (sum(taken), bucket.tokens) == (10, 0.0)
