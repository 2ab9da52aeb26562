"""`redhanded doctor`: each check alone, then the command."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from importlib.metadata import PackageNotFoundError
from pathlib import Path

import pytest

import redhanded
from redhanded.cli.checks import installation
from redhanded.cli.checks.api import api_checks, clock_check
from redhanded.cli.checks.check import Check, Level
from redhanded.cli.checks.fleet import fleet_checks
from redhanded.cli.checks.plugins import plugin_checks
from redhanded.cli.checks.project import folder_check, proxy_check, settings_check
from redhanded.cli.checks.versions import number, package_checks
from redhanded.core.attempt import Attempt, Phase
from redhanded.core.errors import UsageError
from redhanded.core.settings import Fleet, Settings
from tests.cli.conftest import Run
from tests.core.attempts import attempt
from tests.servers import raw
from tests.servers.fixtures import StartRaw
from tests.servers.redis import RedisServer

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
API = Settings(base_url="http://api.test")
HTML = (("Content-Type", "text/html"),)


def by_name(checks: list[Check], name: str) -> Check:
    """The first check of a subject."""
    return next(check for check in checks if check.name == name)


def test_the_versions_that_matter_are_told() -> None:
    """A report of a fault begins with these."""
    installed = {"redhanded": "0.1.0", "httpx2": "2.16.2", "pydantic": "2.12.0", "pytest": "9.2.0"}

    checks = list(package_checks(installed.get, ["httpx2<3,>=2.16.2", "pytest>=9.0"]))

    assert checks == [
        Check("packages", "ok", "redhanded 0.1.0, httpx2 2.16.2, pydantic 2.12.0, pytest 9.2.0")
    ]


@pytest.mark.parametrize(
    "requirement, text",
    [
        pytest.param(
            "pytest>=9.0",
            "pytest 8.4.2 is older than 9.0, which redhanded needs: pip install 'pytest>=9.0'.",
            id="too-old",
        ),
        pytest.param(
            "rich[all]>=14",
            "rich is not installed, and redhanded needs 14 or newer: pip install 'rich>=14'.",
            id="missing",
        ),
    ],
)
def test_a_package_that_is_too_old_is_a_problem(requirement: str, text: str) -> None:
    """What redhanded asks for is what its own metadata says."""
    checks = list(package_checks({"pytest": "8.4.2"}.get, [requirement]))

    assert checks[1:] == [Check("packages", "problem", text)]


def test_an_extra_that_nobody_asked_for_is_no_problem() -> None:
    """Optional packages may be missing."""
    requires = ["fastapi>=0.120; extra == 'lab'", "colorama"]

    assert len(list(package_checks(lambda _: None, requires))) == 1


@pytest.mark.parametrize(
    "version, numbers",
    [("9.10.1", (9, 10, 1)), ("9.2.0rc1", (9, 2, 0)), ("unknown", ())],
    ids=["release", "candidate", "none"],
)
def test_a_version_is_compared_by_its_numbers(version: str, numbers: tuple[int, ...]) -> None:
    """9.10 is newer than 9.9."""
    assert number(version) == numbers


@pytest.mark.parametrize(
    "name, version, words",
    [
        pytest.param("pytest-rerunfailures", "16.7", "a real bug can pass", id="reruns"),
        pytest.param("flaky", "3.8", "a real bug can pass", id="flaky"),
        pytest.param("pytest-retry", "1.7", "a real bug can pass", id="retry"),
        pytest.param("pytest_httpx", "0.36", "httpx2.MockTransport", id="spelled-otherwise"),
        pytest.param("pytest-asyncio", "0.21.1", "upgrade it", id="too-old"),
    ],
)
def test_a_plugin_that_fights_is_a_warning(name: str, version: str, words: str) -> None:
    """It is named with its version, why it fights, and what to do."""
    (check,) = plugin_checks({name: version, "pytest-cov": "7.1"})

    assert check.level == "warning"
    assert check.text.startswith(f"{name} {version} ")
    assert words in check.text


def test_plugins_that_keep_the_peace_are_counted() -> None:
    """A plugin that fought once and does no longer is left alone."""
    peaceful = {"pytest-asyncio": "1.10.0", "pytest-xdist": "3.8.0", "pytest-cov": "7.1"}

    assert list(plugin_checks(peaceful)) == [
        Check("plugins", "ok", "none of 3 pytest plugins fights with redhanded")
    ]


def test_the_installed_plugins_are_found_by_their_entry_point() -> None:
    """Every distribution with a pytest plugin counts, whatever it is called."""
    assert "pytest-xdist" in installation.pytest_plugins()
    assert "click" not in installation.pytest_plugins()


def test_redhanded_need_not_be_installed(monkeypatch: pytest.MonkeyPatch) -> None:
    """A checkout on the path has no metadata, so it asks for nothing."""

    def missing(name: str) -> None:
        raise PackageNotFoundError(name)

    monkeypatch.setattr(installation, "requires", missing)
    monkeypatch.setattr(installation, "version", missing)

    checks = list(installation.installation_checks())

    assert by_name(checks, "packages").text.startswith("redhanded (not installed), ")
    assert [check.name for check in checks].count("packages") == 1


def test_a_distribution_that_is_missing_has_no_version() -> None:
    """That is an answer, and no error."""
    assert installation.installed_version("no-such-distribution") is None


def api_check(seen: Attempt) -> Check:
    """What the doctor makes of one look."""
    return next(api_checks(API, lambda _: seen))


@pytest.mark.parametrize(
    "seen, level, words",
    [
        pytest.param(
            attempt(elapsed=0.012, marks=((Phase.CONNECT, 0.0), (Phase.WAIT, 0.01))),
            "ok",
            "http://api.test/health answered 200 in 12 ms (connect 10 ms, first byte 2 ms)",
            id="well",
        ),
        pytest.param(attempt(status=204, marks=()), "ok", "answered 204 in 125 ms", id="empty"),
        pytest.param(attempt(received=HTML), "warning", "correct base_url or health.", id="a-page"),
        pytest.param(
            attempt(received=HTML, response_body=b""), "ok", "200 with HTML", id="an-empty-page"
        ),
        pytest.param(attempt(status=404), "warning", "set health to a path", id="wrong-path"),
        pytest.param(attempt(status=401), "warning", "without login.", id="login"),
        pytest.param(attempt(status=302), "warning", "set health to a path", id="redirect"),
        pytest.param(attempt(status=503), "problem", "the API is not well", id="ill"),
    ],
)
def test_an_answer_is_judged(seen: Attempt, level: Level, words: str) -> None:
    """Only a good answer without login is fit to tell weather from defect."""
    check = api_check(seen)

    assert check.level == level
    assert words in check.text


@pytest.mark.parametrize(
    "row, words",
    [
        ("dns_no_such_name", "no such host; correct the host in base_url."),
        ("refused", "connection refused; start the API"),
        ("connect_timeout", "see whether a firewall or a VPN"),
        ("certificate", "set tls.ca"),
        ("tls_handshake", "write http://"),
        ("read_timeout", "see what the API is busy with."),
        ("cut_after_headers", "see what answers there."),
    ],
    ids=["dns", "refused", "no-connection", "certificate", "no-tls", "silence", "cut"],
)
def test_an_api_that_cannot_be_reached_is_a_problem(row: str, words: str) -> None:
    """The step that failed is named, and what to do about it."""
    check = api_check(attempt(status=None, row=row))

    assert check.level == "problem"
    assert check.text.startswith("http://api.test/health: ")
    assert words in check.text


def test_the_tls_handshake_is_timed() -> None:
    """Where TLS was spoken, its share is told."""
    marks = ((Phase.CONNECT, 0.0), (Phase.TLS, 0.01), (Phase.SEND, 0.04), (Phase.WAIT, 0.041))

    assert "(connect 10 ms, TLS 30 ms, first byte 84 ms)" in api_check(attempt(marks=marks)).text


def test_without_a_base_url_nothing_is_asked() -> None:
    """The sentence says where to write one."""

    def never(url: str) -> Attempt:
        pytest.fail(f"{url} was asked")

    (check,) = api_checks(Settings(), never)

    assert check.level == "warning"
    assert "REDHANDED_BASE_URL" in check.text


def test_a_client_that_cannot_be_opened_is_a_problem() -> None:
    """A missing extra is told in its own words."""

    def refuse(_: str) -> Attempt:
        raise UsageError("http2 = true needs an extra: pip install 'redhanded[http2]'")

    (check,) = api_checks(API, refuse)

    assert check == Check(
        "api", "problem", "http2 = true needs an extra: pip install 'redhanded[http2]'."
    )


def dated(ahead: float, *, age: str = "") -> Attempt:
    """An answer from a server whose clock is so many seconds ahead."""
    date = format_datetime(NOW + timedelta(seconds=ahead), usegmt=True)
    headers = (("Date", date), *([("Age", age)] if age else []))
    return attempt(started_at=NOW.timestamp(), elapsed=0.0, received=headers)


@pytest.mark.parametrize(
    "ahead, level, words",
    [
        pytest.param(0, "ok", "within 5 s", id="same"),
        pytest.param(-5, "ok", "within 5 s", id="tolerated"),
        pytest.param(6, "warning", "is 6 s ahead of", id="ahead"),
        pytest.param(-90, "warning", "is 90 s behind", id="behind"),
        pytest.param(3600, "warning", "is 1 hour ahead of", id="an-hour"),
        pytest.param(-7203, "warning", "is 2 hours behind", id="two-hours"),
        pytest.param(3600 + 300, "warning", "is 3900 s ahead of", id="not-quite-an-hour"),
    ],
)
def test_clocks_are_compared(ahead: float, level: Level, words: str) -> None:
    """A difference above five seconds is told; one of whole hours by that name."""
    check = clock_check(dated(ahead))

    assert check.level == level
    assert words in check.text


def test_whole_hours_point_to_a_time_zone() -> None:
    """The cure for an hour is another than that for a minute."""
    assert "time zone or summer time" in clock_check(dated(3600)).text
    assert "time server" in clock_check(dated(60)).text


@pytest.mark.parametrize("age, level", [("600", "ok"), ("old", "warning")], ids=["age", "junk"])
def test_an_answer_out_of_a_cache_is_as_much_older(age: str, level: Level) -> None:
    """A cached answer's Date is when it was made; Age says how long ago."""
    assert clock_check(dated(-600, age=age)).level == level


@pytest.mark.parametrize(
    "headers, level, words",
    [
        pytest.param((), "ok", "sends no Date", id="none"),
        pytest.param((("Date", "tomorrow"),), "warning", "is no date", id="junk"),
    ],
)
def test_a_date_may_be_missing_or_wrong(
    headers: tuple[tuple[str, str], ...], level: Level, words: str
) -> None:
    """What cannot be compared is said."""
    check = clock_check(attempt(received=headers))

    assert check.level == level
    assert words in check.text


def test_the_sources_of_the_settings_are_told(tmp_path: Path) -> None:
    """Each source once, defaults left out."""
    check = settings_check(tmp_path, ["default", "environment REDHANDED_SEED", "default"])

    assert check == Check("settings", "ok", f"from environment REDHANDED_SEED in {tmp_path}")


def test_a_project_without_settings_is_a_warning(tmp_path: Path) -> None:
    """The sentence says where to write them."""
    check = settings_check(tmp_path, ["default"])

    assert check.level == "warning"
    assert "[tool.redhanded]" in check.text


def test_a_folder_that_does_not_exist_yet_can_be_made(tmp_path: Path) -> None:
    """INVARIANT: looking leaves nothing behind."""
    check = folder_check(tmp_path / "a" / "b")

    assert check.level == "ok"
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_is_a_file_is_a_problem(tmp_path: Path) -> None:
    """Evidence could not be written there."""
    (tmp_path / "file").touch()

    check = folder_check(tmp_path / "file")

    assert check.level == "problem"
    assert "cannot be written" in check.text


def test_a_full_disk_is_a_warning(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Better told now than in the middle of a run."""
    usage = type("Usage", (), {"free": 5 * 1024 * 1024})()
    monkeypatch.setattr("redhanded.cli.checks.project.shutil.disk_usage", lambda _: usage)

    check = folder_check(tmp_path)

    assert check.level == "warning"
    assert "5 MiB left" in check.text


@pytest.mark.parametrize(
    "project, environ, level, words",
    [
        pytest.param(Settings(), {}, "ok", "none", id="none"),
        pytest.param(Settings(), {"HTTP_PROXY": ""}, "ok", "none", id="empty"),
        pytest.param(
            Settings(),
            {"https_proxy": "http://user:secret@proxy", "HTTP_PROXY": "http://proxy"},
            "warning",
            "(HTTP_PROXY, https_proxy)",
            id="not-used",
        ),
        pytest.param(
            Settings(trust_env=True), {"ALL_PROXY": "x"}, "ok", "as trust_env says", id="trusted"
        ),
        pytest.param(
            Settings(proxy="http://proxy.test:3128"),
            {"HTTP_PROXY": "x"},
            "ok",
            "http://proxy.test:3128, as the settings say",
            id="set",
        ),
    ],
)
def test_proxies_are_told(
    project: Settings, environ: dict[str, str], level: Level, words: str
) -> None:
    """INVARIANT: variables are named, their values, which may hold passwords, are not."""
    check = proxy_check(project, environ)

    assert check.level == level
    assert words in check.text
    assert "secret" not in check.text


def test_a_healthy_project_ends_with_0(run: Run, raw_server: StartRaw) -> None:
    """Everything is looked at, and nothing is left to do."""
    server = raw_server(raw.dated(datetime.now(UTC)))

    result = run("doctor", REDHANDED_BASE_URL=server.url)

    assert result.exit_code == 0
    names = [line.split()[1] for line in result.stdout.splitlines()[:-1]]
    assert list(dict.fromkeys(names)) == [
        *("python", "packages", "plugins", "settings", "api", "clock", "folder", "proxy"),
        *("load", "canary"),
    ]
    assert redhanded.__version__ in result.stdout


def test_a_problem_ends_with_1(run: Run, closed_port: int) -> None:
    """Whoever calls the doctor from a script learns it by the code."""
    result = run("doctor", REDHANDED_BASE_URL=f"http://127.0.0.1:{closed_port}")

    assert result.exit_code == 1
    assert "problem  api" in result.stdout
    assert result.stdout.splitlines()[-1].startswith("1 problem")


def test_refused_settings_are_problems(run: Run) -> None:
    """They are listed among the others, one a line; what depends on them is not tried."""
    result = run("doctor", "--json", REDHANDED_COLOUR="1", REDHANDED_SEED="no")

    told = json.loads(result.stdout)
    checks = [Check(**check) for check in told["checks"]]
    assert (result.exit_code, result.stderr) == (1, "")
    assert (told["v"], told["healthy"]) == (1, False)
    assert sum(check.level == "problem" for check in checks) == 2
    assert by_name(checks, "python").level == "ok"
    assert not {"api", "folder"} & {check.name for check in checks}


def test_warnings_alone_are_no_problem(run: Run) -> None:
    """A project at its very beginning is told what to write, and the code is 0.

    The environment of these tests holds a plugin that reruns, which the benchmark needs.
    """
    result = run("doctor")

    assert result.exit_code == 0
    assert [line.split()[1] for line in result.stdout.splitlines() if "warning " in line] == [
        *("plugins", "settings", "api")
    ]
    assert result.stdout.splitlines()[-1] == "3 warnings found."


def test_without_a_redis_nothing_is_said_of_one() -> None:
    """Most projects need none, and a fleet that is off asks none."""
    off = Settings(redis_url="redis://127.0.0.1:1", fleet=Fleet(enabled=False))

    assert [*fleet_checks(API), *fleet_checks(off)] == []


def test_a_redis_that_can_be_used_is_well(redis_server: RedisServer) -> None:
    """Not only does it answer: it runs what the fleet asks of it."""
    assert list(fleet_checks(Settings(redis_url=redis_server.url))) == [
        Check("redis", "ok", f"{redis_server.url} can be used")
    ]


def test_a_redis_that_is_away_is_a_warning(closed_port: int) -> None:
    """A run goes on without it, so that it is no problem; the sentence says what to do."""
    [check] = fleet_checks(Settings(redis_url=f"redis://127.0.0.1:{closed_port}"))

    assert check.level == "warning"
    assert "nothing listens there; start it, or mend redis_url" in check.text
