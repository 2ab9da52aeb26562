"""A glimpse: one line, bounded, harmless, and masked before it is cut."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from redhanded.contracts.glimpse import WIDTH, glimpse, printable

JSON = st.recursive(
    st.none() | st.booleans() | st.floats() | st.integers() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=8,
)


@pytest.mark.parametrize(
    "value, shown",
    [
        pytest.param("90.00", '"90.00"', id="text"),
        pytest.param("", '""', id="empty text"),
        pytest.param('a"b\n', '"a\\"b\\n"', id="escapes"),
        pytest.param("größe", '"größe"', id="letters beyond ASCII"),
        pytest.param(None, "null", id="null"),
        pytest.param(True, "true", id="true"),
        pytest.param(1.5, "1.5", id="number"),
        pytest.param(Decimal("1.10"), "Decimal('1.10')", id="what JSON does not know"),
        pytest.param([], "[]", id="empty array"),
        pytest.param({"a": [1, None]}, '{"a": [1, null]}', id="object"),
        pytest.param((1, 2), "[1, 2]", id="tuple"),
        pytest.param({(1, 2): 3}, "{(1, 2): 3}", id="keys that JSON does not know"),
    ],
)
def test_a_value_is_shown_as_json_writes_it(value: object, shown: str) -> None:
    """What is short enough is shown whole."""
    assert glimpse(value) == shown


def test_a_value_of_any_depth_is_shown() -> None:
    """What is nested deeper than programs may call themselves is cut as any other value is."""
    value: object = None
    for _ in range(20_000):
        value = {"n": [value, 1]}

    assert glimpse(value).startswith('{"n": [{"n": [{"n": [')
    assert len(glimpse(value)) == WIDTH


def test_a_long_text_shows_both_of_its_ends() -> None:
    """Two texts often differ at the end, so that the tail is worth as much as the head."""
    shown = glimpse("head" + "x" * 1_000_000 + "tail")

    assert shown.startswith('"head')
    assert shown.endswith('tail"')
    assert len(shown) == WIDTH


@pytest.mark.parametrize(
    "value, ends",
    [
        pytest.param({"name": "x" * 99}, ("{", "…}"), id="object"),
        pytest.param(["x" * 99], ("[", "…]"), id="array"),
        pytest.param({(1,): "x" * 99}, ("{", "…}"), id="object that JSON does not know"),
    ],
)
def test_a_long_container_shows_its_start(value: object, ends: tuple[str, str]) -> None:
    """The closing bracket says that something was left out."""
    shown = glimpse(value)

    assert len(shown) <= WIDTH
    assert (shown[0], shown[-2:]) == ends


def test_a_huge_container_is_not_written_out() -> None:
    """The encoder stops soon after what is shown: nothing asks for the element that would fail."""

    class Bomb:
        def __repr__(self) -> str:
            raise AssertionError("unreachable, because the encoder stopped long before")

    assert glimpse([*range(10_000), Bomb()]).startswith("[0, 1, 2")


@given(JSON)
def test_no_glimpse_is_wider_than_a_line_allows(value: object) -> None:
    """INVARIANT: at most 60 characters, all of them printable."""
    shown = glimpse(value)

    assert len(shown) <= WIDTH
    assert shown.isprintable()


@pytest.mark.parametrize(
    "text, safe",
    [
        pytest.param("\x1b[31mred", "\\u001b[31mred", id="colour of a terminal"),
        pytest.param("a\u202eb", "a\\u202eb", id="text turned around"),
        pytest.param("\ud800", "\\ud800", id="half a character"),
        pytest.param("\U000e0001", "\\U000e0001", id="invisible tag"),
        pytest.param("plain", "plain", id="plain"),
    ],
)
def test_nothing_shown_can_steer_a_terminal(text: str, safe: str) -> None:
    """A body is hostile input: what is not printable is escaped."""
    assert printable(text) == safe


@pytest.mark.parametrize(
    "value",
    [
        pytest.param("s3cret" * 30, id="text"),
        pytest.param({"echo": "s3cret" * 30}, id="inside an object"),
    ],
)
def test_a_secret_is_masked_before_it_is_cut(value: object) -> None:
    """INVARIANT: half a secret would not be known as one any more, so the mask comes first."""
    shown = glimpse(value, mask=lambda text: text.replace("s3cret" * 30, "masked"))

    assert "s3cret" not in shown
    assert "masked" in shown
