"""Histories that cannot be read or written: the run ends as it would have, with one note."""

from __future__ import annotations

import os
import signal
import socket
import sqlite3
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from redhanded.core.settings import Settings
from redhanded.history.ndjson import read
from redhanded.history.records import State
from redhanded.session.stores import open_store
from tests.plugin.histories import LONG, remembered, waiting
from tests.plugin.suites import LEAN, Ran, Serve, Suite
from tests.servers import raw

SOURCE = """
    import pytest
    from redhanded import expect

    @pytest.mark.parametrize("number", range(3))
    def test_it(api, number):
        expect(api.get(f"/{number}"), 200 if number < 2 else 404)
"""
SUMMARY = "Red: 1 defect; 2 of 3 tests held."

Spoil = Callable[[Path], object]


def notes(ran: Ran) -> list[str]:
    """What the terminal noted of history."""
    return [line for line in ran.section if line.startswith("note: ")]


def _file(root: Path) -> Path:
    path = root / ".redhanded" / "history" / "history.sqlite"
    path.parent.mkdir(parents=True)
    return path


def _no_database(root: Path) -> None:
    _file(root).write_text("these are no tables " * 100)


def _damaged(root: Path) -> None:
    path = _file(root)
    with closing(open_store(Settings(folder=root / ".redhanded"), root)) as store:
        assert store.projects() == []
    whole = path.read_bytes()
    path.write_bytes(whole[:1_000] + b"\xff" * (len(whole) - 1_000))
    for name in ("history.sqlite-wal", "history.sqlite-shm"):
        path.with_name(name).unlink(missing_ok=True)


def _newer(root: Path) -> None:
    path = _file(root)
    with closing(open_store(Settings(folder=root / ".redhanded"), root)) as store:
        assert store.projects() == []
    with closing(sqlite3.connect(path)) as database, database:
        tables = "SELECT name FROM sqlite_master WHERE name LIKE '%version%' AND type = 'table'"
        (name,) = database.execute(tables).fetchone()
        database.execute(f"UPDATE {name} SET version_num = '9999'")  # noqa: S608  our own table


def _a_folder(root: Path) -> None:
    _file(root).mkdir()


@pytest.mark.parametrize(
    "spoil",
    [
        pytest.param(_no_database, id="no-database"),
        pytest.param(_damaged, id="damaged"),
        pytest.param(_newer, id="newer-schema"),
        pytest.param(_a_folder, id="a-folder"),
    ],
)
@pytest.mark.parametrize("workers", [[], ["-n2"]], ids=["alone", "xdist"])
def test_a_history_that_cannot_be_used_costs_one_note(
    suite: Suite,
    pytester: pytest.Pytester,
    raw_server: Serve,
    spoil: Spoil,
    workers: list[str],
) -> None:
    """INVARIANT: exit code and verdicts are the same, and the run waits in the outbox."""
    spoil(pytester.path)
    kept = (pytester.path / ".redhanded" / "history" / "history.sqlite").stat().st_size

    ran = suite(SOURCE, *workers, base_url=raw_server(raw.answer(200)).url, toml=LONG)

    assert ran.ret == 1, ran.text
    assert ran.section[0] == SUMMARY
    (note,) = notes(ran)
    assert note.startswith("note: history: ")
    assert note.endswith(".ndjson and taken in by the next one")
    (record,) = waiting(ran)
    assert len(record.outcomes) == 3
    assert not ran.shows_our_frames, ran.text
    assert (pytester.path / ".redhanded" / "history" / "history.sqlite").stat().st_size == kept


def test_a_history_that_was_mended_takes_in_what_waited(
    suite: Suite, pytester: pytest.Pytester, raw_server: Serve
) -> None:
    """The note says so, and it is so."""
    _no_database(pytester.path)
    url = raw_server(raw.answer(200)).url
    first = suite(SOURCE, base_url=url, toml=LONG)
    (pytester.path / ".redhanded" / "history" / "history.sqlite").unlink()

    second = suite(SOURCE, base_url=url, toml=LONG)

    assert len(notes(first)) == 1
    assert notes(second) == []
    assert waiting(second) == []
    assert len(remembered(second.folder)) == 2


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may write it")
def test_a_folder_that_is_read_only_costs_one_note(
    suite: Suite, pytester: pytest.Pytester, raw_server: Serve
) -> None:
    """Neither the database nor the outbox can be written."""
    folder = pytester.path / ".redhanded" / "history"
    folder.mkdir(parents=True)
    folder.chmod(0o500)

    ran = suite(SOURCE, base_url=raw_server(raw.answer(200)).url, toml=LONG)

    folder.chmod(0o700)
    assert ran.section[0] == SUMMARY
    (note,) = notes(ran)
    assert note.endswith("this run is not remembered")


def test_a_file_in_the_place_of_its_folder_costs_one_note(
    suite: Suite, pytester: pytest.Pytester, raw_server: Serve
) -> None:
    """There is neither a database nor an outbox."""
    (pytester.path / ".redhanded").mkdir()
    (pytester.path / ".redhanded" / "history").write_text("a file where a folder should be")

    ran = suite(SOURCE, base_url=raw_server(raw.answer(200)).url, toml=LONG)

    assert ran.ret == 1, ran.text
    assert ran.section[0] == SUMMARY
    (note,) = notes(ran)
    assert note.endswith("this run is not remembered")


def test_evidence_in_a_temporary_folder_has_its_record_there(
    suite: Suite, pytester: pytest.Pytester, raw_server: Serve, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The note that names the folder is the only one."""
    spare = pytester.mkdir("spare")
    monkeypatch.setattr("tempfile.tempdir", str(spare))
    (pytester.path / ".redhanded").write_text("a file where a folder should be")

    ran = suite(SOURCE, base_url=raw_server(raw.answer(200)).url, toml=LONG)

    assert ran.ret == 1, ran.text
    (note,) = notes(ran)
    assert " cannot be written (" in note
    (path,) = spare.glob("redhanded-*/history/outbox/*.ndjson")
    (record,) = read(path.read_text("utf-8").splitlines(), pytest.fail)
    assert len(record.outcomes) == 3


@contextmanager
def locked(path: Path) -> Iterator[None]:
    """While the block runs, another connection holds the database for itself."""
    with closing(sqlite3.connect(path, isolation_level=None)) as database:
        database.execute("BEGIN EXCLUSIVE")
        yield
        database.execute("ROLLBACK")


def test_a_database_that_another_process_holds_costs_one_note(
    suite: Suite, pytester: pytest.Pytester, raw_server: Serve
) -> None:
    """The run waits some seconds for it, and no longer."""
    path = _file(pytester.path)
    with closing(open_store(Settings(folder=pytester.path / ".redhanded"), pytester.path)):
        pass

    with locked(path):
        ran = suite(SOURCE, base_url=raw_server(raw.answer(200)).url, toml=LONG)

    assert ran.ret == 1, ran.text
    (note,) = notes(ran)
    assert "holds it" in note
    assert len(waiting(ran)) == 1
    assert len(remembered(ran.folder)) == 1


@pytest.mark.parametrize("is_silent", [False, True], ids=["refused", "black-hole"])
def test_a_server_that_answers_nobody_costs_one_note(
    suite: Suite, raw_server: Serve, is_silent: bool
) -> None:
    """INVARIANT: one time limit in all, and no password in the note."""
    pytest.importorskip("psycopg")
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
        if not is_silent:
            listener.close()
        url = f"postgresql://ann:hunter22@127.0.0.1:{port}/runs"

        ran = suite(
            SOURCE,
            f"--rh-set=history.url={url}",
            base_url=raw_server(raw.answer(200)).url,
        )

    assert ran.ret == 1, ran.text
    assert ran.section[0] == SUMMARY
    (note,) = notes(ran)
    assert note.startswith("note: history: ")
    assert "hunter22" not in ran.text
    (record,) = waiting(ran)
    assert record.run.state is State.FINISHED


def _killing(what: str) -> str:
    """A suite whose third test kills the process that it names."""
    return f"""
        import os, signal
        import pytest
        from redhanded import expect

        @pytest.mark.parametrize("number", range(4))
        def test_it(api, number):
            expect(api.get(f"/{{number}}"), 200)
            if number == 2:
                os.kill({what}, signal.SIGKILL)
                signal.pause()
    """


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="there is no such signal here")
def test_a_run_that_was_killed_is_seen_by_the_next_one(
    suite: Suite, pytester: pytest.Pytester, raw_server: Serve
) -> None:
    """With the tests that it had finished."""
    url = raw_server(raw.answer(200)).url

    dead = suite(_killing("os.getpid()"), base_url=url, toml=LONG, apart=True)
    ran = suite(SOURCE, base_url=url, toml=LONG)

    assert dead.ret == -signal.SIGKILL
    assert notes(ran) == []
    killed, finished = remembered(pytester.path)
    assert (killed.run.state, finished.run.state) == (State.KILLED, State.FINISHED)
    verdicts = {one.test.rpartition("::")[2]: one.verdict for one in killed.outcomes}
    assert verdicts == {"test_it[0]": "pass", "test_it[1]": "pass", "test_it[2]": "unfinished"}
    assert list(pytester.path.glob(".redhanded/runs/*/alive.lock")) == []


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="there is no such signal here")
def test_a_worker_that_was_killed_leaves_a_whole_record(suite: Suite, raw_server: Serve) -> None:
    """The test in which it died is unjudged, as its terminal says; the others are what they are."""
    ran = suite(
        _killing("os.getpid()"),
        *("-n2", "--max-worker-restart=1"),
        base_url=raw_server(raw.answer(200)).url,
        toml=LONG,
        apart=True,
    )

    assert ran.ret == 75, ran.text
    (record,) = remembered(ran.folder)
    assert record.run.state is State.FINISHED
    assert record.run.counts == {"inconclusive": 1, "pass": 3}
    verdicts = {one.test.rpartition("::")[2]: one.verdict for one in record.outcomes}
    assert verdicts["test_it[2]"] == "inconclusive"


def test_two_runs_at_once_in_one_folder_are_both_kept(
    suite: Suite, pytester: pytest.Pytester, raw_server: Serve
) -> None:
    """Neither takes the other for one that was killed."""
    server = raw_server(raw.answer(200))
    suite(SOURCE, "--collect-only", base_url=server.url, toml=LONG)
    command = [sys.executable, "-m", "pytest", "-q", *LEAN, "-p", "no:cacheprovider"]
    codes: list[int] = []

    def run() -> None:
        done = subprocess.run(command, cwd=pytester.path, capture_output=True, check=False)
        codes.append(done.returncode)

    threads = [threading.Thread(target=run) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert codes == [1, 1]
    records = remembered(pytester.path)
    assert [record.run.state for record in records] == [State.FINISHED] * 2
    assert [len(record.outcomes) for record in records] == [3, 3]


def test_a_disk_without_room_keeps_what_was_whole(
    suite: Suite, pytester: pytest.Pytester, raw_server: Serve
) -> None:
    """Neither the database nor the outbox has room for the run: it says so, and ends as ever."""
    pytest.importorskip("resource")
    server = raw_server(raw.answer(200))
    suite(SOURCE, "--collect-only", base_url=server.url, toml=LONG)
    settings = Settings(folder=pytester.path / ".redhanded")
    with closing(open_store(settings, pytester.path)):
        pass
    path = settings.folder / "history" / "history.sqlite"
    size = path.stat().st_size
    limit = 8_000  # enough for the spool of three tests, not for a page of the database
    arguments = [*LEAN, "-p", "no:cacheprovider"]
    program = (
        f"import resource, sys, pytest\n"
        f"resource.setrlimit(resource.RLIMIT_FSIZE, ({limit}, {limit}))\n"
        f"sys.exit(pytest.main({arguments!r}))\n"
    )
    env = {name: value for name, value in os.environ.items() if not name.startswith("COVERAGE_")}

    done = subprocess.run(
        [sys.executable, "-B", "-c", program],
        cwd=pytester.path,
        env=env,
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 1, done.stdout
    assert SUMMARY in done.stdout
    assert done.stdout.count("note: history: ") == 1
    assert "Traceback" not in done.stdout + done.stderr
    assert path.stat().st_size == size
    remembered(pytester.path)
