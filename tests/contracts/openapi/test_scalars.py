"""Plain scalars: the core schema of YAML 1.2.2, section 10.3.2, and not that of YAML 1.1."""

from __future__ import annotations

import pytest

from redhanded.contracts.openapi.scalars import NoNumber, value_of


@pytest.mark.parametrize(
    "text, value",
    [
        pytest.param("", None, id="nothing"),
        pytest.param("~", None, id="tilde"),
        pytest.param("null", None, id="null"),
        pytest.param("NULL", None, id="NULL"),
        pytest.param("true", True, id="true"),
        pytest.param("False", False, id="False"),
        pytest.param("0", 0, id="zero"),
        pytest.param("-12", -12, id="negative"),
        pytest.param("+12", 12, id="with a plus"),
        pytest.param("007", 7, id="with zeros before it"),
        pytest.param("0o14", 12, id="octal"),
        pytest.param("0xFF", 255, id="hexadecimal"),
        pytest.param("1.", 1.0, id="ends with a point"),
        pytest.param("-.5", -0.5, id="begins with a point"),
        pytest.param("1e3", 1000.0, id="with an exponent"),
        pytest.param("12345678901234567890", 12345678901234567890, id="beyond 64 bits"),
    ],
)
def test_a_plain_scalar_is_what_the_core_schema_says(text: str, value: object) -> None:
    """Nothing, true, false and numbers have the spellings that YAML 1.2 lists."""
    found = value_of(text)

    assert (found, type(found)) == (value, type(value))


@pytest.mark.parametrize(
    "text",
    [
        *("no", "NO", "yes", "on", "Off", "y", "nUll", "tRue"),
        *("2026-11-21", "2026-11-21T10:00:00Z", "1_000", "190:20:30", "0b101", "1.2.3", "3.1.0"),
        *("-", "+", ".", "-x", "+1a", "1e", "0o8", "0xG", "1 000", "٣"),
        pytest.param("=", id="equals sign"),
    ],
)
def test_all_else_is_text(text: str) -> None:
    """What YAML 1.1 takes for a truth, a day or a number of base 60 is text."""
    assert value_of(text) == text


@pytest.mark.parametrize("text", [".inf", "-.INF", "+.Inf", ".nan", ".NaN", "1e999"])
def test_what_json_cannot_say_is_no_number(text: str) -> None:
    """Documents are JSON at heart: neither the infinite nor what is no number is in it."""
    with pytest.raises(NoNumber):
        value_of(text)


@pytest.mark.parametrize("text", ["9" * 1001, "0x" + "f" * 1000], ids=["decimal", "hexadecimal"])
def test_a_number_of_a_thousand_digits_is_none(text: str) -> None:
    """Reading it takes time that grows with its square, and no API knows it."""
    with pytest.raises(NoNumber):
        value_of(text)
