"""A worker of a machine: `python file_worker.py FOLDER NAME MODE`.

count   lets requests go that end in each way, and says when all of them were told
probe   asks until it has had its probes, each of which fails, and logs when one is out
hold    takes a probe, says under which lease, and keeps it until somebody ends the process
write   changes a value without end, until somebody ends the process

Each says "ready" first and waits for a line.
"""

from __future__ import annotations

import sys
import threading
from pathlib import Path

from redhanded.fleet.file import FileStore
from redhanded.fleet.store import GateLimits, Member
from redhanded.pipeline.breaker import BreakerLimits, Denied, Outcome
from redhanded.pipeline.shared_gate import Asked, SharedGate, Turn

ORIGIN = "https://api.example.com"
NEVER = 1_000_000
COUNTING = GateLimits(BreakerLimits(window=3600.0, minimum=NEVER, consecutive=NEVER))
PROBING = GateLimits(BreakerLimits(open=0.001, longest=0.001, consecutive=1, ramp=(1,)))
OUTCOMES: tuple[Outcome, ...] = ("success", "success", "fail", "slow")
RECORDS = 200
PROBES = 25
LEASE = 0.3
PATIENCE = 30.0  # a busy machine is no trouble


def main(folder: str, name: str, mode: str) -> None:
    """Plays its part and tells what came of it."""
    limits = COUNTING if mode == "count" else PROBING
    store = FileStore(Path(folder), limits, Member("h1", name), patience=PATIENCE)
    gate = store.gate(ORIGIN)
    say("ready")
    sys.stdin.readline()
    if mode == "count":
        count(gate)
        store.close()
        say("told")
    elif mode == "probe":
        probe(gate, Path(folder).with_name("log"))
        say("probed")
    elif mode == "hold":
        say(probed(gate, lease=LEASE).lease)
        sys.stdin.readline()
    else:
        say("writing")
        while True:
            store.put("key", "value" * 1000, 60.0)


def count(gate: SharedGate) -> None:
    """Let the requests go."""
    for number in range(RECORDS):
        turn = gate.acquire(Asked(may_probe=True, lease=30.0, within=0.0))
        assert isinstance(turn, Turn), turn
        gate.record(turn, OUTCOMES[number % len(OUTCOMES)])


def probe(gate: SharedGate, log: Path) -> None:
    """Let the probes go, each of which opens the circuit again."""
    with log.open("ab", buffering=0) as file:
        for _ in range(PROBES):
            turn = probed(gate, lease=PATIENCE)
            file.write(b"+")
            file.write(b"-")
            gate.record(turn, "fail")


def probed(gate: SharedGate, *, lease: float) -> Turn:
    """The probe that the gate gives in the end; asks as often as it is told to."""
    waiting = threading.Event()
    while True:
        answer = gate.acquire(Asked(may_probe=True, lease=lease, within=0.0))
        if isinstance(answer, Turn):
            assert answer.lease, answer
            return answer
        assert isinstance(answer, Denied), answer
        waiting.wait(answer.retry_after)


def say(line: str) -> None:
    """Writes one line to the process that waits for it."""
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main(*sys.argv[1:])
