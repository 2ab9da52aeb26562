"""Forms: URL-encoded and multipart bodies as values."""

from __future__ import annotations

import pytest

from redhanded.contracts.openapi.examination import ABSENT
from redhanded.contracts.openapi.forms import Part, parts_of

from .exchanges import OK, attempt, contract, told

FORM = "application/x-www-form-urlencoded"
MULTIPART = "multipart/form-data"
INTEGERS = {"type": "array", "items": {"type": "integer"}}
POINT = {"type": "object", "properties": {"x": {"type": "integer"}}}


def value_of(
    media_type: str, properties: object, body: bytes, **media_object: object
) -> tuple[object, list[str]]:
    """What a form is read as, and what is told of it."""
    schema = {"type": "object", "properties": properties}
    content = {media_type: {"schema": schema, **media_object}}
    paths = {"/things": {"post": {"requestBody": {"content": content}, "responses": OK}}}
    kind = f"{media_type}; boundary=b" if media_type == MULTIPART else media_type
    found = contract(paths).examine(
        attempt("POST /things", sent=body, sent_headers={"Content-Type": kind})
    )
    return found.request.value, told(found.violations)


@pytest.mark.parametrize(
    "properties, body, value",
    [
        pytest.param({"a": {"type": "string"}}, b"a=x+y%2B", {"a": "x y+"}, id="text"),
        pytest.param({"a": {"type": "integer"}}, b"a=5", {"a": 5}, id="integer"),
        pytest.param({"a": INTEGERS}, b"a=5&a=6", {"a": [5, 6]}, id="array"),
        pytest.param({"a": INTEGERS}, b"a=5", {"a": [5]}, id="array of one"),
        pytest.param({"a": {}, "b": {}}, b"b=x", {"b": "x"}, id="not all of them"),
        pytest.param({"a": POINT}, b"a=%7B%22x%22:1%7D", {"a": {"x": 1}}, id="object as JSON"),
        pytest.param({"a": {}}, b"", ABSENT, id="nothing sent"),
    ],
)
def test_a_url_encoded_form_is_an_object(properties: object, body: bytes, value: object) -> None:
    """Each field is read as its schema wants it (OAS 3.1.1, section 4.8.14.4)."""
    assert value_of(FORM, properties, body) == (value, [])


def test_a_field_that_is_no_json_is_a_text() -> None:
    """And as such no object."""
    assert value_of(FORM, {"a": POINT}, b"a=odd") == (
        {"a": "odd"},
        ["error request_body_schema request $.a type"],
    )


def test_a_field_may_be_an_object_by_its_style() -> None:
    """Where the encoding names a style, it is written as a parameter in a query is."""
    encoding = {"a": {"style": "deepObject", "explode": True}}

    assert value_of(FORM, {"a": POINT}, b"a[x]=1", encoding=encoding) == ({"a": {"x": 1}}, [])


@pytest.mark.parametrize(
    "properties, body, value",
    [
        pytest.param(
            {"a": {"type": "integer"}},
            b'--b\r\nContent-Disposition: form-data; name="a"\r\n\r\n5\r\n--b--\r\n',
            {"a": 5},
            id="field",
        ),
        pytest.param(
            {"a": INTEGERS},
            b'--b\r\nContent-Disposition: form-data; name="a"\r\n\r\n5\r\n'
            b'--b\r\nContent-Disposition: form-data; name="a"\r\n\r\n6\r\n--b--',
            {"a": [5, 6]},
            id="fields of one name",
        ),
        pytest.param(
            {"a": INTEGERS},
            b'--b\r\nContent-Disposition: form-data; name="a"\r\n'
            b"Content-Type: application/json\r\n\r\n[5]\r\n--b--",
            {"a": [5]},
            id="array as JSON",
        ),
        pytest.param(
            {"a": POINT},
            b'--b\r\nContent-Disposition: form-data; name="a"\r\n'
            b'Content-Type: application/json\r\n\r\n{"x": 1}\r\n--b--',
            {"a": {"x": 1}},
            id="object as JSON",
        ),
        pytest.param(
            {"a": {"type": "string"}},
            b'--b\r\nContent-Disposition: form-data; name="a"; filename="f"\r\n'
            b"Content-Type: image/png\r\n\r\n\xff\x00\r\n--b--",
            {"a": "\xff\x00"},
            id="file",
        ),
        pytest.param(
            {"a": {"type": "string"}},
            b'--b\r\nContent-Disposition: form-data; name="a"\r\n\r\n\xff\r\n--b--',
            {"a": "\xff"},
            id="text in another charset",
        ),
    ],
)
def test_a_multipart_form_is_an_object(properties: object, body: bytes, value: object) -> None:
    """Each part is read by its media type and its schema (OAS 3.1.1, section 4.8.14.5)."""
    assert value_of(MULTIPART, properties, body) == (value, [])


def test_a_part_that_nobody_declared_is_told() -> None:
    """As any property of an object that the document does not know."""
    body = b'--b\r\nContent-Disposition: form-data; name="z"\r\n\r\n5\r\n--b--'

    assert value_of(MULTIPART, {"a": {}}, body) == (
        {"z": "5"},
        ["error request_body_undeclared request $.z undeclared"],
    )


def test_parts_are_split_at_their_boundary() -> None:
    """With their headers, whatever stands before the first and after the last."""
    body = (
        b'before\r\n--b  \r\nContent-Disposition: form-data; filename="f\\""; name="a"\r\n'
        b"X-A: 1\r\n\r\none\r\n\r\n--b\r\n\r\ntwo\r\n--b--\r\nafter"
    )

    first, second = parts_of(body, "multipart/form-data; boundary=b")

    assert (first.name, first.is_file, first.content) == ("a", True, b"one\r\n")
    assert (first.headers["x-a"], first.content_type) == ("1", "")
    assert second == Part("", is_file=False, headers={}, content=b"two")


@pytest.mark.parametrize(
    "content_type", ["multipart/form-data", "multipart/form-data; boundary="], ids=["none", "empty"]
)
def test_without_a_boundary_there_are_no_parts(content_type: str) -> None:
    """Nobody can tell where one ends."""
    assert parts_of(b"--b\r\n\r\nx\r\n--b--", content_type) == []


@pytest.mark.parametrize(
    "media_type", ["application/xml", "application/octet-stream", "multipart/mixed"]
)
def test_what_has_no_value_is_not_judged(media_type: str) -> None:
    """Of XML, bytes and parts without names a schema before 3.2 says nothing that is checked."""
    assert value_of(media_type, {}, b"<a/>") == (ABSENT, [])
