"""How answers are held against contracts, as settings: presets, levels, what is passed over."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Annotated, Literal, TypeAlias

from pydantic import AfterValidator, Field, model_validator

from redhanded.core.credentials import Table, Text, UrlPath, conflict
from redhanded.core.setting_values import NUMBER

Preset: TypeAlias = Literal["spec", "strict", "drift"]
Level: TypeAlias = Literal["error", "warning", "off"]
Breach: TypeAlias = Literal[
    "operation_undocumented",
    "method_undocumented",
    "operation_deprecated",
    "parameter_missing",
    "parameter_undeclared",
    "parameter_schema",
    "parameter_deprecated",
    "parameter_ignored",
    "request_media_type",
    "request_body_missing",
    "request_body_undocumented",
    "request_body_schema",
    "request_body_undeclared",
    "request_read_only",
    "request_refused",
    "status_undocumented",
    "media_type_undocumented",
    "media_type_missing",
    "body_undocumented",
    "body_missing",
    "body_unreadable",
    "body_schema",
    "body_undeclared",
    "body_write_only",
    "header_missing",
    "header_schema",
    "header_undeclared",
    "document",
]
"""What an exchange can break of a document; as the code of a violation, after `contract.`."""

Measure: TypeAlias = Literal[
    "operations", "statuses", "parameters", "media_types", "properties", "values", "branches"
]
"""What of a document can be covered by tests."""

Percent: TypeAlias = Annotated[float, Field(ge=0, le=100), NUMBER]


_OPERATION = re.compile(r"\*\S*|(?:[A-Z]+|[A-Z]*\*[A-Z]*) [/*]\S*")


def _operation(value: str) -> str:
    if not _OPERATION.fullmatch(value):
        raise ValueError('names no operation: write such as "GET /booking/*", or "* /booking"')
    return value


OperationGlob: TypeAlias = Annotated[Text, AfterValidator(_operation)]


class Ignore(Table):
    """One kind of breach that is passed over, for a reason, until a day."""

    code: Breach | None = Field(None, description="Which kind of breach; none = any.")
    operation: OperationGlob | None = Field(
        None, description='Where, as "GET /booking/{id}"; `*` stands for any text; none = anywhere.'
    )
    at: Text | None = Field(
        None,
        description='The place in the body, as "$.items[*].note"; `*` stands for any name, `**`'
        " for any number of steps; none = any.",
    )
    reason: Text = Field(description="Why.")
    until: date | None = Field(
        None, description="The last day on which it holds; after it, it is told and passed no more."
    )

    @model_validator(mode="after")
    def _means_something(self) -> Ignore:
        if self.code is None and self.operation is None and self.at is None:
            raise conflict("code", "is missing: an `ignore` of everything is none; name something")
        return self


class Contracting(Table):
    """How every answer is held against the contracts that `openapi` and `models` name."""

    preset: Preset = Field(
        "strict",
        description="`spec` is the letter of the document; `strict` wants all that is sent to be"
        " documented as well; `drift` records everything and fails nothing.",
    )
    levels: Mapping[Breach, Level] = Field(
        default_factory=dict,
        description='The level of a kind of breach, such as `header_undeclared = "off"`.',
    )
    ignore: tuple[Ignore, ...] = Field(
        (), description="Breaches that are known and passed over, as [[contract.ignore]] tables."
    )
    baseline: Path | None = Field(
        None, description="A file of known breaches, which do not fail a test until they expire."
    )
    remote: bool = Field(
        default=False, description="Whether a `$ref` in a document may be fetched over HTTP."
    )
    prefix: UrlPath | None = Field(
        None,
        description="The path below which the API stands, where neither `base_url` nor the"
        " document's servers tell it.",
    )
    cover: Mapping[Measure, Percent] = Field(
        default_factory=dict,
        description="How much of the documents a run must cover, in percent, such as"
        " `operations = 80`; less fails it.",
    )
