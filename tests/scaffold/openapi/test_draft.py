"""What comes of a document: settings, a client, and the tests that it allows."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

import pytest

from redhanded.scaffold.answers import Auth
from tests.scaffold.openapi.drafts import (
    NEW_THING,
    answer,
    body,
    document,
    drafted,
    files_of,
    things,
)

_LIST = {"type": "array", "items": {"type": "string"}}


def test_a_thing_is_made_read_and_removed(tmp_path: Path) -> None:
    """What the document shows of it, it is removed also where a step fails, and gone after."""
    written = files_of(tmp_path, things())["tests/test_functional.py"]

    lines = [line.strip() for line in written.splitlines()]
    steps = [
        "new = make(NewThing).bare()",
        "created = service.make_thing(new)",
        'cleanup("thing", created.id_)',
        "read = service.get_thing(created.id_)",
        "assert read.id_ == created.id_",
        "service.delete_thing(created.id_)",
        'expect(api.get(f"/things/{created.id_}"), {404})',
    ]
    assert [line for line in lines if line in steps] == steps
    removal = tomllib.loads(files_of(tmp_path, things())["pyproject.toml"])
    assert removal["tool"]["redhanded"]["resources"] == {"thing": {"delete": "DELETE /things/{id}"}}


def test_each_kind_of_test_is_written(tmp_path: Path) -> None:
    """The health endpoint is the canary; safe operations are called, and bad bodies refused."""
    written = files_of(tmp_path, things())

    assert "Service(api).health()" in written["tests/test_canary.py"]
    assert '"GET", "/things", 200, id="list_things"' in written["tests/test_contract.py"]
    assert "negatives(NewThing))" in written["tests/test_negative.py"]
    assert "expect(response, {422})" in written["tests/test_negative.py"]
    assert 'health = "/health"' in written["pyproject.toml"]
    assert 'openapi = "openapi.json"' in written["pyproject.toml"]


def test_a_body_that_names_another_thing_is_not_guessed(tmp_path: Path) -> None:
    """Nobody has such an id; the operation is listed with what it needs."""
    told = things()
    told["components"]["schemas"]["NewThing"]["properties"]["ownerId"] = {"type": "string"}

    written = files_of(tmp_path, told)["tests/test_functional.py"]

    assert "can_be_made" not in written
    assert "# - GET /things/{id}: id" in written


@pytest.mark.parametrize(
    "path, line",
    [
        pytest.param(f"/{'x' * 80}/{{id}}", f"# - GET /{'x' * 80}/{{id}}: id", id="all"),
        pytest.param(f"/{'x' * 84}/{{id}}", f"# - GET /{'x' * 84}/{{id}}", id="its-name-alone"),
        pytest.param(
            f"/{'x' * 90}/{{id}}", f"# - GET /{'x' * 86}...", id="as-much-as-there-is-room"
        ),
    ],
)
def test_an_operation_without_a_test_is_named_as_far_as_its_line_goes(
    tmp_path: Path, path: str, line: str
) -> None:
    """What it lacks is in its path as well: the name is worth more."""
    told = document({path: {"get": {"responses": answer(None)}}})

    written = files_of(tmp_path, told)["tests/test_functional.py"]

    assert line in written.splitlines()


@pytest.mark.parametrize(
    "operation, call",
    [
        pytest.param(
            {"parameters": [{"name": "from", "in": "query", "schema": {"type": "string"}}]},
            "*, from_: str | None = None)",
            id="keyword",
        ),
        pytest.param(
            {
                "parameters": [
                    {"name": "n", "in": "query", "required": True, "schema": {"type": "integer"}},
                    {"name": "N", "in": "header", "schema": {"type": "boolean"}},
                ]
            },
            "*, n: int, n_2: bool | None = None)",
            id="two-of-one-name",
        ),
        pytest.param(
            {"requestBody": {"content": {"application/json": {"schema": {"type": "string"}}}}},
            "body: str | None = None)",
            id="optional-body",
        ),
        pytest.param(
            {"requestBody": {"content": {"text/csv": {}}, "required": True}},
            "body: bytes)",
            id="no-json",
        ),
        pytest.param(
            {"requestBody": {"content": {"multipart/form-data": {}}, "required": True}},
            "body: dict[str, Any])",
            id="form",
        ),
    ],
)
def test_arguments_are_typed_and_named(
    tmp_path: Path, operation: dict[str, Any], call: str
) -> None:
    """What must be given has no default; two arguments never share a name."""
    told = document({"/x": {"post": {**operation, "responses": answer(None, "204")}}})

    client = files_of(tmp_path, told)["shop/client.py"]

    assert f"def post_x(self, {call} -> None:" in client


@pytest.mark.parametrize(
    "parameter, sent",
    [
        pytest.param({"schema": _LIST}, '"a": a', id="repeated"),
        pytest.param({"schema": _LIST, "explode": False}, '"a": joined(a, ",")', id="comma"),
        pytest.param(
            {"schema": _LIST, "explode": False, "style": "pipeDelimited"},
            '"a": joined(a, "|")',
            id="pipe",
        ),
        pytest.param(
            {"schema": {"type": "object"}, "style": "deepObject"}, '**spread(a, "a")', id="deep"
        ),
        pytest.param({"schema": {"type": "object"}}, '**spread(a, "")', id="members"),
        pytest.param(
            {"content": {"application/json": {"schema": {"type": "object"}}}},
            '"a": as_json(a)',
            id="json",
        ),
    ],
)
def test_values_are_written_as_the_document_wants(
    tmp_path: Path, parameter: dict[str, Any], sent: str
) -> None:
    """Lists, objects and JSON in a query have styles of their own."""
    asked = {"parameters": [{"name": "a", "in": "query", **parameter}], "responses": answer({})}

    client = files_of(tmp_path, document({"/x": {"get": asked}}))["shop/client.py"]

    assert sent in client


def test_headers_and_cookies_are_sent_as_text(tmp_path: Path) -> None:
    """And no name that could not stand in a header becomes an argument."""
    listed = [
        {"name": "X-A", "in": "header", "schema": {"type": "integer"}},
        {"name": "c", "in": "cookie", "schema": {"type": "string"}},
        {"name": "bad\r\nname", "in": "header", "schema": {"type": "string"}},
    ]
    asked = {"get": {"parameters": listed, "responses": answer({})}}

    client = files_of(tmp_path, document({"/x": asked}))["shop/client.py"]

    assert 'headers = texts({"X-A": x_a, "Cookie": cookie({"c": c})})' in client
    assert "bad" not in client


@pytest.mark.parametrize(
    "responses, result",
    [
        pytest.param(answer(None, "204"), "-> None:", id="nothing"),
        pytest.param(answer({"type": "array", "items": {}}), "-> list[Any]:", id="list"),
        pytest.param({"200": {"content": {"image/png": {}}}}, "-> Response:", id="no-json"),
        pytest.param(answer({}) | answer(None, "202"), "-> Any:", id="anything-or-nothing"),
        pytest.param(
            answer({"type": "integer"}) | answer(None, "202"), "-> int | None:", id="or-nothing"
        ),
        pytest.param({"default": {"description": "?"}}, "-> Response:", id="default-alone"),
    ],
)
def test_what_a_method_gives_back_is_what_success_is_documented_to_be(
    tmp_path: Path, responses: dict[str, Any], result: str
) -> None:
    """A model or a type for JSON, the response for what is none, None for nothing."""
    told = document({"/x": {"get": {"responses": responses}}})

    client = files_of(tmp_path, told)["shop/client.py"]

    assert result in client


def test_operations_of_one_name_are_numbered_and_told(tmp_path: Path) -> None:
    """Also where the document gives no names at all."""
    operation = {"operationId": "get", "responses": answer({})}
    draft, answers = drafted(
        tmp_path, document({"/a": {"get": operation}, "/b": {"get": operation}})
    )

    assert [method.name for method in draft.methods] == ["get", "get_2"]
    assert any("GET /b is get_2()" in note for note in draft.notes(answers))


def test_many_operations_have_a_module_for_each_tag(tmp_path: Path) -> None:
    """Forty are what one reads in a file."""
    paths = {
        f"/x{number}": {"get": {"tags": [f"part {number % 2}"], "responses": answer({})}}
        for number in range(41)
    }

    written = files_of(tmp_path, document(paths))

    assert {"shop/clients/part_0.py", "shop/clients/part_1.py"} <= set(written)
    assert "self.part_0 = Part0Client(api)" in written["shop/client.py"]
    assert "Service(api).part_0.get_x_0()" in written["tests/test_canary.py"]


def test_a_long_tag_gives_as_many_of_its_words_as_a_line_has_room_for(tmp_path: Path) -> None:
    """The module and its class are called alike, and the second of a name is numbered."""
    tags = ["Shield barrier segment restrictions", "Shield barrier segment restrictions of members"]
    paths = {
        f"/x{number}": {"get": {"tags": [tags[number % 2]], "responses": answer({})}}
        for number in range(41)
    }

    client = files_of(tmp_path, document(paths))["shop/client.py"]

    name = "shield_barrier_segment_restrictions"
    assert f"self.{name} = ShieldBarrierSegmentRestrictionsClient(api)" in client
    assert f"self.{name}_2 = ShieldBarrierSegmentRestrictionsClient2(api)" in client
    assert max(map(len, client.splitlines())) <= 100


@pytest.mark.parametrize(
    "scheme, kind",
    [
        pytest.param({"type": "http", "scheme": "Bearer"}, Auth.BEARER, id="bearer"),
        pytest.param({"type": "http", "scheme": "basic"}, Auth.BASIC, id="basic"),
        pytest.param({"type": "apiKey", "in": "query", "name": "key"}, Auth.API_KEY, id="key"),
        pytest.param({"type": "openIdConnect"}, Auth.BEARER, id="open-id"),
        pytest.param(
            {"type": "oauth2", "flows": {"clientCredentials": {"tokenUrl": "token"}}},
            Auth.OAUTH2,
            id="client-credentials",
        ),
        pytest.param({"type": "oauth2", "flows": {"implicit": {}}}, Auth.BEARER, id="implicit"),
        pytest.param({"type": "mutualTLS"}, Auth.NONE, id="mutual-tls"),
        pytest.param({"type": "apiKey", "in": "header", "name": 'a"\n'}, Auth.NONE, id="no-name"),
    ],
)
def test_credentials_are_references_to_the_environment(
    tmp_path: Path, scheme: dict[str, Any], kind: Auth
) -> None:
    """The scheme that most operations use is the tests' own; none is guessed."""
    told = things(components={"securitySchemes": {"s": scheme}}, security=[{"s": []}])

    draft, answers = drafted(tmp_path, told)

    assert answers.auth is kind
    settings = tomllib.loads(files_of(tmp_path, told)["pyproject.toml"])["tool"]["redhanded"]
    values = settings.get("auth", {"token": "env:"})
    assert any(str(value).startswith("env:") for value in values.values())
    assert bool(draft.identities.main) is (kind is not Auth.NONE)


def test_other_schemes_are_identities_of_their_own(tmp_path: Path) -> None:
    """A test asks for the client of the one that its operation needs."""
    schemes = {
        "main": {"type": "http", "scheme": "bearer"},
        "Admin Key": {"type": "apiKey", "in": "header", "name": "X-Key"},
    }
    told = things(components={"securitySchemes": schemes}, security=[{"main": []}])
    told["paths"]["/admin"] = {"get": {"security": [{"Admin Key": []}], "responses": answer({})}}

    written = files_of(tmp_path, told)

    settings = tomllib.loads(written["pyproject.toml"])["tool"]["redhanded"]
    assert settings["identities"]["admin_key"]["value"] == "env:ADMIN_KEY_KEY"
    assert 'api_as("admin_key").request(' in written["tests/test_contract.py"]
    assert "ADMIN_KEY_KEY=" in written[".env.example"]


@pytest.mark.parametrize(
    "url, base_url",
    [
        pytest.param("https://api.example.com/v1/", "https://api.example.com/v1", id="absolute"),
        pytest.param("/v1", "http://127.0.0.1:8000/v1", id="path"),
        pytest.param("https://{host}/", "https://api.example.com", id="variable"),
        pytest.param('https://x"\n[tool.evil]', "http://127.0.0.1:8000", id="hostile"),
        pytest.param("ftp://example.com", "http://127.0.0.1:8000", id="no-http"),
        pytest.param("https://[::1", "http://127.0.0.1:8000", id="no-address"),
    ],
)
def test_the_first_server_is_where_the_api_answers(tmp_path: Path, url: str, base_url: str) -> None:
    """Where it is a whole address; a path follows the host under test."""
    told = things(servers=[{"url": url, "variables": {"host": {"default": "api.example.com"}}}])

    _, answers = drafted(tmp_path, told)

    assert answers.base_url == base_url


def test_a_document_without_a_free_read_has_no_canary_and_says_so(tmp_path: Path) -> None:
    """What cannot be known is not guessed into a test."""
    asked = {"requestBody": body({"properties": {"id": {}}}), "responses": answer(None, "204")}
    draft, answers = drafted(tmp_path, document({"/x": {"post": asked}}))

    written = {file.path for file in draft.files(answers)}

    assert "tests/test_canary.py" not in written
    assert any("No canary is written" in note for note in draft.notes(answers))


@pytest.mark.parametrize(
    "parameter, row",
    [
        pytest.param(
            {"in": "query", "schema": {"enum": ["a b", "c"]}}, '"/x?kind=a%20b"', id="listed"
        ),
        pytest.param({"in": "query", "schema": {"default": 3}}, '"/x?kind=3"', id="default"),
        pytest.param({"in": "query", "schema": {"type": "string"}}, "", id="unknown"),
        pytest.param({"in": "header", "schema": {"enum": ["a"]}}, "", id="in-a-header"),
    ],
)
def test_a_value_that_the_document_gives_itself_is_given(
    tmp_path: Path, parameter: dict[str, Any], row: str
) -> None:
    """A required parameter without one is nobody's guess."""
    told = things()
    listed = [{"name": "kind", "required": True, **parameter}]
    told["paths"]["/x"] = {"get": {"parameters": listed, "responses": answer({})}}

    written = files_of(tmp_path, told)["tests/test_contract.py"]

    assert (row in written) if row else ('"/x' not in written)


def test_who_must_be_two_at_once_is_called_by_no_test(tmp_path: Path) -> None:
    """Settings know one credential for a call."""
    schemes = {name: {"type": "http", "scheme": "bearer"} for name in ("a", "b")}
    told = things(components={"securitySchemes": schemes}, security=[{"a": [], "b": []}])

    written = files_of(tmp_path, told)

    assert "tests/test_contract.py" not in written
    assert "# - GET /things: who may call it" in written["tests/test_functional.py"]


def test_days_beside_each_other_follow_one_another(tmp_path: Path) -> None:
    """A stay begins before it ends, which no schema says."""
    told = things()
    day = {"type": "string", "format": "date"}
    stay = {"type": "object", "properties": {"from": day, "to": day}, "required": ["from", "to"]}
    new = told["components"]["schemas"]["NewThing"]
    new["properties"] |= {"stay": stay, "opens": day, "closes": day}

    written = files_of(tmp_path, told)["tests/test_functional.py"]

    assert "opens=NOW.date() + timedelta(days=1)," in written
    assert 'stay={"from_": NOW.date() + timedelta(days=1), "to":' in written.replace(
        "{\n            ", "{"
    ).replace(",\n            ", ", ")


@pytest.mark.parametrize(
    "parent, is_made",
    [
        pytest.param({"$ref": "#/components/schemas/NewThing"}, False, id="itself"),
        pytest.param({"type": "array", "minItems": 1, "items": NEW_THING}, False, id="one-of-it"),
        pytest.param({"type": "array", "items": NEW_THING}, True, id="a-list-that-may-be-empty"),
        pytest.param({"oneOf": [NEW_THING, {"type": "null"}]}, True, id="or-null"),
        pytest.param({"oneOf": [NEW_THING, NEW_THING]}, False, id="either-way"),
    ],
)
def test_a_body_without_an_end_is_not_asked_for(
    tmp_path: Path, parent: dict[str, Any], *, is_made: bool
) -> None:
    """No object has a required property of its own kind, so tests of one could not be found."""
    told = things()
    new = told["components"]["schemas"]["NewThing"]
    new["properties"]["parent"] = parent
    new["required"].append("parent")

    written = files_of(tmp_path, told)

    assert ("tests/test_negative.py" in written) is is_made
    assert ("can_be_made" in written["tests/test_functional.py"]) is is_made
    assert ("# - POST /things: a body" in written["tests/test_functional.py"]) is not is_made


def _nested(depth: int) -> dict[str, Any]:
    inner: dict[str, Any] = {"type": "string"}
    for _ in range(depth):
        inner = {"type": "object", "properties": {"inner": inner}, "required": ["inner"]}
    return inner


@pytest.mark.parametrize(
    "part, is_made",
    [
        pytest.param({"type": "array", "minItems": 10**6, "items": {}}, False, id="long-list"),
        pytest.param({"type": "string", "minLength": 10**8}, False, id="long-text"),
        pytest.param(
            {"type": "string", "minLength": 10**5, "pattern": "^a+$"}, False, id="long-match"
        ),
        pytest.param(_nested(35), False, id="deep"),
        pytest.param(_nested(20), True, id="not-so-deep"),
        pytest.param({"type": "string", "minLength": 10**3}, True, id="a-page"),
    ],
)
def test_a_body_that_no_test_can_afford_is_not_asked_for(
    tmp_path: Path, part: dict[str, Any], *, is_made: bool
) -> None:
    """One such operation would stop the collection of all the others."""
    told = things()
    told["components"]["schemas"]["NewThing"]["properties"]["part"] = part

    written = files_of(tmp_path, told)

    assert ("tests/test_negative.py" in written) is is_made
    assert ("# - POST /things: a body" in written["tests/test_functional.py"]) is not is_made
