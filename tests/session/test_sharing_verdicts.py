"""INVARIANT: whatever others say, or fail to say, a verdict stays what it would have been alone."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from random import Random

import httpx2
import pytest

from redhanded.core.verdicts import Verdict
from redhanded.pipeline.breaker import Denied
from redhanded.pipeline.shared_gate import Late, Sharing, Turn
from redhanded.pipeline.surroundings import Surroundings
from redhanded.session.session import Session
from redhanded.verdict.expect import expect
from tests.pipeline.driving import FakeClock
from tests.pipeline.sharing import LEAVE, Answer, FakeGate
from tests.servers import raw
from tests.servers.fixtures import StartRaw
from tests.session.projects import Project

TABLE = """
    base_url = "{url}"
    requeue = {{ seconds = 0 }}
    limit = {{ rate = 50 }}
"""
BLOCKED = (Verdict.INCONCLUSIVE, "call.blocked")
Judge = Callable[[str, FakeGate | None], tuple[Verdict, str]]

WORLDS: dict[str, Callable[[], raw.Script]] = {
    "well": raw.answer,
    "wrong": lambda: raw.answer(404),
    "broken": lambda: raw.answer(500),
    "unavailable": lambda: raw.answer(503),
    "throttling": lambda: raw.answer(429),
    "resetting": raw.reset_after_request,
    "cut": lambda: (raw.Send(raw.message()[:-3]), raw.Close()),
}


def erratic(seed: int) -> FakeGate:
    """A gate that comes and goes, admits, refuses, and is late, all without sense."""
    random = Random(seed)

    def answer() -> Answer:
        turn = Turn(random.randrange(5), random.choice(("", "lease")), random.random())
        return random.choice(
            (
                turn,
                turn,
                None,
                Late(random.random() * 50),
                Denied(random.random() * 3, probe=random.random() < 0.5),
            )
        )

    return FakeGate(answer)


GATES: dict[str, Callable[[], FakeGate]] = {
    "away": lambda: FakeGate(None),
    "admitting": lambda: FakeGate(LEAVE),
    "far away": lambda: FakeGate(LEAVE, is_remote=True),
    "refusing for ever": lambda: FakeGate(Denied(30.0)),
    "waiting for a probe": lambda: FakeGate(Denied(0.05, probe=True)),
    "late for ever": lambda: FakeGate(Late(60.0)),
    "coming back": lambda: FakeGate(Denied(0.5), Denied(0.5), LEAVE),
    **{f"erratic {seed}": lambda seed=seed: erratic(seed) for seed in range(6)},  # type: ignore[misc]
}


@pytest.fixture
def judge(
    project: Project, raw_server: StartRaw, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Judge]:
    """Gives the verdict on a test in such a world, alone or beside others behind such a gate."""
    made: list[Session] = []

    def judged(world: str, gate: FakeGate | None) -> tuple[Verdict, str]:
        sharing = gate and Sharing(lambda _: gate, lambda: 2)
        monkeypatch.setattr("redhanded.session.session.sharing_of", lambda *_: sharing)
        clock = FakeClock()
        around = Surroundings(clock=clock, sleep=clock.advance, random=lambda: 0.5)
        url = raw_server(WORLDS[world]()).url
        loaded = project.table(TABLE.format(url=url)).load()
        session = Session(loaded, run_id=f"run{len(made)}", seed=7, surroundings=around)
        made.append(session)
        return _judged(session)

    yield judged
    for session in made:
        session.close(0)


def _judged(session: Session) -> tuple[Verdict, str]:
    run, error = session.begin("test_it"), None
    try:
        expect(run.client().get("/booking/7"), 200)
    except (AssertionError, httpx2.HTTPError) as failure:
        error = failure
    judgement = run.judge("call", error)
    return judgement.verdict, judgement.findings[0].code if judgement.findings else ""


@pytest.mark.parametrize("gate", GATES)
@pytest.mark.parametrize("world", WORLDS)
def test_a_verdict_stays_what_it_would_be_alone(judge: Judge, world: str, gate: str) -> None:
    """Others can keep a test from asking, and then it stays open; they can do no more."""
    alone = judge(world, None)

    beside = judge(world, GATES[gate]())

    assert alone != BLOCKED
    assert beside in {alone, BLOCKED}


@pytest.mark.parametrize("gate", ["away", "admitting", "far away", "coming back"])
@pytest.mark.parametrize("world", WORLDS)
def test_who_is_let_through_is_judged_as_alone(judge: Judge, world: str, gate: str) -> None:
    """A gate that opens in time, or cannot be asked, keeps nobody from a verdict."""
    assert judge(world, GATES[gate]()) == judge(world, None)
