"""A runner that stands still while the answer is on time: its own pause is nobody else's."""

from __future__ import annotations

import os
import signal
import sys
from dataclasses import dataclass
from urllib.parse import parse_qs

import pytest

from tests.hard_cases.stage import PATIENT
from tests.plugin.suites import Serve, Suite
from tests.servers import raw

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="no process is paused by a signal")

WAITING = 0.3  # seconds, after which whoever has sent a request surely waits for its answer

PAUSED = """
    import os
    from redhanded import expect

    def test_before(api):
        expect(api.get("/x"), 200, within={ceiling})

    def test_paused(api):
        expect(api.get(f"/x?pid={{os.getpid()}}"), 200, within={ceiling})
"""


@dataclass
class Pausing:
    """Answers, and the first time keeps whoever names its process from noticing for a while.

    To those who name theirs it answers at once, or so many seconds `late`.
    """

    seconds: float
    late: float = 0.0
    paused: int = 0

    def play(self, line: raw.Line) -> None:
        request = line.read_request()
        named = parse_qs(request.query).get("pid")
        if named is None or self.paused:
            line.pause(self.late if named else 0.0)
            line.send(raw.message())
            return
        self.paused += 1
        line.pause(WAITING)
        os.kill(int(named[0]), signal.SIGSTOP)
        try:
            if not self.late:
                line.send(raw.message())
            line.pause(self.seconds)
        finally:
            os.kill(int(named[0]), signal.SIGCONT)
        if self.late:
            line.pause(self.late)
            line.send(raw.message())


@pytest.mark.parametrize(
    "seconds, ceiling, read, code",
    [
        pytest.param(2.0, 1.0, 5.0, ["latency.unattributed"], id="2-seconds"),
        pytest.param(6.0, 1.0, 10.0, ["latency.unattributed"], id="6-seconds"),
        pytest.param(2.0, 30.0, 1.0, [], id="longer-than-the-time-limit"),
    ],
)
def test_a_paused_runner_makes_nothing_slow(  # noqa: PLR0917  asked for by name
    suite: Suite, raw_server: Serve, seconds: float, ceiling: float, read: float, code: list[str]
) -> None:
    """INVARIANT: never slow; what it cost is the runner's, and the test holds when run again."""
    api = Pausing(seconds)
    toml = PATIENT.replace("read = 5.0", f"read = {read}").replace("connect = 2.0", "connect = 1.0")
    source = PAUSED.format(ceiling=ceiling)

    ran = suite(source, base_url=raw_server((api,)).url, toml=toml, apart=True)

    assert ran.ret == 0, ran.text
    assert api.paused == 1
    assert ran.codes == {"test_before": [], "test_paused": code}
    rounds = [event["verdict"] for event in ran.of("test_ended")][1:]
    assert rounds == (["inconclusive", "recovered"] if code else ["pass"])


def test_a_pause_covers_up_no_slow_server(suite: Suite, raw_server: Serve) -> None:
    """INVARIANT: the runner stood still for a while, and the server is late by itself: slow."""
    api = Pausing(0.8, late=1.0)

    ran = suite(
        PAUSED.format(ceiling=0.4), base_url=raw_server((api,)).url, toml=PATIENT, apart=True
    )

    assert (ran.ret, api.paused) == (1, 1), ran.text
    assert (ran.verdicts["test_paused"], ran.codes["test_paused"]) == ("slow", ["latency.ceiling"])
