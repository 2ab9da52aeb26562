"""The text of a document: what it stands for, or the sentence that says why it is none."""

from __future__ import annotations

import json
import sys

import pytest

from redhanded.contracts import openapi
from redhanded.contracts.openapi.document import DocumentUnusable
from redhanded.contracts.openapi.nodes import Flaw
from redhanded.contracts.openapi.text import parse

VALUE = {"a": [1, "größe"]}


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(b'{"a": [1, "gr\xc3\xb6\xc3\x9fe"]}', id="JSON"),
        pytest.param(b'\n\t {"a": [1, "gr\\u00f6\\u00dfe"]}', id="JSON after space"),
        pytest.param("a:\n- 1\n- größe\n".encode(), id="YAML"),
        pytest.param("{a: [1, größe]}".encode(), id="YAML that begins like JSON"),
        pytest.param(json.dumps(VALUE).encode("utf-8-sig"), id="JSON with a mark"),
        pytest.param("a: [1, größe]".encode("utf-8-sig"), id="YAML with a mark"),
        pytest.param("a: [1, größe]".encode("utf-16"), id="UTF-16"),
        pytest.param("a: [1, größe]".encode("utf-32"), id="UTF-32"),
        pytest.param("a: [1, größe]\r\n".encode(), id="lines of Windows"),
    ],
)
def test_json_and_yaml_are_told_apart_by_what_they_say(content: bytes) -> None:
    """Neither the name of a file nor the Content-Type of an answer is asked."""
    parsed = parse(content, "api")

    assert (parsed.value, parsed.flaws) == (VALUE, ())


@pytest.mark.parametrize(
    "content, message",
    [
        pytest.param(b" \n", "api is empty: write an OpenAPI document into it.", id="empty"),
        pytest.param(
            b"<!DOCTYPE html><title>API</title>",
            "api is an HTML page and no OpenAPI document: name the address of the JSON or YAML"
            " itself, often /openapi.json.",
            id="HTML",
        ),
        pytest.param(
            b"\x89PNG\r\n\x1a\n\x00\x00",
            "api is no text: name an OpenAPI document in JSON or YAML.",
            id="an image",
        ),
        pytest.param(
            b"a: \xff\xff",
            "api is no text: name an OpenAPI document in JSON or YAML.",
            id="no UTF-8",
        ),
        pytest.param(
            b'{"a": 1,\n"b" 2}',
            "api is no JSON from line 2, column 5 on: correct it.",
            id="broken JSON",
        ),
        pytest.param(
            b"a: [1\nb: 2\n",
            "api is no YAML, in line 2, column 2: correct it.",
            id="broken YAML",
        ),
        pytest.param(b'{"a": NaN}', "api is no JSON: it has NaN; correct it.", id="NaN"),
        pytest.param(
            b'{"a": -1e999}',
            "api is no JSON: it has a number that is too large; correct it.",
            id="too large",
        ),
        pytest.param(
            b"[" + b"1" * 5_000 + b"]",
            "api is no JSON: it has a number of thousands of digits; correct it.",
            id="too long",
        ),
        pytest.param(
            b'{"a": "\\ud800"}',
            "api is no JSON: it has half a surrogate pair; correct it.",
            id="half a pair",
        ),
        pytest.param(
            b"[" * 100_000,
            "api is nested deeper than 200 levels: no OpenAPI document is; correct it.",
            id="deep JSON",
        ),
    ],
)
def test_what_is_no_document_is_told_in_a_sentence(content: bytes, message: str) -> None:
    """It says what the content is instead, and what to do."""
    with pytest.raises(DocumentUnusable) as refused:
        parse(content, "api")

    assert str(refused.value).startswith(message.removesuffix(": correct it."))
    assert "\n" not in str(refused.value)


def test_a_whole_pair_of_surrogates_is_one_character() -> None:
    """JSON escapes what lies beyond 16 bits in two halves."""
    assert parse(b'{"a": "\\ud83d\\ude00"}', "api").value == {"a": "\U0001f600"}


def test_a_name_that_stands_twice_in_json_is_a_flaw_with_its_place() -> None:
    """Of each of them the last one counts, as most readers of JSON have it."""
    parsed = parse(b'{"x": [{"a/b": {"c": 1, "d": 3, "c": 2, "d": 4}}]}', "api.json")

    assert parsed.value == {"x": [{"a/b": {"c": 2, "d": 4}}]}
    assert parsed.flaws == (
        Flaw("api.json#/x/0/a~1b", "has the name 'c' twice; the last one counts"),
        Flaw("api.json#/x/0/a~1b", "has the name 'd' twice; the last one counts"),
    )


def test_what_is_not_installed_is_told_where_it_is_needed(monkeypatch: pytest.MonkeyPatch) -> None:
    """A document in JSON is read all the same."""
    monkeypatch.delattr(openapi, "yaml_text", raising=False)
    monkeypatch.setitem(sys.modules, "redhanded.contracts.openapi.yaml_text", None)

    assert parse(b'{"a": 1}', "api.json").value == {"a": 1}
    with pytest.raises(DocumentUnusable, match=r"pip install redhanded\[openapi\]"):
        parse(b"a: 1", "api.yaml")
