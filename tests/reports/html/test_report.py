"""The page as a file: whole or not at all, and nothing that a test says becomes markup."""

from __future__ import annotations

import errno
import re
from pathlib import Path
from typing import cast

import pytest

from redhanded.reports.dossier.case import Case
from redhanded.reports.html import report
from redhanded.reports.html.packing import unpack
from redhanded.reports.html.payload import CHUNK, Index
from tests.reports.html.made import (
    NOON,
    attempts,
    body,
    dossier,
    exchange,
    failed,
    page,
    round_,
    row,
    sent,
)

HOSTILE = '</script><img src=x onerror=alert(1)>{{chunks}}{{index}}\u202e\x1b[31m\x00\ud800"'
_ELEMENT = re.compile(r'<script type="application/x-gz" id="([\w-]+)">([^<]*)</script>')


def hostile() -> Case:
    """A test all of whose words are somebody's attack."""
    test = failed(HOSTILE, headline=HOSTILE, code=HOSTILE, route=HOSTILE, owner=HOSTILE)
    made = sent(exchange(url=f"http://shop.test/{HOSTILE}"), response=body(HOSTILE))
    return Case(row=test, rounds=(round_(made),), story=HOSTILE, output=HOSTILE, place=HOSTILE)


def elements(path: Path) -> dict[str, str]:
    """The data of a page, by the ids of its elements."""
    return dict(_ELEMENT.findall(path.read_text(encoding="utf-8")))


def test_the_page_holds_the_index_and_each_chunk(tmp_path: Path) -> None:
    """A page reads its index at once, and a chunk when a test of it is opened."""
    path = tmp_path / "deep" / "er" / "report.html"
    made = dossier(*(Case(row=row(f"a.py::test_{n}")) for n in range(CHUNK + 1)))

    report.write(made, path)

    found = elements(path)
    index = cast("Index", unpack(next(iter(found.values())).encode()))
    assert [name for name in found if name.startswith("rh-chunk-")] == ["rh-chunk-0", "rh-chunk-1"]
    assert index["chunks"] == [0, CHUNK]
    assert index["rows"]["test"][-1] == f"test_{CHUNK}"


def test_two_reports_of_one_run_are_equal(tmp_path: Path) -> None:
    """Whoever compares artefacts finds no difference where there is none."""
    made = dossier(Case(row=failed(), rounds=(round_(sent()),)), Case(row=row()))

    report.write(made, tmp_path / "a.html")
    report.write(made, tmp_path / "b.html")

    assert (tmp_path / "a.html").read_bytes() == (tmp_path / "b.html").read_bytes()


def test_nothing_that_a_test_says_becomes_markup(tmp_path: Path) -> None:
    """Names, bodies and headlines come from whoever is tested."""
    report.write(dossier(Case(row=row())), tmp_path / "plain.html")
    made = dossier(hostile(), missing=(HOSTILE,), sentences=(HOSTILE,))

    report.write(made, tmp_path / "hostile.html")

    plain, text = (
        (tmp_path / name).read_text(encoding="utf-8") for name in ("plain.html", "hostile.html")
    )
    assert "<img src=x" not in text
    assert "&lt;img src=x" in text
    for tag in ("<script", "</script>", "<style", "<noscript"):
        assert text.count(tag) == plain.count(tag)
    assert "\u202e" not in text.partition('id="rh-chunk-0"')[0].partition("<noscript>")[2]


def test_hostile_words_are_kept_as_they_are(tmp_path: Path) -> None:
    """The page shows what came, so the data must hold it to the sign."""
    index, (detail,) = page(dossier(hostile()), tmp_path)

    told = attempts(detail)[0].told
    assert told is not None
    assert detail["bodies"][told["response"]]["text"] == HOSTILE
    assert [*index["rows"]["headline"].values()] == [HOSTILE]
    assert detail["story"] == HOSTILE


def test_a_disk_without_room_leaves_the_earlier_page(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A torn page does not stay, and whoever looks meanwhile sees a whole one."""
    path = tmp_path / "report.html"
    report.write(dossier(Case(row=row())), path)
    before = path.read_bytes()

    def full(self: Path, target: Path) -> Path:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(Path, "replace", full)
    with pytest.raises(OSError, match="No space left"):
        report.write(dossier(Case(row=failed())), path)

    assert path.read_bytes() == before
    assert [*tmp_path.iterdir()] == [path]


def test_an_empty_run_has_a_page(tmp_path: Path) -> None:
    """A run that was killed before its first test still says so."""
    made = dossier(parts=(), processes=(), sentences=(), began=0.0, ended=0.0, exit_code=None)

    index, details = page(made, tmp_path)
    report.write(made, tmp_path / "report.html")

    assert details == []
    assert index["chunks"] == []
    assert index["endpoints"] is None
    assert (tmp_path / "report.html").stat().st_size > 1000


@pytest.mark.parametrize("value", [float("nan"), float("inf"), -1e300], ids=str)
def test_times_that_are_none_do_not_stop_a_page(value: float, tmp_path: Path) -> None:
    """A spool may hold anything; the page reads JSON, which has no such numbers."""
    made = sent(exchange(elapsed=value, started_at=value), stall=value)
    case = Case(row=failed(began=value, seconds=value), rounds=(round_(made, seconds=value),))

    index, (detail,) = page(dossier(case, ended=value), tmp_path)

    assert index["rows"]["took"][0] in (0, round(-1e300 * 10_000))
    assert len(attempts(detail)) == 1


def test_the_head_tells_of_every_part(tmp_path: Path) -> None:
    """Shards of one run have targets, seeds and platforms of their own."""
    head = dossier().head
    other = type(head.parts[0])(
        **{name: getattr(head.parts[0], name) for name in head.parts[0].__slots__}
        | {"seed": 8, "target": "http://other.test"}
    )

    index, _ = page(dossier(parts=(head.parts[0], other)), tmp_path)

    assert index["head"]["seeds"] == [7, 8]
    assert index["head"]["target"] == "http://shop.test, http://other.test"
    assert index["head"]["command"] == "pytest -k 'a b'"
    assert [part["seed"] for part in index["provenance"]["parts"]] == [7, 8]
    assert index["head"]["began"] == NOON
