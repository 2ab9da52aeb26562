"""A suite against httpbin, run by a pytest of its own: each test ends with the right verdict."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.examples.suites import Outcome, run_suite
from tests.shared import made_once

SETTINGS = """
[tool.pytest]
strict = true
asyncio_mode = "auto"
asyncio_default_fixture_loop_scope = "function"

[tool.redhanded]
body_limit = 10000
retry = { capacity = 10000 }
breaker = { consecutive = 1000, minimum = 1000 }
requeue = { seconds = 0 }
diagnosis = { floor = 200 }

[tool.redhanded.ceilings]
"GET /delay/0.3" = 0.1
"""
SUITE = """
import httpx2
import pytest

from redhanded import expect


@pytest.mark.parametrize("status", [404, 409, 421, 425, 500, 501, 505])
def test_defect_status(api, status):
    expect(api.get(f"/status/{status}"), 200)

def test_defect_redirect_that_nobody_wanted(api):
    expect(api.get("/redirect/1"), 200)

def test_defect_redirects_without_end(api):
    api.get("/redirect/20", follow_redirects=True)

def test_defect_plain_assert(api):
    assert api.get("/get").json()["url"] == "elsewhere"

def test_defect_value(api):
    expect(api.get("/bytes/10?seed=7"), 200, b"other")

def test_drift_shape(api):
    expect(api.get("/json"), 200, dict[str, int])

@pytest.mark.parametrize("path", ["/xml", "/robots.txt", "/bytes/20?seed=1", "/status/204"])
def test_drift_no_json(api, path):
    expect(api.get(path), "2xx", dict)

def test_slow_ceiling_of_the_settings(api):
    expect(api.get("/delay/0.3"), 200)

@pytest.mark.slo(ceiling=0.1)
def test_slow_ceiling_of_the_test(api):
    expect(api.get("/delay/0.4"), 200)

def test_slow_ceiling_of_the_call(api):
    expect(api.get("/delay/0.4"), 200, within=0.1)

@pytest.mark.parametrize("status", [408, 502, 503, 504])
def test_defect_status_that_repeats_on_one_input(api, status):
    expect(api.get("/status/200"), 200)
    expect(api.get(f"/status/{status}"), 200)

@pytest.mark.parametrize("status", [408, 502, 503, 504])
def test_inconclusive_status(api, status):
    expect(api.post(f"/status/{status}"), 200)

def test_inconclusive_throttled(api):
    expect(api.post("/status/429"), 200)

def test_defect_input_that_is_not_answered_in_time(api):
    expect(api.get("/delay/0.01"), 200)
    api.get("/delay/5", timeout=0.3)

def test_inconclusive_timeout(api):
    api.post("/delay/5", timeout=0.3)

async def test_inconclusive_timeout_async(async_api):
    await async_api.post("/delay/5", timeout=0.3)

def test_test_bug_own_exception(api):
    api.get("/json").json()["nothing there"]

def test_test_bug_no_request(api):
    pass

def test_test_bug_not_awaited(async_api):
    expect(async_api.get("/get"), 200)

def test_pass_simple(api):
    expect(api.get("/json"), 200, dict)

@pytest.mark.parametrize("status", [301, 404, 408, 500, 503])
def test_pass_status_that_was_wanted(api, status):
    expect(api.get(f"/status/{status}"), status)

def test_pass_digest(api):
    expect(api.get("/digest-auth/auth/ada/pw", auth=httpx2.DigestAuth("ada", "pw")), 200)

def test_pass_cut_call_that_was_wanted(api):
    with pytest.raises(httpx2.ReadTimeout):
        api.post("/delay/5", timeout=0.3)

async def test_pass_many_at_once(async_api):
    import asyncio
    answers = await asyncio.gather(*(async_api.get("/delay/0.05") for _ in range(5)))
    for answer in answers:
        expect(answer, 200, dict)
"""
VERDICTS = ("defect", "drift", "slow", "inconclusive", "test_bug", "pass")

pytestmark = pytest.mark.timeout(120)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project with the suite."""
    folder = tmp_path_factory.mktemp("project")
    (folder / "pyproject.toml").write_text(SETTINGS, "utf-8")
    (folder / "test_suite.py").write_text(SUITE, "utf-8")
    return folder


@pytest.fixture(scope="module")
def outcome(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Outcome:
    """What came of the whole suite."""

    def run(into: Path) -> Outcome:
        origin: str = request.getfixturevalue("httpbin_url")
        folder: Path = request.getfixturevalue("folder")
        return run_suite(folder, into=into, REDHANDED_BASE_URL=origin)

    return made_once(tmp_path_factory, "verdicts", run)


@pytest.mark.parametrize("verdict", VERDICTS)
def test_each_test_ends_with_the_verdict_that_it_is_named_after(
    outcome: Outcome, verdict: str
) -> None:
    """Sync or async, by expect, assert or exception: the same fact gives the same verdict."""
    named = {
        event["test_id"]: event["verdict"]
        for event in outcome.events("test_ended")
        if f"::test_{verdict}_" in event["test_id"]
    }

    assert named
    assert {test: found for test, found in named.items() if found != verdict} == {}


def test_a_green_run_ends_with_0(folder: Path, httpbin_url: str, tmp_path: Path) -> None:
    """Only the tests that hold."""
    ran = run_suite(folder, "-k", "test_pass", into=tmp_path, REDHANDED_BASE_URL=httpbin_url)

    assert (ran.exit_code, set(ran.verdicts)) == (0, {"pass"})


def test_a_run_with_a_defect_ends_with_1(outcome: Outcome) -> None:
    """Red wins over inconclusive, and every verdict has its letter and its word."""
    assert outcome.exit_code == 1
    for word in ("DEFECT", "DRIFT", "SLOW", "INCONCLUSIVE", "TEST BUG"):
        assert f" - {word} " in outcome.text


def test_a_run_in_bad_weather_ends_with_75(folder: Path, httpbin_url: str, tmp_path: Path) -> None:
    """Nothing is red and something is unjudged."""
    ran = run_suite(folder, "-k", "inconclusive", into=tmp_path, REDHANDED_BASE_URL=httpbin_url)

    assert (ran.exit_code, set(ran.verdicts)) == (75, {"inconclusive"})


def test_every_red_test_names_a_cause_and_cites_an_attempt(outcome: Outcome) -> None:
    """The attempt is in the evidence; a plain assert does not say which answer it means."""
    attempts = {exchange["id"] for exchange in outcome.exchanges}
    findings = [
        finding
        for event in outcome.events("test_ended")
        if event["verdict"] in {"defect", "drift", "slow"}
        for finding in event["findings"]
    ]

    cited = {finding["attempt_id"] for finding in findings if finding["violations"]}
    assert all(finding["code"] for finding in findings)
    assert cited
    assert cited <= attempts


def test_no_traceback_of_ours_is_shown_for_a_wrong_answer(outcome: Outcome) -> None:
    """A broken expectation ends in the author's own line."""
    assert "redhanded/verdict/expect.py" not in outcome.text.replace("\\", "/")


def test_every_attempt_of_every_test_is_in_the_evidence(outcome: Outcome) -> None:
    """Also those that were retried, cut off or passed."""
    sent = sum(event["attempts"] for event in outcome.events("test_ended"))
    own = [exchange for exchange in outcome.exchanges if exchange["purpose"] == "test"]

    assert len(own) == sent > len(outcome.events("test_ended"))
    assert {exchange["purpose"] for exchange in outcome.exchanges} == {"test", "probe", "canary"}
