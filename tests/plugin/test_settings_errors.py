"""A bad setting stops the run before the first test, in one sentence that says what to write."""

from __future__ import annotations

import pytest

from tests.plugin.suites import Suite

NEVER = "def test_it(api):\n    raise SystemExit('a test ran')\n"


@pytest.mark.parametrize(
    "toml, sentence",
    [
        pytest.param('base_url = "ftp://x"\n', "base_url*http*", id="scheme"),
        pytest.param('base_urll = "http://x"\n', "base_urll*base_url*", id="unknown-key"),
        pytest.param("[tool.redhanded.tls]\nca = 'nowhere.pem'\n", "tls.ca*nowhere.pem*", id="ca"),
        pytest.param(
            "[tool.redhanded.tls]\nverify = false\n", "*cannot be switched off*", id="tls"
        ),
        pytest.param(
            "[tool.redhanded.timeouts]\nconnect = 20\nread = 5\n",
            "timeouts.connect*timeouts.read*",
            id="timeouts",
        ),
        pytest.param(
            "[tool.redhanded.auth]\nkind = 'bearer'\ntoken = 'literally-secret'\n",
            "auth.token*env:*",
            id="literal-secret",
        ),
    ],
)
def test_a_bad_setting_stops_the_run(suite: Suite, toml: str, sentence: str) -> None:
    """Exit code 4, the sentence, no traceback, no test."""
    ran = suite(NEVER, toml=toml)

    assert ran.ret == 4
    ran.result.stderr.fnmatch_lines(
        [f"ERROR: redhanded: pyproject.toml [[]tool.redhanded[]]: {sentence}"]
    )
    assert "Traceback" not in ran.text
    assert "a test ran" not in ran.text
    assert "literally-secret" not in ran.text


@pytest.mark.parametrize("option", ["--help", "--markers", "--version", "--collect-only"])
def test_looking_around_needs_no_good_settings(suite: Suite, option: str) -> None:
    """Nothing is going to run, so nothing is refused and nothing is left behind."""
    ran = suite(NEVER, option, toml='base_urll = "http://x"\n')

    assert ran.ret == 0
    assert not (ran.folder / ".redhanded").exists()


@pytest.mark.parametrize("toml", ['health = "/up"\n', ""], ids=["configured", "not-configured"])
def test_a_missing_base_url_is_said_by_the_test_that_needs_it(suite: Suite, toml: str) -> None:
    """The sentence names all three places where it can be written, and no frame of ours."""
    ran = suite("def test_it(api):\n    pass\n", toml=toml)

    sentence = (
        "TEST BUG test.usage: no base URL is set: write base_url in [tool.redhanded] of "
        "pyproject.toml, set REDHANDED_BASE_URL, or give --rh-base-url"
    )
    assert ran.ret == 1
    assert sentence in ran.result.stdout.lines
    assert not ran.shows_our_frames
    assert "All traceback entries are hidden" not in ran.text


@pytest.mark.parametrize(
    "argument", ["--rh-set=timeouts.read", "--rh-set==3", "--rh-seed=x", "--rh-set=nope=1"]
)
def test_a_bad_option_stops_the_run(suite: Suite, argument: str) -> None:
    """The command line is a source like any other."""
    ran = suite(NEVER, argument)

    assert ran.ret == 4
    assert "ERROR: " in ran.text
    assert "Traceback" not in ran.text


def test_an_option_gives_any_setting(suite: Suite) -> None:
    """--rh-set takes JSON, and a text where it is none."""
    source = """
        def test_it(settings):
            assert settings.timeouts.read == 12.5
            assert settings.http2 is False
            assert settings.health == "/up"
            assert str(settings.folder).endswith("elsewhere")
    """
    given = ["timeouts.read=12.5", "http2=false", "health=/up"]

    ran = suite(source, *(f"--rh-set={pair}" for pair in given), "--rh-folder=elsewhere")

    assert ran.ret == 0, ran.text
    assert (ran.folder / "elsewhere" / "runs").is_dir()


@pytest.mark.parametrize(
    "name, text",
    [
        pytest.param("redhanded.local.toml", 'health = "/up"\n', id="local-file"),
        pytest.param(".env", "REDHANDED_HEALTH=/up\n", id="dotenv"),
    ],
)
def test_a_run_begins_wherever_it_is_configured(
    suite: Suite, pytester: pytest.Pytester, name: str, text: str
) -> None:
    """The header names target, run and seed before any test asks for something."""
    (pytester.path / name).write_text(text, "utf-8")

    ran = suite("def test_it():\n    pass\n")

    ran.result.stdout.fnmatch_lines(["redhanded: no base URL, run *, seed *"])


def test_a_variable_configures_a_run(suite: Suite, monkeypatch: pytest.MonkeyPatch) -> None:
    """REDHANDED_* is enough."""
    monkeypatch.setenv("REDHANDED_BASE_URL", "http://127.0.0.1:9")

    ran = suite("def test_it():\n    pass\n")

    ran.result.stdout.fnmatch_lines(["redhanded: http://127.0.0.1:9, run *"])


@pytest.mark.parametrize(
    "marker",
    [
        "slo",
        "slo()",
        "slo(0.3)",
        "slo(ceiling=0)",
        "slo(ceiling='x')",
        "slo(ceiling=10**400)",
        "slo(ceiling=True)",
        "slo(p50=1)",
        "slo(p95=-1)",
        "slo(p95=0.3, p99=None)",
        "slo(errors=0)",
        "slo(errors=1)",
    ],
)
def test_a_marker_that_cannot_be_meant_stops_the_run(suite: Suite, marker: str) -> None:
    """File and line are named, before any test runs."""
    ran = suite(f"import pytest\n\n@pytest.mark.{marker}\n{NEVER}", "--rh-base-url=http://x")

    assert ran.ret == 4
    ran.result.stderr.fnmatch_lines(["*test_suite.py:*write @pytest.mark.slo(ceiling=0.3)*"])


def test_a_marker_that_only_workers_see_stops_the_run_alike(suite: Suite) -> None:
    """The controller collects nothing itself; it says what its workers refused, once."""
    source = f"import pytest\n\n@pytest.mark.slo\n{NEVER}"

    ran = suite(source, "-n2", "--rh-base-url=http://x")

    assert ran.ret == 4
    assert ran.text.count("write @pytest.mark.slo(ceiling=0.3)") == 1
    assert ran.of("test_started") == []
    assert not ran.shows_our_frames


def test_the_extra_for_http2_is_named(suite: Suite, monkeypatch: pytest.MonkeyPatch) -> None:
    """What cannot be had stops the run like a bad setting."""
    monkeypatch.setitem(__import__("sys").modules, "h2", None)

    ran = suite(NEVER, toml="http2 = true\n")

    assert ran.ret == 4
    assert "ERROR: redhanded: http2 = true needs an extra: pip install" in ran.text
