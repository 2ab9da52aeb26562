from __future__ import annotations

import ast
import os
import runpy
import shutil
import subprocess
import sys
import threading
from dataclasses import dataclass, field
from pathlib import Path

import pytest

import bootstrap
from bootstrap import NOTHING_JUDGED, Environment, main
from tests.project.checkout import ROOT

BOOTSTRAP = ROOT / "bootstrap.py"


@dataclass
class FakeSetup:
    """Stands for venv, pip and uv: notes each command and fails where it is told to."""

    environment: Environment
    failing: str = "nothing fails"
    output: str = ""
    commands: list[str] = field(default_factory=list)

    def __call__(self, command: list[str]) -> subprocess.CompletedProcess[str]:
        line = " ".join(command).replace(f"{self.environment.root}{os.sep}", "")
        self.commands.append(line)
        if self.failing in line:
            return subprocess.CompletedProcess(command, 1, stdout=self.output)
        if "-m venv" in line:
            shutil.rmtree(self.environment.folder, ignore_errors=True)
            self.environment.scripts.mkdir(parents=True)
            self.environment.python.touch()
        return subprocess.CompletedProcess(command, 0, stdout="")

    @property
    def environments_made(self) -> int:
        return sum("-m venv" in line for line in self.commands)

    @property
    def locks_installed(self) -> list[str]:
        return [Path(line.split()[-1]).stem for line in self.commands if "-r " in line]


@pytest.fixture
def checkout(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A checkout with locks and metadata, on a machine without uv."""
    (tmp_path / "pyproject.toml").write_text('[project]\nname = "x"\n', encoding="utf-8")
    (tmp_path / "requirements").mkdir()
    for lock in ("run", "dev"):
        (tmp_path / "requirements" / f"{lock}.txt").write_text(f"{lock}==1\n", encoding="utf-8")
    monkeypatch.setenv("PATH", str(tmp_path / "nowhere"))
    return tmp_path


@pytest.fixture
def setup(checkout: Path) -> FakeSetup:
    """Steps that succeed unless the test says otherwise."""
    return FakeSetup(Environment(checkout))


def add_uv(checkout: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Put a program named uv on PATH."""
    folder = checkout / "uv-lives-here"
    folder.mkdir()
    program = folder / ("uv.exe" if os.name == "nt" else "uv")
    program.touch(mode=0o755)
    monkeypatch.setenv("PATH", str(folder))


def test_a_first_run_makes_an_environment_from_hashed_requirements(
    checkout: Path, setup: FakeSetup
) -> None:
    """The lock is installed with its hashes, then the project with nothing besides."""
    main(["redhanded", "demo"], root=checkout, run=setup)

    fresh, locked, project = setup.commands
    assert fresh.endswith("-m venv --clear .venv")
    assert locked.endswith(f"--require-hashes -r {Path('requirements/run.txt')}")
    assert project.endswith(f"--no-deps --no-build-isolation -e {checkout}")


@pytest.mark.parametrize(
    "command, lock",
    [
        pytest.param("redhanded", "run", id="the product"),
        pytest.param("nox", "dev", id="the checks"),
        pytest.param("pytest", "dev", id="anything else"),
    ],
)
def test_a_command_gets_the_smallest_lock_that_serves_it(
    checkout: Path, setup: FakeSetup, command: str, lock: str
) -> None:
    """Who only wants the product does not wait for the tools of its makers."""
    main([command], root=checkout, run=setup)

    assert setup.locks_installed == [lock]


@pytest.mark.parametrize("command", ["redhanded", "nox"], ids=["the product", "the checks"])
def test_a_complete_environment_is_used_as_it_is(
    checkout: Path, setup: FakeSetup, command: str
) -> None:
    """Once made, an environment costs no further command."""
    main(["nox"], root=checkout, run=setup)
    setup.commands.clear()

    main([command], root=checkout, run=setup)

    assert setup.commands == []


def test_the_dev_lock_is_added_to_an_environment_that_holds_the_run_lock(
    checkout: Path, setup: FakeSetup
) -> None:
    """A demo that runs at this moment keeps the environment under its feet."""
    main(["redhanded"], root=checkout, run=setup)
    main(["nox"], root=checkout, run=setup)

    assert setup.environments_made == 1
    assert setup.locks_installed == ["run", "dev"]


@pytest.mark.parametrize(
    "path, text",
    [
        pytest.param("requirements/run.txt", "run==2\n", id="the lock"),
        pytest.param("pyproject.toml", '[project]\nname = "y"\n', id="the metadata"),
    ],
)
def test_an_outdated_environment_is_made_anew(
    checkout: Path, setup: FakeSetup, path: str, text: str
) -> None:
    """What the environment was made from has changed, so nothing in it is trusted."""
    main(["redhanded"], root=checkout, run=setup)

    (checkout / path).write_text(text, encoding="utf-8")
    main(["redhanded"], root=checkout, run=setup)

    assert setup.environments_made == 2


def test_an_environment_of_another_interpreter_is_made_anew(
    checkout: Path, setup: FakeSetup, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Packages built for one interpreter are not loaded into the next."""
    main(["redhanded"], root=checkout, run=setup)

    monkeypatch.setattr(sys, "version", "9.9.9")
    main(["redhanded"], root=checkout, run=setup)

    assert setup.environments_made == 2


def test_a_changed_lint_setting_leaves_the_environment_alone(
    checkout: Path, setup: FakeSetup
) -> None:
    """Only the metadata in pyproject.toml bears on what is installed."""
    main(["redhanded"], root=checkout, run=setup)

    with (checkout / "pyproject.toml").open("a", encoding="utf-8") as file:
        file.write("[tool.ruff]\nline-length = 99\n")
    main(["redhanded"], root=checkout, run=setup)

    assert setup.environments_made == 1


@pytest.mark.parametrize(
    "failing", ["--require-hashes", "--no-deps"], ids=["in the lock", "in the project"]
)
def test_a_half_made_environment_is_made_anew(
    checkout: Path, setup: FakeSetup, failing: str
) -> None:
    """INVARIANT: only an environment whose every step succeeded is trusted."""
    setup.failing = failing
    assert main(["nox"], root=checkout, run=setup) == NOTHING_JUDGED

    setup.failing = "nothing fails"
    main(["nox"], root=checkout, run=setup)

    assert setup.environments_made == 2


def test_an_interrupted_setup_is_not_trusted(
    checkout: Path, setup: FakeSetup, capsys: pytest.CaptureFixture[str]
) -> None:
    """Ctrl-C ends with the shell's code and a sentence, and the next run starts over."""

    def interrupted(command: list[str]) -> subprocess.CompletedProcess[str]:
        setup(command)
        if "-r" in command:
            raise KeyboardInterrupt
        return subprocess.CompletedProcess(command, 0, stdout="")

    code = main(["nox"], root=checkout, run=interrupted)

    assert code == 130
    assert "the next run starts over" in capsys.readouterr().err
    assert not Environment(checkout).holds("dev")


def test_uv_installs_where_it_is_found(
    checkout: Path, setup: FakeSetup, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The speed comes from uv and the content from the lock: uv gets the same hashed lock."""
    add_uv(checkout, monkeypatch)

    main(["redhanded"], root=checkout, run=setup)

    _, locked, project = setup.commands
    assert "uv-lives-here" in locked
    assert "--require-hashes" in locked
    assert "uv-lives-here" in project


def test_pip_installs_where_uv_cannot(
    checkout: Path, setup: FakeSetup, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A mirror that only pip was told of is enough."""
    add_uv(checkout, monkeypatch)
    setup.failing = "uv-lives-here"

    main(["redhanded"], root=checkout, run=setup)

    assert ["-m pip" in line for line in setup.commands] == [False, False, True, True]
    assert Environment(checkout).holds("run")


@pytest.mark.parametrize(
    "failing, advice",
    [
        pytest.param("-m venv", "install python3-venv", id="no venv"),
        pytest.param("--require-hashes", "Check the network", id="no index"),
    ],
)
def test_a_failed_setup_says_what_to_do_and_is_not_a_red_test(
    checkout: Path,
    setup: FakeSetup,
    capsys: pytest.CaptureFixture[str],
    failing: str,
    advice: str,
) -> None:
    """The end of the output and one sentence of advice are shown; the code means `not judged`."""
    setup.failing = failing
    setup.output = "\n".join(f"line {number}" for number in range(40))

    code = main(["nox"], root=checkout, run=setup)

    shown = capsys.readouterr().err
    assert code == NOTHING_JUDGED
    assert advice in shown
    assert "line 39" in shown
    assert "line 24\n" not in shown


@pytest.mark.parametrize(
    "broken",
    [
        pytest.param("requirements/dev.txt", id="no lock"),
        pytest.param("pyproject.toml", id="no metadata"),
    ],
)
def test_a_broken_checkout_gives_a_sentence_and_no_traceback(
    checkout: Path, setup: FakeSetup, capsys: pytest.CaptureFixture[str], broken: str
) -> None:
    """The missing file is named."""
    (checkout / broken).unlink()

    code = main(["nox"], root=checkout, run=setup)

    assert code == NOTHING_JUDGED
    assert Path(broken).name in capsys.readouterr().err


@pytest.mark.parametrize(
    "command", [pytest.param([], id="nothing"), pytest.param(["--help"], id="an option")]
)
def test_without_a_command_the_usage_is_shown(
    checkout: Path, setup: FakeSetup, capsys: pytest.CaptureFixture[str], command: list[str]
) -> None:
    """Nothing is set up before it is known what for."""
    assert main(command, root=checkout, run=setup) == 2

    assert "Say what to run" in capsys.readouterr().err
    assert setup.commands == []


def test_an_unknown_command_is_named(
    checkout: Path, setup: FakeSetup, capsys: pytest.CaptureFixture[str]
) -> None:
    """A typing error ends with a sentence, not with the shell's."""
    assert main(["nix"], root=checkout, run=setup) == 2

    assert "no command `nix`" in capsys.readouterr().err


def test_two_at_once_set_up_only_once(checkout: Path, setup: FakeSetup) -> None:
    """INVARIANT: an environment is never made by two bootstraps at the same time."""
    first_is_inside, may_go_on = threading.Event(), threading.Event()

    def slow(command: list[str]) -> subprocess.CompletedProcess[str]:
        first_is_inside.set()
        assert may_go_on.wait(timeout=10)
        return setup(command)

    first = threading.Thread(target=main, args=[["nox"]], kwargs={"root": checkout, "run": slow})
    second = threading.Thread(target=main, args=[["nox"]], kwargs={"root": checkout, "run": setup})
    first.start()
    assert first_is_inside.wait(timeout=10)
    second.start()
    may_go_on.set()
    first.join(timeout=10)
    second.join(timeout=10)

    assert setup.environments_made == 1
    assert setup.locks_installed == ["dev"]


@pytest.fixture
def probe(checkout: Path, setup: FakeSetup) -> Path:
    """A ready checkout with its own bootstrap.py and an empty command named `probe`."""
    setup(["-m", "venv"])
    setup.environment.stamp("dev")
    shutil.copy(BOOTSTRAP, checkout)
    program = setup.environment.scripts / ("probe.bat" if os.name == "nt" else "probe")
    program.touch(mode=0o755)
    return program


def start(checkout: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """The finished bootstrap.py of the checkout, told to run the probe."""
    command = [sys.executable, str(checkout / "bootstrap.py"), "probe", *arguments]
    return subprocess.run(command, check=False, capture_output=True, text=True, timeout=30)


def test_the_exit_code_of_the_command_passes_through(checkout: Path, probe: Path) -> None:
    """The caller sees the command's own code."""
    probe.write_text("@exit /b 7" if os.name == "nt" else "#!/bin/sh\nexit 7\n", encoding="ascii")

    assert start(checkout).returncode == 7


def test_the_command_sees_its_arguments_and_its_environment(checkout: Path, probe: Path) -> None:
    """Arguments arrive as they were typed, and programs of the environment come first."""
    windows, posix = "@echo %~1 %VIRTUAL_ENV%", '#!/bin/sh\necho "$1" "$VIRTUAL_ENV"\n'
    probe.write_text(windows if os.name == "nt" else posix, encoding="ascii")

    done = start(checkout, "two words")

    assert done.stdout.strip() == f"two words {checkout / '.venv'}"


@pytest.mark.skipif(os.name == "nt", reason="Windows has no signals to pass on")
def test_a_signal_reaches_the_command(checkout: Path, probe: Path) -> None:
    """bootstrap.py becomes the command, so what ends the one ends the other."""
    probe.write_text("#!/bin/sh\nkill -TERM $$\n", encoding="ascii")

    assert start(checkout).returncode == -15


def test_an_old_interpreter_is_turned_away_with_a_sentence(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """It can read the file, and is told which version is needed."""
    monkeypatch.setattr(sys, "version_info", (3, 10, 0, "final", 0))

    with pytest.raises(SystemExit) as stopped:
        runpy.run_path(str(BOOTSTRAP))

    assert isinstance(ast.parse(BOOTSTRAP.read_text("utf-8"), feature_version=(3, 7)), ast.Module)
    assert stopped.value.code == NOTHING_JUDGED
    assert "needs Python 3.11 or newer" in capsys.readouterr().err


def test_the_output_of_a_step_is_kept_whole() -> None:
    """What a step prints on either stream is there for the message, in the order printed."""
    talk = "import sys; print('out', flush=True); print('err', file=sys.stderr); sys.exit(3)"

    done = bootstrap.quietly([sys.executable, "-c", talk])

    assert (done.returncode, done.stdout.split()) == (3, ["out", "err"])
