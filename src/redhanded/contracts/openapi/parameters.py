"""Parameters: what an operation declares of paths, queries, headers and cookies, and what came."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote

from redhanded.contracts import document
from redhanded.contracts.document import Document
from redhanded.contracts.openapi import forms, media
from redhanded.contracts.openapi.examination import ABSENT
from redhanded.contracts.openapi.nodes import Flaw
from redhanded.contracts.openapi.operations import IGNORED_HEADERS, followed, members
from redhanded.contracts.openapi.readings import Target, is_any_text, scalars, target_of
from redhanded.contracts.openapi.styles import ALLOWED_STYLES, DEFAULT_STYLES, Style
from redhanded.core import jsonpath
from redhanded.core.secret_names import SecretNames
from redhanded.core.violation import Violation

if TYPE_CHECKING:
    from collections.abc import Iterator

    from redhanded.contracts.openapi.document import Document as OpenAPIDocument
    from redhanded.contracts.openapi.nodes import Node
    from redhanded.contracts.openapi.operations import Operation
    from redhanded.contracts.openapi.schemas import SchemaCheck
    from redhanded.contracts.openapi.sent import Sent
    from redhanded.contracts.openapi.styles import Raw
    from redhanded.contracts.openapi.terms import Terms

_PLACES = frozenset({"path", "query", "header", "cookie"})


@dataclass
class Parameter:
    """A declared parameter; `node` is its object in the document."""

    terms: Terms
    node: Node
    name: str
    place: str

    @cached_property
    def is_required(self) -> bool:
        """Whether a request must have it."""
        return self.node.value.get("required") is True

    @cached_property
    def is_deprecated(self) -> bool:
        """Whether the document says that it should not be used any more."""
        return self.node.value.get("deprecated") is True

    @cached_property
    def style(self) -> Style:
        """How it is written."""
        value = self.node.value
        style = value.get("style", DEFAULT_STYLES.get(self.place))
        explode = value.get("explode", style in {"form", "cookie"}) is True
        reserved = value.get("allowReserved") is True
        return Style(self.name, self.place, str(style), explode, reserved)

    @cached_property
    def schema(self) -> Node | None:
        """Its schema, or that of the one media type of its `content`."""
        return (self._media[1] if self._media else self.node).find("schema")

    @cached_property
    def target(self) -> Target:
        """What its texts are read as."""
        return target_of(self.terms.schemas, self.schema)

    @cached_property
    def check(self) -> SchemaCheck | None:
        """What holds its value against its schema."""
        if self.schema is None:
            return None
        return self.terms.schemas.check(self.schema, "request", closed=False)

    def readings(self, sent: Sent) -> list[Any] | None:
        """The values that it may have, the likeliest first; None where it was not sent."""
        if self.place == "querystring":
            return [self._of_content(sent.query_text)] if sent.query_text else None
        if self._media:
            text = self._text(sent)
            return None if text is None else [self._of_content(self.style.decode(text))]
        if self._is_plain:
            text = self._text(sent)
            if text is None:
                return None
            found = [*scalars(self.style.decode(text), self.target.types)]
            # A plus that a client did not encode: a space by the letter, itself in a date's zone.
            is_either = self.place == "query" and "+" in text
            return [*found, unquote(text)] if is_either else found
        is_undefined = self.place == "query" and self.style.is_undefined(sent.query, self._parted)
        found = [value for raw in self._raws(sent) for value in self.target.values(raw)]
        found = [ABSENT] if is_undefined else found
        if found:
            return found
        text = self._text(sent)
        return None if text is None else [self.style.decode(text)]

    def judge(self, readings: list[Any]) -> tuple[Any, list[Violation]]:
        """Its value, and what that breaks of its schema."""
        told = self._told_deprecated() if self.is_deprecated else []
        if self._flaw is not None:
            return readings[0], told + self.terms.tell_flaw(self._flaw)
        value = readings[0]
        if isinstance(value, Violation):
            where = f"{self.place} {self.name}"
            return None, told + self._tell(where, value.actual, value.expected, value.rule)
        if (
            self.check is None
            or self._is_any
            or value is ABSENT
            or (value == "" and self.node.value.get("allowEmptyValue") is True)
        ):
            return (None if value is ABSENT else value), told
        if self.check.flaw is not None:
            return value, told + self.terms.tell_flaw(self.check.flaw)
        for value in readings:
            if self.check.is_valid(value):
                return value, told
        return readings[0], told + self._faults(readings[0])

    def claims(self, name: str) -> bool:
        """Whether a pair of the query with this name is its own."""
        if self.place == "querystring":
            return True
        if self.place != "query" or self._media:
            return self.place == "query" and name == self.name
        return self.style.claims(name, self._shapes, self._properties) or self._is_open

    @cached_property
    def _is_plain(self) -> bool:
        """Whether it is one text as it stands there: most are."""
        is_split = self.place != "query" and self.style.style not in {"simple", "form"}
        return self.target.shapes == ("scalar",) and not is_split

    @cached_property
    def _is_any(self) -> bool:
        return is_any_text(self.schema)

    @cached_property
    def _media(self) -> tuple[str, Node] | None:
        found = members(self.terms.document, self.node.find("content"))
        return next(iter(found), None)

    @cached_property
    def _shapes(self) -> frozenset[Any]:
        return frozenset(self.target.shapes)

    @cached_property
    def _properties(self) -> frozenset[str]:
        return frozenset(self.target.properties)

    @cached_property
    def _parted(self) -> frozenset[str]:
        """The names of its properties whose values have parts."""
        parted = {"array", "object"}
        return frozenset(name for name, types in self.target.properties.items() if types <= parted)

    @cached_property
    def _is_open(self) -> bool:
        """Whether any name may be a member of it: an exploded object that says so."""
        if "object" not in self.target.types or not self.style.explode or self.schema is None:
            return False
        told = self.terms.schemas.resolved(self.schema).find("additionalProperties")
        is_told = told is not None and told.value is not False
        return self.style.style == "form" and (is_told or not self.target.properties)

    @cached_property
    def _flaw(self) -> Flaw | None:
        """Why the parameter cannot be read, where the document has it so."""
        allowed = ALLOWED_STYLES.get(self.place, frozenset())
        if self.place == "querystring" or self._media or self.style.style in allowed:
            return None
        told = f"a parameter in {self.place} has the style {self.style.style!r}"
        return Flaw(self.terms.document.place(self.node), told)

    def _raws(self, sent: Sent) -> Iterator[Raw]:
        in_pairs = self.place in {"query", "cookie"}
        text = None if in_pairs else self._text(sent)
        for shape in self.target.shapes:
            if in_pairs:
                pairs = sent.query if self.place == "query" else sent.cookies
                yield from self.style.of_pairs(pairs, shape, self._members(sent))
            elif text is not None:
                yield from self.style.of_text(text, shape)

    def _members(self, sent: Sent) -> frozenset[str]:
        if not self._is_open:
            return self._properties
        return self._properties | {name for name, _ in sent.query if name != self.name}

    def _text(self, sent: Sent) -> str | None:
        if self.place == "path":
            return sent.path.get(self.name)
        if self.place == "header":
            return sent.headers.get(self.name.lower())
        pairs = sent.query if self.place == "query" else sent.cookies
        return next((value for name, value in pairs if name == self.name), None)

    def _of_content(self, text: str) -> Any:  # noqa: ANN401
        """The value of a text in its own media type, or what keeps it from being read."""
        name = media.parse(self._media[0]).name if self._media else ""
        if document.is_json(name):
            text = unquote(text) if self.place == "querystring" else text
            found = document.read(text.encode())
            return found.value if isinstance(found, Document) else found
        if media.parse(name).kind == "form" and self._media and self.schema:
            fields = forms.fields_of(self.terms, self.schema, self._media[1])
            return forms.urlencoded(text.encode(), fields, self.terms)
        return text

    def _told_deprecated(self) -> list[Violation]:
        where, wanted = f"{self.place} {self.name}", "a parameter that is not"
        return self.terms.tell(
            "parameter_deprecated", where, "deprecated", wanted, source=self.node
        )

    def _faults(self, value: object) -> list[Violation]:
        see = _veiled if self.name in SecretNames() else self.terms.see
        return [
            violation
            for fault in (self.check.faults(value, see) if self.check else ())
            for violation in self._tell(
                f"{self.place} {self.name}{jsonpath.write(fault.place)[1:]}",
                fault.actual,
                fault.expected,
                fault.rule,
                fault.source,
            )
        ]

    def _tell(
        self, where: str, actual: str, expected: str, rule: str, source: str = ""
    ) -> list[Violation]:
        return self.terms.tell(
            "parameter_schema", where, actual, expected, rule=rule, source=source or self.node
        )


def parameters_of(terms: Terms, operation: Operation) -> tuple[Parameter, ...]:
    """The parameters of an operation; its own replace those of its path with the same name."""
    found: dict[tuple[str, str], Parameter] = {}
    for owner in (operation.path_node, operation.node):
        listed = owner.find("parameters")
        for entry in listed.entries() if listed else ():
            node = followed(terms.document, entry)
            if node is not None and (parameter := _parameter(terms, node)):
                name = parameter.name
                key = name.lower() if parameter.place == "header" else name
                found[parameter.place, key] = parameter
    return tuple(found.values())


def security_queries(document: OpenAPIDocument) -> frozenset[str]:
    """The names of query parameters by which a client of the API may sign in."""
    schemes = document.node().find("components", "securitySchemes")
    return frozenset(
        str(scheme.value.get("name"))
        for _, scheme in members(document, schemes)
        if scheme.value.get("type") == "apiKey" and scheme.value.get("in") == "query"
    )


def _parameter(terms: Terms, node: Node) -> Parameter | None:
    name, place = node.value.get("name"), node.value.get("in")
    if not isinstance(name, str) or not isinstance(place, str):
        return None
    if place == "header" and name.lower() in IGNORED_HEADERS:
        return None
    is_known = place in _PLACES or (place == "querystring" and terms.document.version >= (3, 2))
    return Parameter(terms, node, name, place) if is_known else None


def _veiled(value: object) -> str:
    """A value of which only the kind may be shown."""
    return f"a secret of {len(str(value))} characters"
