"""Somebody else's application in a process: start, health, failure, end."""

from __future__ import annotations

import http.client
import itertools
import os
import signal
import subprocess
import sys
from pathlib import Path

import httpx2
import pytest

from tests.servers import processes, raw
from tests.servers.fixtures import StartRaw, or_fail
from tests.servers.processes import Application, Patience, ServerNotStarted, is_healthy, serving

ROOT = Path(__file__).parents[2]
HELLO = Application("Hello", "wsgiref.simple_server:demo_app", health="/")
ABANDON = """
import os
from tests.servers.processes import serving
from tests.servers.test_processes import HELLO
with serving(HELLO) as served:
    print(served.origin, flush=True)
    os._exit(3)
"""


def patience(*, seconds: float) -> Patience:
    """A patience whose clock counts its own readings and whose pauses take no time."""
    readings = itertools.count()
    return Patience(seconds, clock=lambda: next(readings), pause=lambda _: None)


def port_of(origin: str) -> int:
    """The port at the end of the origin."""
    return int(origin.rpartition(":")[2])


def test_a_served_application_answers_until_the_block_is_left() -> None:
    """It is healthy inside the block; afterwards its process has ended and nobody listens."""
    with serving(HELLO) as served:
        assert httpx2.get(served.origin).text.startswith("Hello world!")

    assert served.process.returncode == 0
    assert not is_healthy(port_of(served.origin), "/")


def test_two_servers_do_not_meet() -> None:
    """Each binds a port of its own."""
    with serving(HELLO) as one, serving(HELLO) as two:
        assert one.origin != two.origin


def test_a_server_ends_when_its_parent_dies(tmp_path: Path) -> None:
    """INVARIANT: a parent that leaves without a word leaves no server behind."""
    # Its temporary folder is left too, so it is put where pytest cleans up.
    temporary = dict.fromkeys(["TMPDIR", "TEMP", "TMP"], str(tmp_path))
    died = subprocess.run(
        [sys.executable, "-c", ABANDON],
        cwd=ROOT,
        env={**os.environ, **temporary},
        stdout=subprocess.PIPE,
        text=True,
        check=False,
    )
    port = port_of(died.stdout.strip())

    assert died.returncode == 3
    assert Patience(10).until(lambda: not is_healthy(port, "/"))


@pytest.mark.skipif(sys.platform == "win32", reason="Windows sends Ctrl-C to a console only")
def test_ctrl_c_leaves_the_server_to_its_parent() -> None:
    """The clean-up of an interrupted run may still need it."""
    with serving(HELLO) as served:
        served.process.send_signal(signal.SIGINT)
        assert httpx2.get(served.origin).status_code == 200

    assert served.process.returncode == 0


@pytest.mark.parametrize(
    "target, last_line",
    [
        pytest.param("nowhere_at_all:app", "No module named 'nowhere_at_all'", id="module"),
        pytest.param("wsgiref.simple_server:gone", "has no attribute 'gone'", id="attribute"),
    ],
)
def test_a_server_that_ends_at_once_says_why(target: str, last_line: str) -> None:
    """The sentence names the server, what happened, its last line and what to do."""
    with (
        pytest.raises(ServerNotStarted, match="Broken did not start") as caught,
        serving(Application("Broken", target, health="/")),
    ):
        pass

    assert "its process ended with status 1" in str(caught.value)
    assert last_line in str(caught.value)
    assert str(caught.value).endswith("run again.")


def test_a_server_is_waited_for_only_so_long() -> None:
    """The deadline is counted on the given clock."""
    with (
        pytest.raises(ServerNotStarted, match="it was not healthy within 3 s"),
        serving(HELLO, patience=patience(seconds=3)),
    ):
        pass


def test_a_process_that_does_not_follow_is_ended_by_force(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Closing its input is the polite way, killing it by its handle the sure one."""
    monkeypatch.setattr(processes, "SECONDS_TO_END", 0.05)
    deaf = subprocess.Popen(
        [sys.executable, "-c", "import threading; threading.Event().wait(60)"],
        stdin=subprocess.PIPE,
    )

    processes.end(deaf)

    assert deaf.returncode not in {None, 0}


def test_patience_asks_until_the_condition_holds() -> None:
    """The first yes ends the waiting."""
    answers = iter([False, False, True])

    assert patience(seconds=10).until(lambda: next(answers))
    assert next(answers, None) is None


def test_patience_ends_at_its_deadline() -> None:
    """A condition is asked at once, then once a reading, then no more."""
    asked = itertools.count()

    assert not patience(seconds=2).until(lambda: next(asked) == 99)
    assert next(asked) == 2


@pytest.mark.parametrize(
    "script, healthy",
    [
        pytest.param(raw.answer(200), True, id="200"),
        pytest.param(raw.answer(503), False, id="503"),
        pytest.param(raw.garbage(), False, id="no HTTP"),
        pytest.param(raw.reset_on_accept(), False, id="reset"),
    ],
)
def test_health_is_a_200(raw_server: StartRaw, script: raw.Script, *, healthy: bool) -> None:
    """Anything else, and no answer at all, is not healthy and no error."""
    assert is_healthy(raw_server(script).port, "/health") is healthy


def test_a_closed_port_is_not_healthy(closed_port: int) -> None:
    """A refused connection is an answer too."""
    assert not is_healthy(closed_port, "/")


def test_a_fixture_fails_in_one_sentence() -> None:
    """A server that cannot start fails the test that needs it, and never skips it."""
    broken = Application("Broken", "nowhere_at_all:app", health="/")

    with (
        pytest.raises(pytest.fail.Exception, match="Broken did not start") as caught,
        or_fail(lambda: serving(broken)),
    ):
        pass

    assert caught.value.pytrace is False


def test_the_server_keeps_connections_alive() -> None:
    """Two requests go over one connection, as in production."""
    with serving(HELLO) as served:
        connection = http.client.HTTPConnection("127.0.0.1", port_of(served.origin), timeout=5)
        ports = []
        for _ in range(2):
            connection.request("GET", "/")
            connection.getresponse().read()
            ports.append(connection.sock.getsockname()[1])
        connection.close()

    assert ports[0] == ports[1]
