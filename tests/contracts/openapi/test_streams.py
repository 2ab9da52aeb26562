"""Streams: events, lines and sequences as the values they hold."""

from __future__ import annotations

import pytest

from redhanded.contracts.openapi.media import Kind
from redhanded.contracts.openapi.streams import is_stream, items_of
from redhanded.core.violation import Violation


@pytest.mark.parametrize(
    "text, events",
    [
        pytest.param("data: a\n\n", [{"data": "a"}], id="one"),
        pytest.param("data: a\ndata: b\n\n", [{"data": "a\nb"}], id="two lines"),
        pytest.param("data\n\n", [{"data": ""}], id="empty data"),
        pytest.param("id: 1\nretry: 5\n\n", [], id="no data, no event"),
        pytest.param(
            "event: e\nid: 1\nretry: 5\ndata:  a\n\n",
            [{"event": "e", "id": "1", "retry": 5, "data": " a"}],
            id="all fields",
        ),
        pytest.param(": remark\nother: x\ndata: a\n\n", [{"data": "a"}], id="remark"),
        pytest.param("retry: soon\nid: a\0b\ndata: a\n\n", [{"data": "a"}], id="ignored values"),
        pytest.param("data: a\r\n\r\ndata: b\r\r", [{"data": "a"}, {"data": "b"}], id="line ends"),
        pytest.param("\ufeffdata: a\n\n", [{"data": "a"}], id="byte order mark"),
        pytest.param("data: a", [], id="cut"),
        pytest.param("data: a\n", [], id="not sent off"),
        pytest.param("", [], id="empty"),
    ],
)
def test_events_are_those_that_a_client_would_dispatch(
    text: str, events: list[dict[str, object]]
) -> None:
    """By the HTML Living Standard, section 9.2.6."""
    assert items_of(text.encode(), "events") == events


@pytest.mark.parametrize(
    "kind, content, values",
    [
        pytest.param("lines", b'1\n\n{"a": 2}\r\n', [1, {"a": 2}], id="lines"),
        pytest.param("lines", b"", [], id="no lines"),
        pytest.param("sequence", b'\x1e1\n\x1e\n\x1e"a"\n', [1, "a"], id="sequence"),
    ],
)
def test_texts_of_json_are_read_one_by_one(
    kind: Kind, content: bytes, values: list[object]
) -> None:
    """One value a line, or after each record separator; empty ones are none."""
    assert items_of(content, kind) == values


@pytest.mark.parametrize(
    "kind, content, where, rule",
    [
        pytest.param("lines", b"1\n{\n", "$[1]", "syntax", id="broken line"),
        pytest.param("lines", b'{"a":1,"a":2}', "$[0]", "duplicate_name", id="name twice"),
        pytest.param("sequence", b"\x1eNaN", "$[0]", "non_finite_number", id="no number"),
        pytest.param("sequence", b"1\x1e2", "body", "rs", id="no separator"),
    ],
)
def test_the_first_text_that_is_no_json_is_told(
    kind: Kind, content: bytes, where: str, rule: str
) -> None:
    """With the number of the item it would have been."""
    found = items_of(content, kind)

    assert isinstance(found, Violation)
    assert (found.where, found.rule) == (where, rule)


def test_a_document_is_no_stream() -> None:
    """Only media types of many values are."""
    assert [is_stream("events"), is_stream("json")] == [True, False]
