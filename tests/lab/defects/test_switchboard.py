"""Switching: what is on, for whom it is noted, and that nothing is left when it is off."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from redhanded.lab.defects.switchboard import SwitchError
from redhanded.lab.defects.table import DEFECTS
from tests.lab.defects.conftest import Lab

TRACE = "0af7651916cd43dd8448eb211c80319c"


def test_with_all_switches_off_it_is_the_api_that_it_was(lab: Lab) -> None:
    """INVARIANT: nothing of a defect is in the way of a request when none is on."""
    lab.switch()
    stack, services = lab.app.middleware_stack, lab.app.state.services

    lab.switch("D01", "D23")
    assert lab.app.middleware_stack is not stack
    assert lab.app.state.services is not services
    lab.switch()

    assert lab.app.middleware_stack is stack
    assert lab.app.state.services is services


def test_a_defect_is_there_while_it_is_on(lab: Lab) -> None:
    """Switching changes the answers from one request to the next."""

    def status() -> int:
        return lab.client.get("/booking", params={"lastname": "O'Brien"}).status_code

    seen = [status()]
    for codes in (["D23"], ["D01"], []):
        lab.switch(*codes)
        seen.append(status())

    assert seen == [200, 500, 200, 200]


def test_several_are_there_at_once(lab: Lab) -> None:
    """Defects of one answer and of one service do not undo each other."""
    lab.switch("D01", "D02", "D20", "D23", "D36")

    booking = lab.client.get("/booking/1").json()
    page = lab.client.get("/booking", params={"limit": 2})
    later = lab.client.get("/booking", params={"checkin": "2026-12-30"}).json()
    broken = lab.client.get("/booking", params={"lastname": "O'Brien"})

    assert booking.keys() & {"totalprice", "total_price", "depositpaid"} == {"total_price"}
    assert (len(page.json()), later, broken.status_code) == (5, [], 500)
    assert lab.codes() == ["D01", "D02", "D20", "D36", "D23"]


def test_a_document_that_another_has_changed_already_is_left_alone(lab: Lab) -> None:
    """A defect that finds nothing to change is not noted, and nothing breaks."""
    lab.switch("D01", "D05")

    booking = lab.client.get("/booking/1").json()

    assert booking["total_price"] == 111
    assert lab.codes() == ["D01"]


def test_each_serving_is_a_line(lab: Lab) -> None:
    """The line says when, what, the how-manieth, to which request, and whose it was."""
    lab.switch("D01")
    headers = {"X-Episode": "test_a", "traceparent": f"00-{TRACE}-b7ad6b7169203331-01"}

    lab.client.get("/booking/1", headers=headers)
    lab.client.get("/booking/2")
    lab.client.get("/booking")

    told = {"at": 1_800_000_000.0, "code": "D01", "method": "GET"}
    assert lab.lines() == [
        {**told, "n": 1, "path": "/booking/1", "episode": "test_a", "trace_id": TRACE},
        {**told, "n": 2, "path": "/booking/2", "episode": None, "trace_id": None},
    ]


def test_without_a_file_it_misbehaves_all_the_same(lab: Lab) -> None:
    """Who only wants to see a defect need not keep a record."""
    lab.board.switch(["D01"])

    assert "total_price" in lab.client.get("/booking/1").json()
    assert not lab.served.exists()


def test_an_edited_answer_is_whole(lab: Lab) -> None:
    """Its length is told as it is, and an answer without a body keeps none."""
    lab.switch("D01", "D29", "D30")

    edited = lab.client.get("/booking/1")
    head = lab.client.head("/booking")
    bare = lab.client.get("/booking/1", headers={"If-None-Match": "*"})

    assert int(edited.headers["content-length"]) == len(edited.content)
    assert (head.content, head.headers["x-total-count"]) == (b"", "0")
    assert (bare.status_code, bare.content) == (304, b"")


@pytest.mark.parametrize(
    "code, closest",
    [("d23", "D23"), ("D1", "D01"), ("", "D01"), ("many", "D01")],
    ids=["lower-case", "short", "empty", "word"],
)
def test_an_unknown_code_is_named_with_the_closest(lab: Lab, code: str, closest: str) -> None:
    """And it leaves on what was on."""
    lab.switch("D01")

    with pytest.raises(SwitchError, match=f"no defect '{code}'; did you mean {closest}?"):
        lab.switch("D02", code)

    assert "total_price" in lab.client.get("/booking/1").json()


def test_a_file_that_cannot_be_written_is_named(lab: Lab, tmp_path: Path) -> None:
    """Before anything is switched: a record that is not kept would be missed too late."""
    with pytest.raises(SwitchError, match=r"cannot be written .* name another"):
        lab.board.switch(["D01"], served=tmp_path / "missing" / "served.ndjson")

    assert "totalprice" in lab.client.get("/booking/1").json()


def test_a_command_is_answered(lab: Lab) -> None:
    """The answer names what is on."""
    command = {"defects": ["D01", "D23"], "seed": 7, "served": str(lab.served)}

    answer = json.loads(lab.board.obey(json.dumps(command)))

    assert answer == {"defects": ["D01", "D23"]}
    assert lab.client.get("/booking/1").json()["total_price"] == 111
    assert lab.codes() == ["D01"]


@pytest.mark.parametrize(
    "line",
    [
        pytest.param("", id="nothing"),
        pytest.param("D01", id="no-json"),
        pytest.param('["D01"]', id="a-list"),
        pytest.param('{"defects": ["D01"]}', id="too-little"),
        pytest.param('{"defects": "D01", "seed": 1, "served": ""}', id="a-text"),
        pytest.param('{"defects": [1], "seed": 1, "served": ""}', id="a-number"),
        pytest.param('{"defects": ["D01"], "seed": "1", "served": ""}', id="seed-a-text"),
        pytest.param('{"defects": ["D01"], "seed": 1, "served": null}', id="file-a-null"),
    ],
)
def test_a_command_that_makes_no_sense_is_answered_with_one_that_does(lab: Lab, line: str) -> None:
    """The error shows what to write, and nothing was switched."""
    answer = json.loads(lab.board.obey(line))

    assert list(answer) == ["error"]
    assert json.dumps({"defects": ["D23"], "seed": 0, "served": "served.ndjson"}) in answer["error"]
    assert "totalprice" in lab.client.get("/booking/1").json()


def test_every_defect_says_how_it_shows() -> None:
    """The list is what a user chooses from: in the order of codes, each with a title and a how."""
    numbers = [int(code.removeprefix("D")) for code in DEFECTS]

    assert numbers == sorted(set(numbers))
    assert all(code == defect.code for code, defect in DEFECTS.items())
    assert {defect.verdict for defect in DEFECTS.values()} <= {"drift", "defect", "slow"}
    assert all(defect.title and " /" in defect.how for defect in DEFECTS.values())
