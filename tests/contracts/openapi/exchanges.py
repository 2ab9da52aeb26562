"""Exchanges and documents as the tests of OpenAPI contracts write them."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from redhanded.contracts.openapi.contract import OpenAPIContract
from redhanded.contracts.openapi.document import Document
from redhanded.contracts.openapi.loading import read
from redhanded.core.attempt import Attempt, Failure
from redhanded.core.contracting import Contracting
from redhanded.core.violation import Violation

ORIGIN = "http://api.test"
OK = {"200": {"description": "OK"}}


def document(paths: Mapping[str, Any], *, version: str = "3.1.1", **parts: object) -> Document:
    """A document with these paths."""
    root = {"openapi": version, "info": {"title": "t", "version": "1"}, "paths": paths, **parts}
    return read(json.dumps(root).encode(), "api.json")


def contract(
    paths: Mapping[str, Any],
    *,
    version: str = "3.1.1",
    base_url: str = ORIGIN,
    settings: Mapping[str, Any] | None = None,
    **parts: object,
) -> OpenAPIContract:
    """The contract of a document with these paths."""
    contracting = Contracting.model_validate(settings or {})
    return OpenAPIContract(document(paths, version=version, **parts), contracting, base_url)


def attempt(
    target: str = "GET /things",
    status: int | None = 200,
    body: object = b"",
    *,
    headers: Mapping[str, str] | Sequence[tuple[str, str]] = (),
    sent: object = b"",
    sent_headers: Mapping[str, str] | Sequence[tuple[str, str]] = (),
    failure: Failure | None = None,
) -> Attempt:
    """An exchange; a body that is no bytes is sent as JSON, and said to be so."""
    method, _, path = target.partition(" ")
    url = path if path.startswith("http") else ORIGIN + path
    content, response_headers = _message(body, headers)
    request, request_headers = _message(sent, sent_headers)
    return Attempt(
        id="1",
        trace_id="t",
        call_id="c",
        number=1,
        purpose="test",
        method=method,
        url=url,
        raw_request_headers=request_headers,
        request_body=request,
        started_at=0.0,
        elapsed=0.0,
        marks=(),
        reused=False,
        status=status,
        raw_response_headers=response_headers,
        response_body=content,
        failure=failure,
    )


def told(violations: Iterable[Violation]) -> list[str]:
    """What was told, as `error body_schema $.id type`."""
    return [
        " ".join(
            part
            for part in (one.level, one.code.removeprefix("contract."), one.where, one.rule)
            if part
        )
        for one in violations
    ]


def _message(
    body: object, headers: Mapping[str, str] | Sequence[tuple[str, str]]
) -> tuple[bytes | None, tuple[tuple[bytes, bytes], ...]]:
    pairs = list(headers.items()) if isinstance(headers, Mapping) else list(headers)
    if body is not None and not isinstance(body, bytes):
        body = json.dumps(body).encode()
        if not any(name.lower() == "content-type" for name, _ in pairs):
            pairs.append(("Content-Type", "application/json"))
    return body, tuple((name.encode("latin-1"), value.encode("latin-1")) for name, value in pairs)
