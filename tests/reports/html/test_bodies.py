"""Bodies stand in the page once, none too long; beyond its room they lie in files beside it."""

from __future__ import annotations

from pathlib import Path

from redhanded.reports.dossier.case import Case
from redhanded.reports.html import report
from redhanded.reports.html.bodies import LONGEST, TAIL, Bodies, Storage
from redhanded.reports.html.chunks import ROOM, Chunks
from redhanded.reports.html.packing import unpack
from redhanded.reports.html.payload import CHUNK
from tests.reports.html.made import NOON, body, dossier, failed, page, round_, sent


def test_equal_bodies_of_a_test_stand_there_once(tmp_path: Path) -> None:
    """A test that asks ten times gets ten equal answers."""
    made = [sent(response=body("same")) for _ in range(10)]
    case = Case(row=failed(), rounds=(round_(*made, sent(response=body("other"))),))

    _, (detail,) = page(dossier(case), tmp_path)

    assert sorted(one["text"] for one in detail["bodies"].values()) == ["other", "same"]


def test_a_long_body_keeps_its_ends(tmp_path: Path) -> None:
    """What a body begins and ends with tells most of it."""
    bodies = Bodies(Storage(tmp_path))

    key = bodies.key(body("a" * LONGEST + "z" * TAIL))

    made = bodies.kept[key]
    assert made["text"] == "a" * (LONGEST - TAIL)
    assert made["tail"] == "z" * TAIL
    assert made["is_cut"] is True
    assert made["size"] == LONGEST + TAIL


def test_a_body_that_the_run_cut_is_told_as_cut(tmp_path: Path) -> None:
    """Its size is that of the whole."""
    bodies = Bodies(Storage(tmp_path))

    key = bodies.key(body('{"a":', truncated=True, size=10**8))

    assert bodies.kept[key] == {"kind": "json", "size": 10**8, "text": '{"a":', "is_cut": True}


def test_what_is_not_text_has_a_size_alone(tmp_path: Path) -> None:
    """A binary body is known by its length and digest; nothing at all is not told."""
    storage = Storage(tmp_path)
    bodies = Bodies(storage)

    key = bodies.key(body("", kind="binary", size=5_000_000))
    storage.is_full = True

    assert bodies.kept[key] == {"kind": "binary", "size": 5_000_000}
    assert bodies.key(None) == bodies.key(body("")) == ""
    assert bodies.key(body("", kind="binary", size=7, digest="0")) != key
    assert storage.moved == 0


def test_beyond_its_room_bodies_lie_beside_the_page(tmp_path: Path) -> None:
    """Each is a file of its own, whose name is nobody's words; equal ones share it."""
    storage = Storage(tmp_path)
    storage.is_full = True
    text = "</script>" + "x" * LONGEST
    hostile = body("plain\ud800", kind="text", digest="../../etc/passwd\ud800")

    first, second = Bodies(storage), Bodies(storage)
    keys = first.key(body(text)), second.key(body(text)), second.key(hostile)

    kept = first.kept[keys[0]], second.kept[keys[1]], second.kept[keys[2]]
    names = [one["file"] for one in kept]
    assert names[0] == names[1] != names[2]
    assert names[0].startswith("evidence/")
    assert names[0].endswith(".json")
    assert (tmp_path / names[0]).read_text(encoding="utf-8") == text
    assert (tmp_path / names[2]).read_bytes() == b"plain\\ud800"
    assert {path.parent for path in tmp_path.glob("**/*.*")} == {tmp_path / "evidence"}
    assert storage.moved == 2


def test_a_page_that_would_be_too_large_says_where_bodies_lie(tmp_path: Path) -> None:
    """The tests and all their attempts stay in it."""
    cases = [
        Case(row=failed(f"t{n}"), rounds=(round_(sent(response=body(f"body {n}"))),))
        for n in range(6 * CHUNK)
    ]

    with Chunks(tmp_path, NOON, room=1) as chunks:
        for case in cases:
            chunks.add(case)

    details = [one for each in chunks.packed for one in unpack(each)["details"]]  # type: ignore[index]
    bodies = [*map(dict, (next(iter(one["bodies"].values())) for one in details))]
    filed = [one for one in bodies if "file" in one]
    assert chunks.starts == [n * CHUNK for n in range(6)]
    assert len(details) == 6 * CHUNK
    assert len(filed) == chunks.storage.moved == 3 * CHUNK
    assert all("text" in one for one in bodies[: 3 * CHUNK])
    assert (tmp_path / filed[-1]["file"]).read_text(encoding="utf-8") == f"body {6 * CHUNK - 1}"


def test_the_banner_says_that_bodies_lie_elsewhere(tmp_path: Path) -> None:
    """Whoever sends the page alone must know what it lacks."""
    case = Case(row=failed(), rounds=(round_(sent(response=body("text"))),))

    made = report.page(dossier(case, missing=("A spool was cut.",)), tmp_path, room=-1)

    assert made.index["head"]["missing"] == ["A spool was cut.", report.moved(1)]
    assert report.moved(1).startswith("1 body lies in the folder")
    assert report.moved(1_200).startswith("1,200 bodies lie in the folder")
    assert ROOM < 16 * 1024 * 1024


def test_a_chunk_of_large_tests_is_closed_early(tmp_path: Path) -> None:
    """To open one test, nobody decodes a hundred bodies."""
    cases = [
        Case(row=failed(f"t{n}"), rounds=(round_(sent(response=body(f"{n}" * 60_000))),))
        for n in range(1, 25)
    ]

    index, details = page(dossier(*cases), tmp_path)

    assert len(index["chunks"]) > 2
    assert len(details) == 24
