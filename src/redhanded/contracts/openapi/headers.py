"""Headers of responses: which of them a document declares, and which every server may send."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, Final, NamedTuple
from urllib.parse import unquote

from redhanded.contracts import document
from redhanded.contracts.document import Document
from redhanded.contracts.openapi.operations import followed, members, unusable_members
from redhanded.contracts.openapi.readings import Target, is_any_text, target_of
from redhanded.contracts.openapi.styles import Style
from redhanded.contracts.openapi.terms import named
from redhanded.core import jsonpath
from redhanded.core.secret_names import words

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from redhanded.contracts.openapi.nodes import Node
    from redhanded.contracts.openapi.schemas import SchemaCheck
    from redhanded.contracts.openapi.terms import Terms
    from redhanded.core.attempt import RawHeaders
    from redhanded.core.violation import Violation

USUAL_HEADERS: Final = words("""
    accept-patch accept-post accept-ranges age allow alt-svc authentication-info b3 cache-control
    cdn-cache-control cf-cache-status cf-ray clear-site-data connection correlation-id date
    deprecation etag expires forwarded keep-alive last-modified link location nel origin-trial
    p3p pragma preference-applied priority proxy-authenticate proxy-authentication-info
    ratelimit referrer-policy refresh report-to reporting-endpoints request-id retry-after server
    server-timing set-cookie speculation-rules strict-transport-security sunset surrogate-control
    surrogate-key timing-allow-origin tk traceparent traceresponse tracestate trailer
    transfer-encoding upgrade upgrade-insecure-requests vary via want-content-digest
    want-repr-digest warning www-authenticate x-cache x-cache-hits x-correlation-id
    x-dns-prefetch-control x-download-options x-forwarded-for x-forwarded-host x-forwarded-proto
    x-frame-options x-permitted-cross-domain-policies x-powered-by x-process-time x-ratelimit-limit
    x-ratelimit-remaining x-ratelimit-reset x-real-ip x-request-id x-response-time x-robots-tag
    x-runtime x-served-by x-timer x-trace-id x-ua-compatible x-xss-protection
""")
"""What servers, frameworks and proxies send without an API's having a say in it."""

_USUAL_STARTS = ("access-control-", "content-", "cross-origin-", "ratelimit-", "repr-", "sec-")
_REMEMBERED = 1024


class Received(NamedTuple):
    """The headers of a response, sorted by what the document says of them."""

    content_type: str
    declared: dict[str, list[str]]
    undeclared: list[str]


@dataclass
class Header:
    """A declared header; `node` is its object in the document."""

    terms: Terms
    node: Node
    name: str

    @property
    def is_required(self) -> bool:
        """Whether every such response must have it."""
        return self.node.value.get("required") is True

    def judge(self, lines: list[str]) -> tuple[Any, list[Violation]]:
        """The value that its lines stand for, and what that breaks of its schema."""
        # Of Set-Cookie each line is a value of its own, commas and all (RFC 6265, section 3).
        if len(lines) > 1 and self._is_cookie and "array" not in self._target.types:
            return lines, [one for line in lines for one in self.judge([line])[1]]
        if self._content:
            return self._of_content(", ".join(lines))
        if self._is_any or self._check is None:
            return lines[0], []
        if self._check.flaw is not None:
            return lines[0], self.terms.tell_flaw(self._check.flaw)
        readings = list(self._readings(lines)) or lines
        valid = next(filter(self._check.is_valid, readings), None)
        if valid is not None or None in readings:
            return valid, []
        return readings[0], self._faults(self._check, readings[0])

    @cached_property
    def _content(self) -> tuple[str, Node] | None:
        found = members(self.terms.document, self.node.find("content"))
        return next(iter(found), None)

    @cached_property
    def _schema(self) -> Node | None:
        return (self._content[1] if self._content else self.node).find("schema")

    @cached_property
    def _is_cookie(self) -> bool:
        return self.name.lower() == "set-cookie"

    @cached_property
    def _is_any(self) -> bool:
        return is_any_text(self._schema)

    @cached_property
    def _check(self) -> SchemaCheck | None:
        if self._schema is None:
            return None
        return self.terms.schemas.check(self._schema, "response", closed=False)

    @cached_property
    def _target(self) -> Target:
        return target_of(self.terms.schemas, self._schema)

    def _readings(self, lines: list[str]) -> Iterator[Any]:
        explode = self.node.value.get("explode") is True
        style = Style(self.name, "header", "simple", explode)
        text = ", ".join(lines)
        for shape in self._target.shapes:
            raws = [lines] if self._is_cookie and shape == "array" else style.of_text(text, shape)
            for raw in raws:
                yield from self._target.values(raw)
        # RFC 6570 would have values percent-encoded, other rules of HTTP would not.
        if "%" in text:
            yield from self._target.values(unquote(text))

    def _of_content(self, text: str) -> tuple[Any, list[Violation]]:
        if not self._content or not document.is_json(self._content[0]):
            return text, []
        found = document.read(text.encode())
        if not isinstance(found, Document):
            where = f"header {self.name}"
            told = self.terms.tell(
                "header_schema",
                where,
                found.actual,
                found.expected,
                rule=found.rule,
                source=self.node,
            )
            return None, told
        return found.value, self._faults(self._check, found.value) if self._check else []

    def _faults(self, check: SchemaCheck, value: object) -> list[Violation]:
        return [
            violation
            for fault in check.faults(value, self.terms.see)
            for violation in self.terms.tell(
                "header_schema",
                f"header {self.name}{jsonpath.write(fault.place)[1:]}",
                fault.actual,
                fault.expected,
                rule=fault.rule,
                source=fault.source,
            )
        ]


class Headers:
    """The headers that a response declares."""

    def __init__(self, terms: Terms, response: Node) -> None:
        self._terms = terms
        self._response = response
        self._declared: Mapping[str, Header] = {
            name.lower(): Header(terms, node, name)
            for name, node in members(terms.document, response.find("headers"))
            # OAS 3.1.1, section 4.8.17.1: an entry of this name shall be ignored.
            if name.lower() != "content-type"
        }
        self.required: frozenset[str] = frozenset(
            key for key, header in self._declared.items() if header.is_required
        )
        unread = unusable_members(terms.document, response.find("headers"))
        self._unread = {name.lower() for name in unread}
        self._names: dict[bytes, tuple[str, bool]] = {}

    def received(self, raw_headers: RawHeaders) -> Received:
        """The headers that came; each name is looked at once and remembered."""
        content_type = ""
        declared: dict[str, list[str]] = {}
        undeclared: list[str] = []
        names = self._names
        for raw, value in raw_headers:
            name, is_usual = names.get(raw) or self._learnt(raw)
            if is_usual:
                if name == "content-type" and not content_type:
                    content_type = value.decode("latin-1")
            elif name in self._declared:
                declared.setdefault(name, []).append(value.decode("latin-1"))
            else:
                undeclared.append(raw.decode("latin-1"))
        return Received(content_type, declared, undeclared)

    def judge(self, received: Received) -> tuple[dict[tuple[str, str], Any], list[Violation]]:
        """The values of the declared headers that came, and what is wrong with headers."""
        values: dict[tuple[str, str], Any] = {}
        told: list[Violation] = []
        for key, lines in received.declared.items():
            header = self._declared[key]
            values["header", header.name], broken = header.judge(lines)
            told += broken
        if not self.required <= received.declared.keys():
            for key in sorted(self.required - received.declared.keys()):
                header = self._declared[key]
                where = f"header {header.name}"
                told += self._terms.tell_missing("header_missing", where, header.node)
        for name in dict.fromkeys(received.undeclared):
            told += self._undeclared(name)
        return values, told

    def _undeclared(self, name: str) -> list[Violation]:
        flaw = self._terms.flaw_at(self._response, "headers")
        if flaw is not None:
            return self._terms.tell_flaw(flaw)
        declared = {"schema": {"type": "string"}}
        owner = followed(self._terms.document, self._response.find("headers"))
        return self._terms.tell(
            "header_undeclared",
            named("header", name),
            "sent",
            "no undeclared header",
            source=self._response,
            suggestion=self._terms.addition(owner, name, declared)
            if owner
            else self._terms.addition(self._response, "headers", {name: declared}),
        )

    def _learnt(self, raw: bytes) -> tuple[str, bool]:
        if len(self._names) >= _REMEMBERED:
            self._names.clear()
        name = raw.decode("latin-1").lower()
        is_usual = name not in self._declared and (
            name in USUAL_HEADERS or name in self._unread or name.startswith(_USUAL_STARTS)
        )
        self._names[raw] = name, is_usual
        return name, is_usual
