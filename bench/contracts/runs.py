"""What a document costs a whole run of small tests."""

from __future__ import annotations

import json
import statistics
from collections.abc import Iterator
from typing import Any

from bench.figures import Figure
from bench.server import serving
from bench.suite import contract_ratio

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
    """CPU of a run with a document over that of one without."""
    with serving() as url:
        found = contract_ratio(url, json.dumps(_DOCUMENT).encode(), rounds=3, tests=_TESTS)
    ratio = statistics.median(found)
    yield Figure(
        name=f"CPU of {_TESTS:,} tests of one small call, with a document over without",
        measured=f"{ratio:.2f} x ({min(found):.2f} to {max(found):.2f})",
        goal=f"<= {_MOST:.2f} x",
        is_met=ratio <= _MOST,
    )
