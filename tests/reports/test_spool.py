"""The spool writes each event at once, and whatever a kill leaves of it can be read."""

from __future__ import annotations

import errno
from collections.abc import Iterator
from pathlib import Path

import pytest

from redhanded.core.events import Event, Noted, RunEnded, RunStarted, TestEnded, TestStarted
from redhanded.core.verdicts import Finding, Verdict
from redhanded.core.violation import Violation
from redhanded.reports.lines import Bytes
from redhanded.reports.spool import Spool, read_spool, record

STARTED = TestStarted("test_a", "t" * 32, 1.5)
FOUND = Finding(
    Verdict.DRIFT, "body.schema", "m", violations=(Violation("body.schema", "$.a", "1", "2"),)
)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Where the spool is."""
    return tmp_path / "w.ndjson"


@pytest.fixture
def spool(path: Path) -> Iterator[Spool]:
    """A spool on a disk with room, which has nothing to complain of."""
    made = Spool(path, complain=pytest.fail)
    yield made
    made.close()


def test_an_event_is_on_disk_before_the_next_statement(spool: Spool, path: Path) -> None:
    """INVARIANT: a killed process loses nothing that it had reported."""
    spool(STARTED)

    assert list(read_spool(path)) == [
        {
            "v": 1,
            "event": "test_started",
            "test_id": "test_a",
            "trace_id": "t" * 32,
            "at": 1.5,
            "round": 0,
            "key": "",
        }
    ]


def test_a_line_torn_by_a_kill_is_left_out(spool: Spool, path: Path) -> None:
    """Every prefix of a spool can be read."""
    for _ in range(3):
        spool(STARTED)
    whole = path.read_bytes()

    counts = []
    for end in range(len(whole) + 1):
        path.write_bytes(whole[:end])
        counts.append(len(list(read_spool(path))))

    assert counts == sorted(counts)
    assert set(counts) == {0, 1, 2, 3}


def test_a_line_torn_by_an_interrupt_hides_none_of_the_others(spool: Spool, path: Path) -> None:
    """What follows a torn line is read."""
    spool(STARTED)
    line = path.read_bytes()

    path.write_bytes(line + line[:20] + b"\n" + b"\n" + line)

    assert len(list(read_spool(path))) == 2


def test_events_that_find_no_room_are_counted(path: Path) -> None:
    """The reader of a run can tell that its evidence is not whole."""

    class Full:
        def write(self, _: bytes, /) -> int:
            raise OSError(errno.ENOSPC, "No space left on device")

        def close(self) -> None:
            """Nothing is open."""

    said: list[str] = []

    def full(_: Path) -> Bytes:
        return Full()

    spool = Spool(path, said.append, open_=full)
    for _ in range(3):
        spool(STARTED)

    assert (spool.lost, len(said)) == (3, 1)


def test_a_text_that_is_no_unicode_does_not_stop_the_spool(spool: Spool, path: Path) -> None:
    """A lone surrogate in a test's name is written down escaped."""
    spool(Noted("note", "lone \udcff surrogate"))

    (event,) = read_spool(path)
    assert event["message"] == "lone \udcff surrogate"


@pytest.mark.parametrize(
    "event, name",
    [
        pytest.param(STARTED, "test_started", id="test"),
        pytest.param(Noted("code", "words"), "noted", id="note"),
        pytest.param(RunStarted("r", "main", 1.0, 7, "", {"python": "3"}), "run_started", id="run"),
        pytest.param(RunEnded("r", "main", 1.0, 75), "run_ended", id="end"),
        pytest.param(
            TestEnded("t", "x", 1.0, 2.0, Verdict.DRIFT, (FOUND,), 1, 1, 1, {"a": {"b": 1}}),
            "test_ended",
            id="verdict",
        ),
        pytest.param(TestEnded("t", "x", 1.0, 2.0, None, (), 1, 1, 1, {}), "test_ended", id="skip"),
    ],
)
def test_every_event_comes_back_as_it_was_recorded(
    spool: Spool, path: Path, event: Event, name: str
) -> None:
    """Events nest findings and violations; all of it is plain JSON."""
    spool(event)

    (read,) = read_spool(path)
    assert (read["event"], read["v"]) == (name, 1)
    assert read.keys() == record(event).keys()


def test_lines_of_one_kind_are_read_alone(tmp_path: Path) -> None:
    """What is not looked for is not even parsed; a line that is no object is no event."""
    path = tmp_path / "main.ndjson"
    path.write_bytes(b'{"event":"a"}\n{"event":"b"\n["b"]\n{"event":"b"}\n')

    assert list(read_spool(path, holding=b'"b"')) == [{"event": "b"}]
    assert len(list(read_spool(path))) == 2
