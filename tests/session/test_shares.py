"""The server's own share: what is measured, against what, and what is not."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from redhanded.history.records import Record
from redhanded.pipeline.stream import STREAMED
from redhanded.session.digest import digest
from tests.session.spools import RUN, Scribe, spooling


def made(tmp_path: Path) -> Record:
    """The record of what was spooled there."""
    return digest(tmp_path, RUN).record


def waits(spool: Scribe, *seconds: float, **facts: Any) -> None:  # noqa: ANN401  an attempt's
    """Answers of one test after so many seconds each."""
    for wait in seconds:
        spool.answer("a", wait, **facts)


def test_the_way_and_the_stalls_are_taken_off(tmp_path: Path) -> None:
    """The quickest connection of the run is the way; it may come after what it is taken off."""
    with spooling(tmp_path) as spool:
        waits(spool, 0.100, stall=0.020)
        waits(spool, 0.200, connect=0.050)
        waits(spool, 0.300, connect=0.010)

    (latency,) = made(tmp_path).latencies

    assert (latency.test, latency.operation) == ("a", "GET /booking/{id}")
    assert (latency.size, latency.samples) == (1, 3)
    assert latency.median == pytest.approx(0.190)


def test_the_way_to_this_machine_takes_no_time(tmp_path: Path) -> None:
    """What a connection takes there is the machine's own load."""
    with spooling(tmp_path) as spool:
        waits(spool, 0.1, connect=0.05, peer="127.0.0.1:80")

    assert made(tmp_path).latencies[0].median == pytest.approx(0.1)


def test_each_origin_has_its_own_way(tmp_path: Path) -> None:
    """A call of another host is not measured by ours."""
    with spooling(tmp_path) as spool:
        waits(spool, 0.1, url="http://near.test/x", connect=0.01, operation="GET /near")
        waits(spool, 0.1, url="http://far.test/x", connect=0.05, operation="GET /far")

    medians = {one.operation: one.median for one in made(tmp_path).latencies}

    assert medians == pytest.approx({"GET /near": 0.09, "GET /far": 0.05})


def test_a_share_is_never_nothing(tmp_path: Path) -> None:
    """Its logarithm is taken one day."""
    with spooling(tmp_path) as spool:
        waits(spool, 0.01, connect=0.02, stall=1.0)

    assert made(tmp_path).latencies[0].median == 0.0001


def test_answers_of_other_sizes_are_summed_up_apart(tmp_path: Path) -> None:
    """A list of ten thousand orders takes longer than an empty one."""
    with spooling(tmp_path) as spool:
        waits(spool, 0.1, response_body=b"")
        waits(spool, 0.2, response_body=b"x" * 9)
        waits(spool, 0.3, response_body=b"x" * 10)
        waits(spool, 0.5, response_body=b"x" * 99)

    sizes = {(one.size, one.samples): one.median for one in made(tmp_path).latencies}

    assert sizes == pytest.approx({(1, 2): 0.15, (2, 2): 0.4})


@pytest.mark.parametrize(
    "facts",
    [
        pytest.param({"number": 2}, id="not-the-first-attempt"),
        pytest.param({"purpose": "auth"}, id="a-login"),
        pytest.param({"row": "gateway", "status": 502}, id="a-gateway"),
        pytest.param({"notes": (STREAMED,)}, id="a-stream"),
        pytest.param({"marks": ()}, id="without-times"),
    ],
)
def test_what_says_nothing_of_the_servers_pace_is_no_latency(
    tmp_path: Path, facts: dict[str, object]
) -> None:
    """Retries, logins, weather and bodies that the test reads itself."""
    with spooling(tmp_path) as spool:
        waits(spool, 0.1, **facts)
        spool.lose("a")

    record = made(tmp_path)

    assert (record.latencies, record.operations) == ([], [])


def test_an_operation_is_summed_up_over_all_tests(tmp_path: Path) -> None:
    """Quantiles are values that were measured; an error of the API's own is counted."""
    with spooling(tmp_path) as spool:
        for number in range(1, 101):
            spool.answer(f"test {number}", number / 100)
        spool.answer("a", 2.0, status=500, row="server_error")
        spool.answer("a", 3.0, status=503, row="unavailable", received=(("X-Build", "7"),))
        spool.answer("a", 4.0, status=503, row="unavailable")

    (operation,) = made(tmp_path).operations

    assert (operation.samples, operation.errors) == (102, 2)
    assert operation.median == pytest.approx(0.515)
    assert operation.p95 == pytest.approx(0.97)
    assert operation.p99 == pytest.approx(2.0)
    assert operation.longest == pytest.approx(3.0)


def test_an_answer_that_echoes_our_trace_is_the_apis_own(tmp_path: Path) -> None:
    """No gateway knows it."""
    with spooling(tmp_path) as spool:
        echo = (("X-Trace", "4bf92f3577b34da6a3ce929d0e0e4736"),)
        waits(spool, 0.1, status=503, row="unavailable", received=echo)

    assert made(tmp_path).operations[0].errors == 1


def test_canaries_that_were_well_are_the_runs_measure(tmp_path: Path) -> None:
    """Their median, without the way; one that failed measures nothing."""
    with spooling(tmp_path) as spool:
        for wait in (0.02, 0.03, 0.06):
            waits(spool, wait, purpose="canary", connect=0.01)
        waits(spool, 5.0, purpose="canary", status=500, row="server_error")
        waits(spool, 5.0, purpose="canary", status=503, row="unavailable")
        spool.lose("", purpose="canary")

    run = made(tmp_path).run

    assert run.canaries == 3
    assert run.canary == pytest.approx(0.02)


def test_a_run_without_canaries_has_no_measure(tmp_path: Path) -> None:
    """None is not zero."""
    with spooling(tmp_path) as spool:
        spool.whole("a")

    run = made(tmp_path).run

    assert (run.canary, run.canaries) == (None, 0)


def test_a_latency_goes_by_the_key_of_its_test(tmp_path: Path) -> None:
    """A renamed test keeps its baseline."""
    with spooling(tmp_path) as spool:
        spool.whole("a.py::test_it", key="booking")

    (latency,) = made(tmp_path).latencies

    assert latency.test == "booking"
