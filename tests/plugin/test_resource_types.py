"""The types of a declared resource: what a checker infers in an author's conftest."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, assert_type

from pydantic import BaseModel, TypeAdapter

from redhanded import Maker, resource

if TYPE_CHECKING:
    from collections.abc import Awaitable


class Booking(BaseModel):
    id: int


BOOKING = resource("booking", create="POST /b", delete="DELETE /b/{id}", shape=Booking)
PLAIN = resource("plain", create="POST /p", delete="DELETE /p/{id}")
LISTED = resource("listed", shape=TypeAdapter(list[Booking]), model=Booking, scope="module")


def use(maker: Maker[Booking]) -> tuple[Booking, Awaitable[Booking]]:
    """What a test gets, in both worlds."""
    return assert_type(maker(nights=3), Booking), maker.make_async(parent=7)


def test_a_shape_types_what_is_made() -> None:
    """INVARIANT: `booking()` is a `Booking`, without a cast; without a shape it may be anything."""
    assert {
        type(assert_type(BOOKING, Maker[Booking])),
        type(assert_type(PLAIN, Maker[Any])),
        type(assert_type(LISTED, Maker[list[Booking]])),
    } == {type(BOOKING)}
