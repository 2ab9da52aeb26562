"""Tests with what history holds against them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import pytest

from redhanded.cli.suspects import RECENT, Suspect, suspects, with_recent
from redhanded.history.records import Outcome, Record, Run, State
from tests.history.memory import MemoryStore

DAY = 86_400.0
START = 1_790_000_000.0  # 2026-09-21
RUNS = 40
NOW = START + RUNS * DAY
TODAY = date(2026, 10, 31)
SOME = range(3, RUNS, 6)  # runs in which something comes and goes


def outcome(run: int, test: str, verdict: str, cause: str = "", until: str = "") -> Outcome:
    """What became of a test in the run of that day; four runs share a build."""
    return Outcome(
        test=test,
        node_id=f"tests/test_{test}.py::test_it",
        verdict=verdict,
        at=START + run * DAY,
        seconds=0.1,
        cause=cause,
        build=f"b{run // 4}",
        owner="ann" if until else "",
        until=until,
    )


def store(**tests: Sequence[tuple[str, str]]) -> MemoryStore:
    """A history of tests, each with its verdict and cause in each run."""
    made = MemoryStore()
    for number in range(RUNS):
        run = Run(
            run_id=f"run{number:02}",
            project="shop",
            environment="ci",
            started_at=START + number * DAY,
            state=State.FINISHED,
        )
        found = [
            outcome(number, test, *runs[number])
            for test, runs in tests.items()
            if number < len(runs)
        ]
        made.write(Record(run=run, outcomes=found))
    return made


def now_and_then(verdict: str, cause: str) -> list[tuple[str, str]]:
    """A test that fails in some of the runs, the last of them long over."""
    return [(verdict, cause) if number in SOME else ("pass", "") for number in range(RUNS)]


def lately(verdict: str, cause: str) -> list[tuple[str, str]]:
    """A test that failed in the two newest runs, and never before."""
    return [*[("pass", "")] * (RUNS - 2), *[(verdict, cause)] * 2]


def found(made: MemoryStore, since: float = START) -> list[Suspect]:
    """The suspects of a history."""
    every = suspects(made, "shop", since=since, now=NOW)
    return list(with_recent(every, made, "shop", since=since))


def test_what_should_be_mended_first_stands_first() -> None:
    """A broken API comes before one that comes and goes, then tests, then the environment."""
    made = store(
        calm=[("pass", "")] * RUNS,
        weather=now_and_then("recovered", "http.502"),
        itself=now_and_then("test_bug", "test.exception"),
        seldom=[("defect", "body.value"), *[("pass", "")] * (RUNS - 1)],
        wrong=now_and_then("defect", "body.value"),
        broken=lately("drift", "body.undeclared"),
    )

    names = [one.known.test for one in found(made)]

    assert names[:2] == ["broken", "wrong"]
    assert names[-1] == "calm"
    assert names.index("itself") < names.index("weather")


def test_a_suspect_shows_its_recent_runs_and_its_latest_failure() -> None:
    """The newest outcome stands last; the latest failure is told even when it is long ago."""
    made = store(wrong=[("defect", "body.value"), *[("pass", "")] * (RUNS - 1)])

    [one] = found(made)

    assert [trial.run_id for trial in one.recent] == [f"run{n:02}" for n in range(RUNS)][-RECENT:]
    assert one.latest is not None
    assert (one.latest.run_id, one.latest.cause) == ("run00", "body.value")


def test_only_the_runs_of_the_window_count() -> None:
    """What was before is forgotten."""
    made = store(wrong=[("defect", "body.value"), *[("pass", "")] * (RUNS - 1)])

    [one] = found(made, since=START + DAY)

    assert not one.is_failing
    assert one.latest is None


@pytest.mark.parametrize(
    "verdict, cause",
    [("test_bug", "test.exception"), ("recovered", "http.502")],
    ids=["test", "environment"],
)
def test_a_flaky_test_is_offered_a_marker(verdict: str, cause: str) -> None:
    """The line can be copied: a fortnight from today, with the latest cause as its reason."""
    [one] = found(store(flaky=now_and_then(verdict, cause)))

    wanted = f'@pytest.mark.quarantine(owner="...", until="2026-11-14", reason="{cause}")'
    assert one.marker(TODAY) == wanted


@pytest.mark.parametrize("verdict", ["defect", "drift", "slow"])
def test_a_fault_of_the_api_is_never_offered_one(verdict: str) -> None:
    """INVARIANT: nothing that the API did wrong is proposed for quarantine."""
    [one] = found(store(wrong=now_and_then(verdict, "body.value")))

    assert one.is_api
    assert one.marker(TODAY) is None


def test_weather_over_a_fault_of_the_api_is_offered_none() -> None:
    """INVARIANT: a test that also showed the API wrong once is not put away as flaky."""
    runs = now_and_then("recovered", "http.502")
    runs[0] = ("defect", "body.value")

    [one] = found(store(both=runs))

    assert one.marker(TODAY) is None
    assert {score.channel.value for score in (one.main, *one.others)} == {"API", "environment"}


def test_a_test_that_fails_each_time_is_offered_none() -> None:
    """It is to be mended, not to be put away."""
    [one] = found(store(broken=[("test_bug", "test.exception")] * RUNS))

    assert one.main.word == "broken"
    assert one.marker(TODAY) is None


def test_a_calm_test_is_offered_none() -> None:
    """There is nothing to put away."""
    [one] = found(store(calm=[("pass", "")] * RUNS))

    assert not one.is_told(TODAY)
    assert one.marker(TODAY) is None


@pytest.mark.parametrize(
    "until, expired",
    [("2026-10-30", True), ("2026-10-31", False), ("", False)],
    ids=["yesterday", "today", "none"],
)
def test_a_quarantine_holds_until_the_end_of_its_last_day(until: str, expired: bool) -> None:
    """An entry that is over is told even of a test that no longer fails."""
    made = MemoryStore()
    run = Run(run_id="run", project="shop", environment="ci", started_at=START)
    made.write(Record(run=run, outcomes=[outcome(0, "kept", "pass", until=until)]))

    [one] = found(made)

    assert one.has_expired(TODAY) == one.is_told(TODAY) == expired


def test_a_quarantined_test_is_offered_no_second_marker() -> None:
    """It has one; what is over is for people to decide on."""
    runs = now_and_then("test_bug", "test.exception")
    made = store(flaky=runs)
    run = Run(run_id="last", project="shop", environment="ci", started_at=NOW)
    made.write(Record(run=run, outcomes=[outcome(RUNS, "flaky", "pass", until="2027-01-01")]))

    [one] = found(made)

    assert one.known.owner == "ann"
    assert one.marker(TODAY) is None


def test_an_expired_quarantine_comes_before_what_is_merely_flaky() -> None:
    """Somebody promised to mend it by then."""
    made = store(flaky=now_and_then("test_bug", "test.exception"), kept=[("pass", "")] * RUNS)
    run = Run(run_id="last", project="shop", environment="ci", started_at=NOW)
    kept = outcome(RUNS, "kept", "pass", until="2026-10-01")
    made.write(Record(run=run, outcomes=[kept, outcome(RUNS, "flaky", "pass")]))

    assert [one.known.test for one in found(made)] == ["kept", "flaky"]


def test_a_test_that_no_longer_runs_comes_last() -> None:
    """INVARIANT: nobody is sent after a test that was removed, and no job fails for it."""
    made = store(
        flaky=now_and_then("test_bug", "test.exception"),
        removed=now_and_then("defect", "body.value")[: RUNS - 8],
    )

    flaky, removed = found(made)

    assert (flaky.is_gone, removed.is_gone) == (False, True)
    assert removed.known.test == "removed"
    assert removed.is_api
    assert not removed.is_urgent(TODAY)


def test_a_test_is_described_for_programs() -> None:
    """All three scores stand there, with what was seen and what is proposed."""
    [one] = found(store(flaky=now_and_then("recovered", "http.502")))

    told = one.described(TODAY)

    assert told["label"] == told["channel"] == "environment"
    assert set(told["scores"]) == {"API", "test", "environment"}
    assert told["scores"]["environment"]["events"] == len(SOME)
    assert told["latest"]["run"] == f"run{SOME[-1]:02}"
    assert told["quarantine"] is None
    assert "quarantine" in told["marker"]


def test_nothing_is_asked_of_the_store_for_no_test() -> None:
    """A history in which nothing failed needs no single outcomes."""
    assert list(with_recent([], MemoryStore(), "shop", since=0)) == []
