from __future__ import annotations

import pytest
from pydantic import ValidationError
from pydantic_core import InitErrorDetails, PydanticCustomError

from redhanded.session import problems
from redhanded.session.keys import Key
from redhanded.session.layers import Layer

TABLE = Layer("pyproject.toml [tool.redhanded]", {})
VARIABLE = Layer("environment REDHANDED_TIMEOUTS__READ", {}, medium="variable")


def refused(location: Key, value: object) -> ValidationError:
    """An error of a type that no sentence was written for."""
    told = PydanticCustomError("novelty", "Value is odd")
    detail = InitErrorDetails(type=told, loc=location, input=value)
    return ValidationError.from_exception_data("Settings", [detail])


def test_an_error_without_a_sentence_of_its_own_gets_one() -> None:
    """A newer pydantic may refuse for reasons that nobody has thought of."""
    assert problems.sentences(refused(("seed",), 5), {("seed",): TABLE}) == [
        "pyproject.toml [tool.redhanded]: seed (5) is refused (Value is odd): write another value."
    ]


def test_the_same_sentence_is_said_once() -> None:
    """Two bad routes of one list are two, one route refused twice is one."""
    detail = InitErrorDetails(type="int_type", loc=("retry", "keys", 0), input="x")
    error = ValidationError.from_exception_data("Settings", [detail, detail])

    assert len(problems.sentences(error, {})) == 1


@pytest.mark.parametrize(
    "key, layer",
    [
        pytest.param(("timeouts", "read"), VARIABLE, id="said there"),
        pytest.param(("timeouts", "connect"), VARIABLE, id="said beside it"),
        pytest.param(("auth",), TABLE, id="said below it"),
        pytest.param(("seed",), None, id="said nowhere"),
    ],
)
def test_a_problem_is_blamed_on_the_nearest_source(key: Key, layer: Layer | None) -> None:
    """A bound between two settings is broken by the one that was written."""
    origins: dict[Key, Layer] = {("timeouts", "read"): VARIABLE, ("auth", "kind"): TABLE}

    assert problems.origin(key, origins) == layer


def test_a_sentence_without_a_source_begins_with_the_key() -> None:
    """There is always something to look for."""
    assert problems.sentence(None, ("timeouts", "read"), "is odd") == "timeouts.read is odd."


@pytest.mark.parametrize(
    "value, shown",
    [
        pytest.param("short", '("short") ', id="text"),
        pytest.param(5, "(5) ", id="number"),
        pytest.param("x" * 100, "", id="long text"),
        pytest.param("a\x1bb", "", id="control characters"),
        pytest.param("user@host", "", id="credentials, perhaps"),
        pytest.param(["a"], "", id="list"),
    ],
)
def test_a_value_is_shown_where_it_helps(value: object, shown: str) -> None:
    """A short, plain value is recognised; anything else is found by its key."""
    (sentence,) = problems.sentences(refused(("health",), value), {})

    assert sentence == f"health {shown}is refused (Value is odd): write another value."
