"""Names of Python, whatever a document calls things."""

from __future__ import annotations

import keyword

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import BaseModel

from redhanded.scaffold.openapi import names


@pytest.mark.parametrize(
    "text, name",
    [
        pytest.param("createdAt", "created_at", id="camel"),
        pytest.param("HTTPServer", "http_server", id="acronym"),
        pytest.param("class", "class_", id="keyword"),
        pytest.param("match", "match_", id="soft-keyword"),
        pytest.param("id", "id_", id="built-in"),
        pytest.param("1st", "value_1_st", id="digit-first"),
        pytest.param("größe", "grosse", id="umlauts"),
        pytest.param("日本", "value", id="no-letter-of-ascii"),
        pytest.param("", "value", id="empty"),
        pytest.param("__init__", "init", id="dunder"),
        pytest.param('x"; import os #', "x_import_os", id="code"),
    ],
)
def test_a_name_of_a_function_is_what_is_left_when_it_was_cleaned(text: str, name: str) -> None:
    """Words of ASCII remain, and none that Python knows."""
    assert names.snake(text, "value") == name


@pytest.mark.parametrize(
    "text, name",
    [
        pytest.param("new booking", "NewBooking", id="words"),
        pytest.param("None", "NoneObject", id="keyword"),
        pytest.param("Any", "AnyObject", id="typing"),
        pytest.param("Service", "ServiceObject", id="ours"),
        pytest.param("3d", "Model3D", id="digit-first"),
        pytest.param("", "ModelObject", id="empty"),
    ],
)
def test_a_name_of_a_class_hides_nothing_that_modules_use(text: str, name: str) -> None:
    """A class is never called as what its module imports."""
    assert names.camel(text, "Model") == name


@settings(max_examples=300, deadline=None)
@given(st.text(max_size=80))
def test_every_text_gives_names_that_python_takes(text: str) -> None:
    """INVARIANT: no text of a document is more than an identifier of ASCII."""
    for name in (names.snake(text, "value"), names.camel(text, "Model"), names.field(text)):
        assert name.isidentifier()
        assert name.isascii()
        assert not keyword.iskeyword(name)
        assert not name.startswith("_")


@pytest.mark.parametrize("name", [name for name in dir(BaseModel) if not name.startswith("_")])
def test_no_field_hides_what_a_model_can_do(name: str) -> None:
    """Pydantic warns of such a field, or does not start."""
    assert not hasattr(BaseModel, names.field(name))


def test_a_second_wish_for_a_name_gets_a_number() -> None:
    """Also where the case alone tells two names apart, which some disks do not see."""
    taken = names.Taken(["api"])

    given_names = [taken.give(name) for name in ("api", "get_x", "get_x", "Thing", "THING")]

    assert given_names == ["api_2", "get_x", "get_x_2", "Thing", "THING2"]
