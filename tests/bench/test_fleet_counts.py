"""What the benchmark of counts notices."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from bench.fleet.counts import Counted, finish, recorded, refuses, rules_of
from redhanded.fleet.memory import MemoryStore
from redhanded.fleet.store import Member

PAIRS = 200
OUTCOMES = [number % 10 == 9 for number in range(185)]
TOLD = Counted(185, 18)


def store() -> MemoryStore:
    """A store whose circuit opens with the last of the pairs."""
    return MemoryStore(rules_of(PAIRS).limits, Member("host0", "gw0"), now=lambda: 100.0)


def test_the_very_last_result_opens_the_circuit() -> None:
    """INVARIANT: nobody is refused before it, and everybody after it."""
    memory = store()

    before = recorded(memory, OUTCOMES)
    assert before == TOLD
    assert not refuses(memory)
    rest = finish(memory, pairs=PAIRS, counts=[before])

    assert rest == Counted(15, 2)
    assert refuses(memory)


@pytest.mark.parametrize(
    "change",
    [
        pytest.param(lambda outcomes: outcomes[1:], id="a success was lost"),
        pytest.param(lambda outcomes: [*outcomes[:9], *outcomes[10:]], id="a failure was lost"),
        pytest.param(lambda outcomes: [False, *outcomes], id="a success was counted twice"),
    ],
)
def test_a_miscount_leaves_it_closed(change: Callable[[list[bool]], list[bool]]) -> None:
    """INVARIANT: one result too few or too many among two hundred shows in the end."""
    memory = store()

    recorded(memory, change(OUTCOMES))
    finish(memory, pairs=PAIRS, counts=[TOLD])

    assert not refuses(memory)


def test_a_failure_that_counts_twice_opens_it_too_early() -> None:
    """INVARIANT: whoever comes before the last is refused then."""
    memory = store()

    recorded(memory, [True, *OUTCOMES])

    assert finish(memory, pairs=PAIRS, counts=[TOLD]).refused == 1
