"""The OpenAPI document, completed with what holds for every operation."""

from __future__ import annotations

import copy
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from redhanded.lab.answers import refusals
from redhanded.lab.problems import OAuthProblem, Problem

Document = dict[str, Any]

_COMMON_HEADERS: Mapping[str, Mapping[str, Any]] = {
    "X-Build": {
        "description": "The build that answered.",
        "required": True,
        "schema": {"type": "string"},
    },
    "X-Trace-Id": {
        "description": "The trace id of the request's traceparent, when it had one.",
        "required": False,
        "schema": {"type": "string", "pattern": "^[0-9a-f]{32}$"},
    },
}


def complete(document: Document) -> Document:
    """The document with the problem schemas, the common headers and a HEAD for each GET."""
    for model in (Problem, OAuthProblem):
        schema = model.model_json_schema(ref_template="#/components/schemas/{model}")
        document["components"]["schemas"] |= schema.pop("$defs") | {model.__name__: schema}
    document["components"]["headers"] = _COMMON_HEADERS
    for path in document["paths"].values():
        _forbid_null(path)
        _add_refusals(path)
        _add_headers(path)
        if "get" in path:
            path["head"] = _head(path["get"])
    return document


def methods_of(document: Document, path: str) -> Sequence[str]:
    """The methods of the path by the document, a literal path before a templated one."""
    for template in sorted(document["paths"], key=lambda known: known.count("{")):
        if _pattern(template).fullmatch(path):
            return sorted(method.upper() for method in document["paths"][template])
    return []


def _pattern(template: str) -> re.Pattern[str]:
    return re.compile(re.sub(r"\\\{[^}]*\\\}", "[^/]+", re.escape(template)))


def _add_refusals(path: dict[str, Any]) -> None:
    for operation in path.values():
        for status, declared in refusals(414).items():
            operation["responses"][str(status)] = declared


def _add_headers(path: dict[str, Any]) -> None:
    for response in _responses(path):
        headers = response.setdefault("headers", {})
        headers |= {name: {"$ref": f"#/components/headers/{name}"} for name in _COMMON_HEADERS}


def _forbid_null(path: dict[str, Any]) -> None:
    """An absent parameter is no null: neither a query nor a header can hold one."""
    for operation in path.values():
        for parameter in operation.get("parameters", ()):
            schema = parameter["schema"]
            if schema.get("anyOf", ())[1:] == [{"type": "null"}]:
                parameter["schema"] = {**schema.pop("anyOf")[0], **schema}


def _responses(path: dict[str, Any]) -> Iterator[dict[str, Any]]:
    for operation in path.values():
        yield from operation["responses"].values()


def _head(get: dict[str, Any]) -> dict[str, Any]:
    head = copy.deepcopy(get)
    head["operationId"] = f"{get['operationId']}_head"
    head["summary"] = f"{get['summary']}: headers alone"
    for response in head["responses"].values():
        response.pop("content", None)
    return head
