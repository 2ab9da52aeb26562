"""The demo API as a process: how it starts, what it says, and that it never stays behind."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import httpx2
import pytest

from redhanded.lab import LabError, Running, running
from redhanded.lab.__main__ import main
from redhanded.lab.child import end
from redhanded.lab.serve import listen
from tests.lab.conftest import NEW_BOOKING

SOURCE = str(Path(__file__).parents[2] / "src")
SECONDS = 20

posix_only = pytest.mark.skipif(os.name != "posix", reason="signals are POSIX's")


@contextmanager
def started(*arguments: str) -> Iterator[tuple[subprocess.Popen[str], Running]]:
    """A process of the API that the test has to end; at the latest it is killed here."""
    command = [sys.executable, "-m", "redhanded.lab", *arguments]
    environment = {**os.environ, "PYTHONPATH": SOURCE}
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=environment
    ) as process:
        try:
            assert process.stdout
            yield process, Running(**json.loads(process.stdout.readline()))
        finally:
            process.kill()


def is_reachable(url: str) -> bool:
    """Whether the API answers."""
    try:
        httpx2.get(f"{url}/health", trust_env=False)
    except httpx2.TransportError:
        return False
    return True


def test_it_serves_many_callers_for_the_length_of_a_block(tmp_path: Path) -> None:
    """Inside the block all who call on loopback are answered; after it nobody is."""
    with running(tmp_path / "lab.db", build="b7") as lab:
        assert lab.url.startswith("http://127.0.0.1:")
        assert lab.build == "b7"
        with (
            httpx2.Client(base_url=lab.url, trust_env=False) as client,
            ThreadPoolExecutor(8) as pool,
        ):
            health = client.get("/health")
            made = list(pool.map(lambda _: client.post("/booking", json=NEW_BOOKING), range(40)))
            head = client.head("/booking", params={"tag": "run-1"})
            too_large = client.post(
                "/booking",
                content=b" " * 3_000_000,
                headers={"Content-Type": "application/json"},
            )

    assert (health.json()["build"], health.headers["X-Build"]) == ("b7", "b7")
    assert health.headers.get_list("Server") == ["redhanded-lab"]
    assert {answer.status_code for answer in made} == {201}
    assert len({answer.json()["bookingid"] for answer in made}) == 40
    assert (head.status_code, head.content, head.headers["X-Total-Count"]) == (200, b"", "40")
    assert too_large.status_code == 413
    assert not is_reachable(lab.url)


def test_a_start_that_fails_says_why(tmp_path: Path) -> None:
    """The reason comes from the process itself and is one sentence."""
    with (
        pytest.raises(LabError, match=r"did not start: .*cannot be used as a data file"),
        running(tmp_path / "missing" / "lab.db"),
    ):
        pytest.fail("it started")


def test_a_start_that_takes_too_long_is_given_up(tmp_path: Path) -> None:
    """There is a deadline, and the process does not outlive it."""
    with (
        pytest.raises(LabError, match="did not start within 0 s"),
        running(tmp_path / "lab.db", start_seconds=0),
    ):
        pytest.fail("it started")


def test_a_process_that_does_not_end_is_killed() -> None:
    """Nothing that was started is left behind, even if it does not hear that it should end."""
    deaf = subprocess.Popen(
        [sys.executable, "-c", "import time; time.sleep(60)"], stdin=subprocess.PIPE
    )

    end(deaf, seconds=0)

    assert deaf.returncode not in {0, None}


def test_a_missing_extra_is_one_sentence(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Without the web server the sentence says what to install."""
    monkeypatch.delitem(sys.modules, "redhanded.lab.serve")
    monkeypatch.setitem(sys.modules, "uvicorn", None)

    code = main(["--data", "unused"])

    assert code == 2
    assert capsys.readouterr().err == (
        "redhanded.lab: uvicorn is not installed: pip install 'redhanded[lab]'\n"
    )


def test_it_ends_with_its_parent(tmp_path: Path) -> None:
    """A parent that is killed and cleans up nothing leaves no API behind."""
    script = (
        "import sys, pathlib\n"
        "from redhanded.lab import running\n"
        "with running(pathlib.Path(sys.argv[1])) as lab:\n"
        "    print(lab.url, flush=True)\n"
        "    sys.stdin.read()\n"
    )
    with subprocess.Popen(
        [sys.executable, "-c", script, str(tmp_path / "lab.db")],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": SOURCE},
    ) as parent:
        assert parent.stdout
        port = int(parent.stdout.readline().strip().rpartition(":")[2])
        with socket.create_connection(("127.0.0.1", port), timeout=SECONDS) as connection:
            parent.kill()

            assert is_closed(connection)


def is_closed(connection: socket.socket) -> bool:
    """Whether the server closes a connection on which nothing was said: it does when it ends."""
    try:
        return connection.recv(1) == b""
    except ConnectionResetError:
        return True


@posix_only
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT], ids=["sigterm", "sigint"])
def test_alone_it_goes_on_until_a_signal(tmp_path: Path, number: signal.Signals) -> None:
    """Without --with-parent the end of its input does not matter; a signal ends it with code 0."""
    with started("--data", str(tmp_path / "lab.db")) as (process, lab):
        assert process.stdin
        process.stdin.close()
        assert is_reachable(lab.url)

        process.send_signal(number)

        assert process.wait(SECONDS) == 0
        assert process.pid == lab.pid


def test_the_port_is_taken_from_the_start() -> None:
    """A bound port cannot be lost to another process before the server serves it."""
    with listen(0) as first:
        port = first.getsockname()[1]

        with pytest.raises(OSError):
            listen(port)


def test_a_taken_port_is_one_sentence(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Whoever asks for a port that is taken is told so."""
    with listen(0) as taken:
        port = taken.getsockname()[1]

        code = main(["--data", str(tmp_path / "lab.db"), "--port", str(port)])

    said = capsys.readouterr()
    assert (code, said.out) == (2, "")
    assert said.err.startswith(f"redhanded.lab: port {port} cannot be used")
    assert len(said.err.splitlines()) == 1


@pytest.mark.parametrize(
    "arguments, sentence",
    [
        pytest.param([], "the following arguments are required: --data", id="no-data"),
        pytest.param(["--port", "70000"], "'70000' must be a number from 0 to 65535", id="port"),
        pytest.param(["--port", "-1"], "must be a number from 0 to 65535", id="negative-port"),
        pytest.param(
            ["--token-seconds", "0"], "must be a number of seconds above 0", id="no-lifetime"
        ),
        pytest.param(
            ["--token-seconds", "soon"], "must be a number of seconds above 0", id="no-number"
        ),
        pytest.param(["--host", "::"], "unrecognized arguments", id="other-interface"),
    ],
)
def test_bad_arguments_are_one_sentence(
    capsys: pytest.CaptureFixture[str], arguments: list[str], sentence: str
) -> None:
    """A wrong argument is named, with what is right; there is no way to listen elsewhere."""
    given = arguments and ["--data", "unused", *arguments]

    with pytest.raises(SystemExit) as ended:
        main(given)

    assert ended.value.code == 2
    assert sentence in capsys.readouterr().err


@pytest.mark.parametrize(
    "data, build, sentence",
    [
        pytest.param("missing/lab.db", "1", "name another --data file", id="data"),
        pytest.param("lab.db", "two words", "must be 1 to 64 letters", id="build"),
    ],
)
def test_what_cannot_be_served_is_one_sentence(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], data: str, build: str, sentence: str
) -> None:
    """A wrong data file or build ends the start, without a traceback."""
    code = main(["--data", str(tmp_path / data), "--build", build])

    said = capsys.readouterr().err
    assert (code, len(said.splitlines())) == (2, 1)
    assert sentence in said
