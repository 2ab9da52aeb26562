"""The values that cross the wire, with the limits the OpenAPI document states.

Pydantic's lax mode reads `"7"` as a number and `0` as a date. What the document refuses, these
types refuse as well.
"""

from __future__ import annotations

import re
from datetime import UTC, date, datetime
from typing import Annotated, Any, ClassVar

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    StrictBool,
    StringConstraints,
)

LARGEST_ID = 2**53 - 1  # the largest whole number that every JSON reader keeps exact


class Wire(BaseModel):
    """The base of everything sent or received: no field beyond the declared ones, no changes."""

    model_config: ClassVar[ConfigDict] = ConfigDict(extra="forbid", frozen=True)


def _number(value: object) -> object:
    if isinstance(value, float) and value.is_integer():
        return int(value)  # JSON Schema counts 2.0 among the integers
    if isinstance(value, bool) or not isinstance(value, int):
        raise ValueError("must be a whole number")  # noqa: TRY004 - pydantic expects this one
    return value


def _digits(value: object) -> object:
    if isinstance(value, str) and not re.fullmatch(r"-?[0-9]{1,16}", value):
        raise ValueError("must be a whole number")
    return value


def _day(value: object) -> object:
    if not isinstance(value, str) or not re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", value):
        raise ValueError("must be a date written YYYY-MM-DD")
    return value


# A constraint stands before these, else the schema would not show it.
IS_NUMBER = BeforeValidator(_number)
IS_DIGITS = BeforeValidator(_digits)

Day = Annotated[date, BeforeValidator(_day)]
Flag = StrictBool
Text = Annotated[str, StringConstraints(min_length=1, max_length=100)]
Note = Annotated[str, StringConstraints(max_length=500)]
_PART = "[A-Za-z0-9_+-]{1,20}"
_LABEL = "[A-Za-z0-9]([A-Za-z0-9-]{0,30}[A-Za-z0-9])?"
Email = Annotated[
    str,
    StringConstraints(
        max_length=254,
        pattern=rf"^{_PART}(\.{_PART}){{0,2}}@({_LABEL}\.){{1,6}}[A-Za-z]{{2,24}}$",
    ),
    Field(json_schema_extra={"format": "email"}),
]
Tag = Annotated[
    str,
    StringConstraints(min_length=1, max_length=100),
    Field(description="A label of the caller's choice, to find what one run created."),
]
RowId = Annotated[int, Field(ge=1, le=LARGEST_ID)]
Limit = Annotated[int, Field(ge=1, le=100), IS_DIGITS]
Offset = Annotated[int, Field(ge=0, le=1_000_000), IS_DIGITS]
Cursor = Annotated[
    str,
    StringConstraints(min_length=1, max_length=100),
    Field(description="The `next` of the page before; the other filters stay as they were."),
]


def absent() -> Any:  # noqa: ANN401 - stands in a field of any type
    """The value of a field that a partial change does not mention; read only what is set.

    As a default factory it makes a field optional without making it nullable.
    """
    return None


def moment(seconds: float) -> datetime:
    """The UTC time of seconds since the epoch."""
    return datetime.fromtimestamp(seconds, UTC)
