"""Media types: which entry of a `content` map a Content-Type belongs to, and how it is read."""

from __future__ import annotations

import pytest

from redhanded.contracts.openapi.media import Content, Kind, MediaType, parse


@pytest.mark.parametrize(
    "text, name, parameters",
    [
        pytest.param(" Text/HTML ", "text/html", {}, id="plain"),
        pytest.param("a/b; Charset=UTF-8", "a/b", {"charset": "UTF-8"}, id="parameter"),
        pytest.param('a/b; x="1;2"; y=3', "a/b", {"x": "1;2", "y": "3"}, id="quoted"),
        pytest.param("a/b;\r\nx=1", "a/b", {"x": "1"}, id="folded"),
        pytest.param(";", "", {"": ""}, id="nothing"),
    ],
)
def test_a_content_type_is_a_name_with_parameters(
    text: str, name: str, parameters: dict[str, str]
) -> None:
    """Names are in lower case, values as they were sent (RFC 9110, section 8.3.1)."""
    found = parse(text)

    assert found.name == name
    assert parameters.items() >= {k: v for k, v in found.parameters.items() if k}.items()


@pytest.mark.parametrize(
    "name, kind",
    [
        pytest.param("application/json", "json", id="json"),
        pytest.param("application/problem+json", "json", id="json suffix"),
        pytest.param("application/geo+json-seq", "sequence", id="sequence suffix"),
        pytest.param("application/vnd.x+json-seq", "sequence", id="any sequence"),
        pytest.param("application/x-ndjson", "lines", id="lines"),
        pytest.param("text/event-stream", "events", id="events"),
        pytest.param("application/atom+xml", "xml", id="xml suffix"),
        pytest.param("multipart/mixed", "multipart", id="multipart"),
        pytest.param("application/x-www-form-urlencoded", "form", id="form"),
        pytest.param("text/csv", "text", id="text"),
        pytest.param("application/octet-stream", "binary", id="bytes"),
        pytest.param("image/png", "binary", id="image"),
    ],
)
def test_the_name_says_how_a_body_is_read(name: str, kind: Kind) -> None:
    """By its name or its suffix; what nobody knows is bytes."""
    assert MediaType(name).kind == kind


@pytest.mark.parametrize(
    "keys, content_type, key",
    [
        pytest.param(["*/*", "a/*", "a/b"], "a/b", "a/b", id="exact"),
        pytest.param(["*/*", "a/*", "a/b"], "a/c", "a/*", id="range"),
        pytest.param(["*/*", "a/*", "a/b"], "c/d", "*/*", id="anything"),
        pytest.param(["a/*", "a/*+json"], "a/x+json", "a/*+json", id="suffix"),
        pytest.param(["a/b", "a/b;v=1"], "a/b; v=1", "a/b;v=1", id="parameter"),
        pytest.param(["a/b;v=1"], "a/b; v=2", None, id="another parameter"),
        pytest.param(["a/b;v=1"], "a/b", None, id="no parameter"),
        pytest.param(["a/b;charset=utf-8"], "a/b", "a/b;charset=utf-8", id="no charset"),
        pytest.param(["A/B"], "a/b", "A/B", id="case"),
        pytest.param(["a/b"], "", None, id="nothing sent"),
        pytest.param([], "a/b", None, id="nothing declared"),
    ],
)
def test_the_most_specific_entry_is_taken(
    keys: list[str], content_type: str, key: str | None
) -> None:
    """Exact before range before anything, and parameters count (OAS 3.1.1, section 4.8.14)."""
    content = Content(dict.fromkeys(keys, 0))

    found = content.find(content_type)

    assert (found and found[0]) == key


def test_what_was_found_is_remembered_within_bounds() -> None:
    """A multipart body has another boundary each time; not all of them are kept."""
    content = Content({"multipart/form-data": 0})

    found = [content.find(f"multipart/form-data; boundary={number}") for number in range(600)]

    assert set(found) == {("multipart/form-data", 0, "multipart")}
