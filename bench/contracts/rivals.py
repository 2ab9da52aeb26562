"""What others take to hold an answer against its schema, where they are installed."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import timedelta
from importlib.util import find_spec
from typing import Any, TypeAlias

import httpx2

from bench.contracts.orders import DOCUMENT, PATH

Validate: TypeAlias = Callable[[], object]
"""Holds one answer, whole and valid, against the document; raises where it breaks it."""

MISSING = "are not installed here (requirements/rivals.txt holds them)"


def rivals(body: bytes) -> Mapping[str, Validate]:
    """Those that are installed, by name."""
    known = {
        "openapi-core validate_response": ("openapi_core", _openapi_core),
        "schemathesis validate_response": ("schemathesis", _schemathesis),
    }
    return {name: make(body) for name, (module, make) in known.items() if find_spec(module)}


def _openapi_core(body: bytes) -> Validate:
    from openapi_core import OpenAPI
    from openapi_core.testing import MockRequest, MockResponse

    document = OpenAPI.from_dict(DOCUMENT)
    request = MockRequest("http://127.0.0.1", "get", PATH)
    response = MockResponse(body)
    return lambda: document.validate_response(request, response)


def _schemathesis(body: bytes) -> Validate:
    import schemathesis

    operation: Any = schemathesis.openapi.from_dict(DOCUMENT)[PATH]["GET"]
    request = httpx2.Request("GET", f"http://127.0.0.1{PATH}")
    headers = {"content-type": "application/json"}
    response = httpx2.Response(200, content=body, headers=headers, request=request)
    response.elapsed = timedelta(0)  # a client sets it
    return lambda: operation.validate_response(response)
