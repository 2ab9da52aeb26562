"""Which operation is asked for."""

from __future__ import annotations

from tests.contracts.openapi.exchange_cases.case import (
    BAD_ID,
    INTEGER,
    JSON,
    ONE,
    STRING,
    Case,
    answers,
    get,
    parameter,
    path,
    post,
)
from tests.contracts.openapi.exchanges import OK, attempt

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
        "below a variable with a literal ending",
        "OAS 3.1.1 4.8.8.1",
        {"/a/{n}.json": get(), **path("/a/{id}.json/{n}", INTEGER)},
        attempt("GET /a/x.json/5"),
        BAD_ID,
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
        "HEAD that is refused is not documented",
        "RFC 9110 15.5.6",
        ONE,
        attempt("HEAD /things", 405),
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
