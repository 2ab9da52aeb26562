"""Bodies: the content of a message beside the entry of the `content` map that describes it."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any, NamedTuple

from redhanded.contracts import document
from redhanded.contracts.openapi import forms, media, multiparts, streams
from redhanded.contracts.openapi.examination import ABSENT
from redhanded.contracts.openapi.media import Content
from redhanded.contracts.openapi.operations import members, unusable_members
from redhanded.contracts.openapi.readings import target_of
from redhanded.core.violation import Violation

if TYPE_CHECKING:
    from redhanded.contracts.openapi.marks import Direction
    from redhanded.contracts.openapi.media import Kind
    from redhanded.contracts.openapi.nodes import Flaw, Node
    from redhanded.contracts.openapi.schemas import SchemaCheck
    from redhanded.contracts.openapi.terms import Terms

_SHOWN = 100  # broken items of a stream; more would say nothing new


class Judged(NamedTuple):
    """A body's value, ABSENT where no schema was asked, and what it breaks."""

    value: Any
    violations: list[Violation]
    is_stream: bool = False


@dataclass
class MediaObject:
    """One entry of a `content` map; its schemas are compiled when they are first asked."""

    terms: Terms
    node: Node
    direction: Direction
    schema: Node | None = field(init=False)
    item_schema: Node | None = field(init=False)

    def __post_init__(self) -> None:
        self.schema = self.node.find("schema")
        has_items = self.terms.document.version >= (3, 2)
        self.item_schema = self.node.find("itemSchema") if has_items else None

    def judge(self, content: bytes, content_type: str, kind: Kind) -> Judged:
        """The body read as its media type has it, and held against its schema."""
        if kind == "json":
            found = document.read(content, content_type, any_media_type=True)
            if isinstance(found, Violation):
                return Judged(ABSENT, self._unreadable(found))
            return self._held(found.value)
        if kind == "text":
            return self._text(content, content_type)
        if streams.is_stream(kind):
            return self._stream(content, kind)
        return self._form(content, content_type, kind)

    @cached_property
    def _check(self) -> SchemaCheck | None:
        return self._checked(self.schema)

    @cached_property
    def _item_check(self) -> SchemaCheck | None:
        return self._checked(self.item_schema)

    @cached_property
    def _data_check(self) -> SchemaCheck | None:
        """The check of what an event's data holds (JSON Schema 2020-12, section 8.5)."""
        schemas = self.terms.schemas
        declared = schemas.properties_of(self.item_schema) if self.item_schema else {}
        data = schemas.resolved(declared["data"]) if "data" in declared else None
        inner = data.find("contentSchema") if data else None
        if data is None or inner is None:
            return None
        is_json = document.is_json(str(data.value.get("contentMediaType")))
        return self._checked(inner) if is_json else None

    @cached_property
    def _fields(self) -> dict[str, forms.Field]:
        return forms.fields_of(self.terms, self.schema, self.node)

    def _checked(self, schema: Node | None) -> SchemaCheck | None:
        if schema is None:
            return None
        return self.terms.schemas.check(schema, self.direction, closed=self.terms.is_closed)

    def _held(self, value: Any) -> Judged:  # noqa: ANN401
        return Judged(value, self._broken(self._check, value))

    def _broken(self, check: SchemaCheck | None, value: object) -> list[Violation]:
        if check is None:
            return []
        if check.flaw is not None:
            return self.terms.tell_flaw(check.flaw)
        faults = check.faults(value, self.terms.see)
        if not faults and check.undecided is not None:
            return self.terms.tell_flaw(check.undecided)
        return self.terms.tell_faults(faults, self.direction)

    def _text(self, content: bytes, content_type: str) -> Judged:
        """A text is a value of its own, unless its schema describes what is written in it."""
        has_charset = "charset=" in content_type.lower()
        text = document.text_of(content, content_type) if has_charset else _guessed(content)
        if isinstance(text, Violation):
            return Judged(ABSENT, self._unreadable(text))
        target = target_of(self.terms.schemas, self.schema)
        if self.schema is None or target.shapes[-1] != "scalar" or self._check is None:
            return Judged(ABSENT, [])
        return self._held(forms.chosen([*target.values(text)], self.schema, self.terms))

    def _stream(self, content: bytes, kind: Kind) -> Judged:
        if self.item_schema is None and self.terms.document.version < (3, 2):
            # Before 3.2 a schema could only mean the whole text, and many meant an item instead.
            return Judged(ABSENT, [])
        items = streams.items_of(content, kind)
        if isinstance(items, Violation):
            return Judged(ABSENT, self._unreadable(items))
        return Judged(items, self._of_items(items), is_stream=True)

    def _of_items(self, items: list[Any]) -> list[Violation]:
        """What the whole breaks of its schema, and each item of its own."""
        broken: list[Violation] = []
        for index, item in enumerate(items if self._item_check else ()):
            if len(broken) >= _SHOWN:
                break
            told = [*self._broken(self._item_check, item), *self._of_data(item)]
            broken += [_of_item(one, index) for one in told]
        return [*self._broken(self._check, items), *broken]

    def _of_data(self, event: object) -> list[Violation]:
        """What the JSON in an event's data breaks of the schema that it is said to have."""
        data = event.get("data") if isinstance(event, dict) else None
        if self._data_check is None or not isinstance(data, str):
            return []
        found = document.read(data.encode())
        if isinstance(found, Violation):
            return self._unreadable(replace(found, where="$.data"))
        return [
            replace(one, where=one.where.replace("$", "$.data", 1))
            for one in self._broken(self._data_check, found.value)
        ]

    def _form(self, content: bytes, content_type: str, kind: Kind) -> Judged:
        """A form as the object that its schema describes; of anything else no value is known."""
        if kind == "multipart" and media.parse(content_type).name != "multipart/form-data":
            return self._unnamed(content, content_type)
        if self.schema is None or kind not in {"form", "multipart"}:
            return Judged(ABSENT, [])
        if kind == "form":
            return self._held(forms.urlencoded(content, self._fields, self.terms))
        value, parts = forms.multipart(content, content_type, self._fields, self.terms)
        told = [
            one
            for part in parts
            if part.name in self._fields and self.direction == "request"
            for one in multiparts.told_of_part(self.terms, part, self._fields[part.name])
        ]
        return Judged(value, [*told, *self._broken(self._check, value)])

    def _unnamed(self, content: bytes, content_type: str) -> Judged:
        """Parts without names, which only 3.2 can describe."""
        if self.terms.document.version < (3, 2) or (self.item_schema or self.schema) is None:
            return Judged(ABSENT, [])
        values, told = multiparts.in_order(self.terms, content, content_type, self.node)
        told = told if self.direction == "request" else []
        return Judged(values, [*told, *self._of_items(values)], is_stream=True)

    def _unreadable(self, broken: Violation) -> list[Violation]:
        is_request = self.direction == "request"
        return self.terms.tell(
            "request_body_schema" if is_request else "body_unreadable",
            f"request {broken.where}" if is_request else broken.where,
            broken.actual,
            broken.expected,
            rule=broken.rule or broken.code.partition(".")[2],
            source=self.node,
        )


def content_of(terms: Terms, owner: Node, direction: Direction) -> Content[MediaObject]:
    """The entries of the `content` map of a request body, a response, a parameter or a header."""
    return Content(
        {
            key: MediaObject(terms, node, direction)
            for key, node in members(terms.document, owner.find("content"))
        }
    )


def content_flaw(terms: Terms, owner: Node) -> Flaw | None:
    """The first entry of a `content` map that cannot be used; None where all can."""
    flaws = unusable_members(terms.document, owner.find("content")).values()
    return next(iter(flaws), None) or terms.flaw_at(owner, "content")


def _guessed(content: bytes) -> str:
    """A text without a declared charset, which may be any (RFC 9110, section 8.3.2)."""
    try:
        return content.decode()
    except UnicodeDecodeError:
        return content.decode("latin-1")


def _of_item(violation: Violation, index: int) -> Violation:
    """A violation in an item of a stream, at its place in the whole."""
    head, mark, tail = violation.where.partition("$")
    where = f"{head}$[{index}]{tail}" if mark else f"{head} of item {index}"
    return replace(violation, where=where)
