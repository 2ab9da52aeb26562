"""The suite for Kinto holds against a real Kinto, in two processes.

What needs no more than a part of it runs in one.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.examples.suites import EXAMPLES, Outcome, run_suite
from tests.servers.kinto import Kinto
from tests.shared import made_once

SUITE = EXAMPLES / "kinto"
TESTS = 212
KNOWN_DEFECTS = 5

pytestmark = pytest.mark.timeout(400)


@pytest.fixture(scope="module")
def variables(kinto: Kinto) -> dict[str, str]:
    """Address and accounts of the run."""
    owner, stranger = kinto.new_account(), kinto.new_account()
    return {
        "REDHANDED_BASE_URL": kinto.base_url,
        "KINTO_OWNER": owner.name,
        "KINTO_OWNER_PASSWORD": owner.password,
        "KINTO_STRANGER": stranger.name,
        "KINTO_STRANGER_PASSWORD": stranger.password,
        "KINTO_ADMIN": kinto.admin.name,
        "KINTO_ADMIN_PASSWORD": kinto.admin.password,
    }


@pytest.fixture(scope="module")
def outcome(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Outcome:
    """A run of the suite in two workers."""

    def run(into: Path) -> Outcome:
        variables = request.getfixturevalue("variables")  # which starts Kinto
        return run_suite(SUITE, "-n", "2", into=into, **variables)

    return made_once(tmp_path_factory, "kinto", run)


def test_everything_holds(outcome: Outcome) -> None:
    """All pass but the known defects, which are still there; nothing was left behind."""
    assert outcome.exit_code == 0, outcome.text
    assert f"{TESTS - KNOWN_DEFECTS} passed, {KNOWN_DEFECTS} xfailed" in outcome.text
    assert f"Green: all {TESTS - KNOWN_DEFECTS} tests held." in outcome.text
    assert "left behind" not in outcome.text


def test_every_test_is_a_pass_on_its_first_attempt(outcome: Outcome) -> None:
    """No test is recovered, none is inconclusive, and no call needed a second attempt."""
    others = outcome.without("test_known_defects.py")

    assert others.verdicts == {"pass": TESTS - KNOWN_DEFECTS}
    assert {exchange["number"] for exchange in outcome.exchanges} == {1}


def test_every_test_sent_something_and_held_it_against_something(outcome: Outcome) -> None:
    """A test without a request or without a check would prove nothing."""
    ended = outcome.events("test_ended")

    assert [event["test_id"] for event in ended if not event["attempts"]] == []
    assert [event["test_id"] for event in ended if not event["checks"]] == []


def test_every_bucket_is_removed(outcome: Outcome) -> None:
    """Cleanup calls are recorded as such, and each was answered with success."""
    cleanups = [each for each in outcome.exchanges if each["purpose"] == "cleanup"]

    assert len(cleanups) > TESTS / 2
    assert {each["status"] for each in cleanups} == {200}


def test_no_password_is_written_down(outcome: Outcome) -> None:
    """Neither in the text nor in the evidence, though basic credentials went out each time."""
    given = outcome.variables.items()
    passwords = [value for name, value in given if name.endswith("_PASSWORD")]
    written = outcome.written()

    assert len(passwords) == 3
    assert "Authorization" in written
    assert [password for password in passwords if password in written] == []


def test_two_workers_share_the_work(outcome: Outcome) -> None:
    """Each has a spool of its own, and no test runs twice."""
    tests = {
        worker: {event["test_id"] for event in spool if event["event"] == "test_ended"}
        for worker, spool in outcome.spools.items()
    }

    assert set(tests) >= {"gw0", "gw1"}
    assert tests["gw0"]
    assert tests["gw1"]
    assert len(tests["gw0"] | tests["gw1"]) == len(tests["gw0"]) + len(tests["gw1"]) == TESTS


def test_the_contract_can_be_checked_apart(variables: dict[str, str], tmp_path: Path) -> None:
    """The marker chooses the tests of shapes, and nothing else."""
    outcome = run_suite(SUITE, "-m", "contract", into=tmp_path, **variables)

    files = {event["test_id"].partition("::")[0] for event in outcome.events("test_ended")}
    assert (outcome.exit_code, files) == (0, {"test_contract.py"})


def test_a_missing_account_stops_the_run_before_it_begins(
    variables: dict[str, str], tmp_path: Path
) -> None:
    """The sentence names the setting and the variable; no test is run, nothing is sent."""
    without = {name: value for name, value in variables.items() if name != "KINTO_STRANGER"}

    outcome = run_suite(SUITE, into=tmp_path, **without)

    assert outcome.exit_code == 4
    assert "identities.stranger.username" in outcome.text
    assert "KINTO_STRANGER is not set" in outcome.text
    assert "Traceback" not in outcome.text
    assert outcome.spools == {}


def test_a_wrong_password_is_told_apart_from_a_defect_of_the_store(
    variables: dict[str, str], tmp_path: Path
) -> None:
    """Each test that needs the account is red by 401, and says so in its first line."""
    wrong = variables | {"KINTO_OWNER_PASSWORD": "not-the-password"}

    outcome = run_suite(SUITE, "test_history.py", into=tmp_path, **wrong)

    assert outcome.exit_code == 1
    assert "401" in outcome.text
    assert "not-the-password" not in outcome.written()
