"""Statuses, media types and bodies of answers."""

from __future__ import annotations

from tests.contracts.openapi.exchange_cases.case import (
    ANSWERED,
    COLOUR,
    INTEGER,
    JSON,
    ONE,
    STRING,
    Case,
    answers,
    get,
)
from tests.contracts.openapi.exchanges import attempt

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
        "a text in a charset that it does not tell",
        "RFC 9110 8.3.2",
        {"/things": answers({"text/plain": {"schema": {"const": "\u00e9"}}})},
        attempt(body=b"\xe9", headers={"Content-Type": "text/plain"}),
    ),
    Case(
        "what is written in a text is no value of JSON",
        "OAS 3.1.1 4.8.14",
        {"/things": answers({"text/csv": {"schema": {"type": "array"}}})},
        attempt(body=b"a,b", headers={"Content-Type": "text/csv"}),
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
