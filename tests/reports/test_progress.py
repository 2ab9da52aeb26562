"""How far something is, in a sentence: what is done, the pace, and the time that is left."""

from __future__ import annotations

import pytest

from redhanded.reports.progress import remaining, told


@pytest.mark.parametrize(
    "done, total, seconds, sentence",
    [
        pytest.param(
            120, 438, 8.45, "120 of 438 tests, 14.2 a second, about 22 s left", id="usual"
        ),
        pytest.param(0, 9, 5.0, "0 of 9 tests", id="nothing-done"),
        pytest.param(9, 9, 3.0, "9 of 9 tests, 3.0 a second", id="all-done"),
        pytest.param(12, 9, 3.0, "12 tests, 4.0 a second", id="more-than-there-were"),
        pytest.param(3, 9, 0.0, "3 of 9 tests", id="no-time-yet"),
        pytest.param(
            2, 4, 60.0, "2 of 4 tests, 2.0 a minute, about 1 min left", id="slower-than-a-second"
        ),
        pytest.param(
            1000, 20_000, 400.0, "1,000 of 20,000 tests, 2.5 a second, about 2 h 7 min left", id="h"
        ),
        pytest.param(
            1, 3, 3600.0, "1 of 3 tests, 1.0 an hour, about 2 h left", id="slower-than-a-minute"
        ),
        pytest.param(
            98, 99, 9.8, "98 of 99 tests, 10.0 a second, about 1 s left", id="hardly-anything-left"
        ),
    ],
)
def test_the_sentence_tells_pace_and_time_left(
    done: int, total: int, seconds: float, sentence: str
) -> None:
    """What nobody can know yet is left out of it."""
    assert told(done, total, seconds, "tests") == sentence


@pytest.mark.parametrize(
    "done, total, seconds, left",
    [
        pytest.param(5, 15, 10.0, 20.0, id="at-the-same-pace"),
        pytest.param(0, 15, 10.0, 0.0, id="no-pace"),
        pytest.param(16, 15, 10.0, 0.0, id="beyond"),
    ],
)
def test_the_rest_is_thought_to_go_on_as_before(
    done: int, total: int, seconds: float, left: float
) -> None:
    """0 stands for what cannot be told."""
    assert remaining(done, total, seconds) == left
