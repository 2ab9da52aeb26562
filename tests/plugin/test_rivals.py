"""A plugin that runs every failed test again is named, and what it makes green is not a pass."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from redhanded.plugin import rivals
from redhanded.plugin.crashes import Crashes
from redhanded.session.session import Session
from redhanded.session.sources import load
from tests.plugin.sky import PATIENT, Sky
from tests.plugin.suites import Ran, Serve, Suite
from tests.servers import raw

ONE = "from redhanded import expect\n\ndef test_one(api):\n    expect(api.get('/one'), 200)\n"
MARKED = ONE.replace("def test_one", "import pytest\n\n@pytest.mark.flaky(reruns=2)\ndef test_one")
WARNING = (
    "pytest-rerunfailures runs failed tests again, whatever made them fail: what holds only then "
    "counts as recovered, and redhanded's own requeue stands down"
)
PLAIN = '[tool.pytest]\nasyncio_default_fixture_loop_scope = "function"\n'


def failing_once(status: int) -> raw.Script:
    """An API that gives that answer first, and a good one ever after."""
    answers = iter([status])
    return raw.reply(lambda _: raw.message(next(answers, 200)))


@pytest.mark.parametrize(
    "source, arguments, head, is_in_header",
    [
        pytest.param(ONE, ["--reruns=2"], PLAIN, True, id="option"),
        pytest.param(ONE, ["--force-reruns=2"], PLAIN, True, id="forced"),
        pytest.param(ONE, [], f'{PLAIN}reruns = "2"\n', True, id="ini"),
        pytest.param(MARKED, [], PLAIN, False, id="marker"),
    ],
)
def test_a_plugin_at_work_is_named_and_ours_stands_down(  # noqa: PLR0917  asked for by name
    suite: Suite,
    raw_server: Serve,
    sky: Sky,
    source: str,
    arguments: list[str],
    head: str,
    *,
    is_in_header: bool,
) -> None:
    """A marker is known once tests are collected; an option, before."""
    url = raw_server(failing_once(503)).url

    ran = suite(source, *arguments, base_url=url, toml=PATIENT, head=head)

    assert ran.ret == 0, ran.text
    assert (f"\nredhanded: {WARNING}" in ran.text) is is_in_header
    assert f"note: {WARNING}" in ran.section
    assert sky.waits == []
    assert ran.verdicts == {"test_one": "recovered"}
    assert ran.codes == {"test_one": ["run.foreign_rerun"]}


@pytest.mark.parametrize(
    "source, arguments",
    [
        pytest.param(ONE, [], id="installed"),
        pytest.param(ONE, ["--reruns=0"], id="none-asked"),
        pytest.param(MARKED, ["-p", "no:rerunfailures"], id="switched-off"),
    ],
)
def test_a_plugin_that_does_nothing_is_not_named(
    suite: Suite, raw_server: Serve, sky: Sky, source: str, arguments: list[str]
) -> None:
    """It is enough that it is installed for nobody to hear of it, and ours is at work."""
    ran = suite(source, *arguments, base_url=raw_server(sky.script()).url, toml=PATIENT, head=PLAIN)

    assert (ran.ret, len(sky.waits)) == (0, 1)
    assert "rerunfailures runs" not in ran.text
    assert ran.codes == {"test_one": ["http.unavailable"]}


def rerun(suite: Suite, raw_server: Serve, *statuses: int, workers: int = 0) -> Ran:
    """A run with two reruns against an API that answers so, one after the other."""
    answers = iter(statuses)
    script = raw.reply(lambda _: raw.message(next(answers, statuses[-1])))
    arguments = [f"-n{workers}"] if workers else []
    toml = PATIENT
    return suite(
        ONE, "--reruns=2", *arguments, base_url=raw_server(script).url, toml=toml, head=PLAIN
    )


def test_weather_that_another_plugin_rode_out_is_recovered(suite: Suite, raw_server: Serve) -> None:
    """It is on its own line, with what was met at first."""
    ran = rerun(suite, raw_server, 503, 200)

    assert ran.ret == 0
    line = "  R RECOVERED run.foreign_rerun: inconclusive http.unavailable at first, then held when"
    assert ran.section[1].startswith(line)
    assert [e["round"] for e in ran.of("test_ended")] == [0, 1]


@pytest.mark.parametrize("workers", [0, 1], ids=["alone", "xdist"])
def test_a_defect_that_another_plugin_ran_green_is_not_green(
    suite: Suite, raw_server: Serve, workers: int
) -> None:
    """A later success does not erase an earlier failure."""
    ran = rerun(suite, raw_server, 404, 200, workers=workers)

    assert ran.ret == 1
    assert ran.verdicts == {"test_one": "recovered"}
    assert ran.section[0] == (
        "Not green: 1 of 1 tests met a fault of the API, and held only when another plugin ran "
        "them again."
    )


def test_what_fails_each_time_is_red_once(suite: Suite, raw_server: Serve) -> None:
    """The rounds before the last one are none of pytest's failures, nor of ours."""
    ran = rerun(suite, raw_server, 409)

    assert ran.ret == 1
    assert ran.section[0] == "Red: 1 defect; 0 of 1 test held."
    assert "round 2: DEFECT status: 409, want 200" in ran.text
    ran.result.assert_outcomes(failed=1)


def test_what_stays_unjudged_each_time_is_inconclusive(suite: Suite, raw_server: Serve) -> None:
    """Whoever ran it again."""
    ran = rerun(suite, raw_server, 503)

    assert ran.ret == 75
    assert ran.section[0].startswith("Not judged: 1 of 1 test")


INSIDE = """
    import pytest

    def pytest_configure(config):
        config.addinivalue_line("markers", "flaky: run again")

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_runtest_makereport(item, call):
        report = yield
        if report.when == "call" and report.failed:
            report.outcome, report.longrepr = "passed", None
        return report
"""


@pytest.mark.parametrize("status, code", [(404, 1), (503, 0)], ids=["red", "unjudged"])
def test_a_plugin_that_runs_a_test_again_inside_its_report_is_seen(
    suite: Suite, raw_server: Serve, pytester: pytest.Pytester, status: int, code: int
) -> None:
    """Its report says passed where our verdict does not: that verdict is not forgotten."""
    pytester.makeconftest(INSIDE)
    toml = PATIENT.replace("seconds = 60", "seconds = 0")

    ran = suite(ONE, base_url=raw_server(failing_once(status)).url, toml=toml)

    assert ran.ret == code, ran.text
    assert "R RECOVERED run.foreign_rerun: " in ran.text
    assert "then held when another plugin ran it again" in ran.text


TWICE = """
    def pytest_runtest_protocol(item, nextitem):
        runner = item.config.pluginmanager.get_plugin("runner")
        return all([runner.pytest_runtest_protocol(item, nextitem) for _ in range(2)])
"""


def test_a_plugin_that_was_not_known_may_be_faster_than_ours(
    suite: Suite, raw_server: Serve, sky: Sky, pytester: pytest.Pytester
) -> None:
    """What it has run again already is not run once more."""
    pytester.makeconftest(TWICE)

    ran = suite(ONE, base_url=raw_server(failing_once(503)).url, toml=PATIENT)

    assert (ran.ret, sky.waits, ran.paths) == (0, [], ["/one", "/one"])
    assert ran.verdicts == {"test_one": "recovered"}


def test_a_crash_that_another_plugin_makes_good_is_not_told(tmp_path: Path) -> None:
    """A report that says so is left to that plugin."""
    report = pytest.TestReport("t.py::t", ("t.py", 1, "t"), {}, "rerun", None, "call")  # type: ignore[arg-type]
    session = Session(load(tmp_path, environ={}), run_id="run", seed=1)

    Crashes(session).pytest_handlecrashitem("t.py::t", report)

    assert (report.outcome, report.user_properties) == ("rerun", [])
    session.close(0)


@dataclass
class Config:
    """pytest's configuration, with plugins that are not installed here."""

    names: list[str]
    options: dict[str, Any] = field(default_factory=dict)
    inis: dict[str, Any] = field(default_factory=dict)

    @property
    def pluginmanager(self) -> Any:  # noqa: ANN401
        dists = [SimpleNamespace(metadata={"name": name}) for name in self.names]
        return SimpleNamespace(list_plugin_distinfo=lambda: [(None, dist) for dist in dists])

    def getoption(self, name: str, default: object = None) -> object:
        return self.options.get(name, default)

    def getini(self, name: str) -> object:
        return self.inis.get(name, "")


@pytest.mark.parametrize(
    "config, name",
    [
        pytest.param(Config(["flaky"], {"force_flaky": True}), "flaky", id="flaky"),
        pytest.param(Config(["flaky"], {"force_flaky": False}), "", id="flaky-idle"),
        pytest.param(Config(["pytest-retry"], {"retries": 2}), "pytest-retry", id="retry"),
        pytest.param(Config(["pytest-retry"], {}, {"retries": "2"}), "pytest-retry", id="ini"),
        pytest.param(Config(["pytest-retry"], {"retries": 0}, {"retries": "2"}), "", id="wins"),
        pytest.param(Config(["pytest-retry"], {}, {"retries": "many"}), "", id="no-number"),
        pytest.param(Config(["pytest-cov"], {"retries": 2}), "", id="somebody-elses-option"),
    ],
)
def test_other_plugins_are_known_by_their_options(config: Any, name: str) -> None:  # noqa: ANN401
    """An option goes before an ini value, as it does for the plugin itself."""
    assert rivals.at_work(config) == name
