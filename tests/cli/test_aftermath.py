"""The aftermath of a storm: what the lab made, held against what the tests said."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from pathlib import Path

import pytest

from redhanded.cli.aftermath import Aftermath, Ending, keep

URL = "http://127.0.0.1:40517"


def lines(path: Path, values: Iterable[Mapping[str, object]]) -> Path:
    """A file with a line of JSON for each."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("".join(f"{json.dumps(value)}\n" for value in values), "utf-8")
    return path


def ended(
    test_id: str, verdict: str | None, *, trace: str = "a", at: float = 1.0
) -> dict[str, object]:
    """The end of a test, as a spool tells it."""
    findings = [] if verdict in (None, "pass") else [{"code": "assert"}]
    return {
        "event": "test_ended",
        "test_id": test_id,
        "trace_id": trace,
        "at": at,
        "verdict": verdict,
        "findings": findings,
    }


def spool(run: Path, *events: Mapping[str, object], worker: str = "gw0", url: str = URL) -> Path:
    """The run, with one more spool."""
    first = {"event": "run_started", "base_url": url}
    lines(run / "spool" / f"{worker}.ndjson", [first, *events])
    return run


def read(folder: Path, *runs: Path) -> Aftermath:
    """What the files of that folder and these runs tell."""
    return Aftermath.read(
        weather=folder / "weather.ndjson",
        served=folder / "served.ndjson",
        runs=runs,
        url=URL,
    )


def aftermath(*endings: Ending, served: Iterable[str] = ()) -> Aftermath:
    """What is left of a storm with two faults and these endings."""
    return Aftermath(faults={"E29": 1, "E12": 1}, arrived=9, served=list(served), endings=endings)


def ending(name: str, verdict: str, trace: str = "") -> Ending:
    """How the test of that name ended; its trace has the same name unless another is given."""
    return Ending(f"test_a.py::{name}", trace or name, verdict, "assert")


def test_faults_and_arrivals_are_counted(tmp_path: Path) -> None:
    """The end of an outage bears its code as well, and is no further fault."""
    lines(
        tmp_path / "weather.ndjson",
        [
            {"event": "fault", "code": "E39"},
            {"event": "over", "code": "E39"},
            {"event": "fault", "code": "E12"},
            {"event": "upstream", "n": 1},
            {"event": "upstream", "n": 2},
        ],
    )

    after = read(tmp_path)

    assert after.faults == {"E39": 1, "E12": 1}
    assert after.arrived == 2


def test_the_last_round_of_a_test_counts(tmp_path: Path) -> None:
    """INVARIANT: what a requeued test ended with is its verdict, whichever line comes last."""
    run = spool(
        tmp_path / "run",
        ended("t", "inconclusive", trace="first", at=1.0),
        ended("t", "defect", trace="second", at=2.0),
        ended("skipped", None),
    )

    assert read(tmp_path, run).endings == [Ending("t", "second", "defect", "assert")]


def test_all_workers_of_a_run_are_read_and_no_run_beside_it(tmp_path: Path) -> None:
    """Somebody else may run tests in the same folder at the same time."""
    run, other = tmp_path / "run", tmp_path / "other"
    spool(run, ended("t", "pass"), worker="gw0")
    spool(run, ended("u", "pass"), worker="gw1")
    spool(other, ended("stranger", "defect"), url="http://127.0.0.1:1")

    endings = read(tmp_path, run, other).endings

    assert [one.test_id for one in endings] == ["t", "u"]


def test_nothing_written_is_nothing_known(tmp_path: Path) -> None:
    """A bug that was never served leaves no file."""
    after = read(tmp_path)

    assert (after.faults, after.served, after.endings) == ({}, [], [])
    assert not after.is_kept


def test_a_red_test_to_which_the_bug_was_served_caught_it(tmp_path: Path) -> None:
    """The API writes down to which trace it lied: that, not the red, is the truth."""
    lines(tmp_path / "served.ndjson", [{"trace_id": "a"}, {"trace_id": None}])
    run = spool(tmp_path / "run", ended("t", "defect", trace="a"), ended("u", "defect", trace="b"))

    after = read(tmp_path, run)

    assert [one.test_id for one in after.caught] == ["t"]
    assert [one.test_id for one in after.false_alarms] == ["u"]


@pytest.mark.parametrize(
    "endings, is_kept",
    [
        pytest.param([("met", "defect"), ("other", "pass")], True, id="caught-alone"),
        pytest.param([("met", "drift"), ("other", "recovered")], True, id="caught-as-drift"),
        pytest.param([("met", "slow"), ("other", "inconclusive")], True, id="others-unjudged"),
        pytest.param([("met", "defect"), ("other", "defect")], False, id="a-false-alarm"),
        pytest.param([("met", "pass"), ("other", "pass")], False, id="not-caught"),
        pytest.param([("met", "test_bug")], False, id="held-against-the-test"),
        pytest.param([], False, id="no-test"),
    ],
)
def test_the_promise_is_kept_where_the_planted_bug_is_the_only_red(
    endings: list[tuple[str, str]], is_kept: bool
) -> None:
    """INVARIANT: 0 means caught, and nothing else red."""
    after = aftermath(*(ending(*one) for one in endings), served=["met"])

    assert after.is_kept is is_kept


def test_what_went_well_is_told_in_plain_words() -> None:
    """Faults, what held, what caught the bug, and that nothing else is red."""
    caught = [ending(name, "defect") for name in ("a", "b", "c", "d")]
    after = aftermath(*caught, ending("e", "recovered"), served=["a", "a", "b", "c", "d"])

    assert list(after.told("D84 (bad totals)")) == [
        "The storm made 2 faults (E12 1, E29 1); 9 requests reached the API.",
        "Of 5 tests, 1 met it and held all the same; none was left unjudged.",
        "The planted bug, D84 (bad totals), was served 5 times and caught red-handed by 4 tests:",
        "  DEFECT assert: test_a.py::a",
        "  DEFECT assert: test_a.py::b",
        "  DEFECT assert: test_a.py::c",
        "  and 1 more",
        "No other test is red: 0 false alarms in 5 tests.",
        "pytest ends with 1 because a bug was caught, and this demo with 0 for that.",
    ]


@pytest.mark.parametrize(
    "after, words",
    [
        pytest.param(
            aftermath(ending("a", "pass"), served=["a"]),
            "was served 1 time and NOT caught: no test that met it is red.",
            id="not-caught",
        ),
        pytest.param(
            aftermath(ending("a", "pass")),
            "was never served, so it could not be caught: let more tests call its route.",
            id="never-served",
        ),
        pytest.param(
            aftermath(ending("a", "defect"), ending("b", "defect"), served=["a"]),
            "FALSE ALARM: 1 test red without having met the bug:\n  DEFECT assert: test_a.py::b",
            id="a-false-alarm",
        ),
        pytest.param(
            aftermath(ending("a", "inconclusive")), "; 1 could not be judged.", id="unjudged"
        ),
        pytest.param(
            Aftermath(faults={}, arrived=0, served=[]), "made 0 faults (none)", id="no-fault"
        ),
    ],
)
def test_what_went_wrong_is_told_as_plainly(after: Aftermath, words: str) -> None:
    """A demo that hides its own failure would be the wrong one for this project."""
    told = "\n".join(after.told("D84"))

    assert words in told
    assert "and this demo with 0" not in told


def test_what_the_lab_wrote_is_kept_beside_the_evidence(tmp_path: Path) -> None:
    """Who doubts the words can count the lines; a file that was never written is left out."""
    written = lines(tmp_path / "weather.ndjson", [{"event": "fault"}])
    run = tmp_path / "run"
    run.mkdir()

    keep([written, tmp_path / "served.ndjson"], run)

    assert [path.name for path in run.iterdir()] == ["weather.ndjson"]
