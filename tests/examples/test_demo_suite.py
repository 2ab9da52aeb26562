"""The example suites hold against the demo API and its document, in two processes.

In one process `redhanded demo` runs them, which the gate does as its last step.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from dotenv import dotenv_values

from redhanded.lab import running
from tests.examples.suites import EXAMPLES, Outcome, run_suite
from tests.shared import made_once

TEAMS = {"bookings", "trading", "users"}
FEWEST_TESTS = 130
ARGUMENTS = ("-n", "2", "--rh-set=openapi=/openapi.json")

pytestmark = pytest.mark.timeout(400)


@pytest.fixture(scope="module")
def variables(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, str]]:
    """Address and credentials of a demo API that lives as long as this file's tests."""
    given = dotenv_values(EXAMPLES / "demo.env", interpolate=False)
    with running(tmp_path_factory.mktemp("demo") / "demo.db") as demo:
        known = {name: value for name, value in given.items() if value is not None}
        yield {"REDHANDED_BASE_URL": demo.url, **known}


@pytest.fixture(scope="module")
def outcome(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Outcome:
    """A run of all suites; they share one demo API, as teams share theirs."""

    def run(into: Path) -> Outcome:
        variables = request.getfixturevalue("variables")  # which starts the API
        return run_suite(EXAMPLES, *ARGUMENTS, into=into, **variables)

    return made_once(tmp_path_factory, "demo", run)


def test_everything_holds(outcome: Outcome) -> None:
    """Every test passes, and what it made is removed."""
    count = outcome.verdicts.total()

    assert outcome.exit_code == 0, outcome.text
    assert f"Green: all {count} tests held." in outcome.text
    assert "left behind" not in outcome.text
    assert count >= FEWEST_TESTS


def test_every_test_is_a_pass(outcome: Outcome) -> None:
    """On loopback no weather excuses anything: no test is recovered or inconclusive."""
    assert set(outcome.verdicts) == {"pass"}


def test_every_team_took_part(outcome: Outcome) -> None:
    """Each folder of tests was collected, and that of another server was not."""
    folders = {event["test_id"].partition("/")[0] for event in outcome.events("test_ended")}

    assert folders == TEAMS


def test_every_test_sent_something_and_held_it_against_something(outcome: Outcome) -> None:
    """A test without a request or without a check would prove nothing."""
    ended = outcome.events("test_ended")

    assert [event["test_id"] for event in ended if not event["attempts"]] == []
    assert [event["test_id"] for event in ended if not event["checks"]] == []


def test_no_answer_breaks_the_apis_own_document(outcome: Outcome) -> None:
    """INVARIANT: held against its document, a correct API breaks nothing in any test.

    That it refuses what a schema alone allows is what tests of refusals are about.
    """
    codes = {event["violation"]["code"] for event in outcome.events("breached")}

    assert codes == {"contract.request_refused"}
    assert outcome.events("covered")


def test_one_suite_can_be_run_alone(variables: dict[str, str], tmp_path: Path) -> None:
    """A team gives its folder, and its tests need nobody else's."""
    outcome = run_suite(EXAMPLES, "users", into=tmp_path, **variables)

    folders = {event["test_id"].partition("/")[0] for event in outcome.events("test_ended")}
    assert outcome.exit_code == 0, outcome.text
    assert folders == {"users"}


@pytest.mark.parametrize(
    "marker, profile",
    [pytest.param("contract", "contract", id="contract"), pytest.param("canary", "", id="canary")],
)
def test_what_ci_runs_apart_can_be_run_apart(
    variables: dict[str, str], tmp_path: Path, marker: str, profile: str
) -> None:
    """A marker picks tests of every team; the profile holds contract tests to the document too."""
    given = variables | ({"REDHANDED_ENV": profile} if profile else {})

    outcome = run_suite(EXAMPLES, "-m", marker, into=tmp_path, **given)

    folders = {event["test_id"].partition("/")[0] for event in outcome.events("test_ended")}
    assert outcome.exit_code == 0, outcome.text
    assert folders == TEAMS
    assert bool(outcome.events("covered")) is bool(profile)


def test_no_credential_is_written_down(outcome: Outcome) -> None:
    """Demo credentials are no secrets, and are masked like any that a setting refers to."""
    secrets = [value for name, value in outcome.variables.items() if name.startswith("DEMO_")]
    written = outcome.written()

    assert secrets
    assert [secret for secret in secrets if secret in written] == []
