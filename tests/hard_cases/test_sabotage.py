"""The control: without its diagnosis the plugin gets hard cases wrong, so that they can fail."""

from __future__ import annotations

from tests.hard_cases.stage import PATIENT, Stage
from tests.hard_cases.test_disguises import SYMBOLS, TRADER
from tests.hard_cases.test_intermittent import ACCOUNTS, met
from tests.hard_cases.test_strangers import JUDGES, KNOWN, READING
from tests.plugin.suites import Suite

BLIND = PATIENT.replace("seconds = 4", "seconds = 0") + "diagnosis = { enabled = false }\n"


def test_a_portal_is_taken_for_the_api(suite: Suite, stage: Stage) -> None:
    """A test that asks for no more than the status is green on a page of somebody else."""
    stage.blow({"fault": "E30", "burst": {"first": 5, "count": 10_000}})

    ran = suite(READING.format(known=KNOWN), base_url=stage.url, toml=BLIND)

    assert [ran.verdicts[name] for name in JUDGES[:2]] == ["pass", "pass"]


def test_a_deadly_input_is_taken_for_weather(suite: Suite, stage: Stage) -> None:
    """A gateway's 502 is all that is seen of it."""
    stage.spoil("D94")
    source = SYMBOLS.format(symbols=["ALDE", "UMBE", "TEAL"])

    ran = suite(source, base_url=stage.url, toml=BLIND + TRADER)

    assert (ran.ret, ran.verdicts["test_instrument[TEAL]"]) == (75, "inconclusive"), ran.text


def test_a_refusal_of_a_valid_token_is_washed_green(suite: Suite, stage: Stage) -> None:
    """The fresh token opens the door, and nobody asks what was wrong with the old one."""
    stage.spoil("D88")

    ran = suite(ACCOUNTS, base_url=stage.url, toml=BLIND + TRADER)

    assert ran.ret == 0, ran.text
    assert met(ran, stage)
    assert set(ran.verdicts.values()) <= {"pass", "recovered"}
