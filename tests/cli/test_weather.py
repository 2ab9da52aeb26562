"""`redhanded weather`: what it lists, what it refuses, and a proxy that really stands there."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx2
import pytest

from redhanded.lab.weather.faults.table import FAULTS
from tests.cli.conftest import Run
from tests.servers import raw

# Whatever started the tests may have switched interrupts off: shells do so in the background.
DOOR = """
import signal
signal.signal(signal.SIGINT, signal.default_int_handler)
from redhanded.cli import main
main()
"""
posix = pytest.mark.skipif(os.name != "posix", reason="no interrupt to send to one process")


@contextmanager
def started(folder: Path, *arguments: str) -> Iterator[subprocess.Popen[str]]:
    """The command in a process of its own, ended with the block."""
    process = subprocess.Popen(
        [sys.executable, "-c", DOOR, "weather", *arguments],
        cwd=folder,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    with process:
        try:
            yield process
        finally:
            process.kill()


def interrupt(process: subprocess.Popen[str]) -> str:
    """What the process says on standard error when it is interrupted, which is its wanted end."""
    process.send_signal(signal.SIGINT)
    _, said = process.communicate(timeout=20)
    assert process.returncode == 0, said
    return said


def test_every_fault_is_listed(run: Run) -> None:
    """One line a fault: code, title, what it does."""
    result = run("weather", "--list")

    listed = [line.split()[0] for line in result.stdout.splitlines()]
    assert (result.exit_code, listed) == (0, list(FAULTS))
    assert re.search(r"^E12  reset after the request was sent +Reads", result.stdout, re.MULTILINE)


def test_the_list_is_there_for_programs(run: Run) -> None:
    """The same as JSON, with the shape that holds where none is asked for."""
    faults = json.loads(run("weather", "--list", "--json").stdout)["faults"]

    assert [fault["code"] for fault in faults] == list(FAULTS)
    assert {fault["code"]: fault["shape"] for fault in faults}["E28"] == "3 from 1"
    assert all(fault["title"] and fault["how"].endswith(".") for fault in faults)


@pytest.mark.parametrize(
    "arguments, sentence",
    [
        pytest.param([], "No UPSTREAM was given: write redhanded weather URL", id="no-upstream"),
        pytest.param(["http://192.0.2.1"], "is not on this machine", id="elsewhere"),
        pytest.param(["https://127.0.0.1"], "must begin with http://", id="https"),
        pytest.param(["x", "--fault", "E12"], "'x' is not on this machine", id="no-url"),
        pytest.param(
            ["http://127.0.0.1:9", "--fault", "E98"],
            "there is no fault 'E98'; the closest is E",
            id="fault",
        ),
        pytest.param(
            ["http://127.0.0.1:9", "--fault", "E12", "--shape", "often"],
            "shape: Input should be 'once', 'burst', '10s', '60s', 'always' or 'random'.",
            id="shape",
        ),
        pytest.param(
            ["http://127.0.0.1:9", "--rate", "0.5"],
            "rate belongs to a fault: add --fault CODE.",
            id="shape-without-fault",
        ),
        pytest.param(
            ["http://127.0.0.1:9", "--fault", "E12", "--plan", "p"],
            "a plan file says all: leave out --fault",
            id="plan-and-fault",
        ),
        pytest.param(
            ["http://127.0.0.1:9", "--plan", "nowhere"],
            "the plan nowhere cannot be read: No such file",
            id="no-plan",
        ),
        pytest.param(
            ["http://127.0.0.1:9", "--fault", "E08"], "start the proxy with --tls.", id="no-tls"
        ),
        pytest.param(
            ["http://127.0.0.1:9", "--log", "no/where"],
            f"the log {Path('no/where')} cannot be written: No such file",
            id="no-log",
        ),
        pytest.param(["http://127.0.0.1:9", "--port", "70000"], "'--port'", id="port"),
    ],
)
def test_wrong_input_is_one_sentence(run: Run, arguments: list[str], sentence: str) -> None:
    """Nothing listens, and the sentence says what to write."""
    result = run("weather", *arguments)

    assert (result.exit_code, result.stdout) == (2, "")
    assert sentence in result.stderr
    assert result.stderr.count("\n") == 1


def test_a_taken_port_is_one_sentence(run: Run) -> None:
    """Whoever asks for a port that is taken is told so."""
    with raw.serve(raw.answer()) as server:
        result = run("weather", server.url, "--port", str(server.port))

    assert (result.exit_code, result.stderr.count("\n")) == (2, 1)
    assert f"port {server.port} cannot be used" in result.stderr


@posix
def test_it_says_what_will_happen_and_what_did(folder: Path) -> None:
    """The address, each rule, and after Ctrl-C how often what happened."""
    with (
        raw.serve(raw.answer()) as server,
        started(
            folder, server.url, "--fault", "E29", "--fault", "E12", "--nth", "2",
            "--route", "GET /a*", "--log", "log.ndjson", "--seed", "5",
        ) as weather,
    ):  # fmt: skip
        assert weather.stdout
        first, *rules = (weather.stdout.readline() for _ in range(3))
        url = first.split()[0]
        with httpx2.Client(base_url=url, trust_env=False) as client:
            statuses = [client.get(path).status_code for path in ("/a", "/b", "/ab")]
            with pytest.raises(httpx2.ReadError):
                client.get("/a")
        said = interrupt(weather)

    assert first == f"{url} leads to 127.0.0.1:{server.port}; Ctrl-C ends it.\n"
    assert rules == [
        "E29 502/504 HTML in a rolling deploy: number 2, GET /a*\n",
        "E12 reset after the request was sent: number 2, GET /a*\n",
    ]
    assert (statuses[0], statuses[1], statuses[2] in {502, 504}) == (200, 200, True)
    assert said == "\n3 requests reached the upstream; faults made: E12 1, E29 1.\n"
    events = [json.loads(line) for line in (folder / "log.ndjson").read_text().splitlines()]
    assert [event.get("code") for event in events if event["event"] == "fault"] == ["E29", "E12"]


@posix
def test_a_program_is_told_in_json(folder: Path) -> None:
    """One line says where it listens and whom to trust; nothing else is printed."""
    with raw.serve(raw.answer()) as server, started(folder, server.url, "--tls", "--json") as it:
        assert it.stdout
        said = json.loads(it.stdout.readline())
        authority = Path(said["ca"]).read_text("ascii")
        end = interrupt(it)

    assert (said["v"], said["pid"]) == (1, it.pid)
    assert said["url"].startswith("https://127.0.0.1:")
    assert authority.startswith("-----BEGIN CERTIFICATE-----")
    assert not Path(said["ca"]).exists()
    assert end == ""


@posix
def test_a_calm_proxy_says_that_it_is_calm(folder: Path) -> None:
    """Without a fault it says so; an upstream that is not there is counted."""
    with raw.closed_port() as port, started(folder, f"127.0.0.1:{port}", "--tls") as it:
        assert it.stdout
        first, trust, calm = (it.stdout.readline() for _ in range(3))
        authority = trust.split()[-1].rstrip(".")
        assert authority.endswith("authority.pem")
        end = interrupt(it)

    assert f"leads to 127.0.0.1:{port}" in first
    assert calm == "No fault was asked for: everything passes as it comes.\n"
    assert end == "\n0 requests reached the upstream; faults made: none.\n"
