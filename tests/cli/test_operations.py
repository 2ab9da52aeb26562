"""How operations stand against objectives and baselines."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping

import pytest

from redhanded.cli.operations import Place, Promise, Standing, places, promises, standings
from redhanded.core.settings import Objective
from redhanded.history.records import Evidence, Record, State
from redhanded.verdict.objectives import CONVICTS
from tests.cli import histories
from tests.history.memory import MemoryStore

CANARY = 0.004
USUAL = 0.1
NOTHING: Mapping[str, Objective] = {}


def store(made: Iterable[Record]) -> MemoryStore:
    """A history with these records."""
    kept = MemoryStore()
    for record in made:
        kept.write(record)
    return kept


def timed(medians: Iterable[float], canary: float | None = CANARY) -> MemoryStore:
    """A history in which the one operation took so long in each run."""
    return store(
        Record(
            run=histories.run(number, canary=canary),
            latencies=[histories.latency(median)],
            operations=[histories.operation()],
        )
        for number, median in enumerate(medians)
    )


def convicted(evidence: Iterable[Evidence]) -> list[Promise]:
    """The objectives of a history whose runs added this evidence, one each."""
    made = [
        Record(run=histories.run(number), evidence=[each]) for number, each in enumerate(evidence)
    ]
    kept = store(made)
    return promises(kept, place(kept), NOTHING)


def place(kept: MemoryStore) -> Place:
    """Where the newest run of the history ran."""
    return places(kept.runs("shop", latest=1000))[0]


def standing(kept: MemoryStore) -> Standing:
    """The one operation of a history."""
    [one] = standings(kept, place(kept))
    return one


def test_the_place_of_the_newest_run_comes_first() -> None:
    """Runs of two places are never compared with one another."""
    runs = [
        histories.run(2, environment="here"),
        histories.run(1, environment="there"),
        histories.run(0, environment="here"),
    ]

    here, there = places(runs)

    assert (here.environment, [run.run_id for run in here.runs]) == (
        "here",
        ["00000002", "00000000"],
    )
    assert there.environment == "there"


@pytest.mark.parametrize("state", [State.RUNNING, State.KILLED, State.INTERRUPTED])
def test_only_finished_runs_count(state: State) -> None:
    """What was cut short took as long as it liked."""
    assert places([histories.run(0, state=state)]) == []


def test_evidence_is_carried_over_the_runs_of_a_build() -> None:
    """No run alone convicts, all of them together do."""
    [one] = convicted(histories.evidence(bad=6, gain=2.0) for _ in range(4))

    assert (one.decision, one.carried.runs, one.carried.samples, one.carried.bad) == (
        "missed",
        4,
        120,
        24,
    )
    assert one.odds == pytest.approx(math.exp(8))


def test_another_build_begins_anew() -> None:
    """INVARIANT: what an earlier build did is not held against the newest."""
    old = [histories.evidence(bad=20, gain=9.0, build="old")]

    [one] = convicted([*old, histories.evidence(bad=0, gain=-1.0, decision="held", build="new")])

    assert (one.decision, one.build, one.carried.runs) == ("held", "new", 1)


@pytest.mark.parametrize(
    "decision, gain, said",
    [
        pytest.param("missed", 0.5, "missed", id="the-run-alone"),
        pytest.param("open", CONVICTS, "missed", id="carried"),
        pytest.param("held", -1.0, "held", id="held"),
        pytest.param("held", 4.0, "open", id="held-against-much-evidence"),
        pytest.param("open", -1.0, "open", id="undecided"),
    ],
)
def test_a_decision_rests_on_the_newest_run_and_on_what_is_carried(
    decision: str, gain: float, said: str
) -> None:
    """Nothing is called held while it is likely to be missed."""
    [one] = convicted([histories.evidence(bad=3, gain=gain, decision=decision)])

    assert one.decision == said


def test_missed_objectives_come_first() -> None:
    """Then those that are open, those with more evidence before others."""
    evidence = {
        "GET /fine": histories.evidence(0, -2.0, "held", operation="GET /fine"),
        "GET /perhaps": histories.evidence(2, 1.0, operation="GET /perhaps"),
        "GET /likely": histories.evidence(3, 3.0, operation="GET /likely"),
        "GET /late": histories.evidence(9, 8.0, "missed", operation="GET /late"),
    }
    kept = store([Record(run=histories.run(0), evidence=list(evidence.values()))])

    names = [one.operation for one in promises(kept, place(kept), NOTHING)]

    assert names == ["GET /late", "GET /likely", "GET /perhaps", "GET /fine"]


def test_a_declared_objective_without_a_sample_is_told() -> None:
    """What nobody calls is not kept in silence; `*` is a rule and no operation."""
    kept = store([Record(run=histories.run(0), evidence=[histories.evidence(0, -1.0, "held")])])
    declared = {
        histories.OPERATION: Objective(p95=0.2),
        "GET /never": Objective(p95=0.3, errors=0.01),
        "*": Objective(p99=1.0),
    }

    made = promises(kept, place(kept), declared)

    silent = [(one.operation, one.measure) for one in made if not one.carried.samples]
    assert silent == [("GET /never", "errors"), ("GET /never", "p95")]
    assert len(made) == 3


def test_an_objective_is_described_for_programs() -> None:
    """The share that may be bad stands beside what was seen."""
    [one] = convicted([histories.evidence(bad=3, gain=1.5)])

    assert one.described() == {
        "operation": histories.OPERATION,
        "measure": "p95",
        "limit": 0.2,
        "allowed": 0.05,
        "decision": "open",
        "build": "9f2c1",
        "runs": 1,
        "samples": 30,
        "bad": 3,
        "odds": 4.48,
    }


def test_a_slower_operation_is_told_with_its_first_run() -> None:
    """Three runs in a row at half as much again are a regression, since the first of them."""
    one = standing(timed([USUAL] * 20 + [USUAL * 1.5] * 3))

    assert one.pace == "regressed"
    assert one.worst is not None
    assert (one.worst.since, one.worst.build, one.worst.windows) == ("00000014", "9f2c1", 3)
    assert one.described()["change"] == pytest.approx(0.5, abs=0.01)


def test_few_runs_are_not_compared() -> None:
    """INVARIANT: nothing is claimed of three runs; the reason is told."""
    one = standing(timed([USUAL] * 3))

    assert (one.pace, one.described()["change"]) == ("unknown", None)
    assert "10 needed" in one.reason


def test_without_a_canary_nothing_is_compared() -> None:
    """INVARIANT: a slow machine is no slow API."""
    one = standing(timed([USUAL] * 20, canary=None))

    assert one.pace == "unknown"
    assert "no canary" in one.reason
    assert set(one.levels) == {None}


def test_an_operation_without_a_timed_answer_is_told() -> None:
    """It was called, and nothing of it could be timed."""
    kept = store([Record(run=histories.run(0), operations=[histories.operation()])])

    assert standing(kept).reason == "no whole answer was timed"


def test_the_worst_test_speaks_for_an_operation() -> None:
    """One test in which it is slower is not hidden by others in which it is not."""
    made = []
    for number in range(23):
        slow = histories.latency(USUAL * (1.5 if number > 19 else 1))
        calm = slow.__class__(
            test="calm", operation=slow.operation, size=3, samples=5, median=USUAL
        )
        made.append(Record(run=histories.run(number), latencies=[calm, slow]))

    one = standing(store(made))

    assert one.worst is not None
    assert (one.worst.key.test, one.series) == (histories.TEST, 2)


def test_noise_looks_like_noise() -> None:
    """INVARIANT: a twentieth up and down is a flat line, half as much again is not."""
    calm = standing(timed([USUAL * (1.05 if n % 2 else 0.95) for n in range(20)]))
    slower = standing(timed([USUAL] * 20 + [USUAL * 1.5] * 3))

    assert set(calm.levels) <= {3, 4}
    assert max(level for level in slower.levels if level is not None) >= 5


def test_slower_operations_come_first() -> None:
    """Then those of which nothing is known, then the rest, what takes longest first."""
    made = []
    for number in range(23):
        at = {
            "GET /slower": USUAL * (2 if number > 19 else 1),
            "GET /long": 0.9,
            "GET /short": 0.1,
        }
        sample = histories.latency(USUAL)
        latencies = [
            sample.__class__(test="t", operation=name, size=3, samples=5, median=median)
            for name, median in at.items()
        ]
        shown = histories.operation()
        operations = [
            shown.__class__(
                operation=name,
                samples=30,
                errors=0,
                median=median,
                p95=median,
                p99=median,
                longest=median,
            )
            for name, median in [*at.items(), ("GET /untimed", 0.5)]
        ]
        made.append(Record(run=histories.run(number), latencies=latencies, operations=operations))
    kept = store(made)

    names = [one.operation for one in standings(kept, place(kept))]

    assert names == ["GET /slower", "GET /untimed", "GET /long", "GET /short"]
