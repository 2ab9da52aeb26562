"""The spool writes each event at once, and a full disk stops it with one word."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from redhanded.core.events import Noted, RunEnded, TestEnded, TestStarted
from redhanded.core.verdicts import Finding, Verdict
from redhanded.core.violation import Violation
from redhanded.reports.spool import Spool, read_spool, record

STARTED = TestStarted("test_a", "t" * 32, 1.5)


def test_an_event_is_on_disk_before_the_next_statement(tmp_path: Path) -> None:
    """INVARIANT: a killed process loses nothing that it had reported."""
    path = tmp_path / "w.ndjson"
    spool = Spool(path, complain=print)

    spool(STARTED)

    assert list(read_spool(path)) == [
        {"v": 1, "event": "test_started", "test_id": "test_a", "trace_id": "t" * 32, "at": 1.5}
    ]
    spool.close()


def test_a_line_torn_by_a_kill_is_left_out(tmp_path: Path) -> None:
    """Every prefix of a spool can be read."""
    path = tmp_path / "w.ndjson"
    spool = Spool(path, complain=print)
    for _ in range(3):
        spool(STARTED)
    spool.close()
    whole = path.read_bytes()

    counts = []
    for end in range(len(whole) + 1):
        path.write_bytes(whole[:end])
        counts.append(len(list(read_spool(path))))

    assert counts == sorted(counts)
    assert set(counts) == {0, 1, 2, 3}


def test_a_full_disk_is_told_once_and_what_was_written_stays(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The run goes on; the sentence says that verdicts are not affected."""
    path, said = tmp_path / "w.ndjson", list[str]()
    spool = Spool(path, complain=said.append)
    spool(STARTED)
    room = iter([True])

    class Full:
        def write(self, _: bytes) -> int:
            assert next(room, False) is True
            raise OSError(28, "No space left on device")

        def close(self) -> None:
            """Nothing is open."""

    spool._file.close()
    monkeypatch.setattr(spool, "_file", Full())
    for _ in range(3):
        spool(STARTED)
    spool.close()

    assert len(said) == 1
    assert "No space left on device" in said[0]
    assert "verdicts are not affected" in said[0]
    assert spool.lost == 3
    assert len(list(read_spool(path))) == 1


def test_a_text_that_is_no_unicode_does_not_stop_the_spool(tmp_path: Path) -> None:
    """A lone surrogate in a test's name is written down escaped."""
    path = tmp_path / "w.ndjson"
    spool = Spool(path, complain=print)

    spool(Noted("note", "lone \udcff surrogate"))
    spool.close()

    assert len(list(read_spool(path))) == 1


@pytest.mark.parametrize(
    ("event", "name"),
    [
        pytest.param(STARTED, "test_started", id="test"),
        pytest.param(Noted("code", "words"), "noted", id="note"),
        pytest.param(RunEnded("r", "main", 1.0, 75), "run_ended", id="run"),
        pytest.param(
            TestEnded(
                "t", "x", 1.0, 2.0, Verdict.DRIFT,
                (Finding(Verdict.DRIFT, "body.schema", "m", violations=(Violation("c", "$", "1", "2"),)),),
                1, 1, 1, {},
            ),
            "test_ended",
            id="verdict",
        ),
    ],
)  # fmt: skip
def test_every_event_is_json(event: object, name: str) -> None:
    """Events nest findings and violations; all of it is plain JSON."""
    written = json.loads(json.dumps(record(event)))  # type: ignore[arg-type]

    assert (written["event"], written["v"]) == (name, 1)
