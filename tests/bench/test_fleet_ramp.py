"""What a log of probes says of the permits that were kept."""

from __future__ import annotations

import pytest

from bench.fleet.ramp import Probe, rounds


def probe(began: float, ended: float, *, epoch: int = 1, succeeded: bool = True) -> Probe:
    """A probe of the first epoch that was answered."""
    return Probe(epoch, began, ended, succeeded)


@pytest.mark.parametrize(
    "probes, breaches",
    [
        pytest.param([probe(0, 1), probe(1, 2)], 0, id="one after another"),
        pytest.param([probe(0, 2), probe(1, 3)], 1, id="two before any success"),
        pytest.param([probe(0, 1), probe(2, 4), probe(3, 5)], 0, id="two after one"),
        pytest.param([probe(0, 1), probe(2, 5), probe(3, 5), probe(4, 5)], 1, id="three after one"),
        pytest.param(
            [probe(0, 1, succeeded=False), probe(2, 4), probe(3, 5)], 1, id="a failure adds none"
        ),
        pytest.param(
            [probe(0, 1), probe(1, 2), *(probe(3, 4) for _ in range(4))], 0, id="four after two"
        ),
        pytest.param([probe(0, 2), probe(1, 3, epoch=2)], 0, id="of another epoch"),
    ],
)
def test_more_probes_than_permits_are_found(probes: list[Probe], breaches: int) -> None:
    """INVARIANT: one may be out, two after a success, four after two, each epoch by itself."""
    assert sum(len(seen.breaches) for seen in rounds(probes)) == breaches


def test_a_round_tells_the_most_that_were_out() -> None:
    """Each epoch is a round, in their order."""
    seen = rounds([probe(5, 6, epoch=2), probe(0, 2), probe(1, 3)])

    assert [(each.epoch, each.most) for each in seen] == [(1, 2), (2, 1)]
