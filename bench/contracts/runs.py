"""What a document costs a whole run of small tests."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from bench.figures import Figure
from bench.server import serving
from bench.suite import contract_seconds

_TESTS = 1_000
_MOST = 1.15  # nobody leaves out a check that costs a seventh
_ITEM: dict[str, Any] = {
    "type": "object",
    "required": ["id", "name"],
    "properties": {
        "id": {"type": "integer"},
        "name": {"type": "string"},
        "note": {"type": "string", "maxLength": 200},
    },
}
_DOCUMENT: dict[str, Any] = {
    "openapi": "3.1.0",
    "info": {"title": "Items", "version": "1"},
    "paths": {
        "/item": {
            "get": {
                "responses": {
                    "200": {
                        "description": "An item.",
                        "content": {"application/json": {"schema": _ITEM}},
                    }
                }
            }
        }
    },
}


def figures() -> Iterator[Figure]:
    """CPU of a run with a document over that of one without; of each the least that was seen.

    What else goes on in the machine can only add to it.
    """
    with serving() as url:
        document = json.dumps(_DOCUMENT).encode()
        held, free = contract_seconds(url, document, rounds=5, tests=_TESTS)
    ratio = min(held) / min(free)
    yield Figure(
        name=f"CPU of {_TESTS:,} tests of one small call, with a document over without",
        measured=f"{ratio:.2f} x, +{(min(held) - min(free)) / _TESTS * 1000:.2f} ms a test",
        goal=f"<= {_MOST:.2f} x",
        is_met=ratio <= _MOST,
    )
