"""The suites of the demo: where they are found, and how pytest is started on them."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from redhanded.cli import suites
from redhanded.cli.suites import Suites
from redhanded.core.errors import InternalError

URL = "http://127.0.0.1:8000"


def examples(place: Path, *, testpaths: str = '["bookings"]') -> Path:
    """Example suites in that place."""
    (place / "bookings").mkdir(parents=True)
    (place / "bookings" / "test_crud.py").touch()
    (place / "bookings" / "__pycache__").mkdir()
    table = f"[tool.pytest]\ntestpaths = {testpaths}\n" if testpaths else "[tool.pytest]\n"
    (place / "pyproject.toml").write_text(table, "utf-8")
    (place / "demo.env").write_text("# no secret\nDEMO_KEY=lab-$HOME-key\nEMPTY\n", "utf-8")
    return place


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """The package in a checkout, with examples beside its sources."""
    examples(tmp_path / "examples")
    return tmp_path / "src" / "redhanded"


@pytest.fixture
def installed(tmp_path: Path) -> Path:
    """The package as it is installed, with examples beside it."""
    examples(tmp_path / "site-packages" / "redhanded_examples")
    return tmp_path / "site-packages" / "redhanded"


def test_a_checkout_runs_its_own_examples(checkout: Path, tmp_path: Path) -> None:
    """They run where they are, so that a change to one shows at once."""
    found = Suites.of_examples(tmp_path / "run", package=checkout)

    assert found.name == "the example suites (bookings)"
    assert found.place == tmp_path / "examples"
    assert found.paths == (tmp_path / "examples" / "bookings",)


def test_an_installed_package_runs_a_copy(installed: Path, tmp_path: Path) -> None:
    """INVARIANT: nothing is written into the installed package."""
    found = Suites.of_examples(tmp_path / "run", package=installed)

    assert found.paths == (tmp_path / "run" / "examples" / "bookings",)
    assert (found.paths[0] / "test_crud.py").is_file()
    assert not (found.paths[0] / "__pycache__").exists()


def test_examples_without_testpaths_are_run_whole(tmp_path: Path) -> None:
    """Then everything in their folder belongs to the demo."""
    place = examples(tmp_path / "examples", testpaths="")

    found = Suites.of_examples(tmp_path / "run", package=tmp_path / "src" / "redhanded")

    assert (found.name, found.paths) == ("the example suites", (place,))


def test_missing_examples_are_a_fault_of_the_package(tmp_path: Path) -> None:
    """The sentence says what to do."""
    with pytest.raises(InternalError, match="install redhanded again, or give --tests"):
        Suites.of_examples(tmp_path, package=tmp_path / "redhanded")


def test_tests_of_ones_own_know_the_credentials_too(checkout: Path, tmp_path: Path) -> None:
    """The demo API's keys are the same for everybody."""
    found = Suites.at(tmp_path / "mine", package=checkout)

    assert found.paths == (tmp_path / "mine",)
    assert found.variables == {"DEMO_KEY": "lab-$HOME-key"}


def test_tests_of_ones_own_need_no_examples(tmp_path: Path) -> None:
    """Who brings tests can do without ours."""
    assert Suites.at(tmp_path, package=tmp_path / "redhanded").variables == {}


@pytest.fixture
def mine(tmp_path: Path) -> Suites:
    """Tests of one's own, with one credential."""
    return Suites(name="mine", place=tmp_path, paths=(tmp_path,), variables={"DEMO_KEY": "new"})


def test_pytest_is_started_on_the_api(mine: Suites, tmp_path: Path) -> None:
    """This interpreter's pytest runs them against the URL, and what a person adds comes last."""
    command = mine.command(URL, tmp_path / "out", ["-k", "crud"])

    assert command[:4] == [sys.executable, "-P", "-m", "pytest"]
    assert command[4] == str(tmp_path)
    assert f"--rh-base-url={URL}" in command
    assert f"--rh-folder={tmp_path / 'out'}" in command
    assert command[-4:] == ["-n", "2", "-k", "crud"]
    assert mine.command(URL, tmp_path, [], workers=6)[-2:] == ["-n", "6"]


@pytest.mark.parametrize(
    "alone", [["-p", "no:xdist"], ["-pno:xdist"], ["--pdb"], ["--trace"]], ids=" ".join
)
def test_no_workers_are_asked_for_where_there_can_be_none(mine: Suites, alone: list[str]) -> None:
    """A debugger needs the terminal, and a plugin that is switched off knows no `-n`."""
    assert "-n" not in mine.command(URL, mine.place, alone)


def test_no_workers_are_asked_for_without_xdist(
    mine: Suites, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The demo needs no more than the package and its extra."""
    monkeypatch.setattr(suites, "find_spec", lambda _: None)

    assert "-n" not in mine.command(URL, mine.place, [])


def test_settings_for_other_runs_do_not_reach_the_demo(mine: Suites) -> None:
    """INVARIANT: the demo judges its own API, whatever is set for a person's other runs."""
    environ = mine.environ(
        {
            "PATH": "/bin",
            "REDHANDED_ENV": "staging",
            "PYTEST_ADDOPTS": "--reruns 3",
            "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1",
            "DEMO_KEY": "old",
        }
    )

    assert environ == {"PATH": "/bin", "DEMO_KEY": "new"}
