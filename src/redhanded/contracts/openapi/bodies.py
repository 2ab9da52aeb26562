"""Bodies: the content of a message beside the entry of the `content` map that describes it."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any, NamedTuple

from redhanded.contracts import document
from redhanded.contracts.openapi import forms, media, streams
from redhanded.contracts.openapi.examination import ABSENT
from redhanded.contracts.openapi.media import Content
from redhanded.contracts.openapi.operations import members, unusable_members
from redhanded.contracts.openapi.readings import target_of
from redhanded.core.violation import Violation

if TYPE_CHECKING:
    from redhanded.contracts.openapi.media import Kind
    from redhanded.contracts.openapi.nodes import Flaw, Node
    from redhanded.contracts.openapi.schemas import SchemaCheck
    from redhanded.contracts.openapi.terms import Direction, Terms

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
        return self.terms.tell_faults(check.faults(value, self.terms.see), self.direction)

    def _text(self, content: bytes, content_type: str) -> Judged:
        """A text is a value of its own, unless its schema describes what is written in it."""
        has_charset = "charset" in media.parse(content_type).parameters
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
        broken: list[Violation] = []
        for index, item in enumerate(items if self._item_check else ()):
            if len(broken) >= _SHOWN:
                break
            broken += [_of_item(one, index) for one in self._broken(self._item_check, item)]
        return Judged(items, [*self._broken(self._check, items), *broken], is_stream=True)

    def _form(self, content: bytes, content_type: str, kind: Kind) -> Judged:
        """A form as the object that its schema describes; of anything else no value is known."""
        if self.schema is None or kind not in {"form", "multipart"}:
            return Judged(ABSENT, [])
        if kind == "form":
            return self._held(forms.urlencoded(content, self._fields, self.terms))
        if media.parse(content_type).name != "multipart/form-data":
            return Judged(ABSENT, [])
        value, parts = forms.multipart(content, content_type, self._fields, self.terms)
        told = [one for part in parts for one in self._of_part(part)]
        return Judged(value, [*told, *self._broken(self._check, value)])

    def _of_part(self, part: forms.Part) -> list[Violation]:
        """What a part breaks of its encoding: its media type, and the headers that it must have."""
        declared = self._fields.get(part.name)
        if declared is None:
            return []
        where, source = f"request part {part.name}", declared.schema
        told: list[Violation] = []
        if declared.content_types and part.content_type:
            wanted = Content(dict.fromkeys(declared.content_types))
            if wanted.find(part.content_type) is None:
                told += self.terms.tell(
                    "request_media_type",
                    where,
                    self.terms.see(part.content_type),
                    " or ".join(declared.content_types),
                    rule="contentType",
                    source=source,
                )
        for name in declared.headers:
            if name.lower() not in part.headers:
                told += self.terms.tell(
                    "request_body_schema", where, f"no {name}", "required", source=source
                )
        return told

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
    return next(iter(unusable_members(terms.document, owner.find("content")).values()), None)


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
    return Violation(
        violation.code,
        where,
        violation.actual,
        violation.expected,
        violation.rule,
        violation.source,
        violation.level,
        violation.suggestion,
    )
