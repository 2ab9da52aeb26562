"""The session puts all rooms together for one process, and keeps its books in order."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from redhanded.core.errors import UsageError
from redhanded.core.verdicts import Verdict
from redhanded.reports.spool import read_spool
from redhanded.session import active
from redhanded.session.once import once
from redhanded.session.session import Session
from tests.servers import raw
from tests.servers.fixtures import StartRaw
from tests.session.projects import Project
from tests.verdict.answers import answered

Open = Callable[..., Session]


@pytest.fixture
def opened(project: Project) -> Iterator[Open]:
    """Opens sessions of the project, and closes them with the test."""
    sessions: list[Session] = []

    def start(worker: str = "main") -> Session:
        session = Session(project.load(), run_id="run1", seed=7, worker=worker)
        session.start()
        sessions.append(session)
        return session

    yield start
    for session in sessions:
        session.close(0)


def spooled(project: Project, worker: str = "main") -> list[str]:
    """The kinds of events that a worker wrote."""
    path = project.root / ".redhanded" / "runs" / "run1" / "spool" / f"{worker}.ndjson"
    return [event["event"] for event in read_spool(path)]


def test_a_session_begins_and_ends_its_books(project: Project, opened: Open) -> None:
    """Every process has a spool and a log of its own, in the run's folder."""
    opened("gw0").close(75)

    events = spooled(project, "gw0")
    log = project.root / ".redhanded" / "runs" / "run1" / "logs" / "gw0.jsonl"
    assert events == ["run_started", "run_ended"]
    assert [json.loads(line)["body"] for line in log.read_text().splitlines()] == [
        "run started",
        "run ended",
    ]


def test_a_note_counts_once(project: Project, opened: Open) -> None:
    """It is in the last words and in the spool."""
    session = opened()
    for _ in range(2):
        session.note("the disk is old")

    session.close(0)

    assert session.account().notes == ["the disk is old"]
    assert spooled(project).count("noted") == 1


def test_a_secret_in_a_path_is_masked_in_the_operation(project: Project, opened: Open) -> None:
    """INVARIANT: no field of an event goes past the gate."""
    project.set(SHOP_TOKEN="a-reset-token").table(
        'base_url = "http://x"\nauth = {kind = "bearer", token = "env:SHOP_TOKEN"}'
    )
    session = opened()

    session.recorder("test_it")(answered(url="http://x/reset/a-reset-token"))
    session.close(0)

    spool = project.root / ".redhanded" / "runs" / "run1" / "spool" / "main.ndjson"
    (event,) = (event for event in read_spool(spool) if event["event"] == "attempt_ended")
    assert event["operation"].startswith("GET /reset/")
    assert "a-reset-token" not in spool.read_text("utf-8")


def test_a_secret_that_is_too_short_is_named_and_not_shown(project: Project, opened: Open) -> None:
    """It could be any word, so it cannot be masked."""
    project.set(SHOP_TOKEN="abc").table(
        'base_url = "http://x"\nauth = {kind = "bearer", token = "env:SHOP_TOKEN"}'
    )

    (note,) = opened().notes

    assert "SHOP_TOKEN has fewer than 6 characters, or is a word" in note
    assert "abc" not in note


def test_attempts_checks_and_data_are_counted(
    project: Project, opened: Open, raw_server: StartRaw
) -> None:
    """A cleanup is no attempt of the test's; a test that was skipped did not ask for a client."""
    url = raw_server(raw.answer(200)).url
    project.table(f'base_url = "{url}"\nresources.thing.delete = "DELETE /thing/{{id}}"')
    session = opened()
    run = session.begin("test_a")
    run.client().get("/x")
    run.cleanup("thing", 7)
    assert run.make is run.make
    run.clean()
    run.judge("call", None)
    session.end(run)
    skipped = session.begin("test_b")
    skipped.client()
    skipped.skip(was_run=False)
    session.end(skipped)

    account = session.account()

    assert (account.attempts, account.asked, account.made) == (1, 1, 1)
    assert spooled(project).count("attempt_ended") == 2


def test_a_run_that_is_cut_short_closes_what_is_under_way(project: Project, opened: Open) -> None:
    """A test that never comes to its end is inconclusive, in the spool as well."""
    session = opened()
    run = session.begin("test_a")

    session.interrupt()
    session.interrupt()

    assert run.verdict is Verdict.INCONCLUSIVE
    assert spooled(project).count("test_ended") == 1


@pytest.mark.parametrize("worker, is_left", [("main", False), ("gw0", True)])
def test_the_controller_throws_shared_results_away(
    project: Project, opened: Open, worker: str, *, is_left: bool
) -> None:
    """They may be tokens; while workers run they are still needed."""
    session = opened(worker)
    session.once("key", lambda: 7)

    session.close(0)

    assert (project.root / ".redhanded" / "runs" / "run1" / "once").exists() is is_left


def test_public_functions_speak_to_the_innermost_session(opened: Open) -> None:
    """A test of a plugin runs a session inside a session."""
    outer, inner = opened("gw0"), opened("gw1")
    active.enter(outer)
    active.enter(inner)
    assert active.active() is inner
    active.leave(inner)
    active.leave(inner)

    assert once("key", lambda: 7) == 7
    assert active.active() is outer
    active.leave(outer)


def test_public_functions_need_a_run() -> None:
    """Outside of pytest there is nothing to share."""
    with pytest.raises(UsageError, match="call this from a test or a fixture under pytest"):
        once("key", lambda: 7)


def test_where_nothing_can_be_written_the_session_says_so(
    project: Project, opened: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Neither the project's folder nor a temporary one: one note, and no crash."""
    (project.root / ".redhanded").write_text("a file where a folder should be")
    monkeypatch.setattr("tempfile.tempdir", str(project.root / ".redhanded"))

    session = opened()
    session.begin("test_a")
    session.interrupt()

    (note,) = session.notes
    assert note.endswith("nor can a temporary folder: this run leaves no evidence")


def test_an_identity_that_is_not_declared_is_named(project: Project, opened: Open) -> None:
    """The sentence says which table to write."""
    project.table('base_url = "http://127.0.0.1:9"')
    run = opened().begin("test_a")

    with pytest.raises(UsageError, match=r"\[tool.redhanded.identities.viewer\]"):
        run.client("viewer")


def test_a_folder_of_ours_is_kept_out_of_version_control(project: Project, opened: Open) -> None:
    """Git is told so in the folder itself."""
    opened()

    assert (Path(project.root) / ".redhanded" / ".gitignore").read_text() == "*\n"
