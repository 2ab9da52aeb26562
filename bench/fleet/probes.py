"""Whether a half-open circuit ever admits more probes than its ramp has permits."""

from __future__ import annotations

import random
import time
from collections.abc import Iterator
from typing import Any

from bench.figures import Figure
from bench.fleet import members, ramp
from bench.fleet.members import Seat
from bench.fleet.opening import Place, Rules, asked, opened, reach
from bench.fleet.ramp import Probe
from redhanded.pipeline.breaker import Denied
from redhanded.pipeline.shared_gate import SharedGate, Turn
from tests.servers import redis

ORIGIN = "https://probed.example"
PROCESSES = 16
ROUNDS, SHORT = 1_000, 60
HELD = 0.004  # seconds that a probe is out at most
RULES = Rules(minimum=2, open=0.01, longest=0.01)


def figures(*, short: bool, seed: int) -> Iterator[Figure]:
    """Half-open times, over all processes."""
    wanted = SHORT if short else ROUNDS
    with redis.serving() as server:
        found = probed(Place(port=server.port), wanted=wanted, seed=seed)
    rounds = ramp.rounds(found)
    breaches = [breach for each in rounds for breach in each.breaches]
    print(*(f"  {breach}\n" for breach in breaches), sep="", end="")
    most = max(each.most for each in rounds)
    yield Figure(
        name=f"more probes than permits, {len(rounds):,} half-open times, {PROCESSES} processes",
        measured=f"{len(breaches)} in {len(found):,} probes",
        goal="none",
        is_met=not breaches and len(rounds) >= wanted,
    )
    yield Figure(name="  most probes that were out at once", measured=str(most), goal="4 at most")


def probed(place: Place, *, wanted: int, seed: int, processes: int = PROCESSES) -> list[Probe]:
    """The probes of so many half-open times, or a few more."""
    # The newest epoch that anybody saw, and how many there were.
    epochs = members.context().Array("q", [0, 0])
    found = members.together(processes, probes, place, wanted, seed, epochs)
    return [probe for own in found for probe in own]


def probes(seat: Seat, place: Place, wanted: int, seed: int, epochs: Any) -> list[Probe]:  # noqa: ANN401
    """What one process is admitted to, until there were enough half-open times."""
    chance = random.Random(f"{seed}/{seat.number}")
    found: list[Probe] = []
    with opened(place, RULES, seat) as store:
        gate = store.gate(ORIGIN)
        reach(gate)
        while epochs[1] <= wanted:
            match gate.acquire(asked()):
                case Turn(lease="") as turn:
                    gate.record(turn, "fail")  # closed: that is not what is looked at
                case Turn() as turn:
                    found.append(_probe(gate, turn, chance))
                    _count(epochs, turn.epoch)
                case Denied(retry_after=seconds):
                    time.sleep(min(seconds, RULES.open) * chance.random())
                case _:
                    pass
    return found


def _probe(gate: SharedGate, turn: Turn, chance: random.Random) -> Probe:
    began = time.monotonic()
    time.sleep(HELD * chance.random())
    succeeded = chance.random() < 0.8  # so that about half of the circuits close
    ended = time.monotonic()
    gate.record(turn, "success" if succeeded else "fail")
    return Probe(turn.epoch, began, ended, succeeded)


def _count(epochs: Any, epoch: int) -> None:  # noqa: ANN401
    with epochs.get_lock():
        if epoch > epochs[0]:
            epochs[0], epochs[1] = epoch, epochs[1] + 1
