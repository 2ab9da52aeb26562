"""Workers of xdist on an API that is down for a while: together they leave it in peace."""

from __future__ import annotations

import threading
import time
from collections import Counter
from dataclasses import dataclass, field

import pytest

from tests.plugin.suites import Serve, Suite
from tests.servers import raw

SUITE = """
    import os
    import pytest
    from redhanded import expect

    @pytest.mark.parametrize("number", range(12))
    def test_it(api, number):
        worker = os.environ["PYTEST_XDIST_WORKER"]
        expect(api.get(f"/{number}", headers={"X-Worker": worker}), 200)
"""
TOML = """
diagnosis = { enabled = false }
recovered = { limit = 1.0, statuses_5xx = false }
requeue = { seconds = 60 }
"""
ALONE = "[tool.redhanded.fleet]\nenabled = false\n"
CONSECUTIVE = 3  # failures in a row that open a circuit


@dataclass
class Dead:
    """An API that answers 503 at first: for so many seconds, or till it did so to `each` worker.

    The first request of each of the workers waits for that of the others.
    """

    workers: int
    seconds: float = float("inf")
    each: int | None = None
    began: float | None = None
    refused: Counter[str] = field(default_factory=Counter)
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _met: threading.Event = field(default_factory=threading.Event)
    _seen: set[str] = field(default_factory=set)

    def script(self) -> raw.Script:
        """The API."""
        return raw.reply(self._answer)

    def _answer(self, received: raw.Received) -> bytes:
        worker = dict(received.headers).get("X-Worker", "")
        self._meet(worker)
        with self._lock:
            if self.began is None:
                self.began = time.monotonic()
            if not self._is_dead:
                return raw.message(200)
            self.refused[worker] += 1
        return raw.message(503)

    def _meet(self, worker: str) -> None:
        self._seen.add(worker)
        if len(self._seen - {""}) >= self.workers:
            self._met.set()
        if worker:
            self._met.wait(20)

    @property
    def _is_dead(self) -> bool:
        assert self.began is not None
        if self.each is not None:
            tests = [count for worker, count in self.refused.items() if worker]
            return len(tests) < self.workers or min(tests) < self.each
        return time.monotonic() - self.began < self.seconds


@pytest.mark.parametrize("workers", [2, 4])
def test_a_dead_api_is_asked_as_by_one_process(
    suite: Suite, raw_server: Serve, workers: int
) -> None:
    """INVARIANT: once one worker knows, all do; from then on it is one probe, and canaries.

    In less than three seconds one probe is due, and may meet a canary of each worker.
    """
    api = Dead(workers, seconds=2.5)
    until_known = workers * (CONSECUTIVE - 1) + workers  # who has it from others may be under way

    ran = suite(SUITE, f"-n{workers}", base_url=raw_server(api.script()).url, toml=TOML)

    assert ran.ret == 0, ran.text
    assert set(ran.verdicts.values()) <= {"recovered", "pass"}
    assert sum(api.refused.values()) <= until_known + 1 + workers
    assert not ran.shows_our_frames


def test_alone_each_worker_finds_out_for_itself(suite: Suite, raw_server: Serve) -> None:
    """Without sharing each is refused until its own circuit opens; the verdicts are the same."""
    api = Dead(2, each=CONSECUTIVE)

    ran = suite(SUITE, "-n2", base_url=raw_server(api.script()).url, toml=TOML + ALONE)

    assert ran.ret == 0, ran.text
    assert set(ran.verdicts.values()) <= {"recovered", "pass"}
    assert min(api.refused[f"gw{number}"] for number in range(2)) >= CONSECUTIVE


def test_what_others_saw_is_told(suite: Suite, raw_server: Serve) -> None:
    """A run that ends in an outage says of its tests that they were not begun, and why."""
    api = Dead(2)
    patience = TOML.replace("seconds = 60", "seconds = 1")

    ran = suite(SUITE, "-n2", base_url=raw_server(api.script()).url, toml=patience)

    assert ran.ret == 75, ran.text
    assert set(ran.verdicts.values()) == {"inconclusive"}
    assert ran.section[0].startswith("Not judged: 12 of 12 tests")


def test_the_workers_keep_one_rate_together(suite: Suite, raw_server: Serve) -> None:
    """INVARIANT: the server never sees more than the rate allows, and one burst."""
    arrived: list[float] = []

    def answer(_: raw.Received) -> bytes:
        arrived.append(time.monotonic())
        return raw.message(200)

    limit = "[tool.redhanded.limit]\nrate = 5\nburst = 1\n"

    ran = suite(SUITE, "-n2", base_url=raw_server(raw.reply(answer)).url, toml=TOML + limit)

    assert ran.ret == 0, ran.text
    assert len(arrived) == 12
    assert arrived[11] - arrived[2] > 1.3  # 1.8 s but for a late arrival; apart it would be 1 s
