"""`redhanded demo`, for real: the demo API, pytest with the plugin, and both of their ends."""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import sys
import textwrap
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from redhanded.lab import LabError
from tests.cli.conftest import Run
from tests.lean import LEAN

# Whatever started the tests may have switched interrupts off: shells do so in the background.
# And which lines are run is measured here, and not once more in the tests' and the API's processes.
DOOR = """
import os
import signal
os.environ.pop("COVERAGE_PROCESS_CONFIG", None)
signal.signal(signal.SIGINT, signal.default_int_handler)
from redhanded.cli import main
main()
"""
SUITE = """
from redhanded import expect

def test_it_is_well(api):
    expect(api.get("/health"), 200)

def test_it_has_no_moon(api):
    expect(api.get("/moon"), 200)
"""
PRICES = """
from redhanded import expect

def test_a_price_stays(api):
    read = [expect(api.get("/booking/1"), 200, dict)["totalprice"] for _ in range(9)]
    assert len(set(read)) == 1

def test_it_is_well(api):
    for _ in range(20):
        expect(api.get("/health"), 200)
"""
WAITING = """
import threading
from redhanded import expect

def test_it_takes_its_time(api):
    expect(api.get("/health"), 200)
    print("waiting", flush=True)
    threading.Event().wait(50)
"""
ALONE = ["--", "-s", "-p", "no:xdist", "-p", "no:randomly"]
posix = pytest.mark.skipif(os.name != "posix", reason="no process groups to send a signal to")


@contextmanager
def started(folder: Path, *arguments: str) -> Iterator[subprocess.Popen[str]]:
    """The demo in a process group of its own, ended with the block."""
    process = subprocess.Popen(
        [sys.executable, "-c", DOOR, "demo", *arguments],
        cwd=folder,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )
    with process:
        try:
            yield process
        finally:
            process.kill()


def read_until(process: subprocess.Popen[str], words: str) -> str:
    """What the process says, up to the line with these words."""
    assert process.stdout is not None
    said = []
    for line in process.stdout:
        said.append(line)
        if words in line:
            return "".join(said)
    pytest.fail(f"it ended without saying {words!r}:\n{''.join(said)}")


def rest(process: subprocess.Popen[str]) -> str:
    """What the process says until its end."""
    assert process.stdout is not None
    return process.stdout.read()


def api_of(said: str) -> str:
    """The demo API's address."""
    found = re.search(r"The demo API answers at (\S+)\.\n", said)
    assert found, said
    return found[1]


def answers(url: str) -> bool:
    """Whether anybody listens there."""
    address = urlsplit(url)
    with socket.socket() as caller:
        return caller.connect_ex((address.hostname, address.port)) == 0


@pytest.fixture
def suite(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with tests of one's own."""
    monkeypatch.setenv("PYTEST_ADDOPTS", " ".join(LEAN))
    place = folder / "mine"
    place.mkdir()
    (place / "test_mine.py").write_text(SUITE, "utf-8")
    return place


def test_a_suite_is_judged_against_the_demo_api(suite: Path, folder: Path) -> None:
    """One command: API, tests on two workers, verdicts, evidence, pytest's own exit code."""
    with started(folder, "--tests", "mine") as demo:
        said = rest(demo)

    assert demo.returncode == 1, said
    assert said.startswith("The demo API answers at http://127.0.0.1:")
    assert "\npytest now runs mine against it.\n" in said
    assert "created: 2/2 workers" in said
    assert "1 defect; 1 of 2 tests held." in said
    (run,) = (folder / ".redhanded" / "runs").iterdir()
    assert said.endswith(f"\nThe evidence is in {run}.\n")
    assert not answers(api_of(said))


def test_pytest_takes_further_arguments(suite: Path, folder: Path) -> None:
    """What stands behind `--` is pytest's, and nothing is written outside of the evidence."""
    with started(folder, "--tests", "mine", *ALONE, "-k", "well") as demo:
        said = rest(demo)

    assert demo.returncode == 0, said
    assert "1 passed, 1 deselected" in said
    assert {path.name for path in folder.iterdir()} == {".redhanded", "mine"}


def test_what_pytest_refuses_is_pytests_word(suite: Path, folder: Path) -> None:
    """The exit code is pytest's own, and no evidence is promised where there was no run."""
    with started(folder, "--tests", "mine", "--", "--no-such-option") as demo:
        said = rest(demo)

    assert demo.returncode == 4, said
    assert "The evidence is in" not in said


@pytest.mark.parametrize(
    "text, code, words",
    [
        pytest.param(PRICES, 0, "and caught red-handed by 1 test:", id="caught"),
        pytest.param(SUITE, 1, "FALSE ALARM: 1 test red without having met", id="a-false-alarm"),
    ],
)
def test_a_storm_ends_well_where_the_planted_bug_is_the_only_red(
    suite: Path, folder: Path, text: str, code: int, words: str
) -> None:
    """INVARIANT: 0 means that the bug was caught and nothing else is red; the logs are kept."""
    (suite / "test_mine.py").write_text(text, "utf-8")

    with started(folder, "--tests", "mine", "--storm", "--weather", "E29", *ALONE) as demo:
        said = rest(demo)

    assert demo.returncode == code, said
    assert "\nBefore it stands a storm, by seed 1: one request in ten is struck (E29)." in said
    assert words in said
    (run,) = (folder / ".redhanded" / "runs").iterdir()
    assert "weather.ndjson" in {path.name for path in run.iterdir()}
    assert not answers(api_of(said))


def test_a_storm_that_pytest_refuses_says_nothing_of_bugs(suite: Path, folder: Path) -> None:
    """Without a run there is nothing to tell, and the exit code is pytest's own."""
    with started(folder, "--tests", "mine", "--storm", "--", "--no-such-option") as demo:
        said = rest(demo)

    assert demo.returncode == 4, said
    assert "The planted bug" not in said


@posix
def test_an_interrupt_ends_pytest_and_the_api(suite: Path, folder: Path) -> None:
    """INVARIANT: after Ctrl-C pytest has reported, the API is gone, and the code is 130."""
    (suite / "test_mine.py").write_text(WAITING, "utf-8")

    with started(folder, "--tests", "mine", *ALONE) as demo:
        url = api_of(read_until(demo, "waiting"))
        os.killpg(demo.pid, signal.SIGINT)
        said = rest(demo)

    assert demo.returncode == 130, said
    assert "KeyboardInterrupt" in said
    assert "Traceback" not in said
    assert not answers(url)


@posix
def test_a_termination_ends_pytest_and_the_api(suite: Path, folder: Path) -> None:
    """INVARIANT: whoever ends the demo, as CI does, leaves no process behind."""
    (suite / "test_mine.py").write_text(WAITING, "utf-8")

    with started(folder, "--tests", "mine", *ALONE) as demo:
        url = api_of(read_until(demo, "waiting"))
        demo.terminate()
        said = rest(demo)  # ends with the last process that holds the other end of the pipe

    assert demo.returncode == 143, said
    assert not answers(url)


@posix
def test_the_api_can_be_kept(suite: Path, folder: Path) -> None:
    """With --keep it answers until Ctrl-C, which is then no failure."""
    with started(folder, "--tests", "mine", "--keep", *ALONE, "-k", "well") as demo:
        said = read_until(demo, "stay until Ctrl-C")
        url = api_of(said)
        answered = answers(url)
        os.killpg(demo.pid, signal.SIGINT)
        rest(demo)

    assert answered
    assert demo.returncode == 0
    assert f"the tests are {suite}." in said
    assert not answers(url)


def test_a_missing_extra_is_named(run: Run, suite: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The sentence says what to install."""
    monkeypatch.setattr("redhanded.cli.demo._LAB", ("no_such_framework", "click"))

    result = run("demo", "--tests", "mine")

    assert (result.exit_code, result.stdout) == (2, "")
    assert result.stderr == (
        "redhanded: the demo API needs no_such_framework: pip install 'redhanded[lab]'\n"
    )


def test_a_storm_needs_a_little_more(
    run: Run, suite: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is missing is said before anything is started."""
    monkeypatch.setattr("redhanded.cli.demo._STORM", ("no_such_protocol",))

    result = run("demo", "--tests", "mine", "--storm")

    assert (result.exit_code, result.stdout) == (2, "")
    assert result.stderr == (
        "redhanded: the demo API needs no_such_protocol: pip install 'redhanded[lab]'\n"
    )


def test_an_api_that_does_not_start_judges_nothing(
    run: Run, suite: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """INVARIANT: a demo that could not be set up is not red; it ends with 75."""

    @contextmanager
    def refuse(_: Path) -> Iterator[None]:
        raise LabError("the demo API did not start: the disk is full")
        yield

    monkeypatch.setattr("redhanded.lab.running", refuse)

    result = run("demo", "--tests", "mine")

    assert (result.exit_code, result.stdout) == (75, "")
    assert result.stderr == "redhanded: the demo API did not start: the disk is full.\n"


def test_tests_that_are_not_there_are_refused(run: Run) -> None:
    """A mistyped path starts nothing."""
    result = run("demo", "--tests", "nowhere")

    assert result.exit_code == 2
    assert "nowhere" in result.stderr
    assert result.stderr.count("\n") == 1


def call_child(code: str, *, grace: float = 5.0) -> subprocess.CompletedProcess[str]:
    """What comes of a process that runs this child."""
    script = textwrap.dedent(
        f"""
        import os, signal, sys
        signal.signal(signal.SIGINT, signal.default_int_handler)
        from redhanded.cli.child import run
        before = signal.getsignal(signal.SIGTERM)
        try:
            print("code", run([sys.executable, "-c", {code!r}], environ=os.environ, grace={grace}))
        except KeyboardInterrupt:
            print("interrupted")
        print(signal.getsignal(signal.SIGTERM) == before)
        """
    )
    return subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True
    )


def test_a_childs_exit_code_is_handed_on() -> None:
    """The caller learns it, and signals are what they were before."""
    assert call_child("raise SystemExit(42)").stdout.split() == ["code", "42", "True"]


@posix
@pytest.mark.parametrize(
    "then, said",
    [
        pytest.param("", "", id="it-ends-by-itself"),
        pytest.param(
            "try: threading.Event().wait(50)\nexcept KeyboardInterrupt: print('told', flush=True)",
            "told\n",
            id="it-has-to-be-told",
        ),
        pytest.param(
            "signal.signal(signal.SIGINT, signal.SIG_IGN)\nthreading.Event().wait(50)",
            "",
            id="it-does-not-listen",
        ),
    ],
)
def test_an_interrupted_call_outlives_its_child(then: str, said: str) -> None:
    """INVARIANT: when the interrupt is passed on, the child has ended, one way or the other."""
    interrupts_its_parent = (
        "import os, signal, threading\n"
        "signal.signal(signal.SIGINT, signal.default_int_handler)\n"
        "os.kill(os.getppid(), signal.SIGINT)\n"
    )

    done = call_child(interrupts_its_parent + then, grace=0.5)

    assert done.stdout == f"{said}interrupted\nTrue\n"
    assert done.stderr == ""
