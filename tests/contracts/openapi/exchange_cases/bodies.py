"""Bodies of requests."""

from __future__ import annotations

from tests.contracts.openapi.exchange_cases.case import (
    COLOUR,
    FORM,
    INTEGER,
    INTEGERS,
    JSON,
    Case,
    form,
    get,
    part,
    post,
    posted,
)
from tests.contracts.openapi.exchanges import attempt

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
        "a body that does not tell its media type",
        "RFC 9110 8.3",
        {"/things": post({JSON: {"schema": INTEGER}})},
        attempt("POST /things", sent=b'"x"'),
        ("error request_body_schema request $ type",),
    ),
    Case(
        "a body that may mean any of several media types",
        "RFC 9110 8.3",
        {"/things": post({JSON: {"schema": INTEGER}, "text/plain": {}})},
        attempt("POST /things", sent=b"1"),
        ("error request_media_type request header Content-Type content",),
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
        "a list of one object in a form",
        "OAS 3.1.1 4.8.15.1.1",
        {
            "/things": post(
                {
                    "multipart/form-data": {
                        "schema": {"properties": {"c": {"type": "array", "items": COLOUR}}}
                    }
                }
            )
        },
        form(part("c", '{"R": 1, "G": "x"}', JSON)),
        ("error request_body_schema request $.c[0].G type",),
    ),
    Case(
        "a name of a part without quotes",
        "RFC 2183 2",
        {"/things": post({"multipart/form-data": {"schema": {"properties": {"n": INTEGER}}}})},
        form(part("n", "x").replace('"n"', "n")),
        ("error request_body_schema request $.n type",),
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
