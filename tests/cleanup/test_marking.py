"""Marks: put into a body where they are declared, and looked for in what comes back."""

from __future__ import annotations

import pytest

from redhanded.cleanup.marking import fate, header_of, marked, parsed, value_at
from redhanded.core.errors import UsageError

MARK = "rh-3f2a9c1e-t62kq0-abcdefghijklmnopqrst"


@pytest.mark.parametrize(
    "body, place, whole",
    [
        pytest.param({"a": 1}, "$.note", {"a": 1, "note": MARK}, id="beside"),
        pytest.param({"note": "x"}, "$.note", {"note": MARK}, id="over"),
        pytest.param(None, "$.note", {"note": MARK}, id="no-body"),
        pytest.param({}, "$.meta.tag", {"meta": {"tag": MARK}}, id="deep"),
        pytest.param({"m": {"x": 1}}, "$.m['t g']", {"m": {"x": 1, "t g": MARK}}, id="quoted"),
    ],
)
def test_a_mark_is_put_where_it_is_declared(body: object, place: str, whole: object) -> None:
    """What is missing on the way is made."""
    assert marked(body, place, MARK) == whole


def test_the_body_of_the_author_stays_as_it_is() -> None:
    """It may be sent again by the test itself."""
    body: dict[str, dict[str, str]] = {"meta": {}}

    marked(body, "$.meta.tag", MARK)

    assert body == {"meta": {}}


@pytest.mark.parametrize(
    "body, place",
    [
        pytest.param([], "$.note", id="list"),
        pytest.param({"meta": "x"}, "$.meta.tag", id="text-on-the-way"),
        pytest.param({"items": [{}]}, "$.items[0].tag", id="index"),
        pytest.param({}, "$[0]", id="index-at-the-end"),
    ],
)
def test_a_body_without_room_for_the_mark_is_refused(body: object, place: str) -> None:
    """The sentence says what to declare."""
    with pytest.raises(UsageError, match=r"has no room for a mark at .*: name a field of an obj"):
        marked(body, place, MARK)


@pytest.mark.parametrize(
    "document, place, clause",
    [
        pytest.param({"id": 1, "note": MARK}, "$.note", "", id="whole"),
        pytest.param({"item": {"labels": [MARK]}}, "$.note", "", id="elsewhere"),
        pytest.param({"note": MARK[:20]}, "$.note", "cuts it to 20 characters", id="cut"),
        pytest.param({"x": MARK[:20]}, "header:X-Tag", "cuts it to 20 characters", id="header-cut"),
        pytest.param({"note": MARK.upper()}, "$.note", "changes its case", id="upper-case"),
        pytest.param({"note": None}, "$.note", "does not keep it", id="null"),
        pytest.param({"item": {"note": "x"}}, "$.note", "does not keep it", id="wrapped"),
        pytest.param({"note": "rh"}, "header:X-Tag", None, id="a-word"),
        pytest.param({"id": 1}, "$.note", None, id="not-shown"),
        pytest.param([], "header:X-Tag", None, id="nothing"),
        pytest.param(None, "$.note", None, id="no-json"),
    ],
)
def test_an_answer_shows_what_became_of_the_mark(
    document: object, place: str, clause: str | None
) -> None:
    """A mark that is not there letter by letter finds nothing, so that must be noticed."""
    assert fate(document, MARK, place) == clause


@pytest.mark.parametrize(
    "document, value",
    [
        pytest.param({"id": 7}, "7", id="number"),
        pytest.param({"id": "a-7"}, "a-7", id="text"),
        pytest.param({"id": 0}, "0", id="zero"),
        pytest.param({"id": True}, "", id="bool"),
        pytest.param({"id": None}, "", id="null"),
        pytest.param({"id": {"x": 1}}, "", id="object"),
        pytest.param([], "", id="nowhere"),
    ],
)
def test_an_id_is_a_text_or_a_number(document: object, value: str) -> None:
    """Nothing else can stand in a path."""
    assert value_at(document, "$.id") == value


@pytest.mark.parametrize(
    "content, value",
    [
        pytest.param(b'{"id": 1}', {"id": 1}, id="json"),
        pytest.param(b"", None, id="empty"),
        pytest.param(b"<html>", None, id="page"),
        pytest.param(b"\xff\xfe\xfd", None, id="bytes"),
        pytest.param(b"[" * 100_000, None, id="too-deep"),
    ],
)
def test_what_is_no_json_shows_nothing(content: bytes, value: object) -> None:
    """Whether that is wrong is for the test to say."""
    assert parsed(content) == value


@pytest.mark.parametrize(
    "tag, header",
    [("header:X-Tag", "X-Tag"), ("$.note", ""), (None, "")],
    ids=["header", "body", "none"],
)
def test_a_mark_may_stand_in_a_header(tag: str | None, header: str) -> None:
    """The place says so itself."""
    assert header_of(tag) == header
