"""Undocumented operations: accepted requests for which a document has no path or no method."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import unquote_plus, urlsplit

from redhanded.contracts.openapi import suggestions
from redhanded.contracts.openapi.styles import pairs_of
from redhanded.contracts.openapi.terms import alternatives

if TYPE_CHECKING:
    from collections.abc import Iterator

    from redhanded.contracts.openapi.nodes import Node
    from redhanded.contracts.openapi.routing import Match
    from redhanded.contracts.openapi.terms import Terms
    from redhanded.core.attempt import Attempt
    from redhanded.core.exchange import Headers
    from redhanded.core.violation import Violation

_METHODS = frozenset({"GET", "PUT", "POST", "DELETE", "OPTIONS", "HEAD", "PATCH", "TRACE"})


def undocumented(
    terms: Terms, attempt: Attempt, template: str, match: Match | None
) -> list[Violation]:
    """The breach of a request that was accepted; `match` is the path where that is documented."""
    root = terms.document.node()
    owner = match.path_node if match else root.find("paths") or root
    return terms.tell(
        "method_undocumented" if match else "operation_undocumented",
        "operation",
        f"{attempt.method} {template}",
        alternatives(sorted(match.known)) if match else "a documented one",
        rule="paths",
        source=owner,
        suggestion=_patch(terms, attempt, template, owner, in_item=match is not None),
    )


def _patch(terms: Terms, attempt: Attempt, template: str, owner: Node, *, in_item: bool) -> str:
    """The patch that adds the operation to its path item, or a path item to the paths."""
    is_query = attempt.method == "QUERY" and terms.document.version >= (3, 2)
    if attempt.method not in _METHODS and not is_query:
        return ""
    method, operation = attempt.method.lower(), _operation(attempt, template)
    if in_item:
        return terms.addition(owner, method, operation)
    keys = (template,) if owner.pointer else ("paths", template)
    return suggestions.in_map(terms, owner, keys, {method: operation})


def _operation(attempt: Attempt, template: str) -> dict[str, Any]:
    headers = dict(_lowered(attempt.request_headers))
    content_type = attempt.header("content-type") or ""
    queries = pairs_of(urlsplit(attempt.url).query, "&", unquote_plus)
    return suggestions.operation(
        template,
        status=str(attempt.status),
        answer=suggestions.response(
            content_type, attempt.status or 0, has_body=bool(attempt.response_body)
        ),
        queries=[name for name, _ in queries],
        request_type=headers.get("content-type", "") if attempt.request_body else "",
    )


def _lowered(headers: Headers) -> Iterator[tuple[str, str]]:
    return ((name.lower(), value) for name, value in headers)
