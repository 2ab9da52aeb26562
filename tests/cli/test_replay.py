"""`redhanded replay`: what is found, what is asked before, what is told, and what it ends with."""

from __future__ import annotations

from pathlib import Path

import pytest

from redhanded.cli import replay as command
from redhanded.reports.dossier.ids import id_of
from tests.cli.conftest import Run
from tests.cli.recordings import ATTEMPT, JSON, Orders, Project
from tests.servers.fixtures import StartRaw

TEST = "tests/test_orders.py::test_total"


@pytest.fixture
def project(run: Run, folder: Path, raw_server: StartRaw) -> Project:
    """A project whose newest run has one red test."""
    orders = Orders()
    url = raw_server(orders.script()).url
    (folder / "pyproject.toml").write_text(f'[tool.redhanded]\nbase_url = "{url}"\n', "utf-8")
    made = Project(run, orders, url, folder)
    with made.recording() as recording:
        made.order(recording, TEST)
    return made


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> None:
    """Somebody is there to answer."""
    monkeypatch.setattr(command, "can_ask", lambda: True)


def test_a_bug_that_is_still_there_is_the_same(project: Project) -> None:
    """The calls are made again in their order, with the new order's id, and told side by side."""
    result = project.replay(TEST, "--yes")

    assert result.exit_code == 0, result.output
    assert project.orders.targets == ["POST /orders", "GET /orders/900"]
    lines = result.stdout.splitlines()
    assert lines[0] == f"{TEST}, run run1, sent to {project.url}"
    assert lines[1] == "  recorded: DEFECT value: $.total is 91"
    assert [line for line in lines if line.startswith("  same")] == [
        "  same       POST /orders",
        "  same       GET /orders/7",
    ]
    assert "             note: 900 takes the place of 7, by POST /orders" in lines
    assert lines[-3:] == [
        "not sent again: 1 canary",
        "what these writes made stays: nothing cleans up after a replay",
        "Same: every answer is as it was recorded. (2 same)",
    ]


def test_a_bug_that_is_gone_is_different(project: Project) -> None:
    """Where, and what stands there now."""
    project.orders.total = 90

    result = project.replay(TEST, "--yes")

    assert result.exit_code == 1
    assert "  different  GET /orders/7" in result.stdout
    assert "               $.total: recorded 91, now 90" in result.stdout.splitlines()
    assert result.stdout.endswith(
        "Different: the API does not answer as it did. (1 same, 1 different)\n"
    )


def test_no_answer_says_nothing(project: Project, closed_port: int) -> None:
    """75 is for what cannot be judged."""
    result = project.replay(TEST, "--yes", "--base-url", f"http://127.0.0.1:{closed_port}")

    assert result.exit_code == 75
    assert "no whole answer came: connection refused" in result.stdout
    assert "it needs 7, which POST /orders brought in the run" in result.stdout
    assert "Cannot say: " in result.stdout


def test_programs_read_all_of_it(project: Project) -> None:
    """The form has a version, and names what was sent and what was left out."""
    project.orders.total = 90

    told = project.told(TEST, "--yes")

    assert told["v"] == 1
    assert told["id"] == id_of("", TEST)
    assert (told["kind"], told["test"], told["run"]) == ("test", TEST, "run1")
    assert (told["target"], told["result"]) == (project.url, "different")
    assert told["left_out"] == {"canary": 1}
    _, get = told["requests"]
    assert (get["method"], get["url"]) == ("GET", f"{project.url}/orders/7")
    assert get["result"] == "different"
    assert get["differences"] == [{"where": "$.total", "recorded": "91", "replayed": "90"}]
    assert get["beside"] == [{"where": "$.id", "recorded": "7", "replayed": "900"}]
    assert {name: get["recorded"][name] for name in ("status", "media_type", "failure")} == {
        "status": 200,
        "media_type": "application/json",
        "failure": "",
    }
    assert get["replayed"]["seconds"] >= 0


@pytest.mark.parametrize("length", [16, 6], ids=["whole", "its-beginning"])
def test_one_attempt_is_sent_alone(project: Project, length: int) -> None:
    """It asks for what it had asked for: the order of then."""
    told = project.told(ATTEMPT[:length])

    assert (told["id"], told["kind"], told["run"]) == (ATTEMPT, "attempt", "run1")
    assert project.orders.targets == ["GET /orders/7"]


def test_a_thing_that_is_gone_has_a_remedy(project: Project) -> None:
    """The cleanup of the run has removed what one attempt alone asks for."""
    project.orders.status = 404

    result = project.replay(ATTEMPT)

    assert result.exit_code == 1
    assert f"may be gone: for all its calls, replay {id_of('', TEST)}" in result.stdout


def test_an_attempt_of_no_test_has_nothing_to_be_held_against(project: Project) -> None:
    """A sweep, or a canary between tests, is nobody's."""
    with project.recording("run2") as recording:
        recording.send("cleanup::sweep", id="1234567890abcdef", purpose="cleanup")

    result = project.replay("1234567890abcdef")

    assert result.exit_code == 2
    assert "was not sent for a test" in result.stderr


@pytest.mark.parametrize(
    "wanted",
    [
        pytest.param(TEST, id="name"),
        pytest.param("test_orders.py::test_total", id="a-shorter-name"),
        pytest.param("test_total", id="its-function"),
        pytest.param(id_of("", TEST), id="id"),
        pytest.param(id_of("", TEST)[:4], id="the-beginning-of-its-id"),
    ],
)
def test_a_test_goes_by_its_name_and_by_its_id(project: Project, wanted: str) -> None:
    """As a failure, a report or the author calls it."""
    assert project.told(wanted, "--yes")["test"] == TEST


def test_the_newest_run_that_knows_it_counts(project: Project) -> None:
    """Older ones are looked into where it does not."""
    with project.recording("run2") as recording:
        project.read(recording, "tests/test_other.py::test_read")

    assert project.told("test_total", "--yes")["run"] == "run1"
    assert project.told("test_read")["run"] == "run2"


def test_a_run_may_be_named(project: Project) -> None:
    """By its id, or by its folder, wherever that is."""
    with project.recording("run2") as recording:
        project.order(recording, TEST)
    folder = project.root / ".redhanded" / "runs" / "run1"

    assert project.told(TEST, "--yes", "--run", "run1")["run"] == "run1"
    assert project.told(TEST, "--yes", "--run", str(folder))["run"] == "run1"


@pytest.mark.parametrize(
    "arguments, said",
    [
        pytest.param(
            ["test_totl"],
            f"There is no test and no attempt 'test_totl' in any run in .*runs; such as "
            f"{id_of('', TEST)} {TEST}.",
            id="unlike-all",
        ),
        pytest.param(
            ["tests/test_orders.py::test_totl"],
            f"the nearest: {id_of('', TEST)} {TEST}.",
            id="nearly-a-name",
        ),
        pytest.param(["abc"], "There is no test and no attempt 'abc'", id="too-short"),
        pytest.param([TEST, "--run", "run9"], "'run9' is no run in", id="no-such-run"),
        pytest.param(
            [TEST, "--base-url", "ftp://x"], "--base-url is not an http or https URL", id="no-url"
        ),
        pytest.param([TEST, "--as", "bob"], "no identity is called 'bob' (known: none)", id="who"),
        pytest.param([TEST, "--env", "moon"], 'env names the profile "moon"', id="no-profile"),
    ],
)
def test_what_cannot_be_meant_is_one_sentence(
    project: Project, arguments: list[str], said: str
) -> None:
    """Nothing is sent."""
    result = project.replay(*arguments)

    assert (result.exit_code, result.stdout) == (2, "")
    assert said.partition(" in any run")[0] in result.stderr
    assert len(result.stderr.splitlines()) == 1
    assert project.orders.seen == []


def test_an_id_of_two_things_is_refused(project: Project) -> None:
    """A longer one, or the name, says which is meant."""
    with project.recording("run2") as recording:
        for number in range(2):
            project.read(recording, f"test_a.py::test_it[{number}]")

    result = project.replay("0000000000000", "--run", "run2")

    assert result.exit_code == 2
    assert "may be attempt 0000000000000001 of test_a.py::test_it[0]; attempt" in result.stderr
    assert "write more of its id" in result.stderr


def test_without_a_run_there_is_nothing_to_replay(run: Run, folder: Path) -> None:
    """The sentence says where one was looked for."""
    result = run("replay", "abcd")

    assert result.exit_code == 2
    assert f"There is no run in {folder / '.redhanded' / 'runs'}" in result.stderr


def test_a_test_that_sent_nothing_cannot_be_sent(project: Project) -> None:
    """It is no fault of the record."""
    with project.recording("run2") as recording:
        recording.start("test_a.py::test_nothing")
        recording.end("test_a.py::test_nothing")

    result = project.replay("test_nothing")

    assert result.exit_code == 2
    assert "test_a.py::test_nothing sent nothing in that run" in result.stderr


def test_writes_are_not_sent_unasked(project: Project) -> None:
    """Where nobody can be asked, one sentence says how to agree."""
    result = project.replay(TEST)

    assert (result.exit_code, result.stdout) == (2, "")
    assert result.stderr == (
        "redhanded: Not sent, for 1 of its requests may change something: give --yes to send it."
        " See redhanded replay --help.\n"
    )
    assert project.orders.seen == []


@pytest.mark.parametrize(
    "answer, code, sent", [("y\n", 0, 2), ("n\n", 2, 0), ("\n", 2, 0)], ids=["yes", "no", "nothing"]
)
@pytest.mark.usefixtures("asked")
def test_whoever_is_there_is_asked(
    project: Project, monkeypatch: pytest.MonkeyPatch, answer: str, code: int, sent: int
) -> None:
    """Each write is named with its address; silence is a no."""
    from click.testing import CliRunner

    from redhanded.cli import group

    monkeypatch.chdir(project.root)
    result = CliRunner(catch_exceptions=False).invoke(group, ["replay", TEST], input=answer)

    assert result.exit_code == code
    assert f"  POST {project.url}/orders\n" in result.stderr
    assert "Send it, although 1 of its requests may change something? [y/N]" in result.stderr
    assert len(project.orders.seen) == sent


def test_reading_needs_no_agreement(project: Project) -> None:
    """Safe methods change nothing."""
    with project.recording("run2") as recording:
        project.read(recording, "test_a.py::test_read")

    result = project.replay("test_read")

    assert result.exit_code == 0, result.output
    assert 'evidence = "all" keeps it' in result.stdout


def test_another_target_is_told_and_asked_for(project: Project) -> None:
    """The settings may point elsewhere by now."""
    with project.recording("run2", base="http://old.test") as recording:
        recording.start("test_a.py::test_read")
        recording.send("test_a.py::test_read", url="http://old.test/orders/900")
        recording.end("test_a.py::test_read")

    refused = project.replay("test_read")
    agreed = project.replay("test_read", "--yes")
    named = project.replay("test_read", "--base-url", project.url)

    moved = (
        f"redhanded: the run was made against http://old.test, and this goes to {project.url}.\n"
    )
    assert refused.exit_code == 2
    assert "Not sent, for it goes to another API than that of the run: give" in refused.stderr
    assert agreed.stderr == named.stderr == moved
    assert project.orders.targets == ["GET /orders/900"] * 2


def test_the_profile_is_that_of_the_run(project: Project) -> None:
    """A run of staging is not sent to where the project points by default."""
    toml = project.root / "pyproject.toml"
    staging = f'[tool.redhanded.env.staging]\nbase_url = "{project.url}"\n'
    toml.write_text(f'[tool.redhanded]\nbase_url = "http://default.test"\n{staging}', "utf-8")
    with project.recording("run2", env="staging") as recording:
        project.read(recording, "test_a.py::test_read")

    assert project.told("test_read")["target"] == project.url


def test_a_run_that_was_killed_is_replayed_as_far_as_it_is_known(project: Project) -> None:
    """What was written until then is there; a body that was not is told."""
    with project.recording("run2") as recording:
        recording.start("test_a.py::test_cut")
        url = f"{project.url}/orders/900"
        recording.send("test_a.py::test_cut", url=url, raw_response_headers=JSON)
        recording.send(
            "test_a.py::test_cut", method="POST", url=f"{project.url}/orders", request_body=b"{}"
        )

    result = project.replay("test_cut", "--yes")

    assert result.exit_code == 75
    assert 'its body was not kept: set evidence = "all" and run again' in result.stdout
    assert project.orders.targets == ["GET /orders/900"]


def test_what_came_is_shown_without_its_controls(project: Project) -> None:
    """An answer is hostile: it steers no terminal."""
    project.orders.total = "\x1b[31mred\u202e"

    result = project.replay(TEST, "--yes")

    assert "\x1b" not in result.stdout
    assert "\u202e" not in result.stdout
    assert result.exit_code == 1
