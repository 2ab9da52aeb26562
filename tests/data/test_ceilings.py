"""What nobody could send is not made: a refusal comes at once, in one sentence."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any

import pytest
from pydantic import BaseModel, Field

from redhanded.core.errors import UsageError
from redhanded.data import negatives
from redhanded.data.factory import Factory

HUGE = 10**9


class Essay(BaseModel):
    """A text that is longer than memory."""

    text: Annotated[str, Field(min_length=HUGE)]


class Code(BaseModel):
    """A text of a pattern, and as long."""

    text: Annotated[str, Field(min_length=HUGE, pattern="^a+$")]


class Crowd(BaseModel):
    """A list that is longer than memory."""

    text: Annotated[list[int], Field(min_length=HUGE)]


@pytest.mark.parametrize("model", [Essay, Code, Crowd])
def test_a_model_of_a_huge_value_has_no_cases(model: type[BaseModel]) -> None:
    """The refusal names the field, and what is made at most."""
    with pytest.raises(UsageError, match=r'"text" .*nothing is made that is longer than \d+'):
        negatives(model)


@pytest.mark.parametrize(
    "schema, told",
    [
        pytest.param({"type": "string", "minLength": HUGE}, "minLength", id="text"),
        pytest.param(
            {"type": "string", "minLength": HUGE, "pattern": "^a+$"}, "minLength", id="pattern"
        ),
        pytest.param({"type": "array", "minItems": HUGE}, "minItems", id="list"),
        pytest.param(
            {"type": "array", "contains": {"const": 1}, "minContains": HUGE},
            "minItems",
            id="list-that-contains",
        ),
    ],
)
def test_a_schema_of_a_huge_value_is_refused(schema: dict[str, Any], told: str) -> None:
    """Before a list of that many schemas is laid out."""
    make = Factory(7, "test_huge", "0" * 8, today=date(2026, 11, 22))

    with pytest.raises(UsageError, match=f"`{told}` asks for more than"):
        make.schema(schema)
