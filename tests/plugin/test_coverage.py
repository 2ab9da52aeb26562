"""Coverage at the end of a run: one line, and a run that covers too little is not green."""

from __future__ import annotations

import json
from typing import Protocol

import pytest

from tests.plugin.sky import PATIENT
from tests.plugin.suites import Ran, Serve, Suite
from tests.servers import raw

SUITE = """
    from redhanded import expect

    def test_a(api):
        expect(api.get("/a"), 200)

    def test_b(api):
        expect(api.get("/b"), 200)
"""
CLIENTS = """
    import pytest
    from redhanded import expect

    def test_sync(api_as):
        assert api_as("guest").get("/a").json() == {"id": 1}

    def test_stream(api):
        with api.stream("GET", "/b") as answer:
            answer.read()
            {check}
            assert answer.status_code == 200

    @pytest.mark.asyncio
    async def test_async(async_api):
        assert (await async_api.get("/c")).status_code == 200
"""
GUEST = 'identities.guest = { kind = "none" }\n'
LINE = "contract: 2 of 3 operations checked, 2 of 3 statuses, 2 of 3 media types, 1 of 1 properties"
SHORT = "too little is covered: 2 of 3 operations checked, 66.6 % of 80 % wanted"
STATUSES = {"/a": 200, "/b": 200, "/c": 200}


class Run(Protocol):
    """Runs a suite with the document as its contract."""

    def __call__(self, source: str, *arguments: str, toml: str = "", **status: int) -> Ran:
        """What came of it; `status` changes what an operation answers."""
        ...


@pytest.fixture
def run(suite: Suite, pytester: pytest.Pytester, raw_server: Serve) -> Run:
    """Runs a suite against an API of three operations, each of which answers with one number."""
    schema = {"type": "object", "properties": {"id": {"type": "integer"}}}
    content = {"application/json": {"schema": schema}}
    operation = {"responses": {"200": {"description": "well", "content": content}}}
    root = {
        "openapi": "3.1.0",
        "info": {"title": "three", "version": "1"},
        "paths": {path: {"get": operation} for path in STATUSES},
    }
    shared = {"schemas": {"One": schema}}
    content["application/json"]["schema"] = {"$ref": "#/components/schemas/One"}
    (pytester.path / "api.json").write_text(json.dumps({**root, "components": shared}), "utf-8")

    def call(source: str, *arguments: str, toml: str = "", **status: int) -> Ran:
        found = {**STATUSES, **{f"/{name}": code for name, code in status.items()}}
        script = raw.reply(lambda got: raw.message(found.get(got.path, 200), b'{"id": 1}'))
        settings = f'openapi = "api.json"\n{toml}'
        return suite(source, *arguments, base_url=raw_server(script).url, toml=settings)

    return call


def test_the_last_words_sum_up_what_was_covered(run: Run) -> None:
    """One line, whatever is asked for, and a run that covers enough stays green."""
    ran = run(SUITE, toml="contract.cover.operations = 66\n")

    assert ran.ret == 0, ran.text
    assert LINE in ran.section


def test_a_run_that_covers_too_little_is_not_green(run: Run) -> None:
    """It fails with a sentence that names the worst operations; each test keeps its verdict."""
    ran = run(SUITE, toml="contract.cover.operations = 80\n")

    assert ran.ret == 1
    assert ran.section[0] == f"Not green: {SHORT} (never called: GET /c)."
    ran.result.assert_outcomes(passed=2)


def test_a_red_run_tells_that_it_covers_too_little_as_well(run: Run) -> None:
    """The defect comes first, and the rest is told beside it."""
    ran = run(SUITE, toml="contract.cover.operations = 80\n", b=404)

    assert ran.ret == 1
    assert ran.section[0].startswith("Red:")
    assert any("contract: too little is covered: 1 of 3" in line for line in ran.section)


@pytest.mark.parametrize(
    "arguments, toml, why",
    [
        pytest.param(["-k", "test_a"], "", "-k was given", id="chosen"),
        pytest.param(["test_suite.py::test_a"], "", "test_suite.py::test_a was asked", id="named"),
        pytest.param([], 'run_id = "nightly"\nshard = "1/2"\n', "it is shard 1/2", id="shard"),
    ],
)
def test_a_part_of_the_suite_is_not_judged_by_the_settings(
    run: Run, arguments: list[str], toml: str, why: str
) -> None:
    """A developer's few tests are not red for what the others cover, and it is said why."""
    ran = run(SUITE, *arguments, toml=f"{toml}contract.cover.operations = 80\n")

    assert ran.ret == 0, ran.text
    assert any(f"coverage is not judged, because {why}" in line for line in ran.section)


def test_a_threshold_on_the_command_line_is_of_the_tests_that_it_chooses(run: Run) -> None:
    """INVARIANT: who asks for a share of these very tests is never answered by silence."""
    ran = run(SUITE, "-k", "test_a", "--rh-cover-fail-under", "60")

    assert ran.ret == 1
    assert ran.section[0].startswith("Not green: too little is covered: 1 of 3 operations")


def test_a_run_that_was_stopped_concludes_nothing(run: Run) -> None:
    """Nobody knows what the tests would have covered that were not run."""
    ran = run(SUITE, "-x", "-p", "no:randomly", toml="contract.cover.operations = 100\n", a=404)

    assert ran.ret == 1
    assert "contract: too little" not in ran.text
    assert "operations checked" not in ran.text


def test_what_the_environment_kept_from_judging_is_not_held_against_tests(run: Run) -> None:
    """INVARIANT: weather makes no run red, by its coverage neither."""
    toml = f"contract.cover.operations = 100\n{PATIENT.replace('seconds = 60', 'seconds = 0')}"

    ran = run(SUITE, toml=toml, b=503)

    assert ran.ret == 75, ran.text
    assert (
        "contract: coverage is not judged, because the environment kept 1 test from judging"
        in ran.text
    )


@pytest.mark.parametrize(
    "check, checked",
    [
        pytest.param("assert answer.json() == {'id': 1}", 2, id="called"),
        pytest.param("expect(answer, 200, dict)", 3, id="held-by-the-test"),
    ],
)
def test_calls_of_every_client_count(run: Run, check: str, checked: int) -> None:
    """Sync and async, streams, other identities; a stream is checked by what the test expects."""
    source = CLIENTS.replace("{check}", check)

    ran = run(source, toml=f"{GUEST}contract.cover.operations = 60\n")

    assert ran.ret == 0, ran.text
    line = f"contract: {checked} of 3 operations checked, 3 of 3 statuses"
    assert any(told.startswith(line) for told in ran.section)


def test_workers_cover_together(run: Run) -> None:
    """INVARIANT: each worker saw a part, the run has seen the sum, and one file tells of what."""
    ran = run(SUITE, "-n2", toml="contract.cover.operations = 80\n")

    assert ran.ret == 1
    assert ran.section[0].startswith(f"Not green: {SHORT}")
    assert len(ran.files("contract", "*")) == 1
    assert {event["test_id"][-6:] for event in ran.of("covered")} == {"test_a", "test_b"}


def test_a_run_that_calls_nothing_covers_nothing(run: Run) -> None:
    """A threshold cannot be met by tests that never reach the API."""
    ran = run("def test_it():\n    pass\n", toml="contract.cover.operations = 1\n")

    assert ran.ret == 1
    assert "0 of 3 operations checked, 0 % of 1 % wanted" in ran.section[0]


def test_a_threshold_without_a_document_is_no_silent_success(
    suite: Suite, raw_server: Serve
) -> None:
    """INVARIANT: what cannot be measured is not taken for reached."""
    url = raw_server(raw.answer()).url

    ran = suite(SUITE, "--rh-cover-fail-under", "1", base_url=url)

    assert ran.ret == 1
    assert ran.section[0].startswith(
        "Not green: too little is covered: contract.cover wants a share"
    )
    assert "`openapi` names none" in ran.section[0]


def test_a_threshold_of_a_run_that_kept_nothing_is_no_silent_success(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    """INVARIANT: a full disk does not turn a threshold off."""
    monkeypatch.setattr("redhanded.session.coverage.universe_of", _full)

    ran = run(SUITE, toml="contract.cover.operations = 1\n")

    assert ran.ret == 1
    assert "nothing was kept of what the documents let tests see" in ran.section[0]


def _full(_: object) -> object:
    raise OSError(28, "No space left on device")
