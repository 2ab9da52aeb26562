"""How test data is drawn, as settings: the characters, the country and the day."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal, TypeAlias

from pydantic import AfterValidator, BeforeValidator, Field, WithJsonSchema

from redhanded.core.credentials import Table, Text

Charset: TypeAlias = Literal["ascii", "latin-1", "utf-8", "utf-8-hostile"]
"""The characters that texts are surely made of, from the tamest to the wildest."""


def _listed(value: object) -> object:
    return [value] if isinstance(value, str) else value


def _some(value: tuple[str, ...]) -> tuple[str, ...]:
    if not value:
        raise ValueError('is empty: write such as "en_US"')
    return value


Locales: TypeAlias = Annotated[
    tuple[Text, ...],
    BeforeValidator(_listed),
    AfterValidator(_some),
    WithJsonSchema(
        {
            "anyOf": [
                {"type": "string", "minLength": 1},
                {"type": "array", "items": {"type": "string", "minLength": 1}, "minItems": 1},
            ]
        }
    ),
]


class Generating(Table):
    """How `make` draws the objects of a test."""

    charset: Charset | None = Field(
        None,
        description="The characters of plain texts: only `ascii`; `latin-1`, `utf-8` and"
        " `utf-8-hostile`, of which each text surely holds some; none = what the locale is"
        " written in.",
    )
    locale: Locales = Field(
        ("en_US",),
        description='Where names, addresses and phones are from, such as "de_DE"; of a list,'
        " each object has one.",
    )
    today: date | None = Field(
        None, description="The day that dates are counted from; none = that on which the run began."
    )
