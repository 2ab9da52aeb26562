"""The door: help, version, and every way to go wrong in one sentence."""

from __future__ import annotations

import inspect
import os
import subprocess
import sys
from pathlib import Path

import click
import pytest
from click.testing import CliRunner, Result

from redhanded import __version__
from redhanded.cli.commands import Commands, colours_wanted
from tests.cli import broken
from tests.cli.conftest import Run

COMMANDS = [
    "demo",
    "weather",
    "doctor",
    "wait",
    "history",
    "flakes",
    "slow",
    "diff",
    "config",
    "explain",
]
HEAVY = {
    "anyio",
    "faker",
    "fastapi",
    "httpx2",
    "polyfactory",
    "pydantic",
    "pytest",
    "rich",
    "sqlalchemy",
}


def go_wrong(name: str, *options: str) -> Result:
    """What comes of a command that goes wrong."""
    group = Commands(name="redhanded", homes={name: broken.__name__}, params=[_traceback()])
    runner = CliRunner(catch_exceptions=False)
    return runner.invoke(group, [*options, name], prog_name="redhanded")


def _traceback() -> click.Option:
    return click.Option(["--traceback"], is_flag=True)


@pytest.mark.parametrize("name", COMMANDS)
def test_help_names_every_command(run: Run, name: str) -> None:
    """`redhanded --help` lists what there is, each with a few words."""
    line = next(line for line in run("--help").stdout.splitlines() if line.startswith(f"  {name}"))

    assert len(line.split()) > 3


@pytest.mark.parametrize("code", ["0", "1", "2", "3", "75", "130"])
def test_help_tells_the_exit_codes(run: Run, code: str) -> None:
    """Whoever calls redhanded from a script finds what its codes mean."""
    assert any(line.split()[:1] == [code] for line in run("--help").stdout.splitlines())


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_helps(run: Run, name: str) -> None:
    """Each command explains itself on standard output and ends with 0."""
    result = run(name, "-h")

    assert result.exit_code == 0, result.stderr
    assert result.stdout.startswith(f"Usage: redhanded {name} ")
    assert result.stderr == ""


def test_without_a_command_the_help_is_shown(run: Run) -> None:
    """Who does not know what to write is told, and a script notices."""
    result = run()

    assert result.exit_code == 2
    assert "Usage: redhanded" in result.stderr


def test_the_version_is_told_by_the_installed_command() -> None:
    """`python -m redhanded.cli` is the same door as the script."""
    done = subprocess.run(
        [sys.executable, "-m", "redhanded.cli", "--version"],
        capture_output=True,
        text=True,
        check=True,
    )

    assert done.stdout == f"redhanded {__version__}\n"


def test_what_an_old_code_page_lacks_is_spelled_out(folder: Path) -> None:
    """A console of another encoding than the text is no reason to fail."""
    environ = {**os.environ, "PYTHONIOENCODING": "ascii", "REDHANDED_TRACE_URL": "é/{trace_id}"}

    done = subprocess.run(
        [sys.executable, "-m", "redhanded.cli", "config", "show"],
        capture_output=True,
        check=True,
        env=environ,
    )

    assert rb'"\xe9/{trace_id}"' in done.stdout


@pytest.mark.parametrize(
    "words, completed",
    [
        pytest.param("redhanded wa", "plain,wait", id="a-command"),
        pytest.param("redhanded wait --ev", "plain,--every", id="an-option"),
        pytest.param("redhanded nothing --ev", "", id="no-such-command"),
    ],
)
def test_a_shell_can_complete(run: Run, words: str, completed: str) -> None:
    """Completion knows commands that are not imported yet, and their options."""
    result = run(
        _REDHANDED_COMPLETE="bash_complete",
        COMP_WORDS=words,
        COMP_CWORD=str(len(words.split()) - 1),
    )

    assert result.stdout.strip() == completed


def test_help_imports_nothing_heavy() -> None:
    """INVARIANT: whoever only asks for help waits for no library."""
    script = inspect.cleandoc(
        """
        import sys
        from redhanded.cli import main
        sys.argv = ["redhanded", "--help"]
        try:
            main()
        finally:
            print(*sys.modules, file=sys.stderr)
        """
    )

    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True
    )

    assert "redhanded.cli.explain" in done.stderr.split()
    assert HEAVY.isdisjoint(done.stderr.split())


@pytest.mark.parametrize(
    "arguments, sentence",
    [
        pytest.param(
            ["doktor"],
            "There is no command 'doktor'; did you mean doctor? See redhanded --help.",
            id="a-name-close-to-one",
        ),
        pytest.param(
            ["frobnicate"],
            "There is no command 'frobnicate'; there are demo, init, weather, doctor, canary,"
            " wait, history, flakes, slow, report, replay, diff, coverage, sweep, config, explain."
            " See redhanded --help.",
            id="a-name-close-to-none",
        ),
        pytest.param(
            ["wait", "--expect", "99", "http://x"],
            "Invalid value for '--expect': 99 is not in the range 100<=x<=599."
            " See redhanded wait --help.",
            id="a-value-out-of-range",
        ),
    ],
)
def test_wrong_usage_is_one_sentence(run: Run, arguments: list[str], sentence: str) -> None:
    """What cannot be meant ends with 2 and says where to read on."""
    result = run(*arguments)

    assert result.exit_code == 2
    assert result.stdout == ""
    assert result.stderr == f"redhanded: {sentence}\n"


@pytest.mark.parametrize("arguments", [["--jsno"], ["explain", "--jsno"]], ids=["group", "command"])
def test_an_unknown_option_is_refused(run: Run, arguments: list[str]) -> None:
    """A mistyped option is never taken for something else."""
    result = run(*arguments)

    assert result.exit_code == 2
    assert result.stderr.startswith("redhanded: No such option")
    assert result.stderr.count("\n") == 1


@pytest.mark.parametrize(
    "name, said",
    [
        pytest.param(
            "refused",
            "pyproject.toml: colour is not a setting.\n.env: line 3 is no assignment.",
            id="settings",
        ),
        pytest.param("full", "No space left on device.", id="disk"),
        pytest.param("silent", "TimeoutError.", id="system"),
        pytest.param("misused", "Could not open file 'notes.txt': it is a folder.", id="click"),
    ],
)
def test_an_error_becomes_a_sentence(name: str, said: str) -> None:
    """What cannot be done ends with 2 and a sentence, never with a traceback."""
    result = go_wrong(name)

    assert (result.exit_code, result.stdout) == (2, "")
    assert result.stderr == f"redhanded: {said}\n"


def test_an_error_of_the_system_names_its_file() -> None:
    """The reader learns which file it is about."""
    result = go_wrong("unreadable")

    assert result.exit_code == 2
    assert "file: " in result.stderr
    assert result.stderr.count("\n") == 1


def test_a_reader_who_left_is_no_error() -> None:
    """`redhanded config show | head -1` ends quietly."""
    result = go_wrong("unheard")

    assert (result.exit_code, result.output) == (1, "")


def test_an_interrupt_ends_with_130() -> None:
    """Ctrl-C ends the line on which the terminal shows it, and nothing more is said."""
    result = go_wrong("interrupted")

    assert (result.exit_code, result.stdout, result.stderr) == (130, "", "\n")


def test_a_fault_names_its_kind_and_its_place_in_redhanded() -> None:
    """INVARIANT: the message of an unforeseen error is not shown, for it may hold a secret."""
    result = go_wrong("surprised")

    assert result.exit_code == 3
    assert result.stderr.startswith(
        f"redhanded: an internal error (AttributeError at {_path('session', 'keys.py')}:"
    )
    assert "partition" not in result.stderr


def _path(*parts: str) -> str:
    return str(Path(*parts))


def test_a_fault_shows_its_traceback_on_request() -> None:
    """A report of a fault can say all there is to say."""
    result = go_wrong("surprised", "--traceback")

    assert result.exit_code == 3
    assert "Traceback (most recent call last)" in result.stderr
    assert result.stderr.splitlines()[-1].startswith("redhanded: an internal error")


def test_a_fault_that_redhanded_knows_speaks_for_itself() -> None:
    """An InternalError is shown as it is."""
    result = go_wrong("guilty")

    assert result.exit_code == 3
    assert result.stderr == "redhanded: the table of retries has no row 99; please report it.\n"


@pytest.mark.parametrize(
    "environ, wanted",
    [
        pytest.param({}, None, id="nothing-said"),
        pytest.param({"NO_COLOR": "1"}, False, id="no-colour"),
        pytest.param({"NO_COLOR": ""}, None, id="empty-says-nothing"),
        pytest.param({"TERM": "dumb"}, False, id="dumb-terminal"),
        pytest.param({"FORCE_COLOR": "1", "TERM": "dumb"}, True, id="wanted-all-the-same"),
        pytest.param({"FORCE_COLOR": "1", "NO_COLOR": "1"}, False, id="forbidden-all-the-same"),
        pytest.param({"TERM": "xterm"}, None, id="terminal"),
    ],
)
def test_the_environment_can_forbid_colours(environ: dict[str, str], wanted: bool | None) -> None:
    """What is forbidden comes before what is wanted; otherwise the terminal decides."""
    assert colours_wanted(environ) is wanted
