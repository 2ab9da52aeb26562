"""An outage in mid-suite: 200 tests wait, none burns its time, and all are judged in the end."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from functools import partial

import pytest

from redhanded.pipeline.surroundings import Surroundings
from redhanded.session import session
from tests.hard_cases.stage import PATIENT, Stage
from tests.pipeline.driving import FakeClock
from tests.plugin.suites import Ran, Serve, Suite
from tests.servers import raw

MANY = """
    import pytest
    from redhanded import expect

    @pytest.mark.parametrize("number", range(200))
    def test_it(api, number):
        expect(api.get(f"/booking?offset={number}"), 200, list)
"""
OUTAGE = {"fault": "E39", "nth": 40}
WIDE = PATIENT.replace("seconds = 4", "seconds = 30")


def failed(ran: Ran) -> Counter[str]:
    """How many attempts of each purpose brought no answer."""
    exchanges = (event["exchange"] for event in ran.of("attempt_ended"))
    return Counter(each["purpose"] for each in exchanges if each["failure"] is not None)


def groups(ran: Ran) -> list[str]:
    """The lines of the last words that tell a cause."""
    return [line for line in ran.section if line[:2] == "  " and line[2:4].strip().isupper()]


@pytest.mark.parametrize(
    "arguments, processes",
    [
        pytest.param([], 1, id="plain"),
        pytest.param(["-n", "2"], 2, id="workers"),
        pytest.param(["-p", "randomly", "--randomly-seed=7"], 1, id="random-order"),
    ],
)
def test_an_outage_costs_no_test_its_verdict(
    suite: Suite, stage: Stage, arguments: list[str], processes: int
) -> None:
    """INVARIANT: all 200 hold; three failures end the sending, but for what was under way then."""
    stage.blow(OUTAGE | {"params": {"seconds": 2}})

    ran = suite(MANY, *arguments, base_url=stage.url, toml=WIDE)

    assert ran.ret == 0, ran.text
    assert len(ran.verdicts) == 200
    assert set(ran.verdicts.values()) == {"pass", "recovered"}
    assert len(groups(ran)) == 1, ran.section
    assert "net.refused" in groups(ran)[0]
    lost = failed(ran)
    assert 1 <= lost["test"] <= 5 * processes
    assert lost["canary"] <= 20 * processes


def test_an_outage_that_stays_is_one_finding(suite: Suite, stage: Stage) -> None:
    """INVARIANT: 161 tests, one line; those that held before it keep their verdict."""
    stage.blow(OUTAGE | {"params": {"seconds": 600}})
    toml = PATIENT.replace("seconds = 4", "seconds = 1")

    ran = suite(MANY, "--tb=no", base_url=stage.url, toml=toml)

    assert ran.ret == 75, ran.text
    assert Counter(ran.verdicts.values()) == {"inconclusive": 161, "pass": 39}
    assert len(groups(ran)) == 1, ran.section
    assert "161 tests" in groups(ran)[0]
    assert failed(ran)["test"] <= 3


@dataclass
class Down:
    """Answers 39 tests, and then nobody for 60 seconds of the clock."""

    clock: FakeClock
    answered: int = 0
    refused: int = 0
    until: float = field(default=0.0)

    def play(self, line: raw.Line) -> None:
        line.read_request()
        self.answered += 1
        if self.answered == 40:
            self.until = self.clock.monotonic() + 60.0
        if self.clock.monotonic() < self.until:
            self.refused += 1
            line.close()
        else:
            line.send(raw.message(200, b"[]"))


def test_a_minutes_outage_to_the_second(
    suite: Suite, raw_server: Serve, monkeypatch: pytest.MonkeyPatch
) -> None:
    """INVARIANT: by the settings that everybody has; what the run sends into it can be counted."""
    clock = FakeClock()
    around = partial(Surroundings, clock=clock, sleep=clock.advance, random=lambda: 0.5)
    monkeypatch.setattr(session, "Surroundings", around)
    api, began = Down(clock), clock.monotonic()
    requeue = "requeue = { seconds = 120 }"  # as it is where nothing is said

    ran = suite(MANY, base_url=raw_server((api,)).url, toml=requeue)

    assert ran.ret == 0, ran.text
    assert Counter(ran.verdicts.values()) == {"pass": 199, "recovered": 1}
    assert 60 <= clock.monotonic() - began < 100
    assert api.refused <= 12
    assert len(groups(ran)) == 1, ran.section
