"""`redhanded wait`: patience, progress and the command."""

from __future__ import annotations

import io
import json
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from redhanded.cli.patience import LONGEST_LOOK, Outcome, Patience, Ticker
from redhanded.core.attempt import Attempt
from tests.cli.conftest import Run
from tests.core.attempts import attempt
from tests.servers import raw
from tests.servers.fixtures import StartRaw

WELL = attempt(status=200)
ILL = attempt(status=503)
REFUSED = attempt(status=None, row="refused")


@dataclass
class World:
    """A clock that only waiting and looking move, and an API that answers what it is told to."""

    answers: list[Attempt]
    takes: float = 0.0
    time: float = 100.0
    looks: list[float] = field(default_factory=list)
    sleeps: list[float] = field(default_factory=list)
    told: list[str] = field(default_factory=list)

    def look(self, seconds: float) -> Attempt:
        self.looks.append(seconds)
        self.time += min(self.takes, seconds)
        return self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]

    def sleep(self, seconds: float) -> None:
        self.sleeps.append(seconds)
        self.time += seconds

    def wait(self, seconds: float, *, every: float = 0.5, expect: int = 200) -> Outcome:
        """What comes of waiting in this world."""
        patience = Patience(look=self.look, now=lambda: self.time, sleep=self.sleep)
        return patience.wait(seconds, every=every, expect=expect, tell=self.told.append)


def test_an_api_that_is_well_is_not_waited_for() -> None:
    """One look is enough."""
    world = World([WELL])

    outcome = world.wait(60)

    assert outcome == Outcome(is_well=True, seconds=0.0, looks=1, last="200", status=200)
    assert (world.sleeps, world.told) == ([], [])


def test_an_api_that_starts_is_waited_for() -> None:
    """Each look in vain is told, and followed by the pause."""
    world = World([REFUSED, ILL, WELL])

    outcome = world.wait(60, every=2)

    assert (outcome.is_well, outcome.looks, outcome.seconds) == (True, 3, 4.0)
    assert world.sleeps == [2, 2]
    assert world.told == ["waiting 0 of 60 s: connection refused", "waiting 2 of 60 s: 503"]


def test_the_wait_ends_at_its_deadline() -> None:
    """INVARIANT: the last pause is cut, and one look is taken at the deadline itself."""
    world = World([REFUSED])

    outcome = world.wait(1.25, every=0.5)

    assert (outcome.is_well, outcome.seconds, outcome.looks) == (False, 1.25, 4)
    assert world.sleeps == [0.5, 0.5, 0.25]


@pytest.mark.parametrize(
    "seconds, looks, passed",
    [
        pytest.param(8, [LONGEST_LOOK, 2.0], 8.0, id="what-is-left"),
        pytest.param(5.5, [LONGEST_LOOK, 0.1], 5.6, id="a-moment-at-the-deadline"),
    ],
)
def test_a_look_gets_no_more_time_than_is_left(
    seconds: float, looks: list[float], passed: float
) -> None:
    """A server that hangs cannot hold the wait."""
    world = World([ILL], takes=60)

    outcome = world.wait(seconds, every=1)

    assert world.looks == looks
    assert outcome.seconds == pytest.approx(passed)


@pytest.mark.parametrize(
    "expect, is_well", [(200, False), (503, True)], ids=["well", "maintenance"]
)
def test_the_expected_status_says_what_is_well(expect: int, is_well: bool) -> None:
    """Only that status ends the wait."""
    assert World([ILL]).wait(1, expect=expect).is_well is is_well


def test_a_cut_answer_is_not_well() -> None:
    """A status whose body broke off is no authentic answer."""
    from redhanded.core.attempt import Failure, Phase

    failure = Failure("cut_after_headers", Phase.READ, "RemoteProtocolError", "")

    assert not World([attempt(row="cut_after_headers", failure=failure)]).wait(1).is_well


@pytest.mark.parametrize("looks, said", [(1, "(1 look)"), (12, "(12 looks)")], ids=str)
def test_a_wait_in_vain_says_what_was_seen_last(looks: int, said: str) -> None:
    """The sentence names target, time, effort and the last thing seen."""
    outcome = Outcome(is_well=False, seconds=60.04, looks=looks, last="503 with HTML", status=503)

    assert outcome.complaint("http://a.test", 200) == (
        f"http://a.test did not answer 200 within 60.0 s {said}; seen last: 503 with HTML."
    )


class Terminal(io.StringIO):
    """A terminal that keeps what it was sent."""

    def isatty(self) -> bool:
        return True


def test_a_terminal_shows_one_line_that_is_rewritten() -> None:
    """Each line covers the one before, and nothing is left at the end."""
    shown = Terminal()

    with Ticker(shown, now=lambda: 0.0, is_rewriting=True, width=12) as ticker:
        ticker.tell("a long sentence")
        ticker.tell("short")

    assert shown.getvalue() == "\ra long sent\rshort      \r     \r"


def test_a_log_gets_a_line_every_five_seconds() -> None:
    """A log in CI shows that something happens, and is not flooded."""
    shown, times = io.StringIO(), [0.0]

    with Ticker(shown, now=lambda: times[0], is_rewriting=False) as ticker:
        for moment in (1.0, 5.0, 6.0, 9.9, 10.0):
            times[0] = moment
            ticker.tell(f"at {moment:g}")

    assert shown.getvalue() == "at 5\nat 10\n"


@pytest.mark.parametrize(
    "stream, environ, is_rewriting",
    [
        pytest.param(Terminal(), {}, True, id="terminal"),
        pytest.param(Terminal(), {"TERM": "dumb"}, False, id="dumb-terminal"),
        pytest.param(io.StringIO(), {}, False, id="log"),
    ],
)
def test_only_a_terminal_that_can_is_rewritten(
    stream: io.StringIO, environ: dict[str, str], is_rewriting: bool
) -> None:
    """A carriage return in a log or on a dumb terminal would be noise."""
    Ticker.on(stream, environ, now=lambda: 0.0).tell("working")

    assert stream.getvalue().startswith("\rworking") is is_rewriting


def test_the_command_waits_until_the_api_is_well(run: Run, raw_server: StartRaw) -> None:
    """It ends with 0 and says what it saw."""
    server = raw_server(raw.close_on_accept(), raw.gateway_page(503), raw.answer())

    result = run("wait", f"{server.url}/health", "--every", "0.01")

    assert result.exit_code == 0
    assert result.stdout.startswith(f"{server.url}/health is well after ")
    assert result.stdout.endswith(" s: 200.\n")
    assert result.stderr == ""


def test_the_command_gives_up_at_the_deadline(run: Run, closed_port: int) -> None:
    """It ends with 1 and one sentence."""
    url = f"http://127.0.0.1:{closed_port}"

    result = run("wait", url, "--for", "0.05", "--every", "0.01")

    assert (result.exit_code, result.stdout) == (1, "")
    assert result.stderr.startswith(f"{url} did not answer 200 within 0.")
    assert result.stderr.endswith("seen last: connection refused.\n")


def test_a_program_gets_the_outcome_as_json(run: Run, raw_server: StartRaw) -> None:
    """Both outcomes go to standard output; the exit code is the same as without --json."""
    url = f"{raw_server(raw.gateway_page(503)).url}/health?token=a-secret-token"

    result = run("wait", url, "--for", "0.01", "--json")

    told = json.loads(result.stdout)
    assert (result.exit_code, result.stderr) == (1, "")
    assert told["v"] == 1
    assert told["well"] is False
    assert told["looks"] >= 1
    assert told["last"] == {"status": 503, "seen": "503 with HTML"}
    assert "a-secret-token" not in result.stdout


def test_without_a_url_the_project_is_asked(run: Run, raw_server: StartRaw) -> None:
    """Base URL and health path come from the settings."""
    server = raw_server(raw.answer())

    result = run("wait", REDHANDED_BASE_URL=server.url, REDHANDED_HEALTH="/up")

    assert result.exit_code == 0
    assert server.requests[0].target == "/up"


def test_without_a_url_and_settings_there_is_nothing_to_wait_for(run: Run) -> None:
    """The sentence says what to write."""
    result = run("wait")

    assert result.exit_code == 2
    assert result.stderr == (
        "redhanded: No URL was given and base_url is not set: write redhanded wait URL, or set"
        " base_url. See redhanded wait --help.\n"
    )


def test_refused_settings_do_not_keep_from_waiting_for_a_url(
    run: Run, raw_server: StartRaw
) -> None:
    """A missing token is no reason not to wait; that the settings are not used is told."""
    server = raw_server(raw.answer())

    result = run("wait", server.url, REDHANDED_COLOUR="1")

    assert result.exit_code == 0
    assert result.stderr.startswith("redhanded: waiting without the project's settings: ")
    assert "REDHANDED_COLOUR" in result.stderr


@pytest.mark.parametrize(
    "is_own, sent", [(True, "a-long-secret"), (False, None)], ids=["own-origin", "elsewhere"]
)
def test_headers_go_to_the_projects_own_origin_only(
    run: Run, raw_server: StartRaw, folder: Path, is_own: bool, sent: str | None
) -> None:
    """INVARIANT: a secret header is not sent to an address that happens to be waited for."""
    server = raw_server(raw.answer())
    base = server.url if is_own else "http://127.0.0.2:1"
    (folder / "pyproject.toml").write_text(
        f'[tool.redhanded]\nbase_url = "{base}"\nheaders = {{ X-Key = "env:KEY" }}\n', "utf-8"
    )

    assert run("wait", server.url, KEY="a-long-secret").exit_code == 0
    headers = {name.lower(): value for name, value in server.requests[0].headers}
    assert headers.get("x-key") == sent


def test_headers_stay_at_home_where_no_base_url_names_it(
    run: Run, raw_server: StartRaw, folder: Path
) -> None:
    """Without an origin of its own the project has nowhere to send a header."""
    server = raw_server(raw.answer())
    (folder / "pyproject.toml").write_text(
        '[tool.redhanded]\nheaders = { X-Key = "env:KEY" }\n', "utf-8"
    )

    assert run("wait", server.url, KEY="a-long-secret").exit_code == 0
    assert "x-key" not in {name.lower() for name, _ in server.requests[0].headers}


@pytest.mark.parametrize(
    "arguments, said",
    [
        pytest.param(["nowhere"], "is not an http or https URL", id="no-url"),
        pytest.param(["http://u:p@host"], "holds a user name or password", id="user-and-password"),
        pytest.param(["http://x", "--for", "0"], "0 is not above 0 and finite", id="no-time"),
        pytest.param(["http://x", "--for", "inf"], "inf is not above 0 and finite", id="for-ever"),
        pytest.param(
            ["http://x", "--every", "nan"], "nan is not above 0 and finite", id="no-number"
        ),
        pytest.param(["http://x", "--every", "soon"], "'soon' is not a valid float", id="a-word"),
    ],
)
def test_what_cannot_be_meant_is_refused(run: Run, arguments: list[str], said: str) -> None:
    """Wrong input ends with 2 and one sentence, before anything is sent."""
    result = run("wait", *arguments)

    assert result.exit_code == 2
    assert said in result.stderr
    assert result.stderr.count("\n") == 1
