"""Signals that end a process: the run stops, and what its tests made is removed first."""

from __future__ import annotations

import os
import signal
import sys
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field

import pytest

from redhanded.history.records import State
from redhanded.plugin.signals import GRACE, NAMES, Signals
from tests.plugin.histories import waiting
from tests.plugin.sky import PATIENT
from tests.plugin.suites import Serve, Suite
from tests.servers import raw

pytestmark = pytest.mark.usefixtures("measured")

THING = '[tool.redhanded.resources.thing]\ndelete = "DELETE /thing/{id}"\n'
HEAD = """
import os
import signal
import pytest
from redhanded import expect

def stop(number=signal.SIGTERM):
    signal.raise_signal(number)

"""
AFTER = "\n\ndef test_after(api):\n    api.get('/after')\n"
posix = pytest.mark.skipif(sys.platform == "win32", reason="Windows sends no such signals")


@contextmanager
def told_to_end(server: raw.RawServer) -> Iterator[None]:
    """Send SIGTERM to the process that a request names, once that request is out."""

    def send() -> None:
        assert server.wait_until(lambda it: bool(it.requests), seconds=30)
        os.kill(int(server.requests[0].target.rpartition("=")[2]), signal.SIGTERM)

    with ThreadPoolExecutor(1) as pool:
        sent = pool.submit(send)
        yield
        sent.result()


@pytest.mark.parametrize(
    "name, code",
    [
        pytest.param("SIGTERM", 143, id="terminate"),
        pytest.param("SIGHUP", 129, id="hang-up", marks=posix),
    ],
)
def test_a_test_under_way_is_cleaned_up_and_has_no_verdict(
    suite: Suite, raw_server: Serve, name: str, code: int
) -> None:
    """The run is interrupted: to its reader, in history, and to a shell."""
    source = (
        f"{HEAD}def test_it(api, cleanup):\n    api.get('/x')\n    cleanup('thing', 7)\n"
        f"    stop(signal.{name})\n    api.get('/never'){AFTER}"
    )
    server = raw_server(raw.answer(200))

    ran = suite(source, base_url=server.url, toml=THING, apart=True)

    assert ran.ret == code, ran.text
    assert [request.path for request in server.requests] == ["/x", "/thing/7"]
    assert ran.codes == {"test_it": ["run.interrupted"]}
    assert ran.section[0] == f"Not green: the run was stopped by {name} before its end."
    assert f"Interrupted: stopped by {name}" in ran.text
    assert [event["exit_code"] for event in ran.of("run_ended")] == [code]
    (record,) = waiting(ran)
    assert (record.run.state, record.run.exit_code) == (State.INTERRUPTED, code)
    assert not ran.shows_our_frames


@pytest.mark.parametrize(
    "source",
    [
        pytest.param("stop()\ndef test_it(api):\n    api.get('/x')", id="collection"),
        pytest.param(
            "@pytest.fixture(scope='session')\ndef made():\n    stop()\n    yield\n\n"
            "def test_it(api, made):\n    api.get('/x')",
            id="fixture",
        ),
    ],
)
def test_a_run_can_be_stopped_before_its_first_call(
    suite: Suite, raw_server: Serve, source: str
) -> None:
    """Nothing is sent any more."""
    server = raw_server(raw.answer(200))

    ran = suite(HEAD + source + AFTER, base_url=server.url, apart=True)

    assert ran.ret == 143, ran.text
    assert server.requests == ()
    assert not ran.shows_our_frames


def test_a_tear_down_comes_to_its_end(suite: Suite, raw_server: Serve) -> None:
    """A signal in its midst cuts nothing; the test keeps its verdict, and is the last one."""
    source = f"""{HEAD}
@pytest.fixture
def made(api):
    yield
    stop()
    api.delete("/made")

def test_it(made, api, cleanup):
    cleanup("thing", 7)
    expect(api.get("/x"), 200)
{AFTER}"""
    server = raw_server(raw.answer(200))

    ran = suite(source, base_url=server.url, toml=THING, apart=True)

    assert ran.ret == 143, ran.text
    assert [request.path for request in server.requests] == ["/x", "/thing/7", "/made"]
    assert ran.verdicts == {"test_it": "pass"}


@pytest.mark.parametrize("ending", ["stop()", "raise KeyboardInterrupt"], ids=["signal", "ctrl-c"])
def test_a_further_signal_does_not_cut_the_cleaning(
    suite: Suite, raw_server: Serve, ending: str
) -> None:
    """Whoever cancels a job sends several; all that the test registered is removed."""
    source = (
        f"{HEAD}def test_it(api, cleanup):\n    api.get('/x')\n    cleanup('thing', 7)\n"
        f"    cleanup(stop)\n    cleanup('thing', 8)\n    {ending}{AFTER}"
    )
    server = raw_server(raw.answer(200))

    ran = suite(source, base_url=server.url, toml=THING, apart=True)

    assert ran.ret in (143, 130, 2), ran.text
    assert [request.path for request in server.requests] == ["/x", "/thing/8", "/thing/7"]
    assert not ran.shows_our_frames


@posix
@pytest.mark.parametrize(
    "head, call",
    [
        pytest.param("def test_it(api, cleanup", "api", id="sync"),
        pytest.param(
            "@pytest.mark.asyncio\nasync def test_it(async_api, cleanup",
            "await async_api",
            id="loop",
        ),
        pytest.param(
            "@pytest.fixture\ndef anyio_backend():\n    return 'asyncio'\n\n@pytest.mark.anyio\n"
            "async def test_it(async_api, cleanup",
            "await async_api",
            id="anyio",
        ),
        pytest.param(
            "@pytest.fixture\ndef anyio_backend():\n    return 'trio'\n\n@pytest.mark.anyio\n"
            "async def test_it(async_api, cleanup",
            "await async_api",
            id="trio",
        ),
        pytest.param(
            "@pytest.mark.timeout(50)\ndef test_it(api, cleanup", "api", id="with-a-time-limit"
        ),
    ],
)
def test_a_request_that_is_out_is_cut_and_recorded(
    suite: Suite, raw_server: Serve, head: str, call: str
) -> None:
    """In whatever loop the test runs: the attempt is `cancelled`, and the cleanup goes on."""
    source = (
        f"{HEAD}{head}):\n    cleanup('thing', 7)\n"
        f"    {call}.get('/x?pid=' + str(os.getpid())){AFTER}"
    )
    server = raw_server(raw.silent(), raw.answer(200))

    with told_to_end(server):
        ran = suite(source, base_url=server.url, toml=THING, apart=True)

    assert ran.ret == 143, ran.text
    assert [request.path for request in server.requests] == ["/x", "/thing/7"]
    rows = [event["exchange"]["row"] for event in ran.of("attempt_ended")]
    assert rows[0] == "cancelled"
    assert ran.codes == {"test_it": ["run.interrupted"]}
    assert "INTERNALERROR" not in ran.text  # asyncio itself logs what ended its task


@posix
def test_a_test_that_swallows_the_interrupt_is_the_last_one(
    suite: Suite, raw_server: Serve
) -> None:
    """The run ends after it all the same."""
    source = (
        f"{HEAD}def test_it(api):\n    expect(api.get('/x'), 200)\n    try:\n        stop()\n"
        f"    except BaseException:\n        pass{AFTER}"
    )
    server = raw_server(raw.answer(200))

    ran = suite(source, base_url=server.url, apart=True)

    assert ran.ret == 143, ran.text
    assert [request.path for request in server.requests] == ["/x"]


def test_a_run_that_waits_for_the_api_can_be_stopped(suite: Suite, raw_server: Serve) -> None:
    """What is parked by then is unjudged; nobody waits for a requeue."""
    source = f"""{HEAD}
from redhanded.session.session import Session

@pytest.fixture(autouse=True, scope="session")
def waiting():
    Session.await_round = lambda *_: stop()

def test_it(api):
    expect(api.get("/x"), 200)
"""
    ran = suite(source, base_url=raw_server(raw.answer(503)).url, toml=PATIENT, apart=True)

    assert ran.ret == 143, ran.text
    assert ran.verdicts == {"test_it": "inconclusive"}
    assert not ran.shows_our_frames


def test_a_worker_that_is_told_to_end_cleans_up_and_others_go_on(
    suite: Suite, raw_server: Serve
) -> None:
    """Its controller sees that it died: the test is unjudged, and all others are judged."""
    source = f"""{HEAD}
@pytest.mark.parametrize("number", range(4))
def test_it(api, cleanup, number):
    cleanup("thing", number)
    if number == 1:
        stop()
    expect(api.get(f"/{{number}}"), 200)
"""
    server = raw_server(raw.answer(200))

    ran = suite(source, "-n2", base_url=server.url, toml=THING)

    assert ran.ret == 75, ran.text
    assert ran.verdicts["test_it[1]"] == "inconclusive"
    assert [ran.verdicts[f"test_it[{number}]"] for number in (0, 2, 3)] == ["pass"] * 3
    assert sorted(r.path for r in server.requests if "thing" in r.path) == [
        f"/thing/{number}" for number in range(4)
    ]
    assert not ran.shows_our_frames


@posix
def test_a_controller_that_is_told_to_end_lets_its_workers_clean_up(
    suite: Suite, raw_server: Serve
) -> None:
    """Workers end with it, and the code is that of the signal."""
    source = f"""{HEAD}
def test_it(api, cleanup):
    cleanup("thing", 7)
    expect(api.get("/x"), 200)
    os.kill(os.getppid(), signal.SIGTERM)
{AFTER}"""
    server = raw_server(raw.answer(200))

    ran = suite(source, "-n1", base_url=server.url, toml=THING, apart=True)

    assert ran.ret == 143, ran.text
    assert "/thing/7" in [request.path for request in server.requests]
    assert ran.section[0] == "Not green: the run was stopped by SIGTERM before its end."


@posix
def test_a_fork_ends_as_ever(suite: Suite, raw_server: Serve) -> None:
    """A child of a test, which has nothing to clean up, dies of the signal itself."""
    source = f"""{HEAD}
import multiprocessing, time


def test_it(api):
    expect(api.get("/x"), 200)
    child = multiprocessing.get_context("fork").Process(target=time.sleep, args=(60,))
    child.start()
    child.terminate()
    child.join()
    assert child.exitcode == -signal.SIGTERM
"""
    ran = suite(source, base_url=raw_server(raw.answer(200)).url, head="", apart=True)

    assert ran.ret == 0, ran.text


@pytest.mark.parametrize("handler", ["signal.SIG_IGN", "print"], ids=["ignored", "handled"])
def test_a_signal_that_is_somebodys_is_left_alone(
    suite: Suite, raw_server: Serve, handler: str
) -> None:
    """Such as by nohup, or by a plugin that was there before."""
    source = f"{HEAD}def test_it(api):\n    stop()\n    expect(api.get('/x'), 200)\n"
    plugin = f"import signal\nsignal.signal(signal.SIGTERM, {handler})\n"
    url = raw_server(raw.answer(200)).url
    suite("", "--collect-only").folder.joinpath("conftest.py").write_text(plugin, "utf-8")

    ran = suite(source, base_url=url, apart=True)

    assert ran.ret == 0, ran.text
    assert ran.verdicts == {"test_it": "pass"}


@pytest.fixture
def ignored_hang_up(suite: Suite) -> Iterator[None]:
    """SIGHUP as nohup leaves it, for this process and those that it starts."""
    before = signal.signal(signal.SIGHUP, signal.SIG_IGN)
    yield
    signal.signal(signal.SIGHUP, before)


@posix
@pytest.mark.parametrize("arguments", [[], ["-n1"]], ids=["plain", "worker"])
@pytest.mark.usefixtures("ignored_hang_up")
def test_a_hang_up_that_the_parent_ignores_is_ignored(
    suite: Suite, raw_server: Serve, arguments: list[str]
) -> None:
    """Each process of the run goes on: that is what it was started in such a way for."""
    source = f"{HEAD}def test_it(api):\n    stop(signal.SIGHUP)\n    expect(api.get('/x'), 200)\n"

    ran = suite(source, *arguments, base_url=raw_server(raw.answer(200)).url, apart=True)

    assert ran.ret == 0, ran.text
    assert ran.verdicts == {"test_it": "pass"}


@dataclass
class Stage:
    """Signals of a process that cannot die, on a clock that the test moves."""

    time: float = 100.0
    told: list[str] = field(default_factory=list)

    def signals(self, *, is_worker: bool = False) -> Signals:
        """The signals of this process."""
        return Signals(
            is_worker=is_worker,
            now=lambda: self.time,
            close=lambda: self.told.append("closed"),
            die=lambda number: self.told.append(signal.Signals(number).name),
        )


@pytest.fixture
def stage() -> Iterator[Stage]:
    """A stage; afterwards the signals of this process are as they were."""
    known = [getattr(signal, name) for name in NAMES if hasattr(signal, name)]
    before = {one: signal.getsignal(one) for one in known}
    yield Stage()
    for one, handler in before.items():
        signal.signal(one, handler)


def terminate() -> None:
    """Send this process SIGTERM."""
    signal.raise_signal(signal.SIGTERM)


def test_a_run_that_hangs_while_it_ends_dies_of_a_later_signal(stage: Stage) -> None:
    """INVARIANT: the time in which signals are ignored is bounded."""
    signals = stage.signals()
    signals.begin()

    with pytest.raises(KeyboardInterrupt):
        terminate()
    for passed in (0.0, GRACE - 0.01):
        stage.time = 100.0 + passed
        terminate()

    assert stage.told == []
    stage.time = 100.0 + GRACE
    terminate()
    assert stage.told == ["SIGTERM"]


def test_a_signal_while_the_run_ends_changes_nothing(stage: Stage) -> None:
    """All tests are over: the run keeps its exit code, and what is under way is not cut."""
    signals = stage.signals()
    signals.begin()
    ending: Iterator[object] = signals.pytest_sessionfinish()

    next(ending)
    terminate()

    assert stage.told == []


def test_the_signals_are_given_back(stage: Stage) -> None:
    """After the run they are the system's own again, or stay with whoever took them meanwhile."""
    signals = stage.signals()
    signals.begin()
    signals.end()
    assert signal.getsignal(signal.SIGTERM) is signal.SIG_DFL

    signals.begin()
    signal.signal(signal.SIGTERM, print)
    signals.end()
    assert signal.getsignal(signal.SIGTERM) is print


def test_a_worker_closes_its_books_before_it_dies(stage: Stage) -> None:
    """Its parent sees the signal, as of a process that never handled it."""
    signals = stage.signals(is_worker=True)
    signals.begin()
    with pytest.raises(KeyboardInterrupt):
        terminate()
    ending = signals.pytest_sessionfinish()

    next(ending)
    with pytest.raises(StopIteration):
        next(ending)

    assert stage.told == ["closed", "SIGTERM"]


def test_outside_of_the_main_thread_nothing_is_handled(stage: Stage) -> None:
    """A run may be in a thread, where nobody can handle signals."""
    signals = stage.signals()
    begin: Callable[[], None] = signals.begin

    thread = threading.Thread(target=begin)
    thread.start()
    thread.join()

    assert signal.getsignal(signal.SIGTERM) is signal.SIG_DFL
    assert (signals.stopped, signals.exit_code) == ("", 0)
