"""Responses: what an operation declares of its answers, and what an answer breaks of that."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from http import HTTPStatus
from typing import TYPE_CHECKING

from redhanded.contracts.openapi import media, suggestions
from redhanded.contracts.openapi.bodies import MediaObject, content_flaw, content_of
from redhanded.contracts.openapi.examination import Parts
from redhanded.contracts.openapi.headers import Headers
from redhanded.contracts.openapi.levels import WEATHER_STATUSES
from redhanded.contracts.openapi.operations import followed, unusable_members
from redhanded.contracts.openapi.terms import alternatives

if TYPE_CHECKING:
    from redhanded.contracts.openapi.examination import Values
    from redhanded.contracts.openapi.media import Content, Kind
    from redhanded.contracts.openapi.nodes import Flaw, Node
    from redhanded.contracts.openapi.operations import Operation
    from redhanded.contracts.openapi.terms import Terms
    from redhanded.core.attempt import Attempt
    from redhanded.core.violation import Violation

# RFC 9110, sections 15.3.5, 15.3.6 and 15.4.5: an answer with one of these has no content.
_BODILESS = frozenset({HTTPStatus.NO_CONTENT, HTTPStatus.RESET_CONTENT, HTTPStatus.NOT_MODIFIED})


@dataclass
class Response:
    """A declared response; `key` is its status in the document, `node` its object there."""

    terms: Terms
    key: str
    node: Node

    @cached_property
    def headers(self) -> Headers:
        """Its headers."""
        return Headers(self.terms, self.node)

    @cached_property
    def content(self) -> Content[MediaObject]:
        """Its media types."""
        return content_of(self.terms, self.node, "response")

    def judge(self, attempt: Attempt) -> tuple[Parts, list[Violation]]:
        """What of the response was met, and what the attempt's answer breaks of it."""
        received = self.headers.received(attempt.raw_response_headers)
        told: list[Violation] = []
        values: Values = {}
        if received.declared or received.undeclared or self.headers.required:
            values, told = self.headers.judge(received)
        body = attempt.response_body
        has_none = attempt.method == "HEAD" or attempt.status in _BODILESS
        if body is None or (has_none and not body):
            return Parts(status=self.key, parameters=values), told
        if not body:
            return self._of_empty(received.content_type, values, told)
        parts, broken = self._of_body(body, received.content_type, values)
        return parts, broken + told

    def _of_body(
        self, body: bytes, content_type: str, values: Values
    ) -> tuple[Parts, list[Violation]]:
        found = self.content.find(content_type) if content_type else self._only()
        told = [] if content_type or not self.content.entries else self._told_untyped()
        if found is None:
            met = Parts(status=self.key, parameters=values)
            return met, told or self._told_unmet(content_type)
        key, entry, kind = found
        judged = entry.judge(body, content_type, kind)
        item_schema = entry.item_schema if judged.is_stream else None
        parts = Parts(self.key, key, entry.schema, item_schema, judged.value, values)
        return parts, told + judged.violations

    def _told_unmet(self, content_type: str) -> list[Violation]:
        """Content that no entry is for: by the document, or because an entry cannot be used."""
        flaw = content_flaw(self.terms, self.node)
        if flaw is not None:
            return self.terms.tell_flaw(flaw)
        if not self.content.entries:
            return self._told_undocumented(content_type)
        return self._told_media_type(content_type) if content_type else []

    def _of_empty(
        self, content_type: str, values: Values, told: list[Violation]
    ) -> tuple[Parts, list[Violation]]:
        """An answer without content: where some is documented, only a text may be empty."""
        found = self.content.find(content_type) if content_type else self._only()
        parts = Parts(self.key, found[0] if found and content_type else "", parameters=values)
        if not self.content.entries or (content_type and found and _may_be_empty(found[2])):
            return parts, told
        missing = self.terms.tell(
            "body_missing", "body", "empty", self._wanted_types(), source=self.node
        )
        return parts, missing + told

    def _only(self) -> tuple[str, MediaObject, Kind] | None:
        """The one media type that an answer can be meant to have that does not tell its own."""
        if len(self.content.entries) != 1:
            return None
        [(key, entry)] = self.content.entries.items()
        return None if "*" in key else (key, entry, media.parse(key).kind)

    def _wanted_types(self) -> str:
        return alternatives(self.content.entries)

    def _told_undocumented(self, content_type: str) -> list[Violation]:
        name = media.parse(content_type).name
        return self.terms.tell(
            "body_undocumented",
            "body",
            self.terms.see(name) if name else "some content",
            "none",
            source=self.node,
            suggestion=suggestions.in_map(self.terms, self.node, ("content", name), {})
            if name
            else "",
        )

    def _told_untyped(self) -> list[Violation]:
        return self.terms.tell(
            "media_type_missing",
            "header Content-Type",
            "missing",
            self._wanted_types(),
            source=self.node,
        )

    def _told_media_type(self, content_type: str) -> list[Violation]:
        name = media.parse(content_type).name
        return self.terms.tell(
            "media_type_undocumented",
            "header Content-Type",
            self.terms.see(name),
            self._wanted_types(),
            rule="content",
            source=self.node,
            suggestion=suggestions.in_map(self.terms, self.node, ("content", name), {}),
        )


class Responses:
    """The responses of an operation, found by status: exact, then a range, then the default."""

    def __init__(self, terms: Terms, operation: Operation) -> None:
        self._terms = terms
        self._operation = operation
        declared = followed(terms.document, operation.node.find("responses"))
        self._node = declared
        self._flaws = unusable_members(terms.document, declared)
        self._declared = {
            key: Response(terms, key, node)
            for key, entry in (declared.items() if declared else ())
            if not key.startswith("x-") and (node := followed(terms.document, entry))
        }
        self._known: dict[int, Response | None] = {}

    def find(self, status: int) -> Response | None:
        """The response for a status (OAS 3.1.1, section 4.8.16); None where none is declared."""
        try:
            return self._known[status]
        except KeyError:
            keys = _keys_of(status)
            found = next((self._declared[key] for key in keys if key in self._declared), None)
            self._known[status] = found
            return found

    def judge(self, attempt: Attempt, status: int) -> tuple[Parts, list[Violation]]:
        """What of the responses was met, and what the attempt's answer breaks of them."""
        found = self.find(status)
        if found is not None:
            return found.judge(attempt)
        if status in WEATHER_STATUSES:
            return Parts(), []
        flaw = self._flaw_of(status)
        if flaw is not None:
            return Parts(), self._terms.tell_flaw(flaw)
        return Parts(), self._told_status(attempt, status)

    def _flaw_of(self, status: int) -> Flaw | None:
        """Why the document's response for a status cannot be used; None where it has none."""
        for key in _keys_of(status):
            if key in self._flaws:
                return self._flaws[key]
            found = self._terms.flaw_at(self._operation.node, "responses", key)
            if found is not None:
                return found
        return None if self._node else self._terms.flaw_at(self._operation.node, "responses")

    def _told_status(self, attempt: Attempt, status: int) -> list[Violation]:
        content_type = attempt.header("content-type") or ""
        answer = suggestions.response(content_type, status, has_body=bool(attempt.response_body))
        keys = (str(status),) if self._node else ("responses", str(status))
        owner = self._node or self._operation.node
        return self._terms.tell(
            "status_undocumented",
            "status",
            str(status),
            alternatives(sorted(self._declared)) or "a documented one",
            rule="responses",
            source=owner,
            suggestion=suggestions.in_map(self._terms, owner, keys, answer),
        )


def _keys_of(status: int) -> tuple[str, ...]:
    """The keys that a status has in a document, the most exact first."""
    return str(status), f"{status // 100}XX", f"{status // 100}xx", "default"


def _may_be_empty(kind: Kind) -> bool:
    """Whether a body of no bytes is one of this kind."""
    return kind not in {"json", "xml", "multipart"}
