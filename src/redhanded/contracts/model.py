"""The contract of a shape: a model, a type or a value that an answer's body must match."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal, TypeAlias

from pydantic import BaseModel, ValidationError

from redhanded.contracts import document, latitude
from redhanded.contracts.breaches import violations
from redhanded.contracts.difference import Comparison
from redhanded.contracts.glimpse import glimpse, unmasked
from redhanded.contracts.shape import adapter_of, is_matcher, kind_of, name_of
from redhanded.core.violation import Violation

if TYPE_CHECKING:
    from collections.abc import Callable

    from pydantic import TypeAdapter
    from pydantic_core import ErrorDetails

    from redhanded.core.attempt import Attempt

Extra: TypeAlias = Literal["forbid", "ignore", "allow"]


@dataclass(frozen=True, slots=True)
class Reading:
    """A body as its shape reads it; `value` means nothing where there are violations."""

    value: Any
    violations: list[Violation] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class ModelContract:
    """Holds a body against a shape; pydantic types are read strictly and closed to extra fields.

    Strict is meant as JSON means it: `"1"` is no number, while a date, a UUID, a decimal or an
    enumeration arrives as text and may. Nested models are read alike, none is touched, and a model
    that writes `extra="allow"` or `strict=False` is taken at its word.

    `any_media_type` is for an answer whose Content-Type is checked elsewhere; `mask` is applied to
    what a violation shows of the body.
    """

    shape: Any
    strict: bool = field(default=True, kw_only=True)
    extra: Extra = field(default="forbid", kw_only=True)
    any_media_type: bool = field(default=False, kw_only=True)
    mask: Callable[[str], str] = field(default=unmasked, kw_only=True)

    def check(self, attempt: Attempt) -> list[Violation]:
        """Every breach of the shape in the attempt's body, sorted by place."""
        content = attempt.response_body or b""
        return self.parse(content, attempt.header("content-type") or "").violations

    def parse(self, content: bytes, content_type: str = "") -> Reading:
        """The value that the decoded body stands for, or every breach of the shape in it."""
        kind = kind_of(self.shape)
        if kind == "bytes":
            return self._compare(content)
        if not document.is_json(content_type) and (
            kind == "text" or (content_type and is_matcher(self.shape))
        ):
            return self._read_text(content, content_type)
        found = document.read(content, content_type, any_media_type=self.any_media_type)
        if isinstance(found, Violation):
            return Reading(None, [found])
        if kind == "type" or self.shape is str:
            return self._validate(content, found.value)
        return self._compare(found.value)

    def _read_text(self, content: bytes, content_type: str) -> Reading:
        text = document.text_of(content, content_type)
        return Reading(None, [text]) if isinstance(text, Violation) else self._compare(text)

    def _compare(self, value: object) -> Reading:
        if self.shape in (str, bytes):
            return Reading(value)
        wanted = self.shape
        if isinstance(wanted, BaseModel):
            wanted = wanted.model_dump(mode="json", by_alias=True)
        return Reading(value, Comparison(self._see).differences(value, wanted))

    def _see(self, value: object) -> str:
        return glimpse(value, mask=self.mask)

    def _validate(self, content: bytes, value: object) -> Reading:
        adapter = adapter_of(self.shape)
        try:
            return Reading(adapter.validate_json(content, strict=self.strict, extra=self.extra))
        except ValidationError as error:
            errors = _details(error)
        excused = _excused(adapter, content, errors)
        found = violations(
            errors, value, source=name_of(self.shape), excused=excused, see=self._see
        )
        return Reading(None, found) if found else Reading(adapter.validate_json(content))


def _excused(
    adapter: TypeAdapter[Any], content: bytes, errors: list[ErrorDetails]
) -> frozenset[int]:
    """The numbers of those errors that the shape itself permits and would not raise."""
    schema = adapter.core_schema
    if not latitude.is_lenient(schema):
        return frozenset()
    raised: set[tuple[int | str, ...]] = set()
    try:
        adapter.validate_json(content)
    except ValidationError as error:
        raised = {own["loc"] for own in _details(error)}
    return frozenset(
        number
        for number, error in enumerate(errors)
        if error["loc"] not in raised and latitude.allows(schema, error["loc"], error["type"])
    )


def _details(error: ValidationError) -> list[ErrorDetails]:
    return error.errors(include_url=False, include_context=False)
