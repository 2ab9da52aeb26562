"""A bad setting stops the run before the first test, in one sentence that says what to write."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.plugin.conftest import Ran

Suite = Callable[..., Ran]
NEVER = "def test_it(api):\n    raise SystemExit('a test ran')\n"


@pytest.mark.parametrize(
    ("toml", "sentence"),
    [
        pytest.param('base_url = "ftp://x"\n', "*http*", id="scheme"),
        pytest.param('base_urll = "http://x"\n', "*base_url*", id="unknown-key"),
        pytest.param("[tool.redhanded.tls]\nca = 'nowhere.pem'\n", "*nowhere.pem*", id="no-ca"),
        pytest.param(
            "[tool.redhanded.tls]\nverify = false\n", "*cannot be switched off*", id="tls"
        ),
        pytest.param(
            "[tool.redhanded.timeouts]\nconnect = 20\nread = 5\n", "*connect*read*", id="timeouts"
        ),
        pytest.param(
            "[tool.redhanded.auth]\nkind = 'bearer'\ntoken = 'literally-secret'\n",
            "*env:*",
            id="literal-secret",
        ),
    ],
)
def test_a_bad_setting_stops_the_run(suite: Suite, toml: str, sentence: str) -> None:
    """Exit code 4, the sentence, no traceback, no test."""
    ran = suite(NEVER, toml=toml)

    assert ran.result.ret == 4
    ran.result.stderr.fnmatch_lines([sentence])
    assert "Traceback" not in ran.text
    assert "a test ran" not in ran.text
    assert "literally-secret" not in ran.text


def test_a_missing_base_url_is_said_by_the_test_that_needs_it(suite: Suite) -> None:
    """The sentence names all three places where it can be written."""
    ran = suite("def test_it(api):\n    pass\n", toml='health = "/up"\n')

    assert ran.result.ret == 1
    for place in ("[tool.redhanded]", "REDHANDED_BASE_URL", "--rh-base-url"):
        assert place in ran.text


@pytest.mark.parametrize(
    "arguments", ["--rh-set=timeouts.read", "--rh-set==3", "--rh-seed=x", "--rh-set=nope=1"]
)
def test_a_bad_option_stops_the_run(suite: Suite, arguments: str) -> None:
    """The command line is a source like any other."""
    ran = suite(NEVER, arguments)

    assert ran.result.ret == 4
    assert "Traceback" not in ran.text


@pytest.mark.parametrize(
    "marker", ["slo", "slo()", "slo(0.3)", "slo(ceiling=0)", "slo(ceiling='x')", "slo(p95=1)"]
)
def test_a_marker_that_cannot_be_meant_stops_the_run(suite: Suite, marker: str) -> None:
    """File and line are named, before any test runs."""
    ran = suite(f"import pytest\n\n@pytest.mark.{marker}\n{NEVER}", "--rh-base-url=http://x")

    assert ran.result.ret == 4
    ran.result.stderr.fnmatch_lines(["*test_suite.py:*write @pytest.mark.slo(ceiling=0.3)*"])
