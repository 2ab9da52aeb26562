"""`make`: valid, different each time, and the same again from the same seed."""

from __future__ import annotations

import json
import os
import random
import subprocess
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any, Generic, Literal, TypeVar
from uuid import UUID

import faker.generator
import pytest
from pydantic import (
    UUID1,
    UUID4,
    AliasChoices,
    AnyUrl,
    AwareDatetime,
    BaseModel,
    ConfigDict,
    Field,
    FutureDate,
    FutureDatetime,
    HttpUrl,
    Json,
    NaiveDatetime,
    PastDate,
    PastDatetime,
    RootModel,
    SecretStr,
    StringConstraints,
    create_model,
    field_validator,
    model_validator,
)

from redhanded.data.factory import Factory

TODAY = date(2024, 2, 28)
Item = TypeVar("Item")


class Stay(BaseModel):
    checkin: date
    checkout: date

    @model_validator(mode="after")
    def in_order(self) -> Stay:
        if self.checkout <= self.checkin:
            raise ValueError("checkout must be after checkin")
        return self


class Booking(BaseModel):
    model_config = ConfigDict(strict=True, extra="forbid")

    firstname: str
    email: str
    totalprice: int
    depositpaid: bool
    bookingdates: Stay
    additionalneeds: str | None = None
    tag: str = ""


class Kind(StrEnum):
    SINGLE = "single"
    DOUBLE = "double"


class Cat(BaseModel):
    kind: Literal["cat"]
    lives: int


class Dog(BaseModel):
    kind: Literal["dog"]
    bark: str


class Node(BaseModel):
    name: str
    parent: Node | None = None
    children: list[Node] = []


class Page(BaseModel, Generic[Item]):
    items: list[Item] = Field(min_length=2, max_length=4)
    total: int


class Names(RootModel[list[str]]):
    pass


@dataclass
class Point:
    x: int
    label: str


def _make(
    scope: str = "tests/test_a.py::test_a", *, seed: int = 42, run: str = "0a1b2c3d"
) -> Factory:
    return Factory(seed, scope, run, today=TODAY)


@pytest.fixture
def make() -> Factory:
    """The factory of one test."""
    return _make()


def test_a_made_object_is_valid_and_whole(make: Factory) -> None:
    """Every field is drawn, optional ones too, and a strict model accepts it."""
    booking = make(Booking)

    assert type(booking) is Booking
    assert Booking.model_validate(booking.model_dump()) == booking
    assert booking.additionalneeds
    assert booking.bookingdates.checkin < booking.bookingdates.checkout
    assert booking.email.endswith("@example.com")


@pytest.mark.parametrize(
    "annotation",
    [
        pytest.param(Kind, id="enum"),
        pytest.param(Literal["x", 1], id="literal"),
        pytest.param(bool, id="bool"),
        pytest.param(float, id="float"),
        pytest.param(Annotated[float, Field(gt=0, lt=1)], id="share"),
        pytest.param(Decimal, id="decimal"),
        pytest.param(Annotated[Decimal, Field(gt=0, decimal_places=2)], id="price"),
        pytest.param(Annotated[int, Field(multiple_of=7, ge=100)] | None, id="optional-multiple"),
        pytest.param(Annotated[str, Field(pattern=r"^[A-Z]{3}-\d{4}$")], id="pattern"),
        pytest.param(Annotated[str, Field(pattern=r"^[^a-z\s]{3,5}$")], id="negated-pattern"),
        pytest.param(Annotated[str, Field(min_length=2, max_length=3)] | None, id="short-text"),
        pytest.param(Annotated[str, StringConstraints(to_upper=True, min_length=30)], id="upper"),
        pytest.param(Annotated[str, StringConstraints(to_lower=True)], id="lower"),
        pytest.param(Annotated[bytes, Field(max_length=4)], id="bytes"),
        pytest.param(date, id="date"),
        pytest.param(Annotated[date, Field(ge=date(2020, 1, 1), le=date(2020, 1, 5))], id="days"),
        pytest.param(datetime, id="moment"),
        pytest.param(AwareDatetime, id="aware"),
        pytest.param(NaiveDatetime, id="naive"),
        pytest.param(time, id="time-of-day"),
        pytest.param(timedelta, id="length-of-time"),
        pytest.param(UUID, id="uuid"),
        pytest.param(UUID4, id="uuid4"),
        pytest.param(HttpUrl, id="http-url"),
        pytest.param(AnyUrl, id="any-url"),
        pytest.param(SecretStr, id="secret"),
        pytest.param(Path, id="path"),
        pytest.param(Any, id="any"),
        pytest.param(object, id="object"),
        pytest.param(int | str, id="union"),
        pytest.param(list[str], id="list"),
        pytest.param(set[int], id="set"),
        pytest.param(tuple[int, str], id="tuple"),
        pytest.param(dict[str, int], id="mapping"),
        pytest.param(list, id="bare-list"),
        pytest.param(dict, id="bare-dict"),
        pytest.param(Annotated[list[Stay], Field(min_length=5)], id="five-models"),
        pytest.param(Annotated[Cat | Dog, Field(discriminator="kind")], id="tagged-union"),
        pytest.param(Page[Cat], id="generic-model"),
        pytest.param(Names, id="root-model"),
        pytest.param(Point, id="dataclass"),
        pytest.param(Node, id="recursive-model"),
    ],
)
def test_any_type_is_drawn_strictly_valid_and_again_the_same(annotation: Any) -> None:  # noqa: ANN401
    """INVARIANT: strict validation accepts each value, and a second worker draws the same."""
    model = create_model("Model", __config__=ConfigDict(strict=True), field=(annotation, ...))

    first = _make().many(model, 20)

    assert first == _make().many(model, 20)
    assert all(getattr(each, "field") is not None for each in first)  # noqa: B009
    assert all(each.model_dump_json() for each in first)


def test_an_email_of_a_stranger_is_never_drawn(make: Factory) -> None:
    """Addresses end in a domain that is kept free for examples."""
    pytest.importorskip("email_validator")
    from pydantic import EmailStr

    model = create_model(
        "Model", contact=(EmailStr, ...), short=(Annotated[EmailStr, Field(max_length=20)], ...)
    )

    for each in make.many(model, 50):
        assert all(value.endswith("@example.com") for value in each.model_dump().values())


def test_past_and_future_lie_on_their_side_of_today() -> None:
    """Such dates are judged by the real clock, so they are drawn around the real day."""
    model = create_model(
        "Model",
        born=(PastDate, ...),
        due=(FutureDate, ...),
        seen=(PastDatetime, ...),
        ends=(FutureDatetime, ...),
    )
    make = Factory(1, "scope", "run", today=datetime.now().date())  # noqa: DTZ005

    assert len(make.many(model, 50)) == 50


def test_json_in_a_string_is_drawn_each_time(make: Factory) -> None:
    """What the first object needed is still there for the second."""
    model = create_model("Model", payload=(Json[list[int]], ...))

    made = [each.model_dump()["payload"] for each in make.many(model, 5)]

    assert all(isinstance(each, list) and type(each[0]) is int for each in made)


def test_ids_of_another_version_are_left_to_the_library(make: Factory) -> None:
    """A UUID of version 1 says when it was made; it is valid, and that is all."""
    model = create_model("Model", id=(UUID1, ...))

    assert make(model).model_dump()["id"].version == 1


def test_given_values_are_kept(make: Factory) -> None:
    """Only what is not given is drawn."""
    booking = make(Booking, firstname="Ann", totalprice=0, additionalneeds=None)

    assert (booking.firstname, booking.totalprice, booking.additionalneeds) == ("Ann", 0, None)


def test_a_nested_object_may_be_given_in_part(make: Factory) -> None:
    """The rest of it is drawn until both halves fit together."""
    day = TODAY + timedelta(days=200)

    booking = make(Booking, bookingdates={"checkin": day})

    assert booking.bookingdates.checkin == day
    assert booking.bookingdates.checkout > day


def test_a_nested_object_may_be_given_whole(make: Factory) -> None:
    """An object of the nested model is taken as it is."""
    stay = Stay(checkin=date(1990, 1, 1), checkout=date(1990, 1, 2))

    assert make(Booking, bookingdates=stay).bookingdates == stay


def test_a_field_is_called_by_its_name_or_its_alias(make: Factory) -> None:
    """Both spellings mean the same field."""
    model = create_model(
        "Model",
        first=(str, Field(alias="first-name")),
        second=(str, Field(validation_alias=AliasChoices("second-name", "sn"))),
    )

    made = [make(model, first="a", sn="b"), make(model, **{"first-name": "a", "second": "b"})]

    assert [each.model_dump() for each in made] == [{"first": "a", "second": "b"}] * 2


def test_a_model_that_takes_extra_fields_gets_them(make: Factory) -> None:
    """An open model has no unknown field."""
    model = create_model("Model", __config__=ConfigDict(extra="allow"), a=(int, ...))

    assert make(model, b=2).model_dump()["b"] == 2


def test_a_field_may_be_called_like_our_own_words(make: Factory) -> None:
    """Fields named model, self, count or build are fields like any other."""
    model = create_model("Model", self=(int, ...), count=(int, ...), build=(str, ...))

    made = make.many(model, 2, count=3, self=4)

    assert [each.model_dump()["count"] for each in made] == [3, 3]
    assert all(each.model_dump()["self"] == 4 for each in made)


def test_the_same_seed_scope_and_call_give_the_same_object() -> None:
    """INVARIANT: the printed seed brings back what a failed test saw."""
    first, second = _make(), _make()

    assert [first(Booking), first(Stay), *first.many(Booking, 2)] == [
        second(Booking),
        second(Stay),
        *second.many(Booking, 2),
    ]


@pytest.mark.parametrize(
    "other",
    [
        pytest.param(_make(seed=43), id="seed"),
        pytest.param(_make("tests/test_a.py::test_b"), id="scope"),
    ],
)
def test_another_seed_or_test_gives_another_object(make: Factory, other: Factory) -> None:
    """Two tests never fight over one name."""
    mine, others = make(Booking), other(Booking)

    assert mine.firstname != others.firstname
    assert mine.email != others.email


def test_the_order_of_tests_does_not_matter() -> None:
    """INVARIANT: what one test makes does not change what another one makes."""
    root = _make("")
    one, two = root.scoped("one"), root.scoped("two")
    made = [one(Booking), two(Booking), one(Booking)]

    again = _make("")
    first_two = again.scoped("two")(Booking)
    other_one = again.scoped("one")

    assert [other_one(Booking), first_two, other_one(Booking)] == made


def test_threads_share_one_factory_without_mixing_values() -> None:
    """Whichever thread draws when, the objects are those that one thread would make."""
    make = _make()

    with ThreadPoolExecutor(8) as pool:
        made = list(pool.map(lambda _: make(Booking), range(64)))

    alone = _make().many(Booking, 64)
    assert sorted(made, key=lambda each: each.email) == sorted(alone, key=lambda each: each.email)


def test_objects_differ_from_call_to_call(make: Factory) -> None:
    """A unique column on the server never meets the same text twice."""
    made = make.many(Booking, 300)

    for field in ("firstname", "email", "additionalneeds", "tag"):
        assert len({getattr(each, field) for each in made}) == 300


def test_a_tag_names_the_run_and_nothing_else_does() -> None:
    """What a run left behind is found by its tag; all else follows from the seed alone."""
    mine, other = _make(run="11111111")(Booking), _make(run="22222222")(Booking)

    assert mine.tag.startswith("rh-11111111-")
    assert len(mine.tag) == len("rh-11111111-sw9qo0-") + 20
    assert mine.model_copy(update={"tag": other.tag}) == other


def test_a_tag_too_long_for_its_field_is_a_plain_text(make: Factory) -> None:
    """Validity comes first."""
    model = create_model("Model", tag=(Annotated[str, Field(max_length=8)], ...))

    assert len(make(model).model_dump()["tag"]) <= 8


def test_the_randomness_of_others_is_not_touched(make: Factory) -> None:
    """INVARIANT: a test that draws numbers of its own gets the same with and without us."""
    make(Booking)
    before = random.getstate(), faker.generator.random.getstate()

    make(Booking)

    assert (random.getstate(), faker.generator.random.getstate()) == before


def test_dates_follow_the_given_day() -> None:
    """The same seed a year later gives the same booking, a year later."""
    later = timedelta(days=366)
    early, late = _make(), Factory(42, "tests/test_a.py::test_a", "r", today=TODAY + later)

    assert early(Stay).checkin + later == late(Stay).checkin


def test_many_makes_as_many(make: Factory) -> None:
    """None is a number too."""
    assert make.many(Stay, 0) == []
    assert len(make.many(Stay, 3)) == 3


@pytest.fixture
def picky() -> tuple[type[BaseModel], Callable[[], int]]:
    """A model that refuses its first five values, and the count of its refusals."""
    refusals = 0

    class Picky(BaseModel):
        number: int

        @field_validator("number")
        @classmethod
        def sixth(cls, value: int) -> int:
            nonlocal refusals
            if refusals < 5:
                refusals += 1
                raise ValueError("not yet")
            return value

    return Picky, lambda: refusals


def test_a_refused_object_is_drawn_again(
    make: Factory, picky: tuple[type[BaseModel], Callable[[], int]]
) -> None:
    """A validator of the author decides what is valid; drawing goes on until it agrees."""
    model, refusals = picky

    make(model)

    assert refusals() == 5


CHILD = """
import json
from datetime import date
from typing import Annotated
from pydantic import BaseModel, Field
from redhanded.data.factory import Factory
class Model(BaseModel):
    name: str
    code: Annotated[str, Field(pattern=r"^[^a-z]{8}\\\\W{4}$")]
made = Factory(7, "scope", "run", today=date(2024, 1, 1))(Model)
print(json.dumps(made.model_dump()))
"""


def _child(source: str, hash_seed: str) -> Any:  # noqa: ANN401
    env = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path), "PYTHONHASHSEED": hash_seed}
    done = subprocess.run(
        [sys.executable, "-c", source], env=env, capture_output=True, text=True, check=True
    )
    return json.loads(done.stdout)


def test_another_process_makes_the_same_object() -> None:
    """INVARIANT: workers and machines agree, however their interpreters order sets."""
    assert _child(CHILD, "1") == _child(CHILD, "2")


def test_the_heavy_libraries_are_loaded_by_the_first_object_only() -> None:
    """A run that makes nothing pays nothing."""
    source = (
        "import json, sys, redhanded.data.factory\n"
        "print(json.dumps([n for n in ('faker', 'polyfactory', 'pydantic') if n in sys.modules]))"
    )

    assert _child(source, "0") == []
