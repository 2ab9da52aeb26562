"""A secret in a file of a run fails the run, whoever wrote it and whichever worker knew it."""

from __future__ import annotations

import json
import os
from typing import TYPE_CHECKING

import pytest

from tests.servers import raw

if TYPE_CHECKING:
    from tests.plugin.suites import Serve, Suite

SECRET = "Tz6Yb1Kq8Wn3Rv5J"
TOML = '[tool.redhanded.auth]\nkind = "bearer"\ntoken = "env:API_KEY"\n'
HEAD = """\
[tool.pytest]
filterwarnings = ["default"]
asyncio_default_fixture_loop_scope = "function"
"""
PLANT = """
import os
from pathlib import Path
def plant(name, text=os.environ["API_KEY"]):
    (run,) = Path(".redhanded/runs").iterdir()
    (run / name).write_text(f"see: {text}")
"""


@pytest.fixture(autouse=True)
def key(monkeypatch: pytest.MonkeyPatch) -> None:
    """The secret, in the environment."""
    monkeypatch.setenv("API_KEY", SECRET)


@pytest.mark.parametrize("arguments", [(), ("-q",), ("-n1",)], ids=["loud", "quiet", "worker"])
def test_a_secret_in_a_file_fails_the_run(suite: Suite, arguments: tuple[str, ...]) -> None:
    """The first words say so, and name file, place and secret; the value is in none of them."""
    source = f"{PLANT}\ndef test_it():\n    plant('notes.txt')\n"

    ran = suite(source, *arguments, toml=TOML, head=HEAD, apart="-n1" in arguments)

    assert ran.ret == 1
    said = [line for line in ran.result.stdout.lines if "secret was written" in line]
    assert said == ["A secret was written to a file of this run: renew it, and delete the file."]
    assert "notes.txt at byte 5" in ran.text
    assert "API_KEY in" in ran.text
    assert "Not green: a secret stands in a file." in ran.text
    assert SECRET not in ran.text
    assert {event["exit_code"] for event in ran.of("run_ended")} >= {1}


def test_reports_say_of_a_run_with_a_secret_that_it_failed(suite: Suite) -> None:
    """They were written before the search, and nobody is to read in them that all is well."""
    source = f"{PLANT}\ndef test_it():\n    plant('notes.txt')\n"

    ran = suite(source, "--rh-report=ctrf=ctrf.json", toml=TOML, head=HEAD)

    assert [event["exit_code"] for event in ran.of("concluded")] == [0, 1]
    told = json.loads((ran.folder / "ctrf.json").read_text("utf-8"))
    assert told["results"]["environment"]["extra"]["exitCode"] == 1
    assert "a secret stands in a file" in json.dumps(told)


def test_a_run_without_a_terminal_fails_as_well(suite: Suite) -> None:
    """Nobody asked for last words, and everybody sees these."""
    source = f"{PLANT}\ndef test_it():\n    plant('notes.txt')\n"

    ran = suite(source, "-p", "no:terminal", toml=TOML, head=HEAD)

    assert ran.ret == 1
    assert "API_KEY in" in ran.result.stderr.str()


CONFTEST = """
import os, pytest
@pytest.hookimpl(trylast=True)
def pytest_sessionfinish():
    with open("junit.xml", "w") as file:
        file.write(os.environ["API_KEY"])
"""


def test_a_report_elsewhere_is_searched(suite: Suite, pytester: pytest.Pytester) -> None:
    """A plugin may write to a report's place what was never masked."""
    pytester.makeconftest(CONFTEST)

    ran = suite("def test_it(): pass", "--log-file=junit.xml", toml=TOML, head=HEAD)

    assert ran.ret == 1
    assert "API_KEY in junit.xml at byte 0" in ran.text


def test_what_stood_there_before_is_not_ours(suite: Suite, pytester: pytest.Pytester) -> None:
    """A file at a report's place that this run did not write is somebody else's."""
    old = pytester.path / ".pytest_cache" / "old"
    old.parent.mkdir()
    old.write_text(SECRET)
    os.utime(old, (1, 1))

    ran = suite("def test_it(): pass", toml=TOML, head=HEAD)

    assert ran.ret == 0
    assert "secret" not in ran.text


def test_a_file_that_cannot_be_searched_is_said(suite: Suite) -> None:
    """In a note: nobody takes it for clean."""
    source = f"{PLANT}\ndef test_it():\n    plant('a.txt', '')\n    Path('x.zip').touch()\n"
    source += "    (run,) = Path('.redhanded/runs').iterdir()\n"
    source += "    (run / 'broken.zip').write_bytes(b'PK' + bytes([3, 4]) + b'broken')\n"

    ran = suite(source, toml=TOML, head=HEAD)

    assert ran.ret == 0
    assert "broken.zip was not searched for secrets: it cannot be unpacked" in ran.text


def test_a_token_that_one_worker_was_given_is_known_to_the_controller(
    suite: Suite, raw_server: Serve
) -> None:
    """It travels sealed, when the worker ends, and is looked for in all files."""
    token = "Zk38dkPq71fkWmfxei92"
    source = f"""{PLANT}
def test_it(api):
    assert api.post("/login").status_code == 200
    plant("later.txt", "Zk38dkPq71f" + "kWmfxei92")
"""
    url = raw_server(raw.answer_json({"access_token": token})).url

    ran = suite(source, "-n1", base_url=url, toml=TOML, head=HEAD, apart=True)

    assert ran.ret == 1
    assert "access_token in" in ran.text
    assert token not in ran.text


@pytest.mark.parametrize("arguments", [(), ("-n1",)], ids=["alone", "worker"])
@pytest.mark.parametrize(
    "word", ["password", "python", "127.0.0.1", "test_it"], ids=["field", "tool", "host", "test"]
)
def test_a_word_that_runs_write_anyway_fails_none(
    suite: Suite, monkeypatch: pytest.MonkeyPatch, word: str, arguments: tuple[str, ...]
) -> None:
    """NEGATIVE SPACE: where a credential is such a word, its places tell no leak; a note does."""
    monkeypatch.setenv("API_KEY", word)

    ran = suite(
        f"{PLANT}\ndef test_it():\n    plant('notes.txt')\n",
        *arguments,
        toml=TOML,
        head=HEAD,
        apart="-n1" in arguments,
    )

    assert "secret was written" not in ran.text
    assert "API_KEY is a word that runs write anyway" in ran.text.replace("\n", " ")


def test_a_word_within_a_secret_excuses_none(suite: Suite, monkeypatch: pytest.MonkeyPatch) -> None:
    """A password may begin as a word of ours does; it is no such word."""
    monkeypatch.setenv("API_KEY", "passwordTz6Yb1Kq8")

    ran = suite(f"{PLANT}\ndef test_it():\n    plant('notes.txt')\n", toml=TOML, head=HEAD)

    assert ran.ret == 1
    assert "API_KEY in" in ran.text
