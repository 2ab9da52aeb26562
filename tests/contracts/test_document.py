"""A JSON document: each way of not being one gives one clear violation."""

from __future__ import annotations

import pytest

from redhanded.contracts.document import Document, is_html, is_json, read, text_of
from redhanded.core.violation import Violation

JSON = "application/json"
PAGE = b"<!DOCTYPE html><html><body>down for maintenance</body></html>"


@pytest.mark.parametrize(
    "content, value",
    [
        pytest.param(b'{"a": [1, 2.5, null, true]}', {"a": [1, 2.5, None, True]}, id="all"),
        pytest.param(b" 7 \n", 7, id="a number with space around it"),
        pytest.param('"größe"'.encode(), "größe", id="UTF-8"),
        pytest.param(b'{"a":{"x":1},"b":{"x":1}}', {"a": {"x": 1}, "b": {"x": 1}}, id="same names"),
    ],
)
def test_json_is_read(content: bytes, value: object) -> None:
    """What RFC 8259 allows gives its value."""
    assert read(content, JSON) == Document(value)


@pytest.mark.parametrize(
    "content, content_type, code, actual",
    [
        pytest.param(b"", JSON, "body.empty", "empty", id="empty"),
        pytest.param(b" \n", JSON, "body.empty", "empty", id="only space"),
        pytest.param(
            b'{"a": oops}', JSON, "body.json", "not JSON from line 1 column 7 on", id="syntax"
        ),
        pytest.param(
            b'{"a": 1',
            JSON,
            "body.json",
            "not JSON from line 1 column 8 on, where it ends",
            id="cut",
        ),
        pytest.param(b"Hello", JSON, "body.json", "not JSON from line 1 column 1 on", id="text"),
        pytest.param(b'{"a": NaN}', JSON, "body.json", "JSON with NaN", id="NaN"),
        pytest.param(b"[-Infinity]", JSON, "body.json", "JSON with -Infinity", id="infinity"),
        pytest.param(
            b'[{"id": 1, "id": 2}]',
            JSON,
            "body.json",
            'JSON with "id" twice in one object',
            id="duplicate name",
        ),
        pytest.param(
            b"[" * 100_000, JSON, "body.json", "nested too deep to be read", id="endless nesting"
        ),
        pytest.param(
            b"1" * 5000,
            JSON,
            "body.json",
            "JSON with a number of thousands of digits",
            id="endless number",
        ),
        pytest.param(PAGE, JSON, "body.json", "an HTML page", id="HTML called JSON"),
        pytest.param(PAGE, "text/html", "body.html", "an HTML page", id="HTML called HTML"),
        pytest.param(PAGE, "", "body.html", "an HTML page", id="HTML called nothing"),
        pytest.param(
            b"{}",
            "text/html; charset=utf-8",
            "body.media_type",
            '"text/html"',
            id="JSON called HTML",
        ),
        pytest.param(b"Hello", "text/plain", "body.media_type", '"text/plain"', id="plain text"),
        pytest.param(
            b"\xef\xbb\xbf{}", JSON, "body.charset", "UTF-8 with a byte order mark", id="mark"
        ),
        pytest.param(
            '{"a": 1}'.encode("utf-16"), JSON, "body.charset", "UTF-16", id="UTF-16 with a mark"
        ),
        pytest.param(
            '"größe"'.encode("latin-1"),
            JSON,
            "body.charset",
            "not UTF-8 from byte 3 on",
            id="Latin-1",
        ),
        pytest.param(
            '"größe"'.encode(),
            f"{JSON}; charset=iso-8859-1",
            "body.charset",
            'declared as "iso-8859-1"',
            id="declared as Latin-1",
        ),
    ],
)
def test_what_is_not_json_gives_one_violation(
    content: bytes, content_type: str, code: str, actual: str
) -> None:
    """Each fault has a code of its own and says where it is, never the whole body."""
    found = read(content, content_type)

    assert isinstance(found, Violation)
    assert (found.code, found.actual) == (code, actual)
    assert len(found.actual) <= 60


@pytest.mark.parametrize(
    "content_type",
    [
        pytest.param("", id="none declared"),
        pytest.param("application/json", id="json"),
        pytest.param("Application/JSON; charset=UTF-8", id="in any case"),
        pytest.param('application/json; charset="utf-8"', id="quoted charset"),
        pytest.param("application/problem+json", id="problem"),
        pytest.param("application/vnd.api+json", id="vendor"),
        pytest.param("text/json", id="text"),
        pytest.param("application/json; charset=iso-8859-1", id="another charset of pure ASCII"),
    ],
)
def test_json_is_taken_under_every_name_that_means_it(content_type: str) -> None:
    """A body is not refused for a header that does no harm to it."""
    assert read(b"{}", content_type) == Document({})


def test_the_media_type_may_be_checked_elsewhere() -> None:
    """Who names the content type in the expectation has decided."""
    assert read(b"{}", "text/html", any_media_type=True) == Document({})


@pytest.mark.parametrize(
    "content, page",
    [
        pytest.param(b"<!doctype HTML>", True, id="doctype"),
        pytest.param(b"\n <html lang=en>", True, id="root"),
        pytest.param(b"<!-- cache --> <!-- 2 --><head>", True, id="after comments"),
        pytest.param(b"<center><h1>502 Bad Gateway</h1>", True, id="without a root"),
        pytest.param(b"<?xml version='1.0'?><a/>", False, id="XML"),
        pytest.param(b'{"a": "<html>"}', False, id="JSON about HTML"),
        pytest.param(b"<!--" + b"-" * 2000, False, id="a comment without an end"),
        pytest.param(b"<!-- a -->" * 200, False, id="only comments"),
    ],
)
def test_a_page_is_told_by_how_it_starts(content: bytes, *, page: bool) -> None:
    """No header is needed, and no hostile page takes long."""
    assert is_html(content) is page


@pytest.mark.parametrize(
    "content_type", ["text/html", "application/jsonl", "application/json-seq", "json", ""]
)
def test_other_media_types_are_not_json(content_type: str) -> None:
    """Sequences of JSON texts are not one document."""
    assert not is_json(content_type)


@pytest.mark.parametrize(
    "content, content_type, text",
    [
        pytest.param("ö".encode("latin-1"), "text/plain; charset=latin-1", "ö", id="declared"),
        pytest.param("größe".encode(), "text/plain", "größe", id="UTF-8 by default"),
    ],
)
def test_a_text_is_decoded_by_its_charset(content: bytes, content_type: str, text: str) -> None:
    """Text that is not JSON may be in any declared encoding."""
    assert text_of(content, content_type) == text


@pytest.mark.parametrize(
    "content, content_type, actual",
    [
        pytest.param(b"\xff", "text/plain", "not UTF-8 from byte 0 on", id="broken"),
        pytest.param(b"a", "text/plain; charset=xx", 'text in unknown "xx"', id="unknown"),
    ],
)
def test_a_text_in_no_known_charset_is_a_violation(
    content: bytes, content_type: str, actual: str
) -> None:
    """Bytes are never guessed at."""
    found = text_of(content, content_type)

    assert isinstance(found, Violation)
    assert (found.code, found.actual) == ("body.charset", actual)
