"""`redhanded report`: reports made of what runs left, whatever became of them."""

from __future__ import annotations

import webbrowser
from pathlib import Path

import pytest

from redhanded.cli.counted import Counted
from redhanded.core.verdicts import Verdict
from tests.cli.conftest import Run
from tests.reports.dossier.made import dossier_of, making

A = "test_a.py::test_one"
RUNS = Path(".redhanded") / "runs"


def left(folder: Path, name: str = "run1", *, shard: str = "", is_over: bool = True) -> Path:
    """The folder that a run of one red test has left below the working folder."""
    place = folder / RUNS / name
    with making(place, shard=shard, name=name) as run:
        run.test(A, Verdict.DEFECT, "status")
        if is_over:
            run.over(exit_code=1)
    return place


def test_the_page_of_the_latest_run_is_written_into_its_folder(folder: Path, run: Run) -> None:
    """Without any argument; the line names it as one would open it."""
    place = left(folder)

    done = run("report")

    assert (done.exit_code, done.stderr) == (0, "")
    assert done.stdout == f"report: {RUNS / 'run1' / 'report.html'}\n"
    assert (place / "report.html").read_bytes().startswith(b"<!")


def test_other_reports_are_written_where_they_are_wanted(folder: Path, run: Run) -> None:
    """Each in its format, and no page beside them."""
    place = left(folder)

    done = run("report", "run1", "--as", "junit=out/j.xml", "--as", "brief=out/findings")

    assert done.exit_code == 0
    assert done.stdout.splitlines() == [
        f"JUnit file: {Path('out') / 'j.xml'}",
        f"brief: {Path('out') / 'findings'}",
    ]
    assert (folder / "out" / "findings" / "index.md").exists()
    assert not (place / "report.html").exists()


def test_shards_are_one_report_beside_them(folder: Path, run: Run) -> None:
    """Named by the run that they are parts of; one that is lacking is told."""
    left(folder, "nightly-1of3", shard="1/3")
    left(folder, "nightly-2of3", shard="2/3")

    done = run("report", "nightly", "--as", "junit=j.xml")
    page = run("report", "nightly")

    assert (folder / "j.xml").read_text("utf-8").count("<testcase ") == 2
    assert done.stderr == "redhanded: Of 3 shards these are not there: 3.\n"
    assert page.stdout == f"report: {RUNS / 'report.html'}\n"


def test_a_run_that_was_killed_has_a_report(folder: Path, run: Run) -> None:
    """What is missing of it is said, and costs no exit code."""
    left(folder, is_over=False)

    done = run("report")

    assert done.exit_code == 0
    assert "spool/main.ndjson has no end: its process was killed" in done.stderr
    assert (folder / RUNS / "run1" / "report.html").exists()


def test_a_folder_from_elsewhere_is_reported_without_a_project(
    folder: Path, run: Run, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """As a job's artefacts are looked at; a path that lies elsewhere is told whole."""
    place = left(tmp_path_factory.mktemp("artefacts"))

    done = run("report", str(place))

    assert done.stdout == f"report: {place.resolve() / 'report.html'}\n"
    assert not (folder / ".redhanded").exists()


def test_a_run_of_another_project_is_reported_without_its_credentials(
    folder: Path, run: Run
) -> None:
    """Whoever looks at a run need not be able to log in."""
    left(folder)
    (folder / "pyproject.toml").write_text(
        '[tool.redhanded.identities.me]\nkind = "bearer"\ntoken = "env:NOT_SET"\n', "utf-8"
    )

    assert run("report").exit_code == 0


def test_the_project_s_secrets_are_masked_again(folder: Path, run: Run) -> None:
    """INVARIANT: what a run of an older version left passes the gate once more."""
    with making(folder / RUNS / "run1") as made:
        made.test("test_a[correct-horse]", Verdict.DEFECT, "status", story="correct-horse")
        made.over(exit_code=1)
    (folder / "pyproject.toml").write_text(
        '[tool.redhanded.identities.me]\nkind = "bearer"\ntoken = "env:TOKEN"\n', "utf-8"
    )

    done = run("report", "--as", "junit=j.xml", TOKEN="correct-horse")

    assert done.exit_code == 0
    assert "correct-horse" not in (folder / "j.xml").read_text("utf-8")


@pytest.mark.parametrize(
    "arguments, said",
    [
        pytest.param(["nope"], "'nope' is no run in .redhanded", id="unknown-run"),
        pytest.param(
            ["--as", "pdf=a"], '--as pdf=a: there is no format "pdf"; there are', id="format"
        ),
        pytest.param(["--as", "har"], "--as har: write FORMAT=PATH", id="no-path"),
        pytest.param(["--as", "har=."], "--as har=. names no file", id="folder"),
        pytest.param(
            ["--as", "har=a.har", "--open"],
            "--open shows the page: add --as html=report.html.",
            id="nothing-to-open",
        ),
        pytest.param(
            ["--as", "har=file/a.har"],
            "give --as har another path.",
            id="no-place",
        ),
    ],
)
def test_what_cannot_be_done_is_a_sentence(
    folder: Path, run: Run, arguments: list[str], said: str
) -> None:
    """It ends with 2, and says what to write."""
    left(folder)
    (folder / "file").touch()

    done = run("report", *arguments)

    assert done.exit_code == 2
    (line,) = done.stderr.splitlines()
    assert line.startswith("redhanded: ")
    assert said in line.replace(str(folder), "").replace("/.redhanded", ".redhanded")


def test_nothing_is_reported_where_nothing_ran(folder: Path, run: Run) -> None:
    """The sentence says what to do."""
    done = run("report")

    assert done.exit_code == 2
    assert "run pytest here, or name a folder" in done.stderr
    assert not (folder / ".redhanded").exists()


def test_the_page_can_be_shown(folder: Path, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """In the browser that the system names."""
    place, shown = left(folder), list[str]()
    monkeypatch.setattr(webbrowser, "open", shown.append)

    assert run("report", "--open").exit_code == 0
    assert shown == [(place / "report.html").resolve().as_uri()]


def test_how_far_a_report_is_can_be_seen(tmp_path: Path) -> None:
    """Whatever way a format takes through the tests, each is counted as it is read."""
    told: list[tuple[int, int]] = []
    counted = Counted(
        dossier_of(tmp_path, (A, Verdict.PASS, ""), ("b", Verdict.DEFECT, "status")),
        lambda done, total: told.append((done, total)),
    )

    cases = [*counted.cases(), *counted.of(counted.rows[1:])]

    assert told == [(1, 2), (2, 2), (1, 1)]
    assert [case.row for case in cases] == [*counted.rows, counted.rows[1]]
    assert counted.head.counts == {"defect": 1, "pass": 1}
