"""Exchanges beside the letter of the specifications, one row a rule with its section."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import pytest

from redhanded.core.attempt import Attempt

from .exchanges import OK, attempt, contract, told

JSON = "application/json"
FORM = "application/x-www-form-urlencoded"
INTEGER = {"type": "integer"}
STRING = {"type": "string"}
INTEGERS = {"type": "array", "items": INTEGER}
COLOUR = {"type": "object", "properties": {"R": INTEGER, "G": INTEGER}, "required": ["R", "G"]}


@dataclass(frozen=True)
class Case:
    """One rule: where it is written, the operations, the exchange and what is told of it."""

    name: str
    section: str
    paths: Mapping[str, Any]
    exchange: Attempt
    told: tuple[str, ...] = ()
    version: str = "3.1.1"
    parts: Mapping[str, Any] = field(default_factory=dict)


def get(*parameters: object, responses: object = OK, **operation: object) -> dict[str, Any]:
    """The path item of a GET."""
    return {"get": {"parameters": list(parameters), "responses": responses, **operation}}


def post(content: object, *, responses: object = OK, **body: object) -> dict[str, Any]:
    """The path item of a POST whose body has this content."""
    return {"post": {"requestBody": {"content": content, **body}, "responses": responses}}


def parameter(place: str, name: str, schema: object, **others: object) -> dict[str, Any]:
    """A parameter object."""
    needed = {"required": True} if place == "path" else {}
    return {"name": name, "in": place, "schema": schema, **needed, **others}


def answers(content: object = None, **others: object) -> dict[str, Any]:
    """The path item of a GET that answers 200 with this content."""
    described = {"description": "OK", **({"content": content} if content else {}), **others}
    return get(responses={"200": described})


def headed(name: str, schema: object, **others: object) -> dict[str, Any]:
    """The path item of a GET whose answer has this header."""
    return answers(headers={name: {"schema": schema, **others}})


def part(name: str, content: str, content_type: str = "", filename: str = "") -> str:
    """One part of a multipart form."""
    file = f'; filename="{filename}"' if filename else ""
    kind = f"\r\nContent-Type: {content_type}" if content_type else ""
    disposition = f'Content-Disposition: form-data; name="{name}"{file}'
    return f"--b\r\n{disposition}{kind}\r\n\r\n{content}\r\n"


def form(*parts: str) -> Attempt:
    """A POST of a multipart form."""
    sent = ("".join(parts) + "--b--\r\n").encode()
    kind = {"Content-Type": "multipart/form-data; boundary=b"}
    return attempt("POST /things", sent=sent, sent_headers=kind)


def posted(sent: object, content_type: str = JSON, status: int = 200) -> Attempt:
    """A POST of a body."""
    return attempt("POST /things", status, sent=sent, sent_headers={"Content-Type": content_type})


def query(name: str, schema: object, **others: object) -> dict[str, Any]:
    """The paths of one GET with one parameter in its query."""
    return {"/things": get(parameter("query", name, schema, **others))}


def path(template: str, schema: object, **others: object) -> dict[str, Any]:
    """The paths of one GET with one parameter `id` in its path."""
    return {template: get(parameter("path", "id", schema, **others))}


ONE = {"/things": answers({JSON: {"schema": INTEGER}})}
ANSWERED = ONE["/things"]["get"]["responses"]
BAD_ID = ("error parameter_schema path id type",)

PATHS = [
    Case(
        "concrete before templated",
        "OAS 3.1.1 4.8.8.2",
        {
            "/users/{id}": get(parameter("path", "id", INTEGER)),
            "/users/me": get(deprecated=True),
        },
        attempt("GET /users/me"),
        ("warning operation_deprecated operation",),
    ),
    Case(
        "templated where the concrete lacks the method",
        "OAS 3.1.1 4.8.8.2",
        {
            "/users/me": post({}),
            "/users/{id}": get(parameter("path", "id", INTEGER)),
        },
        attempt("GET /users/me"),
        BAD_ID,
    ),
    Case(
        "several variables in a segment",
        "OAS 3.1.1 4.8.8.1",
        {
            "/r/{a}...{b}": get(parameter("path", "a", INTEGER), parameter("path", "b", INTEGER)),
        },
        attempt("GET /r/1...x"),
        ("error parameter_schema path b type",),
    ),
    Case(
        "a variable before a literal ending",
        "OAS 3.1.1 4.8.8.1",
        path("/a/{id}.json", INTEGER),
        attempt("GET /a/5.json"),
    ),
    Case(
        "an encoded slash does not split",
        "RFC 3986 2.2",
        path("/a/{id}", {"const": "x/y"}),
        attempt("GET /a/x%2Fy"),
    ),
    Case(
        "hexadecimal digits in any case",
        "RFC 3986 6.2.2.1",
        {"/caf\u00e9": get()},
        attempt("GET /caf%c3%A9"),
    ),
    Case(
        "no empty value in a path",
        "OAS 3.1.1 4.8.12.2.1",
        path("/a/{id}", STRING),
        attempt("GET /a//"),
        ("error operation_undocumented operation paths",),
    ),
    Case(
        "a slash more at the end is the same operation",
        "OAS 3.1.1 4.8.8",
        path("/a/{id}", INTEGER),
        attempt("GET /a/x/"),
        BAD_ID,
    ),
    Case(
        "a redirect to the documented slash is the way there",
        "RFC 9110 15.4",
        {"/a/": get()},
        attempt("GET /a", 307),
    ),
    Case(
        "an undocumented path that is refused agrees",
        "OAS 3.1.1 4.8.8",
        ONE,
        attempt("GET /other", 404),
    ),
    Case(
        "an undocumented path that answers",
        "OAS 3.1.1 4.8.8",
        ONE,
        attempt("GET /other/17"),
        ("error operation_undocumented operation paths",),
    ),
    Case(
        "an undocumented method that answers",
        "OAS 3.1.1 4.8.9",
        ONE,
        attempt("PUT /things"),
        ("error method_undocumented operation paths",),
    ),
    Case(
        "an undocumented method that is refused agrees",
        "RFC 9110 15.5.6",
        ONE,
        attempt("PUT /things", 405),
    ),
    Case(
        "OPTIONS is the server's own",
        "RFC 9110 9.3.7",
        ONE,
        attempt("OPTIONS /things", 204),
    ),
    Case(
        "HEAD answers as GET does, without content",
        "RFC 9110 9.3.2",
        {"/things": answers({JSON: {"schema": INTEGER}}, headers={"X-A": {"required": True}})},
        attempt("HEAD /things", headers={"Content-Type": JSON}),
        ("error header_missing header X-A required",),
    ),
    Case(
        "TRACE as declared",
        "OAS 3.1.1 4.8.9",
        {"/things": {"trace": {"responses": OK}}},
        attempt("TRACE /things"),
    ),
    Case(
        "QUERY is a method since 3.2",
        "OAS 3.2.0 4.9",
        {"/things": {"query": {"responses": OK}}},
        attempt("QUERY /things", 201),
        ("error status_undocumented status responses",),
        version="3.2.0",
    ),
    Case(
        "QUERY is none before 3.2",
        "OAS 3.1.1 4.8.9",
        {"/things": {"query": {"responses": OK}, "get": {"responses": OK}}},
        attempt("QUERY /things"),
        ("error method_undocumented operation paths",),
    ),
    Case(
        "additional operations since 3.2",
        "OAS 3.2.0 4.9",
        {"/things": {"additionalOperations": {"COPY": {"responses": OK}}}},
        attempt("COPY /things"),
        version="3.2.0",
    ),
    Case(
        "the server's path is a prefix",
        "OAS 3.1.1 4.8.5",
        path("/a/{id}", INTEGER),
        attempt("GET /v2/a/x"),
        BAD_ID,
        parts={"servers": [{"url": "https://prod.test/v2/"}]},
    ),
    Case(
        "a server's variable has the values of its enum",
        "OAS 3.1.1 4.8.6",
        path("/a/{id}", INTEGER),
        attempt("GET /v3/a/x"),
        BAD_ID,
        parts={
            "servers": [
                {
                    "url": "/{v}",
                    "variables": {"v": {"default": "v2", "enum": ["v2", "v3"]}},
                }
            ]
        },
    ),
    Case(
        "an operation's servers replace the document's",
        "OAS 3.1.1 4.8.10",
        {"/a": get(servers=[{"url": "/upload"}]), "/b": get()},
        attempt("GET /v2/a"),
        ("error operation_undocumented operation paths",),
        parts={"servers": [{"url": "/v2"}]},
    ),
    Case(
        "a path's servers replace the document's",
        "OAS 3.1.1 4.8.9",
        {"/a": {"servers": [{"url": "/up"}], **get(deprecated=True)}},
        attempt("GET /up/a"),
        ("warning operation_deprecated operation",),
        parts={"servers": [{"url": "/v2"}]},
    ),
    Case(
        "a webhook is no path",
        "OAS 3.1.1 4.8.1",
        {},
        attempt("GET /hook"),
        ("error operation_undocumented operation paths",),
        parts={"webhooks": {"/hook": get()}},
    ),
    Case(
        "another origin is not judged",
        "RFC 6454 4",
        {},
        attempt("GET http://elsewhere.test/x"),
    ),
]

PARAMETERS = [
    Case(
        "an integer in a path",
        "OAS 3.1.1 4.8.12",
        path("/a/{id}", INTEGER),
        attempt("GET /a/5"),
    ),
    Case(
        "a number that JSON would not write",
        "OAS 3.1.1 Appendix B",
        path("/a/{id}", INTEGER),
        attempt("GET /a/05"),
        BAD_ID,
    ),
    Case(
        "a number without a fraction is an integer",
        "JSON Schema 2020-12 6.1.1",
        path("/a/{id}", INTEGER),
        attempt("GET /a/5.0"),
    ),
    Case(
        "the operation's parameter replaces the path's",
        "OAS 3.1.1 4.8.9",
        {
            "/things": {
                "parameters": [parameter("query", "n", INTEGER)],
                **get(parameter("query", "n", STRING)),
            }
        },
        attempt("GET /things?n=x"),
    ),
    Case(
        "the path's parameter holds for its operations",
        "OAS 3.1.1 4.8.9",
        {"/things": {"parameters": [parameter("query", "n", INTEGER)], **get()}},
        attempt("GET /things?n=x"),
        ("error parameter_schema query n type",),
    ),
    Case(
        "label",
        "RFC 6570 3.2.5",
        path("/a/{id}", INTEGER, style="label"),
        attempt("GET /a/.5"),
    ),
    Case(
        "label without its dot",
        "RFC 6570 3.2.5",
        path("/a/{id}", INTEGER, style="label"),
        attempt("GET /a/5"),
        # What is no label has no value but the text.
        BAD_ID,
    ),
    Case(
        "label, exploded array",
        "OAS 3.1.1 4.8.12.5",
        path("/a/{id}", INTEGERS, style="label", explode=True),
        attempt("GET /a/.3.4.x"),
        ("error parameter_schema path id[2] type",),
    ),
    Case(
        "matrix",
        "RFC 6570 3.2.7",
        path("/a/{id}", INTEGER, style="matrix"),
        attempt("GET /a/;id=5"),
    ),
    Case(
        "matrix, exploded array",
        "OAS 3.1.1 4.8.12.5",
        path("/a/{id}", INTEGERS, style="matrix", explode=True),
        attempt("GET /a/;id=3;id=4"),
    ),
    Case(
        "matrix, array",
        "OAS 3.1.1 4.8.12.5",
        path("/a/{id}", INTEGERS, style="matrix"),
        attempt("GET /a/;id=3,x"),
        ("error parameter_schema path id[1] type",),
    ),
    Case(
        "matrix, exploded object",
        "OAS 3.1.1 4.8.12.5",
        path("/a/{id}", COLOUR, style="matrix", explode=True),
        attempt("GET /a/;R=100;G=x"),
        ("error parameter_schema path id.G type",),
    ),
    Case(
        "simple, array",
        "OAS 3.1.1 4.8.12.5",
        path("/a/{id}", INTEGERS),
        attempt("GET /a/3,4,5"),
    ),
    Case(
        "simple, object",
        "OAS 3.1.1 4.8.12.5",
        path("/a/{id}", COLOUR),
        attempt("GET /a/R,100,G,200"),
    ),
    Case(
        "simple, exploded object",
        "OAS 3.1.1 4.8.12.5",
        path("/a/{id}", COLOUR, explode=True),
        attempt("GET /a/R=100,G=200"),
    ),
    Case(
        "form, exploded array",
        "OAS 3.1.1 4.8.12.5",
        query("n", INTEGERS),
        attempt("GET /things?n=1&n=x"),
        ("error parameter_schema query n[1] type",),
    ),
    Case(
        "form, array of one",
        "OAS 3.1.1 4.8.12.5",
        query("n", {**INTEGERS, "minItems": 2}),
        attempt("GET /things?n=1"),
        ("error parameter_schema query n minItems",),
    ),
    Case(
        "form, array in one",
        "OAS 3.1.1 4.8.12.5",
        query("n", INTEGERS, explode=False),
        attempt("GET /things?n=1,2,3"),
    ),
    Case(
        "form, array whose commas a client has encoded",
        "OAS 3.1.1 Appendix E",
        query("n", INTEGERS, explode=False),
        attempt("GET /things?n=1%2C2%2C3"),
    ),
    Case(
        "form, an encoded comma in a value",
        "RFC 6570 1.2",
        query("n", {"type": "array", "items": {"enum": ["a,b", "c"]}}, explode=False),
        attempt("GET /things?n=a%2Cb,c"),
    ),
    Case(
        "form, exploded object",
        "OAS 3.1.1 4.8.12.5",
        query("colour", COLOUR),
        attempt("GET /things?R=1&G=x"),
        ("error parameter_schema query colour.G type",),
    ),
    Case(
        "form, exploded object of any members",
        "OAS 3.1.1 4.8.12.5",
        query("all", {"type": "object", "additionalProperties": INTEGER}),
        attempt("GET /things?x=1&y=z"),
        ("error parameter_schema query all.y type",),
    ),
    Case(
        "form, object in one",
        "OAS 3.1.1 4.8.12.5",
        query("colour", COLOUR, explode=False),
        attempt("GET /things?colour=R,1,G,2"),
    ),
    Case(
        "space-delimited",
        "OAS 3.1.1 4.8.12.5",
        query("n", INTEGERS, style="spaceDelimited", explode=False),
        attempt("GET /things?n=1%202+3"),
    ),
    Case(
        "pipe-delimited",
        "OAS 3.1.1 4.8.12.5",
        query("n", INTEGERS, style="pipeDelimited", explode=False),
        attempt("GET /things?n=1%7C2|x"),
        ("error parameter_schema query n[2] type",),
    ),
    Case(
        "deep object",
        "OAS 3.1.1 4.8.12.5",
        query("c", COLOUR, style="deepObject", explode=True),
        attempt("GET /things?c%5BR%5D=1&c[G]=x"),
        ("error parameter_schema query c.G type",),
    ),
    Case(
        "deep object, missing",
        "OAS 3.1.1 4.8.12.5",
        query("c", COLOUR, style="deepObject", explode=True, required=True),
        attempt("GET /things"),
        ("error parameter_missing query c required",),
    ),
    Case(
        "a plus is a space",
        "OAS 3.1.1 Appendix E",
        query("q", {"const": "a b"}),
        attempt("GET /things?q=a+b"),
    ),
    Case(
        "reserved characters as they are",
        "OAS 3.1.1 4.8.12.2.2",
        query("q", {"const": "a+b/c?d"}, allowReserved=True),
        attempt("GET /things?q=a+b/c?d"),
    ),
    Case(
        "a number or a text",
        "OAS 3.1.1 Appendix B",
        query("q", {"type": ["integer", "string"], "minimum": 10}),
        attempt("GET /things?q=5"),
    ),
    Case(
        "true and false",
        "OAS 3.1.1 Appendix B",
        query("q", {"type": "boolean"}),
        attempt("GET /things?q=True"),
        ("error parameter_schema query q type",),
    ),
    Case(
        "a union with null, as frameworks write it",
        "JSON Schema 2020-12 10.2.1.2",
        query("q", {"anyOf": [INTEGER, {"type": "null"}]}),
        attempt("GET /things?q=7"),
    ),
    Case(
        "an empty value where it is allowed",
        "OAS 3.1.1 4.8.12.2.1",
        query("q", INTEGER, allowEmptyValue=True),
        attempt("GET /things?q="),
    ),
    Case(
        "an empty value where it is not",
        "OAS 3.1.1 4.8.12.2.1",
        query("q", INTEGER),
        attempt("GET /things?q="),
        ("error parameter_schema query q type",),
    ),
    Case(
        "a parameter with content",
        "OAS 3.1.1 4.8.12.2.3",
        {"/things": get({"name": "f", "in": "query", "content": {JSON: {"schema": COLOUR}}})},
        attempt("GET /things?f=%7B%22R%22%3A1%2C%22G%22%3A%22x%22%7D"),
        ("error parameter_schema query f.G type",),
    ),
    Case(
        "a parameter with content that is no JSON",
        "OAS 3.1.1 4.8.12.2.3",
        {"/things": get({"name": "f", "in": "query", "content": {JSON: {"schema": COLOUR}}})},
        attempt("GET /things?f=%7B"),
        ("error parameter_schema query f syntax",),
    ),
    Case(
        "a whole query",
        "OAS 3.2.0 4.12.6",
        {"/things": get({"name": "q", "in": "querystring", "content": {JSON: {"schema": COLOUR}}})},
        attempt("GET /things?%7B%22R%22:1%7D"),
        ("error parameter_schema querystring q.G required",),
        version="3.2.0",
    ),
    Case(
        "a whole query as a form",
        "OAS 3.2.0 4.12.6",
        {"/things": get({"name": "q", "in": "querystring", "content": {FORM: {"schema": COLOUR}}})},
        attempt("GET /things?R=1&G=2&B=3"),
        version="3.2.0",
    ),
    Case(
        "a missing parameter",
        "OAS 3.1.1 4.8.12.2.1",
        query("q", STRING, required=True),
        attempt("GET /things"),
        ("error parameter_missing query q required",),
    ),
    Case(
        "a missing parameter that the server refuses",
        "OAS 3.1.1 4.8.12.2.1",
        query("q", STRING, required=True),
        attempt("GET /things", 400),
        ("error status_undocumented status responses",),
    ),
    Case(
        "an undeclared parameter",
        "OAS 3.1.1 4.8.10",
        query("q", STRING),
        attempt("GET /things?p=1"),
        ("error parameter_undeclared query p parameters",),
    ),
    Case(
        "the key of a security scheme is no parameter",
        "OAS 3.1.1 4.8.27",
        query("q", STRING),
        attempt("GET /things?key=1"),
        parts={
            "components": {
                "securitySchemes": {"k": {"type": "apiKey", "name": "key", "in": "query"}}
            }
        },
    ),
    Case(
        "a deprecated parameter",
        "OAS 3.1.1 4.8.12.2.1",
        query("q", STRING, deprecated=True),
        attempt("GET /things?q=1"),
        ("warning parameter_deprecated query q",),
    ),
    Case(
        "a header in any case",
        "RFC 9110 5.1",
        {"/things": get(parameter("header", "X-N", INTEGER))},
        attempt("GET /things", sent_headers={"x-n": "x"}),
        ("error parameter_schema header X-N type",),
    ),
    Case(
        "a header of several lines",
        "RFC 9110 5.3",
        {"/things": get(parameter("header", "X-N", INTEGERS))},
        attempt("GET /things", sent_headers=[("X-N", "1"), ("X-N", "2, 3")]),
    ),
    Case(
        "header parameters that are to be ignored",
        "OAS 3.1.1 4.8.12.2.1",
        {"/things": get(parameter("header", "Authorization", INTEGER, required=True))},
        attempt("GET /things"),
    ),
    Case(
        "a cookie",
        "OAS 3.1.1 4.8.12.1",
        {"/things": get(parameter("cookie", "n", INTEGER))},
        attempt("GET /things", sent_headers={"Cookie": "a=1; n=x"}),
        ("error parameter_schema cookie n type",),
    ),
    Case(
        "the style of cookies is not encoded",
        "OAS 3.2.0 4.12.3",
        {"/things": get(parameter("cookie", "n", {"const": "a%20b"}, style="cookie"))},
        attempt("GET /things", sent_headers={"Cookie": "n=a%20b"}),
        version="3.2.0",
    ),
    Case(
        "a style that the place does not have",
        "OAS 3.1.1 4.8.12.3",
        query("n", INTEGERS, style="simple"),
        attempt("GET /things?n=1,2"),
        ("error document document",),
    ),
]

BODIES = [
    Case(
        "a required body",
        "OAS 3.1.1 4.8.13",
        {"/things": post({JSON: {"schema": INTEGER}}, required=True)},
        attempt("POST /things"),
        ("error request_body_missing request body required",),
    ),
    Case(
        "a body that is not required",
        "OAS 3.1.1 4.8.13",
        {"/things": post({JSON: {"schema": INTEGER}})},
        attempt("POST /things"),
    ),
    Case(
        "a body where none is documented",
        "OAS 3.1.1 4.8.10",
        {"/things": get()},
        attempt("GET /things", sent=1),
        ("error request_body_undocumented request body requestBody",),
    ),
    Case(
        "another media type",
        "OAS 3.1.1 4.8.13",
        {"/things": post({JSON: {"schema": INTEGER}})},
        posted(b"<a/>", "text/xml"),
        ("error request_media_type request header Content-Type content",),
    ),
    Case(
        "another media type that is refused",
        "RFC 9110 15.5.16",
        {"/things": post({JSON: {"schema": INTEGER}}, responses={"415": {"description": "no"}})},
        posted(b"<a/>", "text/xml", 415),
    ),
    Case(
        "a charset is no other media type",
        "RFC 9110 8.3.1",
        {"/things": post({JSON: {"schema": INTEGER}})},
        posted(b'"x"', "Application/JSON; Charset=utf-8"),
        ("error request_body_schema request $ type",),
    ),
    Case(
        "what a request may not hold",
        "OAS 3.0.4 4.7.24.2",
        {
            "/things": post(
                {
                    JSON: {
                        "schema": {
                            "type": "object",
                            "properties": {"id": {"type": "integer", "readOnly": True}},
                        }
                    }
                }
            )
        },
        posted({"id": 1}),
        ("error request_read_only request $.id readOnly",),
        version="3.0.4",
    ),
    Case(
        "a request that follows the document is refused",
        "OAS 3.1.1 4.8.13",
        {"/things": post({JSON: {"schema": INTEGER}}, responses={"422": {"description": "no"}})},
        posted(1, status=422),
        ("warning request_refused status",),
    ),
    Case(
        "a request that breaks the document is refused",
        "OAS 3.1.1 4.8.13",
        {"/things": post({JSON: {"schema": INTEGER}}, responses={"422": {"description": "no"}})},
        posted("x", status=422),
    ),
    Case(
        "a URL-encoded form",
        "OAS 3.1.1 4.8.14.4",
        {"/things": post({FORM: {"schema": COLOUR}})},
        posted(b"R=1&G=x", FORM),
        ("error request_body_schema request $.G type",),
    ),
    Case(
        "a URL-encoded form with an array",
        "OAS 3.1.1 4.8.15.1.2",
        {"/things": post({FORM: {"schema": {"type": "object", "properties": {"n": INTEGERS}}}})},
        posted(b"n=1&n=2", FORM),
    ),
    Case(
        "a URL-encoded form with a style",
        "OAS 3.1.1 4.8.15.1.2",
        {
            "/things": post(
                {
                    FORM: {
                        "schema": {"type": "object", "properties": {"n": INTEGERS}},
                        "encoding": {"n": {"style": "pipeDelimited", "explode": False}},
                    }
                }
            )
        },
        posted(b"n=1%7C2", FORM),
    ),
    Case(
        "a URL-encoded form with JSON in a field",
        "OAS 3.1.1 4.8.14.4.1",
        {"/things": post({FORM: {"schema": {"type": "object", "properties": {"c": COLOUR}}}})},
        posted(b"c=%7B%22R%22:1%7D", FORM),
        ("error request_body_schema request $.c.G required",),
    ),
    Case(
        "a URL-encoded form with an undeclared field",
        "OAS 3.1.1 4.8.14.4",
        {"/things": post({FORM: {"schema": COLOUR}})},
        posted(b"R=1&G=2&B=3", FORM),
        ("error request_body_undeclared request $.B undeclared",),
    ),
    Case(
        "a multipart form",
        "OAS 3.1.1 4.8.14.5",
        {"/things": post({"multipart/form-data": {"schema": COLOUR}})},
        form(part("R", "1"), part("G", "x")),
        ("error request_body_schema request $.G type",),
    ),
    Case(
        "a file in a form",
        "OAS 3.1.1 4.8.14.3",
        {
            "/things": post(
                {
                    "multipart/form-data": {
                        "schema": {
                            "type": "object",
                            "required": ["f"],
                            "properties": {"f": {"type": "string", "format": "binary"}},
                        }
                    }
                }
            )
        },
        form(part("f", "\x00\x01", "image/png", "a.png")),
        version="3.0.4",
    ),
    Case(
        "files in a form",
        "OAS 3.0.4 4.7.14.5",
        {
            "/things": post(
                {
                    "multipart/form-data": {
                        "schema": {
                            "type": "object",
                            "properties": {
                                "f": {
                                    "type": "array",
                                    "minItems": 3,
                                    "items": {"type": "string", "format": "binary"},
                                }
                            },
                        }
                    }
                }
            )
        },
        form(part("f", "a", "image/png", "a"), part("f", "b", "image/png", "b")),
        ("error request_body_schema request $.f minItems",),
        version="3.0.4",
    ),
    Case(
        "an object in a part is JSON",
        "OAS 3.1.1 4.8.15.1.1",
        {"/things": post({"multipart/form-data": {"schema": {"properties": {"c": COLOUR}}}})},
        form(part("c", '{"R": 1}')),
        ("error request_body_schema request $.c.G required",),
    ),
    Case(
        "a part's media type",
        "OAS 3.1.1 4.8.15.1.1",
        {
            "/things": post(
                {
                    "multipart/form-data": {
                        "schema": {"type": "object", "properties": {"f": {}}},
                        "encoding": {"f": {"contentType": "image/png, image/jpeg"}},
                    }
                }
            )
        },
        form(part("f", "x", "text/plain", "a")),
        ("error request_media_type request part f contentType",),
    ),
    Case(
        "a part's headers",
        "OAS 3.1.1 4.8.15.1.1",
        {
            "/things": post(
                {
                    "multipart/form-data": {
                        "schema": {"type": "object", "properties": {"f": {}}},
                        "encoding": {"f": {"headers": {"X-Sum": {"required": True}}}},
                    }
                }
            )
        },
        form(part("f", "x", "image/png", "a")),
        ("error request_body_schema request part f required",),
    ),
    Case(
        "parts by their place",
        "OAS 3.2.0 4.14.3",
        {
            "/things": post(
                {
                    "multipart/mixed": {
                        "schema": {"type": "array", "prefixItems": [COLOUR]},
                        "prefixEncoding": [{"contentType": JSON}, {"contentType": "image/*"}],
                    }
                }
            )
        },
        attempt(
            "POST /things",
            sent=(part("", '{"R": 1}', JSON) + part("", "x", "text/plain") + "--b--").encode(),
            sent_headers={"Content-Type": "multipart/mixed; boundary=b"},
        ),
        (
            "error request_media_type request part 1 contentType",
            "error request_body_schema request $[0].G required",
        ),
        version="3.2.0",
    ),
    Case(
        "lines of JSON in a request",
        "OAS 3.2.0 4.14.5",
        {"/things": post({"application/jsonl": {"itemSchema": INTEGER}})},
        posted(b'1\n"x"\n', "application/jsonl"),
        ("error request_body_schema request $[1] type",),
        version="3.2.0",
    ),
]

ANSWERS = [
    Case(
        "exact before range",
        "OAS 3.1.1 4.8.16",
        {"/things": get(responses={"2XX": {"description": "any"}, **ANSWERED})},
        attempt(body="x"),
        ("error body_schema $ type",),
    ),
    Case(
        "range before default",
        "OAS 3.1.1 4.8.16",
        {
            "/things": get(
                responses={
                    "4XX": {"description": "no", "content": {JSON: {"schema": INTEGER}}},
                    "default": {"description": "any"},
                }
            )
        },
        attempt(status=410, body="x"),
        ("error body_schema $ type",),
    ),
    Case(
        "default for the rest",
        "OAS 3.1.1 4.8.16",
        {"/things": get(responses={"default": {"description": "any"}})},
        attempt(status=418),
    ),
    Case(
        "an undocumented status",
        "OAS 3.1.1 4.8.16",
        {"/things": get()},
        attempt(status=418),
        ("error status_undocumented status responses",),
    ),
    Case(
        "a status of the way is no one's",
        "RFC 6585 4",
        {"/things": get()},
        attempt(status=429),
    ),
    Case(
        "an undocumented media type",
        "OAS 3.1.1 4.8.17",
        ONE,
        attempt(body=b"1", headers={"Content-Type": "text/html"}),
        ("error media_type_undocumented header Content-Type content",),
    ),
    Case(
        "a problem is JSON and another media type",
        "RFC 9457 3",
        ONE,
        attempt(body=b"1", headers={"Content-Type": "application/problem+json"}),
        ("error media_type_undocumented header Content-Type content",),
    ),
    Case(
        "a suffix says how to read it",
        "RFC 6839 3.1",
        {"/things": answers({"application/problem+json": {"schema": INTEGER}})},
        attempt(body=b'"x"', headers={"Content-Type": "application/problem+json"}),
        ("error body_schema $ type",),
    ),
    Case(
        "the most specific media type",
        "OAS 3.1.1 4.8.14",
        {"/things": answers({"*/*": {}, "application/*": {}, JSON: {"schema": INTEGER}})},
        attempt(body="x"),
        ("error body_schema $ type",),
    ),
    Case(
        "a range of media types",
        "RFC 9110 12.5.1",
        {"/things": answers({"text/*": {}, "application/*": {"schema": INTEGER}})},
        attempt(body="x"),
        ("error body_schema $ type",),
    ),
    Case(
        "a media type's parameters",
        "RFC 9110 8.3.1",
        {"/things": answers({f"{JSON};v=1": {}, f"{JSON};v=2": {"schema": INTEGER}})},
        attempt(body=b'"x"', headers={"Content-Type": f"{JSON}; V=2; charset=utf-8"}),
        ("error body_schema $ type",),
    ),
    Case(
        "a documented charset that is left out",
        "RFC 9110 8.3.2",
        {"/things": answers({f"{JSON};charset=UTF-8": {"schema": INTEGER}})},
        attempt(body=5),
    ),
    Case(
        "no media type",
        "RFC 9110 8.3",
        ONE,
        attempt(body=b'"x"'),
        ("error media_type_missing header Content-Type", "error body_schema $ type"),
    ),
    Case(
        "content where none is documented",
        "OAS 3.1.1 4.8.17",
        {"/things": get()},
        attempt(body=1),
        ("error body_undocumented body",),
    ),
    Case(
        "no content where some is documented",
        "OAS 3.1.1 4.8.17",
        ONE,
        attempt(headers={"Content-Type": JSON}),
        ("error body_missing body",),
    ),
    Case(
        "an empty text is a text",
        "RFC 9110 6.4",
        {"/things": answers({"text/plain": {"schema": STRING}})},
        attempt(headers={"Content-Type": "text/plain"}),
    ),
    Case(
        "no content by the status",
        "RFC 9110 15.3.5",
        {"/things": get(responses={"204": ANSWERED["200"]})},
        attempt(status=204),
    ),
    Case(
        "what a body may not hold",
        "OAS 3.1.1 4.8.24",
        {
            "/things": answers(
                {
                    JSON: {
                        "schema": {
                            "type": "object",
                            "properties": {"password": {"type": "string", "writeOnly": True}},
                        }
                    }
                }
            )
        },
        attempt(body={"password": "x"}),
        ("error body_write_only $.password writeOnly",),
    ),
    Case(
        "an undeclared property",
        "OAS 3.1.1 4.8.24",
        {"/things": answers({JSON: {"schema": COLOUR}})},
        attempt(body={"R": 1, "G": 2, "B": 3}),
        ("error body_undeclared $.B undeclared",),
    ),
    Case(
        "a name twice in one object",
        "RFC 8259 4",
        {"/things": answers({JSON: {}})},
        attempt(body=b'{"a": 1, "a": 2}', headers={"Content-Type": JSON}),
        ("error body_unreadable body duplicate_name",),
    ),
    Case(
        "a number that is none",
        "RFC 8259 6",
        {"/things": answers({JSON: {}})},
        attempt(body=b"[NaN]", headers={"Content-Type": JSON}),
        ("error body_unreadable body non_finite_number",),
    ),
    Case(
        "a byte order mark",
        "RFC 8259 8.1",
        {"/things": answers({JSON: {}})},
        attempt(body=b"\xef\xbb\xbf1", headers={"Content-Type": JSON}),
        ("error body_unreadable body charset",),
    ),
    Case(
        "a text by its charset",
        "RFC 9110 8.3.2",
        {"/things": answers({"text/plain": {"schema": {"const": "\u00e9"}}})},
        attempt(body=b"\xe9", headers={"Content-Type": "text/plain; charset=latin-1"}),
    ),
    Case(
        "a text that is not in its charset",
        "RFC 9110 8.3.2",
        {"/things": answers({"text/plain": {"schema": STRING}})},
        attempt(body=b"\xe9", headers={"Content-Type": "text/plain; charset=utf-8"}),
        ("error body_unreadable body charset",),
    ),
    Case(
        "a number as a text",
        "OAS 3.1.1 4.8.14",
        {"/things": answers({"text/plain": {"schema": INTEGER}})},
        attempt(body=b"x", headers={"Content-Type": "text/plain"}),
        ("error body_schema $ type",),
    ),
    Case(
        "bytes",
        "OAS 3.0.4 4.7.14.3",
        {"/things": answers({"image/*": {"schema": {"type": "string", "format": "binary"}}})},
        attempt(body=b"\x89PNG\xff", headers={"Content-Type": "image/png"}),
        version="3.0.4",
    ),
    Case(
        "a stream whose body was not read",
        "RFC 9110 6.4",
        ONE,
        attempt(body=None, headers={"Content-Type": "text/html"}),
    ),
    Case(
        "a response by its reference",
        "OAS 3.1.1 4.8.23",
        {"/things": get(responses={"200": {"$ref": "#/components/responses/One"}})},
        attempt(body="x"),
        ("error body_schema $ type",),
        parts={
            "components": {
                "responses": {"One": {"description": "one", "content": {JSON: {"schema": INTEGER}}}}
            }
        },
    ),
    Case(
        "a response whose reference leads nowhere",
        "OAS 3.1.1 4.8.23",
        {"/things": get(responses={"200": {"$ref": "#/components/responses/None"}})},
        attempt(body="x"),
        ("error document document",),
    ),
    Case(
        "events",
        "OAS 3.2.0 4.14.6",
        {
            "/things": answers(
                {
                    "text/event-stream": {
                        "itemSchema": {
                            "type": "object",
                            "required": ["data"],
                            "properties": {
                                "data": STRING,
                                "event": {"enum": ["add"]},
                                "retry": INTEGER,
                            },
                        }
                    }
                }
            )
        },
        attempt(
            body=b": hello\n\nretry: 10\n\nevent: add\ndata: 1\n\nevent: del\ndata: 2\n\ndata: cut",
            headers={"Content-Type": "text/event-stream"},
        ),
        ("error body_schema $[1].event enum",),
        version="3.2.0",
    ),
    Case(
        "JSON in the data of events",
        "JSON Schema 2020-12 8.5",
        {
            "/things": answers(
                {
                    "text/event-stream": {
                        "itemSchema": {
                            "properties": {
                                "data": {"contentMediaType": JSON, "contentSchema": COLOUR}
                            }
                        }
                    }
                }
            )
        },
        attempt(
            body=b'data: {"R": 1,\ndata: "G": "x"}\n\ndata: {\n\n',
            headers={"Content-Type": "text/event-stream"},
        ),
        (
            "error body_schema $[0].data.G type",
            "error body_unreadable $[1].data syntax",
        ),
        version="3.2.0",
    ),
    Case(
        "lines of JSON",
        "OAS 3.2.0 4.14.5",
        {"/things": answers({"application/x-ndjson": {"itemSchema": COLOUR}})},
        attempt(
            body=b'{"R": 1, "G": 2}\n\n{"R": 1}\n',
            headers={"Content-Type": "application/x-ndjson"},
        ),
        ("error body_schema $[1].G required",),
        version="3.2.0",
    ),
    Case(
        "lines of JSON as a whole",
        "OAS 3.2.0 4.14.5",
        {"/things": answers({"application/jsonl": {"schema": {"type": "array", "maxItems": 1}}})},
        attempt(body=b"1\n2\n", headers={"Content-Type": "application/jsonl"}),
        ("error body_schema $ maxItems",),
        version="3.2.0",
    ),
    Case(
        "a sequence of JSON texts",
        "RFC 7464 2",
        {"/things": answers({"application/json-seq": {"itemSchema": INTEGER}})},
        attempt(body=b'\x1e1\n\x1e"x"\n', headers={"Content-Type": "application/json-seq"}),
        ("error body_schema $[1] type",),
        version="3.2.0",
    ),
    Case(
        "a broken line",
        "OAS 3.2.0 4.14.5",
        {"/things": answers({"application/jsonl": {"itemSchema": INTEGER}})},
        attempt(body=b"1\n{\n", headers={"Content-Type": "application/jsonl"}),
        ("error body_unreadable $[1] syntax",),
        version="3.2.0",
    ),
    Case(
        "a stream whose items no schema describes before 3.2",
        "OAS 3.1.1 4.8.14",
        {"/things": answers({"text/event-stream": {"schema": COLOUR}})},
        attempt(body=b"data: 1\n\n", headers={"Content-Type": "text/event-stream"}),
    ),
]

HEADERS = [
    Case(
        "a required header",
        "OAS 3.1.1 4.8.21",
        {"/things": headed("X-A", STRING, required=True)},
        attempt(),
        ("error header_missing header X-A required",),
    ),
    Case(
        "a header that is not required",
        "OAS 3.1.1 4.8.21",
        {"/things": headed("X-A", STRING)},
        attempt(),
    ),
    Case(
        "a header's schema",
        "OAS 3.1.1 4.8.21",
        {"/things": headed("X-A", INTEGER)},
        attempt(headers={"x-a": "many"}),
        ("error header_schema header X-A type",),
    ),
    Case(
        "a header as a list",
        "RFC 9110 5.6.1",
        {"/things": headed("X-A", INTEGERS)},
        attempt(headers=[("X-A", "1 , 2"), ("X-A", "x")]),
        ("error header_schema header X-A[2] type",),
    ),
    Case(
        "a header as an object",
        "OAS 3.1.1 4.8.12.5",
        {"/things": headed("X-A", COLOUR, explode=True)},
        attempt(headers={"X-A": "R=1,G=x"}),
        ("error header_schema header X-A.G type",),
    ),
    Case(
        "a header with content",
        "OAS 3.1.1 4.8.21",
        {"/things": answers(headers={"X-A": {"content": {JSON: {"schema": INTEGER}}}})},
        attempt(headers={"X-A": '"x"'}),
        ("error header_schema header X-A type",),
    ),
    Case(
        "a header of the name Content-Type is ignored",
        "OAS 3.1.1 4.8.17",
        {"/things": headed("content-type", INTEGER, required=True)},
        attempt(),
    ),
    Case(
        "an undeclared header",
        "OAS 3.1.1 4.8.17",
        {"/things": get()},
        attempt(headers={"X-Debug": "1", "Date": "now", "X-Request-Id": "7"}),
        ("warning header_undeclared header X-Debug",),
    ),
    Case(
        "each line of Set-Cookie is a value",
        "RFC 6265 3",
        {"/things": headed("Set-Cookie", {"type": "string", "pattern": "^a="})},
        attempt(headers=[("Set-Cookie", "a=1; Expires=Thu, 01 Jan"), ("Set-Cookie", "a=2")]),
    ),
    Case(
        "a header by its reference",
        "OAS 3.1.1 4.8.23",
        {"/things": answers(headers={"X-A": {"$ref": "#/components/headers/A"}})},
        attempt(headers={"X-A": "x"}),
        ("error header_schema header X-A type",),
        parts={"components": {"headers": {"A": {"schema": INTEGER}}}},
    ),
]

ALL = [*PATHS, *PARAMETERS, *BODIES, *ANSWERS, *HEADERS]


@pytest.mark.parametrize("case", [pytest.param(case, id=case.name) for case in ALL])
def test_an_exchange_is_judged_by_the_letter(case: Case) -> None:
    """What is told of an exchange is what the section says, and nothing else."""
    judge = contract(case.paths, version=case.version, **case.parts)

    found = told(judge.check(case.exchange))

    assert found == list(case.told), case.section


def test_the_cases_are_enough() -> None:
    """The corners of the specifications are covered by many rows, each with a name of its own."""
    assert len({case.name for case in ALL}) == len(ALL) >= 120
