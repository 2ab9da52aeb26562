"""The settings of look-ups: what could find no write, or any, is refused where it is written."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from redhanded.core.settings import Lookup, Settings

FIND = "GET /orders?tag={$.tag}"
NO_LOOK_UP = 'is not a look-up: write GET and a path, such as "GET /orders?tag={$.tag}"'
TOO_LONG = (
    "is 30 s, and timeouts.total leaves a call 30 s in all: write less, or raise timeouts.total"
)
NO_TAG = (
    'does not say which write: write "{$.tag}" where the tag of its JSON body goes, or'
    ' "{header:X-Tag}"'
)


def refusal(route: str = "POST /orders", **values: Any) -> str:  # noqa: ANN401  as a file holds them
    """Why the model refuses the look-up."""
    with pytest.raises(ValidationError) as raised:
        Settings.model_validate({"lookups": {route: {"find": FIND, **values}}})
    (detail,) = raised.value.errors()
    return detail["msg"].removeprefix("Value error, ")


@pytest.mark.parametrize(
    "find",
    [
        FIND,
        "GET /orders/{$.tag}",
        "GET /orders?a={$.by.tag}&b={$.items[0].sku}",
        "GET /orders?a={$['a-b']}",
        "GET /orders?a={header:X-Tag}",
        "GET /{account}/orders?a={$.tag}",
    ],
)
def test_a_look_up_names_its_tag(find: str) -> None:
    """In the body or a header of the write; its path may be repeated too."""
    settings = Settings(lookups={"POST /{account}/orders": Lookup(find=find)})

    (lookup,) = settings.lookups.values()
    assert (lookup.find, lookup.at, lookup.seconds) == (find, "$", 5.0)


@pytest.mark.parametrize(
    "find, sentence",
    [
        pytest.param("POST /orders?tag={$.tag}", NO_LOOK_UP, id="a write"),
        pytest.param("/orders?tag={$.tag}", NO_LOOK_UP, id="no method"),
        pytest.param("GET orders?tag={$.tag}", NO_LOOK_UP, id="no path"),
        pytest.param("GET /orders?tag={$.tag}#a", NO_LOOK_UP, id="a fragment"),
        pytest.param("GET /orders?tag={$.tag", NO_LOOK_UP, id="not closed"),
        pytest.param("GET /orders?tag={{$.tag}}", NO_LOOK_UP, id="twice"),
        pytest.param("GET /orders?tag=ü{$.tag}", NO_LOOK_UP, id="beyond ASCII"),
        pytest.param("GET /orders", NO_TAG, id="every write"),
        pytest.param("GET /orders?tag={$}", NO_TAG, id="the whole body"),
        pytest.param("GET /{account}", NO_TAG, id="the path alone"),
        pytest.param(
            "GET /orders?tag={$.a[}",
            'has no path into JSON in "{$.a[}": write such as "{$.tag}"',
            id="no path into JSON",
        ),
        pytest.param(
            "GET /orders?tag={tag}&a={$.a}",
            'asks for "{tag}", which the route does not name: write "{$.tag}" for a value of the'
            " JSON body, or name it in the route",
            id="not in the route",
        ),
    ],
)
def test_a_look_up_that_finds_no_single_write_is_refused(find: str, sentence: str) -> None:
    """A list of everything would make duplicates of strangers."""
    assert refusal(find=find) == sentence


@pytest.mark.parametrize("method", ["GET", "HEAD", "OPTIONS", "PUT", "DELETE", "TRACE"])
def test_what_may_be_sent_again_has_no_look_up(method: str) -> None:
    """A setting without effect is said to have none."""
    assert refusal(f"{method} /orders") == (
        "needs no look-up, for it may be sent again: name a POST or a PATCH"
    )


@pytest.mark.parametrize("at", ["items[", "$..items", "$.a b"])
def test_finds_stand_at_a_path(at: str) -> None:
    """A place that is none would leave every write unknown."""
    assert refusal(at=at) == 'is not a path into JSON: write it as "$" or "$.items"'


@pytest.mark.parametrize(
    "seconds, sentence",
    [
        (0, "Input should be greater than 0"),
        (31, "Input should be less than or equal to 30"),
        (True, "is not a number: write one"),
        (30, TOO_LONG),
    ],
)
def test_a_search_ends(seconds: object, sentence: str) -> None:
    """Within half a minute, and within the call."""
    assert refusal(seconds=seconds) == sentence


@given(st.text(max_size=30), st.text(max_size=10))
def test_no_text_breaks_the_model(find: str, at: str) -> None:
    """Whatever stands there is taken or refused, nothing else."""
    with suppress(ValidationError):
        assert "{" in Lookup(find=f"GET /{find}", at=at).find
