"""Defects that come and go, in any weather: whoever met one is red, and nobody else is."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import count

import pytest

from tests.hard_cases.stage import PATIENT, Rule, Stage
from tests.hard_cases.test_disguises import TRADER
from tests.plugin.suites import Ran, Serve, Suite
from tests.servers import raw

TOTALS = """
    import pytest
    from redhanded import expect

    @pytest.mark.parametrize("number", range(15))
    def test_total(api, number):
        expect(api.get("/booking/1"), 200, where={"$.totalprice": 111})
"""
SOON = {"params": {"seconds": 0}}  # what Retry-After says
STORM = (
    {"fault": "E28", "burst": {"first": 4, "count": 6}, "route": "/booking/*"} | SOON,
    {"fault": "E28", "every": 3, "route": "/booking/*"} | SOON,
)


def met(ran: Ran, stage: Stage) -> set[str]:
    """The tests whose own calls met the defect, by the trace that both know."""
    traces = {line["trace_id"] for line in stage.served}
    return {
        event["test_id"].rpartition("::")[2]
        for event in ran.of("test_started")
        if event["trace_id"] in traces
    }


def red(ran: Ran) -> set[str]:
    """The tests that are red."""
    return {name for name, verdict in ran.verdicts.items() if verdict == "defect"}


@pytest.mark.parametrize("seed", range(4), ids=lambda seed: f"seed-{seed}")
def test_one_wrong_total_in_five_is_red_in_the_middle_of_a_storm(
    suite: Suite, stage: Stage, seed: int
) -> None:
    """INVARIANT: every test that was told a wrong total is red, once; no other test is."""
    stage.spoil("D84", seed=seed)
    stage.blow(*STORM)

    ran = suite(TOTALS, base_url=stage.url, toml=PATIENT)

    assert ran.ret == 1, ran.text
    assert len(stage.faults) > 6
    assert red(ran) == met(ran, stage) != set()
    assert ran.result.parseoutcomes()["failed"] == len(red(ran))
    assert set(ran.verdicts.values()) <= {"pass", "recovered", "defect"}


LOST_ANSWERS = (
    {"fault": "E12", "every": 4, "route": "/trading/accounts"},
    {"fault": "E35", "every": 5, "route": "/trading/accounts"},
)
ACCOUNTS = """
    import pytest
    from redhanded import expect

    @pytest.mark.parametrize("number", range(10))
    def test_accounts(api, number):
        expect(api.get("/trading/accounts"), 200)
"""


def told(ran: Ran, status: int) -> set[str]:
    """The tests that were answered so, by their own evidence."""
    return {
        event["test_id"].rpartition("::")[2]
        for event in ran.of("attempt_ended")
        if event["exchange"]["status"] == status and event["exchange"]["purpose"] == "test"
    }


@pytest.mark.parametrize("storm", [(), LOST_ANSWERS], ids=["calm", "storm"])
@pytest.mark.parametrize("seed", range(3), ids=lambda seed: f"seed-{seed}")
def test_a_valid_token_that_is_refused_now_and_then_is_never_green(
    suite: Suite, stage: Stage, seed: int, storm: tuple[Rule, ...]
) -> None:
    """INVARIANT: a fresh token opens the door, and so does the one that was refused."""
    stage.spoil("D88", seed=seed)
    stage.blow(*storm)

    ran = suite(ACCOUNTS, base_url=stage.url, toml=PATIENT + TRADER)

    assert ran.ret == 1, ran.text
    assert red(ran) == told(ran, 401) != set()
    assert told(ran, 401) <= met(ran, stage)
    assert {code for name in red(ran) for code in ran.codes[name]} >= {"auth.rejected_valid"}


@dataclass
class Moody:
    """Refuses the first token that it hands out, once; a little later it is out for two answers."""

    tokens: Iterator[int] = field(default_factory=lambda: count(1))
    moods: Iterator[int] = field(default_factory=lambda: iter([401]))
    outs: Iterator[int] = field(default_factory=lambda: iter([503, 503]))

    def play(self, line: raw.Line) -> None:
        match line.read_request().path:
            case "/login":
                line.send(raw.message(200, b'{"token": "token-%d"}' % next(self.tokens)))
            case "/mine":
                line.send(raw.message(next(self.moods, 200), b"{}"))
            case "/other":
                line.send(raw.message(next(self.outs, 200), b"{}"))
            case _:
                line.send(raw.message(200, b"{}"))


def test_a_refusal_before_an_outage_is_not_washed_green_by_the_next_round(
    suite: Suite, raw_server: Serve
) -> None:
    """INVARIANT: the test is red at once, although what came after it was weather."""
    source = """
        from redhanded import expect

        def test_it(api):
            expect(api.get("/mine"), 200)
            expect(api.get("/other"), 200)
    """
    login = 'auth = { kind = "login", path = "/login" }\n'

    ran = suite(source, base_url=raw_server((Moody(),)).url, toml=PATIENT + login)

    assert (ran.ret, ran.verdicts) == (1, {"test_it": "defect"}), ran.text
    assert "auth.rejected_valid" in ran.codes["test_it"]


@dataclass
class Drowsy:
    """Answers late once; and once it is out for two answers, elsewhere."""

    late: Iterator[float]
    outs: Iterator[int] = field(default_factory=lambda: iter([503, 503]))

    def play(self, line: raw.Line) -> None:
        path = line.read_request().path
        if path == "/late":
            line.pause(next(self.late, 0.0))
        line.send(raw.message(next(self.outs, 200) if path == "/other" else 200, b"{}"))


def test_a_late_answer_before_an_outage_is_not_washed_green(
    suite: Suite, raw_server: Serve
) -> None:
    """INVARIANT: that it came in time in the next round explains nothing."""
    source = """
        from redhanded import expect

        def test_before(api):
            for _ in range(5):
                expect(api.get("/x"), 200)

        def test_it(api):
            expect(api.get("/late"), 200)
            expect(api.get("/other"), 200)
    """
    toml = PATIENT.replace("seconds = 4", "seconds = 1") + 'ceilings = { "*" = 0.5 }\n'

    ran = suite(source, base_url=raw_server((Drowsy(iter([1.0])),)).url, toml=toml)

    assert (ran.ret, ran.verdicts["test_it"]) == (1, "slow"), ran.text
