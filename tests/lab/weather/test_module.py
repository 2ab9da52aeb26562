"""`python -m redhanded.lab.weather`: its arguments, its lines, its end."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx2
import pytest

from redhanded.lab.weather.__main__ import main
from tests.servers import raw

SOURCE = str(Path(__file__).parents[3] / "src")
SECONDS = 20
posix_only = pytest.mark.skipif(os.name != "posix", reason="signals are POSIX's")


@contextmanager
def started(*arguments: str) -> Iterator[tuple[subprocess.Popen[str], dict[str, Any]]]:
    """The proxy as a process that the test has to end; at the latest it is killed here."""
    with subprocess.Popen(
        [sys.executable, "-m", "redhanded.lab.weather", *arguments],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": SOURCE},
    ) as process:
        try:
            assert process.stdout
            yield process, json.loads(process.stdout.readline())
        finally:
            process.kill()


def ask(process: subprocess.Popen[str], line: str) -> dict[str, Any]:
    """What the process answers to a line."""
    assert process.stdin
    assert process.stdout
    process.stdin.write(f"{line}\n")
    process.stdin.flush()
    answer: dict[str, Any] = json.loads(process.stdout.readline())
    return answer


def test_flags_make_a_plan(tmp_path: Path) -> None:
    """The same flags as the command's, with one rule for each fault."""
    log = tmp_path / "log"
    with (
        raw.serve(raw.answer()) as server,
        started(
            server.url, "--fault", "E25", "--shape", "burst", "--route", "/a", "--seed", "4",
            "--log", str(log),
        ) as (process, said),
    ):  # fmt: skip
        with httpx2.Client(base_url=said["url"], trust_env=False) as client:
            statuses = [client.get(path).status_code for path in ("/a", "/b", "/a", "/a", "/a")]
        process.terminate()

    assert statuses == [429, 200, 429, 429, 200]
    assert (said["pid"], said["ca"]) == (process.pid, None)
    assert log.read_text("utf-8").count('"code": "E25"') == 3


@posix_only
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT], ids=["sigterm", "sigint"])
def test_a_signal_ends_it(number: signal.Signals) -> None:
    """Without --with-parent the end of its input does not matter; a signal ends it with code 0."""
    with started("http://127.0.0.1:9") as (process, _):
        assert process.stdin
        process.stdin.close()

        process.send_signal(number)

        assert process.wait(SECONDS) == 0


def test_it_ends_with_its_parent() -> None:
    """A parent that is gone leaves no proxy behind."""
    with started("http://127.0.0.1:9", "--with-parent") as (process, _):
        assert process.stdin
        process.stdin.close()

        assert process.wait(SECONDS) == 0


@pytest.mark.parametrize(
    "line, sentence",
    [
        pytest.param("{", "Expecting", id="no-json"),
        pytest.param("[]", "a line is", id="no-object"),
        pytest.param('{"plan": {}, "lgo": "x"}', "a line is", id="unknown-key"),
        pytest.param('{"plan": {"fault": "E99"}}', "there is no fault 'E99'", id="wrong-plan"),
        pytest.param('{"plan": {"fault": "E09"}}', "start the proxy with --tls", id="no-tls"),
        pytest.param(
            '{"plan": {}, "log": "no/such/folder/log"}', "cannot be written", id="wrong-log"
        ),
    ],
)
def test_a_wrong_line_is_answered_by_a_sentence(line: str, sentence: str) -> None:
    """And what was before still holds, so that the next line can be right."""
    with started("http://127.0.0.1:9", "--with-parent") as (process, _):
        refused = ask(process, line)
        taken = ask(process, '{"plan": [{"fault": "E12"}]}')

    assert sentence in refused["error"]
    assert taken == {"rules": 1, "seed": 0}


@pytest.mark.parametrize(
    "arguments, sentence",
    [
        pytest.param(["http://192.0.2.1"], "is not on this machine", id="elsewhere"),
        pytest.param(["x:9", "--fault", "E12"], "is not on this machine", id="name"),
        pytest.param(["127.0.0.1:9", "--fault", "E08"], "with --tls", id="tls"),
        pytest.param(["127.0.0.1:9", "--plan", "nowhere"], "cannot be read", id="plan"),
        pytest.param(["127.0.0.1:9", "--nth", "2"], "nth belongs to a fault", id="no-fault"),
        pytest.param(["http://127.0.0.1:9?x=1"], "without a path", id="query"),
        pytest.param(["ftp://127.0.0.1:9"], "must begin with http://", id="scheme"),
    ],
)
def test_wrong_arguments_are_one_sentence(
    capsys: pytest.CaptureFixture[str], arguments: list[str], sentence: str
) -> None:
    """Nothing starts, and the sentence says what to write."""
    code = main(arguments)

    said = capsys.readouterr()
    assert (code, said.out, said.err.count("\n")) == (2, "", 1)
    assert sentence in said.err


@pytest.mark.parametrize("port", ["-1", "70000", "x"])
def test_a_wrong_port_is_one_sentence(capsys: pytest.CaptureFixture[str], port: str) -> None:
    """A port is a number from 0 to 65535."""
    with pytest.raises(SystemExit) as ended:
        main(["127.0.0.1:9", f"--port={port}"])

    assert ended.value.code == 2
    assert f"'{port}' must be a number from 0 to 65535" in capsys.readouterr().err


def test_a_taken_port_is_one_sentence(capsys: pytest.CaptureFixture[str]) -> None:
    """Whoever asks for a port that is taken is told so."""
    with raw.serve(raw.answer()) as server:
        code = main([server.url, "--port", str(server.port)])

    said = capsys.readouterr().err
    assert (code, said.count("\n")) == (2, 1)
    assert f"port {server.port} cannot be used" in said


def test_missing_certificates_are_one_sentence(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without trustme the sentence says what to install."""
    monkeypatch.setitem(sys.modules, "trustme", None)

    code = main(["127.0.0.1:9", "--tls"])

    assert code == 2
    assert "trustme is not installed: pip install 'redhanded[lab]'" in capsys.readouterr().err
