"""Canary tests: what a canary run is, what it records, and what a live target asks for first."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from tests.plugin.suites import Serve, Suite
from tests.servers import raw
from tests.servers.raw.steps import Script

LIVE = "live = true\n"
SOURCE = """
    import pytest
    from redhanded import expect

    def test_first(api):
        expect(api.get("/first"), 200)

    @pytest.mark.canary
    def test_known(api):
        expect(api.get("/known"), 200)

    @pytest.mark.canary
    def test_also_known(api):
        expect(api.get("/also"), 200)
"""


def kept(folder: Path) -> list[dict[str, Any]]:
    """The canary runs that the suite's folder holds."""
    file = folder / ".redhanded" / "canary.json"
    runs: dict[str, Any] = json.loads(file.read_text("utf-8"))["runs"]
    return [*runs.values()]


def test_a_green_canary_run_lets_all_tests_go(suite: Suite, raw_server: Serve) -> None:
    """INVARIANT: a live target gets all tests after a green canary run, its canary tests first."""
    server = raw_server(raw.answer_json({}))
    url = server.url

    refused = suite(SOURCE, base_url=url, toml=LIVE)
    canary = suite(SOURCE, "-m", "canary", base_url=url, toml=LIVE)
    whole = suite(SOURCE, base_url=url, toml=LIVE)

    assert refused.ret == 4
    assert f"{url} is live, and no canary run was green there: run `redhanded canary` first." in (
        refused.text
    )
    assert canary.ret == 0, canary.text
    assert f"the canary is green: {url} may get all tests for 60 min" in canary.text
    (run,) = kept(canary.folder)
    assert (run["origin"], run["is_green"], run["tests"]) == (url, True, 2)
    assert whole.ret == 0, whole.text
    assert re.search(r"live target, canary green \d+ s ago \(2 tests, run \w+\)", whole.text)
    asked = [request.target for request in server.requests]
    assert asked == ["/known", "/also", "/known", "/also", "/first"]


@pytest.mark.parametrize(
    "script",
    [
        pytest.param(raw.answer_json({}, status=500), id="red"),
        pytest.param(raw.close_on_accept(), id="inconclusive"),
    ],
)
def test_a_canary_that_does_not_hold_stops_all(
    suite: Suite, raw_server: Serve, script: Script
) -> None:
    """INVARIANT: on a live target nothing follows, and what was green before counts no more."""
    well, ill = raw_server(raw.answer_json({})), raw_server(script)
    suite(SOURCE, "-m", "canary", base_url=well.url, toml=LIVE)
    file = Path(".redhanded/canary.json")
    file.write_text(file.read_text("utf-8").replace(well.url, ill.url), "utf-8")

    ran = suite(SOURCE, base_url=ill.url, toml=f"{LIVE}diagnosis.enabled = false\n")
    again = suite(SOURCE, base_url=ill.url, toml=LIVE)

    assert ran.ret in (1, 75), ran.text
    assert "a canary test did not hold, and the target is live" in ran.text
    assert "/first" not in ran.paths
    assert [run["is_green"] for run in kept(ran.folder)] == [False]
    assert again.ret == 4
    assert re.search(r"its last canary run, \d+ s ago, did not hold", again.text)


def test_a_canary_test_that_an_outage_keeps_from_beginning_stops_all(
    suite: Suite, raw_server: Serve, closed_port: int
) -> None:
    """INVARIANT: it is not kept for later, while all other tests take their turns."""
    well, away = raw_server(raw.answer_json({})).url, f"http://127.0.0.1:{closed_port}"
    suite(SOURCE, "-m", "canary", base_url=well, toml=LIVE)
    file = Path(".redhanded/canary.json")
    file.write_text(file.read_text("utf-8").replace(well, away), "utf-8")

    weather = 'openapi = "/openapi.json"\nrequeue = { seconds = 1 }\n'
    ran = suite(SOURCE, "-v", base_url=away, toml=f"{LIVE}{weather}")

    assert "a canary test did not hold, and the target is live" in ran.text
    assert "test_first" not in ran.text
    assert "PARKED" not in ran.text
    assert [run["is_green"] for run in kept(ran.folder)] == [False]


def test_a_refused_run_asks_its_target_for_nothing(suite: Suite, raw_server: Serve) -> None:
    """INVARIANT: neither for a token nor for its document, which other runs fetch first."""
    server = raw_server(raw.answer_json({}))
    login = 'auth = { kind = "login", path = "/auth", body = { user = "a" } }\n'

    ran = suite(SOURCE, base_url=server.url, toml=f'{LIVE}{login}openapi = "/openapi.json"\n')

    assert ran.ret == 4
    assert "no canary run was green there" in ran.text
    assert not server.requests


@pytest.mark.parametrize(
    "arguments, sentence",
    [
        pytest.param(["-m", "canary"], "a canary run goes one test after another", id="a canary"),
        pytest.param([], "live, and no canary run was green there", id="all tests"),
    ],
)
def test_workers_are_refused_before_any_test(
    suite: Suite, raw_server: Serve, arguments: list[str], sentence: str
) -> None:
    """A canary run is single-threaded, and the controller decides once for all others."""
    server = raw_server(raw.answer_json({}))
    live = "" if arguments else LIVE

    ran = suite(SOURCE, "-n2", *arguments, base_url=server.url, toml=live)

    assert ran.ret == 4, ran.text
    assert ran.text.count(sentence) == 1
    assert not server.requests
    assert not ran.shows_our_frames


def test_workers_go_to_a_live_target_whose_canary_is_green(suite: Suite, raw_server: Serve) -> None:
    """Workers are told what their controller has decided."""
    url = raw_server(raw.answer_json({})).url
    suite(SOURCE, "-m", "canary", base_url=url, toml=LIVE)

    ran = suite(SOURCE, "-n2", base_url=url, toml=LIVE)

    assert ran.ret == 0, ran.text
    assert "Green: all 3 tests held" in ran.section[0]


@pytest.mark.parametrize(
    "arguments, code",
    [
        pytest.param(["--collect-only"], 0, id="collect-only"),
        pytest.param(["--fixtures"], 0, id="fixtures"),
        pytest.param(["-k", "nothing_of_that_name"], 5, id="nothing selected"),
    ],
)
def test_what_sends_nothing_is_not_refused(suite: Suite, arguments: list[str], code: int) -> None:
    """Whoever only looks at a suite needs no canary."""
    ran = suite(SOURCE, *arguments, base_url="http://127.0.0.1:9", toml=LIVE)

    assert ran.ret == code, ran.text
    assert "is live, and" not in ran.text


def test_elsewhere_canary_tests_are_tests_like_all_others(suite: Suite, raw_server: Serve) -> None:
    """A target that is not live gets them in their place, and nothing is kept of them."""
    ran = suite(SOURCE, base_url=raw_server(raw.answer_json({})).url)

    assert ran.ret == 0, ran.text
    assert ran.paths == ["/first", "/known", "/also"]
    assert not (ran.folder / ".redhanded" / "canary.json").exists()


@pytest.mark.parametrize(
    "body, why",
    [
        pytest.param("assert 1", "no test has sent it a request", id="no request"),
        pytest.param("api.get('/x')", "not all of its tests held", id="no check"),
        pytest.param("import pytest; pytest.skip()", "not all of its tests held", id="skipped"),
    ],
)
def test_a_canary_run_that_shows_nothing_vouches_for_nothing(
    suite: Suite, raw_server: Serve, body: str, why: str
) -> None:
    """INVARIANT: a canary is green by a request to the target and by a check, not by silence."""
    source = f"""
        import pytest

        @pytest.mark.canary
        def test_it(api):
            {body}
    """
    url = raw_server(raw.answer_json({})).url

    vacuous = "allow" if "1" in body else "refuse"

    ran = suite(source, base_url=url, toml=f'{LIVE}vacuous = "{vacuous}"')

    assert f"this canary run says nothing of {url}: {why}" in ran.text
    assert not (ran.folder / ".redhanded" / "canary.json").exists()


@pytest.mark.parametrize(
    "arguments",
    [
        pytest.param(["-m", "canary", "-k", "also"], id="by an expression"),
        pytest.param(["test_suite.py::test_also_known"], id="by name"),
        pytest.param(["-m", "canary", "--lf"], id="what failed last"),
    ],
)
def test_a_part_of_the_canary_vouches_for_nothing(
    suite: Suite, raw_server: Serve, arguments: list[str]
) -> None:
    """INVARIANT: a canary test that holds does not make up for one that is left out."""
    url = raw_server(raw.answer_json({})).url

    ran = suite(SOURCE, *arguments, base_url=url, toml=LIVE)

    assert ran.ret == 0, ran.text
    assert f"this canary run says nothing of {url}: some of the canary tests were left out" in (
        ran.text
    )
    assert not (ran.folder / ".redhanded" / "canary.json").exists()


def test_a_canary_run_has_a_fixed_order(suite: Suite, raw_server: Serve) -> None:
    """Whoever shuffles tests does not shuffle these: they run as they were collected."""
    reverse = "def pytest_collection_modifyitems(items):\n    items.reverse()\n"
    Path("conftest.py").write_text(reverse, "utf-8")

    ran = suite(SOURCE, "-m", "canary", base_url=raw_server(raw.answer_json({})).url)

    assert ran.paths == ["/known", "/also"]


def test_canary_tests_draw_the_same_data_each_time(suite: Suite, raw_server: Serve) -> None:
    """Their data is known-good: it changes with a seed that is given by hand, else never."""
    source = """
        import pytest
        from pydantic import BaseModel

        class Name(BaseModel):
            number: int

        @pytest.mark.canary
        def test_known(api, make):
            print("canary", make(Name).number)
            assert api.get("/x").status_code == 200

        def test_other(api, make):
            print("other", make(Name).number)
            assert api.get("/x").status_code == 200
    """
    url = raw_server(raw.answer_json({})).url

    def drawn(*arguments: str) -> dict[str, str]:
        text = suite(source, "-rP", *arguments, base_url=url).text
        lines = [line.split() for line in text.splitlines()]
        return {line[0]: line[1] for line in lines if line[:1] in (["canary"], ["other"])}

    one, two, by_hand = drawn(), drawn(), drawn("--rh-seed=7")

    assert one["canary"] == two["canary"] != by_hand["canary"]
    assert one["other"] != two["other"]


def test_another_origin_is_another_target(suite: Suite, raw_server: Serve) -> None:
    """INVARIANT: a canary vouches for the very origin that it has asked."""
    one, other = (raw_server(raw.answer_json({})).url for _ in range(2))
    suite(SOURCE, "-m", "canary", base_url=one, toml=LIVE)

    ran = suite(SOURCE, f"--rh-base-url={other}", base_url=one, toml=LIVE)

    assert ran.ret == 4
    assert f"run `redhanded canary -- --rh-base-url={other}` first" in ran.text


@pytest.mark.parametrize(
    "text", ["", "{", '{"version": 2}', '{"version": 1, "runs": {"x": {}}}'], ids=repr
)
def test_a_record_that_cannot_be_read_is_none(suite: Suite, raw_server: Serve, text: str) -> None:
    """A broken file refuses in a sentence, and the next canary run writes it anew."""
    url = raw_server(raw.answer_json({})).url
    Path(".redhanded").mkdir()
    Path(".redhanded/canary.json").write_text(text, "utf-8")

    refused = suite(SOURCE, base_url=url, toml=LIVE)
    canary = suite(SOURCE, "-m", "canary", base_url=url, toml=LIVE)

    assert refused.ret == 4
    assert "no canary run was green there" in refused.text
    assert not refused.shows_our_frames
    assert [run["is_green"] for run in kept(canary.folder)] == [True]
    assert "can be read: none counts" in canary.text
