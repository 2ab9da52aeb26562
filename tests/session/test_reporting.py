"""Which reports are wanted, and what becomes of those that cannot be written."""

from __future__ import annotations

import errno
import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from redhanded.core.errors import UsageError
from redhanded.core.events import Concluded, Reported
from redhanded.core.verdicts import Verdict
from redhanded.reports import junit
from redhanded.reports.dossier.dossier import Dossier
from redhanded.reports.formats import FORMATS
from redhanded.session.reporting import PAGE, Reporting, Wanted, named, wanted_of, write_all
from redhanded.session.session import Session
from tests.reports.dossier.made import NOON, dossier_of
from tests.session.projects import Project

A = "test_a.py::test_one"
HEARD = Reported(
    test_id=A, worker="main", at=NOON, seconds=1.0, outcome="failure", kind="defect", code="status"
)
CONCLUDED = Concluded(at=NOON, exit_code=1, sentences=("Red.",), counts={}, masked=0)


def test_options_and_settings_name_reports(project: Project) -> None:
    """What the command line says of a format stands in the place of the settings' word on it."""
    project.table('[tool.redhanded.report.files]\nctrf = "a.json"\nhar = "a.har"\n')
    start = project.root

    found = wanted_of(
        project.load().settings, given=["har = b.har"], junit="out/junit.xml", start=start
    )

    assert [(each.name, each.path.relative_to(start).as_posix()) for each in found] == [
        ("junit", "out/junit.xml"),
        ("har", "b.har"),
        ("ctrf", "a.json"),
    ]


def test_one_file_named_twice_is_one_report(project: Project) -> None:
    """As an option and in the settings, or by two options."""
    given = ["junit=a.xml", "junit=a.xml", "junit=b.xml"]

    found = wanted_of(project.load().settings, given=given, start=project.root)

    assert [each.path.name for each in found] == ["a.xml", "b.xml"]


def test_a_path_is_read_as_a_shell_would(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Settings pass no shell."""
    monkeypatch.setenv("OUT", "made")

    (found,) = named(["har=$OUT/a.har"], option="--as", start=tmp_path)

    assert found.path == tmp_path / "made" / "a.har"


@pytest.mark.parametrize(
    "given, said",
    [
        pytest.param(
            "htm=a", '--as htm=a: there is no format "htm"; did you mean html?', id="close"
        ),
        pytest.param(
            "pdf=a",
            f'--as pdf=a: there is no format "pdf"; there are {", ".join(FORMATS)}',
            id="far",
        ),
        pytest.param(
            "", f'--as : there is no format ""; there are {", ".join(FORMATS)}', id="none"
        ),
        pytest.param("har", "--as har: write FORMAT=PATH, such as --as har=run.har", id="no-path"),
        pytest.param(
            "har= ", "--as har= : write FORMAT=PATH, such as --as har=run.har", id="blank-path"
        ),
        pytest.param(
            "har=folder",
            "--as har=folder names no file: write such as --as har=run.har",
            id="folder",
        ),
        pytest.param(
            "brief=file",
            "--as brief=file names no folder: write such as --as brief=findings",
            id="file",
        ),
    ],
)
def test_what_can_be_no_report_is_a_sentence(tmp_path: Path, given: str, said: str) -> None:
    """Better at once than after an hour of tests."""
    (tmp_path / "folder").mkdir()
    (tmp_path / "file").touch()

    with pytest.raises(UsageError) as refused:
        named([given], option="--as", start=tmp_path)

    assert str(refused.value) == said


def test_two_reports_cannot_stand_in_one_place(tmp_path: Path) -> None:
    """One of them would be lost."""
    with pytest.raises(UsageError, match="junit is written there as well; give each report a path"):
        named(["junit=a", "har=a"], option="--as", start=tmp_path)


def test_a_setting_that_names_no_file_is_told_by_its_key(project: Project) -> None:
    """The reader finds the line to correct."""
    project.table('[tool.redhanded.report.files]\nhar = "."\n')

    with pytest.raises(UsageError) as refused:
        wanted_of(project.load().settings, start=project.root)

    assert str(refused.value) == (
        'report.files.har = "." names no file: write such as report.files.har = "run.har"'
    )


@pytest.mark.parametrize("name", FORMATS)
def test_every_format_is_written(tmp_path: Path, name: str) -> None:
    """Each module has a `write` that takes a dossier and a path."""
    dossier = dossier_of(tmp_path / "run", (A, Verdict.DEFECT, "status"), exit_code=1)
    wanted = Wanted(name, tmp_path / "out" / FORMATS[name].example, "")

    written = write_all(dossier, [wanted])

    assert written.troubles == []
    assert written.lines == [f"{FORMATS[name].title}: {wanted.path}"]
    assert wanted.path.is_dir() is FORMATS[name].is_folder
    assert wanted.path.exists()


def test_one_report_that_fails_keeps_none_of_the_others(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """INVARIANT: whatever goes wrong with a report costs a sentence on it, no more."""
    dossier = dossier_of(tmp_path / "run", (A, Verdict.PASS, ""))
    (tmp_path / "file").touch()

    def broken(dossier: Dossier, path: Path) -> None:
        raise KeyError(dossier, path)

    monkeypatch.setattr(junit, "write", broken)
    wanted = [
        Wanted("har", tmp_path / "file" / "a.har", "--rh-report har={}"),
        Wanted("junit", tmp_path / "a.xml", "--rh-junit={}"),
        Wanted("html", tmp_path / "file" / PAGE, ""),
        Wanted("ctrf", tmp_path / "a.json", ""),
    ]

    written = write_all(dossier, wanted, shown=lambda path: path.name)

    reason = os.strerror(errno.EEXIST)
    assert written.lines == ["CTRF file: a.json"]
    assert written.troubles == [
        f"no HAR file: a.har cannot be written ({reason}); give --rh-report har another path",
        "no JUnit file: a.xml cannot be made (KeyError): please report it",
        f"no report: report.html cannot be written ({reason}); `redhanded report` writes it later",
    ]


Opened = Callable[..., Reporting]


@pytest.fixture
def opened(project: Project) -> Iterator[Opened]:
    """The reports of a session of the project, in an environment with these variables."""
    made: list[Session] = []

    def open_(wanted: list[Wanted] | None = None, **environ: str) -> Reporting:
        session = Session(project.load(), run_id="run1", seed=7)
        made.append(session)
        return Reporting(session, wanted or [], environ=environ)

    yield open_
    for session in made:
        session.close(0)


def page_of(project: Project) -> Path:
    """Where the page of the session's run is."""
    return project.load().settings.folder / "runs" / "run1" / PAGE


def test_a_run_leaves_its_page(project: Project, opened: Opened) -> None:
    """Without being asked, where anything ran."""
    reporting = opened()

    reporting.write([HEARD, CONCLUDED], lambda path: path.name)

    assert reporting.lines == ["report: report.html"]
    assert page_of(project).read_bytes().startswith(b"<!")


def test_a_run_leaves_no_page_where_none_is_wanted(project: Project, opened: Opened) -> None:
    """Nor where nothing ran; what was asked for by name is written all the same."""
    junit_file = Wanted("junit", project.root / "a.xml", "")
    empty = opened([junit_file])
    empty.write([CONCLUDED], lambda path: path.name)
    project.table("report.html = false")
    refused = opened()
    refused.write([HEARD, CONCLUDED], str)

    assert empty.lines == ["JUnit file: a.xml"]
    assert refused.lines == refused.troubles == []
    assert not page_of(project).exists()


def test_a_job_of_github_gets_annotations_and_a_summary(project: Project, opened: Opened) -> None:
    """The summary is added to what the step has told already."""
    summary = project.root / "summary.md"
    summary.write_text("before\n", "utf-8")
    reporting = opened(GITHUB_ACTIONS="true", GITHUB_STEP_SUMMARY=str(summary))

    reporting.write([HEARD, CONCLUDED], str)

    (line,) = reporting.annotations
    assert line.startswith("::error ")
    text = summary.read_text("utf-8")
    assert text.startswith("before\n")
    assert len(text) > 100
    assert reporting.troubles == []


@pytest.mark.parametrize(
    "toml, environ",
    [
        pytest.param('report.github = "off"', {"GITHUB_ACTIONS": "true"}, id="off"),
        pytest.param("", {"GITHUB_ACTIONS": ""}, id="elsewhere"),
    ],
)
def test_others_get_none(
    project: Project, opened: Opened, toml: str, environ: dict[str, str]
) -> None:
    """Elsewhere such lines are noise."""
    summary = project.root / "summary.md"
    project.table(toml)
    reporting = opened(**environ, GITHUB_STEP_SUMMARY=str(summary))

    reporting.write([HEARD, CONCLUDED], str)

    assert reporting.annotations == []
    assert not summary.exists()


def test_a_summary_that_grows_too_large_is_left_beside(project: Project, opened: Opened) -> None:
    """GitHub drops the whole of a summary beyond 1 MiB, what others wrote included."""
    summary = project.root / "summary.md"
    summary.write_bytes(b"x" * 1024 * 1024)
    reporting = opened(GITHUB_ACTIONS="true", GITHUB_STEP_SUMMARY=str(summary))

    reporting.write([HEARD, CONCLUDED], str)

    assert summary.stat().st_size == 1024 * 1024
    (said,) = reporting.troubles
    assert "would grow beyond 1 MiB; this run's part is" in said
    assert (page_of(project).parent / "summary.md").exists()


def test_a_summary_that_cannot_be_written_is_a_sentence(project: Project, opened: Opened) -> None:
    """The job goes on."""
    reporting = opened(GITHUB_ACTIONS="true", GITHUB_STEP_SUMMARY=str(project.root))

    reporting.write([HEARD, CONCLUDED], str)

    (said,) = reporting.troubles
    assert said.startswith(f"no job summary: {project.root} cannot be written (")


def test_a_fault_of_ours_is_a_sentence(opened: Opened) -> None:
    """INVARIANT: a run ends with its own exit code, whatever becomes of its reports."""
    reporting = opened()

    def torn() -> Iterator[Reported]:
        yield HEARD
        raise LookupError

    reporting.write(torn(), str)

    (said,) = reporting.troubles
    assert said == "no reports: they cannot be made (LookupError): please report it"
