"""Documents as they are given: files, addresses, and what is none."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from redhanded.contracts.openapi.document import DocumentUnusable
from redhanded.scaffold.answers import Answers
from redhanded.scaffold.openapi import sources
from redhanded.scaffold.openapi.draft import Draft
from redhanded.scaffold.openapi.sources import source_of
from tests.scaffold.openapi.drafts import answer, document, drafted, files_of, things


@pytest.mark.parametrize(
    "content, sentence",
    [
        pytest.param("{", "is no JSON from line 1", id="broken-json"),
        pytest.param("a: [", "correct it", id="broken-yaml"),
        pytest.param("", "is empty", id="empty"),
        pytest.param('{"swagger": "2.0"}', "is Swagger 2.0", id="swagger"),
        pytest.param('{"asyncapi": "3.0.0"}', "is no OpenAPI document", id="asyncapi"),
        pytest.param("[]", "is no OpenAPI document", id="list"),
        pytest.param("<!doctype html><html></html>", "is an HTML page", id="html"),
        pytest.param('{"openapi": "3.1.0", "paths": {}}', "has no operation", id="no-operation"),
        pytest.param(
            '{"openapi": "3.1.0", "webhooks": {"x": {}}}', "has no operation", id="webhooks-only"
        ),
        pytest.param('{"openapi": "4.0.0", "paths": {}}', "3.0 to 3.2", id="of-the-future"),
    ],
)
def test_what_is_no_document_is_told_in_one_sentence(
    tmp_path: Path, content: str, sentence: str
) -> None:
    """It says what is wrong, and what to do."""
    file = tmp_path / "openapi.yaml"
    file.write_text(content, encoding="utf-8")

    with pytest.raises(DocumentUnusable) as caught:
        Draft(source_of(str(file)))

    assert sentence in str(caught.value)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    "where, sentence",
    [
        pytest.param("no-such.yaml", "does not exist", id="missing"),
        pytest.param(".", "is a folder", id="folder"),
        pytest.param("https://example.com/openapi.json", "another machine", id="far-away"),
        pytest.param("http://127.0.0.1:1/openapi.json", "cannot be had", id="nobody-there"),
        pytest.param("http://[::1/openapi.json", "cannot be had", id="no-address"),
        pytest.param("x\0y", "cannot be read", id="null-byte"),
    ],
)
def test_what_cannot_be_read_is_told_in_one_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, where: str, sentence: str
) -> None:
    """Nothing is fetched from other machines: init works offline."""
    monkeypatch.chdir(tmp_path)

    with pytest.raises(DocumentUnusable, match=sentence):
        source_of(where)


def test_the_document_is_copied_with_the_files_below_its_folder(tmp_path: Path) -> None:
    """References keep leading where they led, and to nothing outside."""
    (tmp_path / "outside.json").write_text("{}", encoding="utf-8")
    folder = tmp_path / "api"
    (folder / "parts").mkdir(parents=True)
    (folder / "parts" / "thing.json").write_text('{"type": "object"}', encoding="utf-8")
    told = document(
        {
            "/a": {"get": {"responses": answer({"$ref": "parts/thing.json"})}},
            "/b": {"get": {"responses": answer({"$ref": "../outside.json"})}},
        }
    )
    file = folder / "shop.json"
    file.write_text(json.dumps(told), encoding="utf-8")

    source = source_of(str(file))

    assert [place for place, _ in source.copies] == ["openapi.json", "parts/thing.json"]
    assert ["outside.json" in note for note in source.notes] == [True]


def test_a_document_in_yaml_stays_yaml(tmp_path: Path) -> None:
    """Whatever its name, and with the line ends of the project."""
    file = tmp_path / "shop.spec"
    file.write_bytes(b"openapi: 3.1.0\r\npaths: {/x: {get: {responses: {}}}}\r\n")

    source = source_of(str(file))

    assert source.place == "openapi.yaml"
    assert "\r" not in source.copies[0][1]


def test_the_copy_says_what_the_document_says(tmp_path: Path) -> None:
    """The suite judges answers by it."""
    told = things()

    assert json.loads(files_of(tmp_path, told)["openapi.json"]) == told


@pytest.mark.parametrize(
    "url",
    [
        pytest.param("https://ann:hush-hush@api.example.com/v1", id="login"),
        pytest.param("https://api.example.com/v1?token=hush-hush&x=1", id="query"),
        pytest.param("https://api.example.com/v1/#hush-hush", id="fragment"),
        pytest.param("https://ann:hush-hush@api.example.com/v1?token=hush-hush", id="both"),
    ],
)
def test_no_secret_in_the_address_of_a_server_is_written(tmp_path: Path, url: str) -> None:
    """The files are committed: the copy goes without it, and init says so."""
    told = things(servers=[{"url": url}])

    draft, answers = drafted(tmp_path, told)

    written = files_of(tmp_path, told)
    assert not [path for path, text in written.items() if "hush-hush" in text]
    assert 'base_url = "https://api.example.com/v1"' in written["pyproject.toml"]
    assert any("take it out of the document too" in note for note in draft.notes(answers))


def test_no_secret_of_a_server_of_one_path_is_written(tmp_path: Path) -> None:
    """Paths and operations have servers as well."""
    told = things()
    told["paths"]["/things"]["servers"] = [{"url": "https://api.example.com/v1?token=hush-hush&x="}]

    assert "hush-hush" not in files_of(tmp_path, told)["openapi.json"]


def test_a_document_of_a_running_api_tells_where_it_is(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A server without a host is where the document is (OpenAPI 3.1, section 4.8.5)."""
    told = json.dumps(things(servers=[{"url": "/v1"}])).encode()
    monkeypatch.setattr(sources, "_fetched", lambda _: told)

    draft = Draft(source_of("http://ann:hush@127.0.0.1:8123/docs/openapi.json"))

    answers = draft.answers(Answers(name="shop", package="shop"))
    assert answers.base_url == "http://127.0.0.1:8123/v1"
    assert not any("where its API is" in note for note in draft.notes(answers))


@pytest.mark.parametrize(
    "servers, is_told",
    [
        pytest.param([], True, id="none"),
        pytest.param([{"url": "/v1"}], True, id="a-path"),
        pytest.param([{"url": "https://api.example.com"}], False, id="an-address"),
    ],
)
def test_an_address_that_is_not_known_is_told(
    tmp_path: Path, servers: list[dict[str, str]], is_told: bool
) -> None:
    """The address that is written in its place is nobody's word."""
    draft, answers = drafted(tmp_path, things(servers=servers))

    assert any("where its API is" in note for note in draft.notes(answers)) is is_told
