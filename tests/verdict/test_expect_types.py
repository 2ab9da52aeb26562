"""The types of `expect` and `eventually`: what a checker infers, and what really comes."""

from __future__ import annotations

from typing import Any, assert_type

import httpx2
import pytest
from pydantic import BaseModel, TypeAdapter

from redhanded.verdict.eventually import Window, eventually
from redhanded.verdict.expect import expect
from tests.verdict.answers import response


class Booking(BaseModel):
    id: int


ANSWER = response(json={"id": 7})
ANSWERS = response(json=[{"id": 7}])


def test_a_shape_types_what_comes_back() -> None:
    """INVARIANT: the author's editor knows the value without a cast."""
    assert isinstance(assert_type(expect(ANSWER, 200, Booking), Booking), Booking)
    assert assert_type(expect(ANSWERS, 200, list[Booking]), list[Booking])[0].id == 7
    adapter = TypeAdapter(list[Booking])
    assert assert_type(expect(ANSWERS, 200, adapter), list[Booking])[0].id == 7
    assert isinstance(assert_type(expect(ANSWER, 200), httpx2.Response), httpx2.Response)
    assert assert_type(expect(ANSWER, 200, {"id": 7}), Any) == {"id": 7}


def test_an_observation_types_what_comes_back() -> None:
    """A function's result, or a window to loop over."""
    assert assert_type(eventually(lambda: 7, within=1), int) == 7
    assert isinstance(assert_type(eventually(within=1), Window), Window)


@pytest.mark.anyio
async def test_an_awaited_observation_is_typed_too() -> None:
    """The same function, with `await`."""

    async def observe() -> str:
        return "seen"

    assert assert_type(await eventually(observe, within=1), str) == "seen"
