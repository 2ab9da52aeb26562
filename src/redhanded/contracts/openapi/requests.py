"""Requests: what an operation declares of what it is asked, and what a request breaks of that."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Any

from redhanded.contracts.openapi import media, suggestions
from redhanded.contracts.openapi.bodies import MediaObject, content_flaw, content_of
from redhanded.contracts.openapi.examination import NOTHING, Parts
from redhanded.contracts.openapi.operations import followed, unusable
from redhanded.contracts.openapi.parameters import parameters_of
from redhanded.contracts.openapi.terms import alternatives, named
from redhanded.core.secret_names import SecretNames

if TYPE_CHECKING:
    from redhanded.contracts.openapi.media import Content
    from redhanded.contracts.openapi.nodes import Flaw, Node
    from redhanded.contracts.openapi.operations import Operation
    from redhanded.contracts.openapi.parameters import Parameter
    from redhanded.contracts.openapi.sent import Sent
    from redhanded.contracts.openapi.terms import Terms
    from redhanded.core.violation import Violation


class Request:
    """The parameters and the body that an operation declares.

    `excepted` are names in a query that belong to none of its parameters and are no breach: by
    them a client signs in.
    """

    def __init__(self, terms: Terms, operation: Operation, excepted: frozenset[str]) -> None:
        self._terms = terms
        self._node = operation.node
        self.parameters: tuple[Parameter, ...] = parameters_of(terms, operation)
        self._owners = (operation.node, operation.path_node)
        self._queries = [one for one in self.parameters if one.place in {"query", "querystring"}]
        self._known = excepted | {one.name for one in self.parameters if one.place == "query"}

    def judge(self, sent: Sent, body: bytes | None) -> tuple[Parts, list[Violation]]:
        """What of the request was met, and what was sent breaks of it."""
        values: dict[tuple[str, str], Any] = {}
        told: list[Violation] = []
        for parameter in self.parameters:
            readings = parameter.readings(sent)
            if readings is None:
                told += self._told_missing(parameter) if parameter.is_required else ()
            else:
                value, broken = parameter.judge(readings)
                values[parameter.place, parameter.name] = value
                told += broken
        told += self._of_query(sent) if sent.query_text else ()
        if not body and self._body is None:
            return Parts(parameters=values), told
        met, broken = self._of_body(sent, body)
        return met._replace(parameters=values), told + broken

    @cached_property
    def _flaw(self) -> Flaw | None:
        """Why one of the parameters cannot be used; None where all can."""
        for owner in self._owners:
            listed = owner.find("parameters")
            flaws = (
                [unusable(self._terms.document, one) for one in listed.entries()] if listed else []
            )
            found = next(filter(None, flaws), None) or self._terms.flaw_at(owner, "parameters")
            if found is not None:
                return found
        return None

    @cached_property
    def _body(self) -> Node | None:
        return followed(self._terms.document, self._node.find("requestBody"))

    @cached_property
    def _content(self) -> Content[MediaObject] | None:
        return content_of(self._terms, self._body, "request") if self._body else None

    def _of_query(self, sent: Sent) -> list[Violation]:
        unknown = {name: None for name, _ in sent.query if name not in self._known}
        undeclared = [
            name
            for name in unknown
            # What is named as a secret signs the client in, as many documents do not say.
            if not any(one.claims(name) for one in self._queries) and name not in SecretNames()
        ]
        if undeclared and self._flaw is not None:
            return self._terms.tell_flaw(self._flaw)
        return [one for name in undeclared for one in self._told_undeclared(name)]

    def _of_body(self, sent: Sent, body: bytes | None) -> tuple[Parts, list[Violation]]:
        if body is None:  # it was streamed: nobody knows what was sent
            return NOTHING, []
        content_type = sent.headers.get("content-type", "")
        if self._body is None or self._content is None:
            return NOTHING, self._told_unknown(content_type)
        if not body:
            return NOTHING, self._told_no_body(self._body)
        found = self._content.find(content_type) if content_type else self._only(self._content)
        if found is None:
            return NOTHING, self._told_media_type(self._body, content_type)
        key, entry, kind = found
        judged = entry.judge(body, content_type, kind)
        item_schema = entry.item_schema if judged.is_stream else None
        return Parts("", key, entry.schema, item_schema, judged.value), judged.violations

    def _only(self, content: Content[MediaObject]) -> tuple[str, MediaObject, media.Kind] | None:
        """The one media type that a body can be meant to have that does not tell its own."""
        if len(content.entries) != 1:
            return None
        [(key, entry)] = content.entries.items()
        return key, entry, media.parse(key).kind

    def _told_missing(self, parameter: Parameter) -> list[Violation]:
        if parameter.place == "path":  # its name is not in the template: a flaw of the document
            return []
        where = f"{parameter.place} {parameter.name}"
        return self._terms.tell_missing("parameter_missing", where, parameter.node)

    def _told_undeclared(self, name: str) -> list[Violation]:
        declared = suggestions.parameter(name)
        return self._terms.tell(
            "parameter_undeclared",
            named("query", name),
            "sent",
            "no undeclared parameter",
            rule="parameters",
            source=self._node,
            suggestion=suggestions.in_list(self._terms, self._node, "parameters", declared),
        )

    def _told_unknown(self, content_type: str) -> list[Violation]:
        """A body where the document has none, or none that can be used."""
        flaw = unusable(self._terms.document, self._node.find("requestBody"))
        flaw = flaw or self._terms.flaw_at(self._node, "requestBody")
        if flaw is not None:
            return self._terms.tell_flaw(flaw)
        declared = suggestions.content(content_type)
        return self._terms.tell(
            "request_body_undocumented",
            "request body",
            "sent",
            "none",
            rule="requestBody",
            source=self._node,
            suggestion=self._terms.addition(self._node, "requestBody", declared)
            if declared
            else "",
        )

    def _told_no_body(self, body: Node) -> list[Violation]:
        if body.value.get("required") is not True:
            return []
        return self._terms.tell(
            "request_body_missing",
            "request body",
            "missing",
            "required",
            rule="required",
            source=body,
            suggestion=self._terms.addition(body, "required", value=False),
        )

    def _told_media_type(self, body: Node, content_type: str) -> list[Violation]:
        flaw = content_flaw(self._terms, body)
        if flaw is not None:
            return self._terms.tell_flaw(flaw)
        name = media.parse(content_type).name
        return self._terms.tell(
            "request_media_type",
            "request header Content-Type",
            self._terms.see(name) if name else "missing",
            alternatives(self._content.entries if self._content else ()) or "a documented one",
            rule="content",
            source=body,
            suggestion=suggestions.in_map(self._terms, body, ("content", name), {}) if name else "",
        )
