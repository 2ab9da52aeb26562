"""Reports of one run agree with each other: the same tests, the same ids, the same verdicts."""

from __future__ import annotations

import errno
import json
import os
import stat
import sys
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any, TypeAlias

import pytest

from redhanded.core.verdicts import Verdict
from redhanded.reports import brief, ctrf, har, ndjson
from redhanded.reports.dossier.case import Case, Row
from redhanded.reports.dossier.dossier import Dossier
from redhanded.reports.dossier.head import Head
from redhanded.reports.dossier.reading import read
from redhanded.reports.formats import FORMATS
from redhanded.reports.kinds import word
from redhanded.reports.run_ids import unique
from redhanded.reports.signatures import is_failure
from tests.reports.dossier.made import dossier_of, making
from tests.reports.junit_file import JunitFile
from tests.reports.rich import BESIDE, COUNTS, HOSTILE, rich

Told: TypeAlias = dict[str, str]
SECRET = "sk-very-secret-4711-0815"
OURS = ("ctrf", "har", "ndjson", "brief", "allure", "summary", "comment")
ALL = [pytest.param(name, id=name) for name in OURS]
FILES = [pytest.param(name, id=name) for name in OURS if not FORMATS[name].is_folder]
FULL = Path("/dev/full")
IS_ROOT = getattr(os, "geteuid", lambda: 1)() == 0


def written(dossier: Dossier, name: str, folder: Path) -> Path:
    """A report of that format."""
    path = folder / "reports" / name
    FORMATS[name].write(dossier, path)
    return path


def of_ctrf(path: Path, _: Dossier) -> Told:
    """Verdicts by id."""
    tests = json.loads(path.read_text("utf-8"))["results"]["tests"]
    return {test["executionId"]: test["rawStatus"] for test in tests}


def of_har(path: Path, _: Dossier) -> Told:
    """Verdicts by id, of tests that sent something."""
    pages = json.loads(path.read_text("utf-8"))["log"]["pages"]
    return {page["id"]: page["_verdict"] for page in pages}


def of_ndjson(path: Path, _: Dossier) -> Told:
    """Verdicts by id."""
    lines = map(json.loads, path.read_text("utf-8").splitlines())
    return {line["id"]: line["verdict"] for line in lines if line["type"] == "test"}


def of_brief(path: Path, _: Dossier) -> Told:
    """Verdicts by id, of tests that failed."""
    lines = map(json.loads, (path / "findings.jsonl").read_text("utf-8").splitlines())
    return {line["test"]: line["verdict"] for line in lines}


def of_allure(path: Path, dossier: Dossier) -> Told:
    """Verdicts by id, which its names are made of."""
    ids = {unique(dossier.head, row.id): row.id for row in dossier.rows}
    results = [json.loads(file.read_text("utf-8")) for file in path.glob("*-result.json")]
    return {
        ids[result["uuid"]]: next(one["value"] for one in result["labels"] if one["name"] == "tag")
        for result in results
        if result["uuid"] in ids
    }


def every(_: Row) -> bool:
    """Every test has its place in the report."""
    return True


@pytest.mark.parametrize(
    "name, reader, is_told",
    [
        pytest.param("ctrf", of_ctrf, every, id="ctrf"),
        pytest.param("har", of_har, lambda row: row.attempts > 0, id="har"),
        pytest.param("ndjson", of_ndjson, every, id="ndjson"),
        pytest.param("brief", of_brief, is_failure, id="brief"),
        pytest.param("allure", of_allure, every, id="allure"),
    ],
)
def test_each_test_has_one_id_and_one_verdict_in_every_report(
    tmp_path: Path,
    name: str,
    reader: Callable[[Path, Dossier], Told],
    is_told: Callable[[Row], bool],
) -> None:
    """INVARIANT: whoever reads two of them reads of one run."""
    dossier = rich(tmp_path / "run")

    told = reader(written(dossier, name, tmp_path), dossier)

    assert told == {row.id: row.kind for row in dossier.rows if is_told(row)}


def test_junit_counts_what_the_others_count(tmp_path: Path) -> None:
    """By the type of what is told of each test; a pass has none."""
    path = tmp_path / "junit.xml"
    FORMATS["junit"].write(rich(tmp_path / "run"), path)

    file = JunitFile.parse(path.read_text("utf-8"))

    told = Counter(type_ for name in file.cases for tag, type_, _ in file.told(name))
    silent = {"pass": 0, "recovered": 0, "defect": COUNTS["defect"] + BESIDE}
    for kind, count in (COUNTS | silent).items():
        assert told[kind] == count
    assert len(file.cases) == sum(COUNTS.values()) + BESIDE


@pytest.mark.parametrize("name", ["summary", "comment"])
def test_pages_count_what_the_others_count(tmp_path: Path, name: str) -> None:
    """Their table has a line for each verdict."""
    text = written(rich(tmp_path / "run"), name, tmp_path).read_text("utf-8")

    for kind, count in COUNTS.items():
        assert f" {word(kind)} | {count} |\n" in text


def contents(path: Path) -> Iterator[str]:
    """Names and texts of all files of a report."""
    for file in [path] if path.is_file() else path.rglob("*"):
        yield file.name
        yield file.read_text("utf-8")


@pytest.mark.parametrize("name", ALL)
def test_nothing_of_the_process_that_writes_comes_into_a_report(
    tmp_path: Path, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The dossier is masked; the environment and the command line of a later process are not."""
    for variable in ("API_TOKEN", "GITHUB_SERVER_URL", "CI_JOB_URL", "GITHUB_SHA", "USER"):
        monkeypatch.setenv(variable, f"https://{SECRET}.test/")
    monkeypatch.setattr(sys, "argv", ["redhanded", "report", SECRET])

    report = written(rich(tmp_path / "run"), name, tmp_path)

    assert [text for text in contents(report) if SECRET in text] == []


@pytest.mark.parametrize("name", ALL)
def test_the_same_run_makes_the_same_report(tmp_path: Path, name: str) -> None:
    """Nothing in it comes from chance or from the clock."""
    dossier = rich(tmp_path / "run", HOSTILE["markdown"])

    one, two = (written(dossier, name, tmp_path / each) for each in ("one", "two"))

    assert sorted(contents(one)) == sorted(contents(two))


@pytest.mark.parametrize("name", ALL)
@pytest.mark.parametrize(
    "made",
    [
        pytest.param(lambda folder: read([folder / "none"]), id="no-run"),
        pytest.param(dossier_of, id="no-tests"),
    ],
)
def test_a_run_of_nothing_has_a_report(
    tmp_path: Path, name: str, made: Callable[[Path], Dossier]
) -> None:
    """It says what there was."""
    assert [*contents(written(made(tmp_path / "run"), name, tmp_path))] != []


class Failing:
    """A dossier of which the disk takes no more, or gives no more, after its first case."""

    def __init__(self, dossier: Dossier) -> None:
        self._dossier = dossier
        self.head: Head = dossier.head
        self.rows = dossier.rows

    def cases(self) -> Iterator[Case]:
        """The first case, and then an error of the disk."""
        return self.of(self.rows)

    def of(self, rows: Iterable[Row]) -> Iterator[Case]:
        """The first case, and then an error of the disk."""
        yield next(self._dossier.of(rows))
        raise OSError(errno.ENOSPC, "No space left on device")


@pytest.mark.parametrize("name", ALL)
def test_what_was_there_stays_whole_where_writing_fails_in_between(
    tmp_path: Path, name: str
) -> None:
    """INVARIANT: no report is torn; a folder has whole files."""
    dossier = rich(tmp_path / "run")
    report = written(dossier, name, tmp_path)
    before = sorted(contents(report))

    with pytest.raises(OSError, match="No space left"):
        FORMATS[name].write(Failing(dossier), report)

    assert sorted(contents(report)) == before
    assert sorted(path.name for path in report.parent.iterdir()) == [name]


@pytest.mark.skipif(not FULL.exists(), reason="this system has no such device")
@pytest.mark.parametrize("name", FILES)
def test_a_disk_that_is_full_is_told_as_such(tmp_path: Path, name: str) -> None:
    """Whoever asked for the report says why it is not there."""
    with pytest.raises(OSError, match="No space left"):
        FORMATS[name].write(rich(tmp_path / "run"), FULL)


@pytest.mark.parametrize("name", ALL)
def test_a_place_that_takes_no_file_is_told_as_such(tmp_path: Path, name: str) -> None:
    """A file where a folder should be, above the report."""
    (tmp_path / "file").write_text("here first", "utf-8")

    with pytest.raises(OSError, match=r"."):
        FORMATS[name].write(rich(tmp_path / "run"), tmp_path / "file" / "below" / name)

    assert (tmp_path / "file").read_text("utf-8") == "here first"


@pytest.mark.skipif(os.name == "nt" or IS_ROOT, reason="this user may write anywhere")
@pytest.mark.parametrize("name", ALL)
def test_a_folder_that_is_read_only_is_told_as_such(tmp_path: Path, name: str) -> None:
    """Nothing is left in it."""
    folder = tmp_path / "fixed"
    folder.mkdir()
    folder.chmod(stat.S_IRUSR | stat.S_IXUSR)

    with pytest.raises(PermissionError):
        FORMATS[name].write(rich(tmp_path / "run"), folder / name)

    assert [*folder.iterdir()] == []


class Watched:
    """A dossier that notes each case that it hands out."""

    def __init__(self, dossier: Dossier, seen: list[str]) -> None:
        self._dossier = dossier
        self._seen = seen
        self.head: Head = dossier.head
        self.rows = dossier.rows

    def cases(self) -> Iterator[Case]:
        """Every case."""
        return self.of(self.rows)

    def of(self, rows: Iterable[Row]) -> Iterator[Case]:
        """These cases."""
        for case in self._dossier.of(rows):
            self._seen.append("case")
            yield case


@pytest.mark.parametrize(
    "pieces",
    [
        pytest.param(ctrf.pieces, id="ctrf"),
        pytest.param(har.pieces, id="har"),
        pytest.param(ndjson.lines, id="ndjson"),
        pytest.param(brief.findings, id="brief"),
    ],
)
def test_each_case_is_written_before_the_next_is_read(
    tmp_path: Path, pieces: Callable[[Dossier], Iterator[str]]
) -> None:
    """INVARIANT: memory stays flat, however many tests there are."""
    with making(tmp_path) as run:
        for number in range(5):
            run.test(f"test_a.py::test_{number}", Verdict.DEFECT, "status", at=number)
    seen: list[str] = []

    assert [*map(seen.append, pieces(Watched(run.dossier(), seen)))] != []

    assert seen.count("case") == 5
    assert ("case", "case") not in pairwise(seen)


def test_lines_of_json_are_strict(tmp_path: Path) -> None:
    """No NaN, no half of a surrogate pair: what strict readers refuse."""

    def refuse(word: str) -> Any:  # noqa: ANN401
        raise AssertionError(word)

    path = written(rich(tmp_path / "run", HOSTILE["surrogates"]), "ndjson", tmp_path)
    for line in path.read_text("utf-8").splitlines():
        told = json.loads(line, parse_constant=refuse)
        assert json.dumps(told, ensure_ascii=False).encode("utf-8") != b""
