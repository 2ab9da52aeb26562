"""The comment on a pull request: short enough, and found again by its mark."""

from __future__ import annotations

from pathlib import Path

import pytest

from redhanded.core.verdicts import Verdict
from redhanded.reports.comment import LIMIT, MARK, write
from tests.reports.dossier.made import dossier_of
from tests.reports.rendered import Rendered
from tests.reports.rich import SAID, rich


def comment(folder: Path, text: str = "") -> str:
    """The comment of a run with a test of every kind."""
    write(rich(folder / "run", text), folder / "comment.md")
    return (folder / "comment.md").read_text("utf-8")


def test_a_workflow_finds_its_comment_again(tmp_path: Path) -> None:
    """The mark is hidden, stands first, and is the same in every run."""
    assert comment(tmp_path).startswith(MARK)
    assert Rendered(MARK).text.strip() == ""


@pytest.mark.parametrize("text", SAID)
def test_nothing_that_was_said_becomes_markup_or_a_second_mark(tmp_path: Path, text: str) -> None:
    """INVARIANT: a server cannot speak in the name of the workflow."""
    told = comment(tmp_path, text + MARK)

    page = Rendered(told)
    assert told.startswith(MARK)
    assert page.comments == ["redhanded-report"]
    assert (page.links, page.calls) == ([], [])
    assert len(told.encode()) <= LIMIT


def test_a_comment_on_many_failures_stays_below_what_the_site_takes(tmp_path: Path) -> None:
    """The rest is counted."""
    tests = [(f"test_a.py::test_{n}", Verdict.DEFECT, f"status.{n}") for n in range(600)]
    write(dossier_of(tmp_path / "run", *tests, exit_code=1), tmp_path / "comment.md")

    told = (tmp_path / "comment.md").read_text("utf-8")
    assert 0.9 * LIMIT < len(told.encode()) <= LIMIT
    assert "more tests that failed: see `report.html`." in told


def test_a_green_run_has_a_short_comment(tmp_path: Path) -> None:
    """So that an older one does not stay red."""
    write(dossier_of(tmp_path / "run", ("a.py::b", Verdict.PASS, "")), tmp_path / "comment.md")

    told = (tmp_path / "comment.md").read_text("utf-8")
    assert "✅ Green: all held." in told
    assert "###" not in told
