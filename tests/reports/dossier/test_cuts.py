"""A spool may be cut or damaged at any byte: what can be read is told, and what is missing."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from redhanded.core.verdicts import Verdict
from redhanded.reports.dossier.reading import Spooled, read
from tests.reports.dossier.made import making

A, B = "test_a.py::test_one", "test_a.py::test_two"


@pytest.fixture(scope="module")
def spool(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """The spool of a whole run of two tests, one of which is red."""
    folder = tmp_path_factory.mktemp("run")
    with making(folder) as run:
        run.test(A, sent=0)
        run.step(B, name="ordering")
        run.test(B, Verdict.DEFECT, "status", at=1)
        run.over(exit_code=1)
    return (folder / "spool" / "main.ndjson").read_bytes()


def whole(folder: Path, content: bytes) -> Spooled:
    """The dossier of such a spool, with each of its cases read once."""
    (folder / "spool").mkdir(exist_ok=True)
    (folder / "spool" / "main.ndjson").write_bytes(content)
    dossier = read([folder])
    assert [case.row for case in dossier.cases()] == dossier.rows
    return dossier


def test_a_cut_costs_no_more_than_what_was_cut(tmp_path: Path, spool: bytes) -> None:
    """INVARIANT: at any byte, what stands before the cut is told, and that there was one."""
    for place in range(len(spool)):
        dossier = whole(tmp_path, spool[:place])

        lines = spool[:place].split(b"\n")[:-1]
        began = {line.split(b'"')[9] for line in lines if b'"test_started"' in line}
        assert {row.test_id.encode() for row in dossier.rows} >= began
        assert dossier.head.missing or b'"concluded"' in b"".join(lines)


def test_damage_is_left_out(tmp_path: Path, spool: bytes) -> None:
    """INVARIANT: bytes that were turned, lost or doubled raise nothing."""
    chance = random.Random(7)
    for _ in range(400):
        content = bytearray(spool)
        for _ in range(chance.randrange(1, 6)):
            place = chance.randrange(len(content))
            match chance.randrange(3):
                case 0:
                    content[place] = chance.randrange(256)
                case 1:
                    del content[place : place + chance.randrange(1, 200)]
                case _:
                    content[place:place] = content[place - 50 : place]

        dossier = whole(tmp_path, bytes(content))

        assert dossier.head.parts[0].name


WRONG = [
    b"[]",
    b"null",
    b"{}",
    b'{"event":7}',
    b'{"v":1,"event":"test_started"}',
    b'{"v":1,"event":"test_started","test_id":["a"],"at":"noon"}',
    b'{"v":1,"event":"test_ended","test_id":"a","findings":7,"bodies":[],"verdict":{},"at":null}',
    b'{"v":1,"event":"attempt_ended","test_id":"a","operation":"GET /","exchange":{"id":7}}',
    b'{"v":1,"event":"attempt_ended","test_id":"a","operation":"GET /","exchange":null}',
    b'{"v":1,"event":"breached","test_id":"a","violation":"x"}',
    b'{"v":1,"event":"stepped","test_id":"a","at":"x"}',
    b'{"v":1,"event":"turned","at":[]}',
    b'{"v":1,"event":"reported","test_id":"a","worker":3,"outcome":"great","kind":[],"at":"x"}',
    b'{"v":1,"event":"reported","test_id":null}',
    b'{"v":1,"event":"described","settings":[["a"],7],"command":"x","plugins":[],"source":7}',
    b'{"v":1,"event":"concluded","exit_code":"1","sentences":"x","masked":[]}',
    b'{"v":9,"event":"imagined","test_id":"a"}',
    b"[" * 100_000,
    b"\xff\xfe\x00",
]


@pytest.mark.parametrize("line", WRONG, ids=range(len(WRONG)))
def test_what_makes_no_sense_is_left_out(tmp_path: Path, spool: bytes, line: bytes) -> None:
    """INVARIANT: a line of another version, or of nobody's, costs itself alone."""
    dossier = whole(tmp_path, spool + line + b"\n")

    told = {row.test_id: row.kind for row in dossier.rows}
    assert (told[A], told[B]) == ("pass", "defect")
    assert set(told) <= {A, B, "a"}


def test_lines_that_are_none_are_counted(tmp_path: Path, spool: bytes) -> None:
    """The reader of a report knows that it is not all there was."""
    dossier = whole(tmp_path, spool + b"torn\n\nagain torn\n")

    assert dossier.head.missing == (
        "run1: spool/main.ndjson holds 2 lines that could not be read.",
    )
