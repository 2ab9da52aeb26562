"""Headers of answers."""

from __future__ import annotations

from tests.contracts.openapi.exchange_cases.case import (
    COLOUR,
    INTEGER,
    INTEGERS,
    JSON,
    STRING,
    Case,
    answers,
    get,
    headed,
)
from tests.contracts.openapi.exchanges import attempt

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
        "each line of Set-Cookie is held",
        "RFC 6265 3",
        {"/things": headed("Set-Cookie", {"type": "string", "pattern": "^a="})},
        attempt(headers=[("Set-Cookie", "a=1"), ("Set-Cookie", "b=2")]),
        ("error header_schema header Set-Cookie pattern",),
    ),
    Case(
        "lines of Set-Cookie as a list",
        "RFC 6265 3",
        {"/things": headed("Set-Cookie", {"type": "array", "maxItems": 1})},
        attempt(headers=[("Set-Cookie", "a=1, 2"), ("Set-Cookie", "b=2")]),
        ("error header_schema header Set-Cookie maxItems",),
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
