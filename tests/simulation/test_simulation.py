"""The simulation in its short form, and what it promises: repeatable, various, told by effects."""

from __future__ import annotations

from itertools import pairwise

import pytest

from redhanded.pipeline.table import ROWS
from tests.simulation.__main__ import main
from tests.simulation.portions import portion, replay, simulate
from tests.simulation.rules import Breach, hold
from tests.simulation.world import CALLS, Tally, World

pytestmark = pytest.mark.timeout(300)  # thousands of calls, on a machine that may be busy

# A test's own expectation, and what was never sent.
NOT_OF_THE_NETWORK = {"expectation", "blocked"}


def calls_of(seed: int, calls: int) -> Tally:
    """What came of so many calls, in this process."""
    tally = portion(seed, 0, calls // CALLS)
    assert isinstance(tally, Tally), f"see it by --seed {seed} --only: {tally}"
    return tally


@pytest.mark.parametrize("seed", [101, 102, 103, 104])
def test_no_rule_is_broken(seed: int) -> None:
    """INVARIANT: no rule is broken in 20,000 calls, whatever the network does to them."""
    tally = calls_of(seed, 5_000)

    assert tally.calls == 5_000
    assert tally.ends["answer"] > 2_500
    assert tally.ends["CircuitOpen"] < 2_000


def test_every_row_of_the_table_is_met() -> None:
    """Some thousand calls meet each failure that the table knows: the network is hostile."""
    tally = calls_of(105, 12_000)

    assert set(ROWS) - set(tally.rows) <= NOT_OF_THE_NETWORK
    assert set(tally.rows) - set(ROWS) == {"", "too_large"}


def test_a_seed_says_all() -> None:
    """INVARIANT: the same seed gives the same calls, and another one gives others."""
    first, again, other = (World(seed, 4).run() for seed in (7, 7, 8))

    assert first == again
    assert first.mark != other.mark


def test_workers_do_not_matter() -> None:
    """INVARIANT: however the worlds are shared out, the same comes of them."""
    alone = calls_of(9, 3 * CALLS)

    assert simulate(9, 3 * CALLS, workers=2) == alone


def test_calls_of_one_world_overlap(monkeypatch: pytest.MonkeyPatch) -> None:
    """Several tests call at once, or shared state would never be tried."""
    times: list[tuple[float, float]] = []
    monkeypatch.setattr(
        "tests.simulation.world.hold_all",
        lambda ended, _: times.append((ended.started_at, ended.ended_at)),
    )

    World(12, 0).run()

    later = pairwise(sorted(times))
    assert sum(begins < ended for (_, ended), (begins, _) in later) > CALLS / 4


def test_a_call_is_told_by_its_effects() -> None:
    """`--only` tells each effect of one call with its time and what came of it."""
    lines: list[str] = []

    tally = replay(7, 24_091, lines.append)

    assert tally == World(7, 24_091 // CALLS).run()
    assert any("Send(request=" in line for line in lines)


def test_the_program_tells_what_it_has_seen() -> None:
    """The program says its seed, how many calls went well, and ends with 0."""
    lines: list[str] = []

    code = main(["--seed", "5", "--calls", "150", "--workers", "1"], say=lines.append)

    assert code == 0
    assert lines[0] == "seed 5"
    assert lines[1].startswith("200 calls, ")
    assert "no rule broken" in lines[1]


def test_a_breach_is_told_with_how_to_see_it_again(monkeypatch: pytest.MonkeyPatch) -> None:
    """The program names rule, call and the command that shows it, and ends with 1."""
    lines: list[str] = []
    monkeypatch.setattr("tests.simulation.world._MOST_STEPS", 50)

    code = main(["--seed", "5", "--only", "201"], say=lines.append)

    assert code == 1
    assert "rule 2 (every call ends, by its deadline) is broken at call 2" in lines[-1]
    assert "python -m tests.simulation --seed 5 --only 2" in lines[-1]


@pytest.mark.parametrize(
    "arguments, sentence",
    [
        pytest.param(["--only", "3"], "write --seed as well", id="a call without a seed"),
        pytest.param(["--calls", "0"], "begin at 1", id="no calls"),
        pytest.param(["--workers", "0"], "begin at 1", id="no workers"),
        pytest.param(["--seed", "1", "--only", "-1"], "--only at 0", id="a call before the first"),
        pytest.param(["--calls", "many"], "invalid int value", id="not a number"),
    ],
)
def test_wrong_arguments_are_refused(
    capsys: pytest.CaptureFixture[str], arguments: list[str], sentence: str
) -> None:
    """Bad input gives a sentence and the usual code, and runs nothing."""
    with pytest.raises(SystemExit) as ended:
        main(arguments)

    assert ended.value.code == 2
    assert sentence in capsys.readouterr().err


def test_a_breach_says_rule_and_call() -> None:
    """A breach names the rule in words, what was seen, and at which call."""
    with pytest.raises(Breach) as caught:
        hold(False, 9, "-1 tokens of 100")

    caught.value.call = 17
    assert str(caught.value) == (
        "rule 9 (the retry budget is never below nothing nor above its capacity) is broken at "
        "call 17: -1 tokens of 100"
    )
