"""What sessions leave behind, read from their files."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from bench.truth import logs, results
from bench.truth.lanes import resent
from bench.truth.results import Seen
from bench.truth.runs import append, part, read, read_rounds
from bench.truth.speed import Round, Spent
from tests.bench.truth import arrival, episode, record, strike, weathered

OURS = """<testsuites><testsuite>
<testcase classname="test_correct" name="test_get[0]"/>
<testcase classname="test_correct" name="test_get[1]"><flakyError type="net.reset"/></testcase>
<testcase classname="test_correct" name="test_get[2]"><failure type="drift" message="m"/></testcase>
<testcase classname="test_correct" name="test_get[3]"><error type="inconclusive"/></testcase>
<testcase classname="test_correct" name="test_get[4]"><skipped/></testcase>
<testcase classname="test_correct" name="test_get[5]"/>
<testcase classname="test_correct" name="test_get[5]"><error message="at teardown"/></testcase>
</testsuite></testsuites>"""


def written(path: Path, *lines: dict[str, Any]) -> Path:
    """A file with these lines of JSON."""
    path.write_text("".join(f"{json.dumps(line)}\n" for line in lines), "utf-8")
    return path


def test_verdicts_are_read_from_the_xml(tmp_path: Path) -> None:
    """Ours by the type, plain pytest's as red; of several parts of a test the worst counts."""
    (tmp_path / "junit.xml").write_text(OURS, "utf-8")

    seen = results.verdicts(tmp_path / "junit.xml")

    words = [seen[f"test_correct.py::test_get[{turn}]"].verdict for turn in range(6)]
    assert words == ["pass", "recovered", "drift", "inconclusive", "skipped", "red"]
    assert seen["test_correct.py::test_get[2]"] == Seen("drift", "m")


@pytest.mark.parametrize("text", [None, "<testsuites>"], ids=["none", "torn"])
def test_a_session_without_xml_has_no_verdicts(tmp_path: Path, text: str | None) -> None:
    """A session that broke names no test."""
    if text:
        (tmp_path / "junit.xml").write_text(text, "utf-8")

    assert results.verdicts(tmp_path / "junit.xml") == {}


def test_evidence_is_gathered_from_all_spools(tmp_path: Path) -> None:
    """Rounds by test, and requests by what they were for."""
    spool = tmp_path / "runs" / "r" / "spool"
    spool.mkdir(parents=True)
    ended = {"event": "test_ended", "test_id": "t", "at": 5.0, "seconds": 2.0, "verdict": "pass"}
    sent = [
        {"event": "attempt_ended", "exchange": {"purpose": purpose}}
        for purpose in ("test", "test", "canary", "probe", "auth", "cleanup")
    ]
    written(spool / "main.ndjson", *sent, ended)

    found = results.evidence(tmp_path)

    assert (found.requests, found.extra) == (2, 2)
    assert found.rounds["t"] == [results.Round(began=3.0, ended=5.0, verdict="pass")]


def test_an_outage_lasts_until_the_proxy_says_that_it_is_over(tmp_path: Path) -> None:
    """A struck request is over at once."""
    nobody = {"method": None, "path": None, "episode": None}
    at = "2026-01-01T00:00:0{}+00:00".format
    weather = written(
        tmp_path / "weather.ndjson",
        {"at": at(0), "event": "fault", "code": "E05", **nobody},
        {
            "at": at(1),
            "event": "fault",
            "code": "E12",
            "method": "GET",
            "path": "/x",
            "episode": "t",
        },
        {"at": at(3), "event": "over", "code": "E05", **nobody},
        {"at": at(5), "event": "fault", "code": "E39", **nobody},
    )

    outage, struck, endless = logs.read(weather, tmp_path / "none").strikes

    assert (outage.until - outage.at, struck.until - struck.at) == (3.0, 0.0)
    assert (struck.episode, struck.route, endless.until) == ("t", ("GET", "/x"), float("inf"))


def test_arrivals_and_servings_are_read_from_the_logs(tmp_path: Path) -> None:
    """The proxy tells what arrived, the API what it did wrong."""
    request = {"method": "POST", "path": "/booking", "episode": "t"}
    weather = written(
        tmp_path / "weather.ndjson",
        {"event": "upstream", "at": 1, "status": 201, "body_sha": "a", **request},
    )
    served = written(tmp_path / "served.ndjson", {"code": "D21", "at": 1.0, **request})

    found = logs.read(weather, served)

    [came], [wrong] = found.arrivals, found.servings
    assert (came.route, came.body, came.status) == (("POST", "/booking"), "a", 201)
    assert (wrong.code, wrong.episode, wrong.route) == ("D21", "t", ("POST", "/booking"))


@pytest.mark.parametrize(
    "path, body, count",
    [
        pytest.param("/booking", "a", 1, id="a write"),
        pytest.param("/auth", "a", 0, id="a login"),
        pytest.param("/trading/orders", "a", 0, id="a write with a key"),
        pytest.param("/trading/orders/7/cancel", None, 0, id="a write without a body"),
    ],
)
def test_a_write_that_arrives_twice_is_resent(path: str, body: str | None, count: int) -> None:
    """The same bytes of one test on one route, unless that is promised to be harmless."""
    twice = (arrival(route=("POST", path), body=body),) * 2

    assert resent(logs.Logs(arrivals=twice)) == count


def test_writes_of_different_tests_are_not_resent() -> None:
    """Two tests may well say the same."""
    both = tuple(arrival(name, route=("POST", "/booking"), body="a") for name in "ab")

    assert resent(logs.Logs(arrivals=both)) == 0


def test_a_record_comes_back_from_its_file(tmp_path: Path) -> None:
    """A run is taken up where it stopped."""
    made = record(episode(weathered(), "pass", strikes=(strike(),)))

    append(tmp_path / "out.ndjson", made)

    assert list(read(tmp_path / "out.ndjson")) == [made]


def test_records_and_rounds_share_a_file(tmp_path: Path) -> None:
    """Each is read without the other."""
    spent = Spent(wall=1.0, processor=0.5)
    made = Round(on=spent, off=spent, plain=spent)
    append(tmp_path / "out.ndjson", record(episode(weathered(), "pass")))
    append(tmp_path / "out.ndjson", made)

    assert list(read_rounds(tmp_path / "out.ndjson")) == [made]
    assert len(list(read(tmp_path / "out.ndjson"))) == 1


@pytest.mark.parametrize("path", [None, Path("nowhere.ndjson")], ids=["none", "not there"])
def test_a_run_without_a_file_begins_anew(path: Path | None) -> None:
    """There is nothing to take up."""
    assert list(read(path)) == []


def test_parts_are_everything_and_share_nothing() -> None:
    """The parts of a run can be run on different machines."""
    jobs: Any = list(range(10))

    assert sorted(job for which in (1, 2, 3) for job in part(jobs, which, 3)) == jobs
