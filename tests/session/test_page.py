"""The page that a session writes: with links to other files, and with history where it pays."""

from __future__ import annotations

import re
from pathlib import Path
from typing import cast

import pytest

from redhanded.core.settings import Settings
from redhanded.reports.dossier.case import Case
from redhanded.reports.html.packing import unpack
from redhanded.reports.html.payload import Index
from redhanded.session.page import LONG, Page
from redhanded.session.stores import open_store
from tests.history.samples import outcome, record
from tests.reports.html.made import NOON, Made, dossier, failed

_INDEX = re.compile(r'<script type="application/x-gz" id="rh-index">([^<]*)</script>')


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """A project with a history, in which the test has failed before."""
    settings = Settings.model_validate({"folder": tmp_path, "history": {"project": "shop"}})
    (tmp_path / "history").mkdir()
    store = open_store(settings, tmp_path)
    store.write(record("r1", [outcome("t", "defect")], at=NOON - 9))
    store.close()
    return settings


def long() -> Made:
    """A run that took long enough."""
    return dossier(Case(row=failed("t")), ended=NOON + LONG)


def index(path: Path) -> Index:
    """What the page reads first."""
    found = _INDEX.search(path.read_text(encoding="utf-8"))
    assert found is not None
    return cast("Index", unpack(found[1].encode()))


def test_other_files_that_are_there_become_links(tmp_path: Path) -> None:
    """They are seen from the page's folder, so that both can be moved together."""
    path, junit = tmp_path / "run" / "report.html", tmp_path / "out" / "junit.xml"
    junit.parent.mkdir()
    junit.touch()
    others = {junit: "JUnit file", tmp_path / "gone.json": "CTRF file", path: "report"}

    Page([], Settings(), None, others=others, note=pytest.fail)(dossier(), path)

    assert [*map(tuple, index(path)["provenance"]["links"])] == [("JUnit file", "../out/junit.xml")]


def test_a_file_on_another_drive_is_no_link(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """There is no way to it from the page's folder."""

    def other_drive(path: Path, start: Path) -> str:
        raise ValueError(path)

    path, junit = tmp_path / "report.html", tmp_path / "junit.xml"
    junit.touch()
    monkeypatch.setattr("os.path.relpath", other_drive)

    Page([], Settings(), None, others={junit: "JUnit file"}, note=pytest.fail)(dossier(), path)

    assert index(path)["provenance"]["links"] == []


@pytest.mark.parametrize(
    "seconds, always, is_asked",
    [(LONG, False, True), (LONG / 2, False, False), (LONG / 2, True, True)],
    ids=["long", "short", "asked-for"],
)
def test_history_is_asked_where_it_is_worth_it(
    seconds: float, always: bool, is_asked: bool, settings: Settings, tmp_path: Path
) -> None:
    """To open a store takes tenths of a second: much for one test in the loop of its author."""
    path = tmp_path / "report.html"
    made = dossier(Case(row=failed("t")), ended=NOON + seconds)

    Page([], settings, tmp_path, others={}, always=always, note=pytest.fail)(made, path)

    trends = index(path)["trends"]
    assert (trends is not None) is is_asked
    assert index(path)["rows"]["past"] == (["DD"] if is_asked else [""])


def test_without_a_project_there_are_no_trends(settings: Settings, tmp_path: Path) -> None:
    """A folder of somebody else's run belongs to no history here."""
    path = tmp_path / "report.html"

    Page([], settings, None, others={}, note=pytest.fail)(long(), path)

    assert index(path)["trends"] is None


def test_a_history_that_cannot_be_read_costs_a_note(settings: Settings, tmp_path: Path) -> None:
    """The page is there all the same."""
    notes: list[str] = []
    path = tmp_path / "report.html"
    (tmp_path / "history" / "history.sqlite").write_bytes(b"no database" * 999)

    Page([], settings, tmp_path, others={}, note=notes.append)(long(), path)

    assert index(path)["trends"] is None
    (note,) = notes
    assert note.startswith("the report has no trends: ")
