"""Strings: realistic by name, different each time, of the length that is asked for."""

from __future__ import annotations

import re
from random import Random
from typing import Any, cast

import pytest
from faker import Faker

from redhanded.data.strings import Strings


@pytest.fixture
def strings() -> Strings:
    """Seeded strings."""
    rng = Random(5)
    fake = Faker("en_US")
    cast("Any", fake).random = rng
    return Strings(fake, rng)


@pytest.mark.parametrize(
    "field, pattern",
    [
        pytest.param("firstname", r"[A-Z][a-z]+-[A-Z][a-z]{9}", id="first-name"),
        pytest.param("lastName", r"[A-Z][A-Za-z']+-[A-Z][a-z]{9}", id="last-name-in-camel-case"),
        pytest.param("name", r"[A-Z][a-z]+ [A-Z][A-Za-z']+-[A-Z][a-z]{9}", id="whole-name"),
        pytest.param("user_name", r"[a-z]+-[a-z]{10}", id="user-name-in-snake-case"),
        pytest.param("customer_email", r"[a-z]+\.[a-z]{10}@example\.com", id="email"),
        pytest.param("phone", r"\+1-[1-9]\d\d-555-01\d\d", id="phone-of-nobody"),
        pytest.param("homepage_url", r"https://example\.com/[a-z]{10}", id="url-of-nobody"),
        pytest.param("company", r"[A-Z]\S+ [A-Z][a-z]{9} Ltd", id="company"),
        pytest.param("zip", r"\d{5}", id="zip"),
        pytest.param("country_code", r"[A-Z]{2}", id="country-code"),
        pytest.param("currency", r"[A-Z]{3}", id="currency"),
        pytest.param("password", r"[a-z]{10}-[1-9]\d{3}-A", id="password"),
        pytest.param("description", r"[A-Z].+\. [a-z]{10}", id="description"),
        pytest.param("status", r"[a-z]+ [a-z]+ [a-z]{10}", id="any-other"),
        pytest.param("", r"[a-z]+ [a-z]+ [a-z]{10}", id="no-name"),
    ],
)
def test_a_string_looks_like_its_field(strings: Strings, field: str, pattern: str) -> None:
    """The end of the field's name, however it is written, decides."""
    for _ in range(50):
        assert re.fullmatch(pattern, strings.named(field))


@pytest.mark.parametrize(
    "field", [pytest.param(each, id=each) for each in ("city", "street", "address", "country")]
)
def test_places_are_places(strings: Strings, field: str) -> None:
    """A place is no name of our own: letters, digits, nothing that marks it."""
    assert re.fullmatch(r"[\w .,'()&-]+", strings.named(field))


@pytest.mark.parametrize(
    "field",
    [pytest.param(each, id=each or "none") for each in ("email", "username", "name", "title", "")],
)
def test_ten_thousand_strings_are_all_different(strings: Strings, field: str) -> None:
    """INVARIANT: what must be unique on the server is unique here."""
    assert len({strings.named(field) for _ in range(10_000)}) == 10_000


@pytest.mark.parametrize(
    "field", [pytest.param(each, id=each or "none") for each in ("email", "firstname", "city", "")]
)
@pytest.mark.parametrize(
    "shortest, longest",
    [
        pytest.param(0, 0, id="empty"),
        pytest.param(1, 1, id="one"),
        pytest.param(3, 3, id="three"),
        pytest.param(0, 12, id="at-most-12"),
        pytest.param(18, 20, id="18-to-20"),
        pytest.param(100, None, id="at-least-100"),
        pytest.param(200, 255, id="200-to-255"),
    ],
)
def test_a_string_has_the_length_that_is_asked_for(
    strings: Strings, field: str, shortest: int, longest: int | None
) -> None:
    """Cut or filled in front; never blank at the ends, where a server would strip it."""
    for _ in range(100):
        text = strings.named(field, shortest=shortest, longest=longest)

        assert shortest <= len(text)
        assert longest is None or len(text) <= longest
        assert text == text.strip()


def test_short_strings_keep_what_makes_them_different(strings: Strings) -> None:
    """Cutting takes the look, not the mark."""
    assert len({strings.named("firstname", longest=10) for _ in range(5000)}) == 5000


def test_a_short_email_is_still_one(strings: Strings) -> None:
    """The domain stays whole, and so does most of the mark."""
    drawn = {strings.named("email", longest=20) for _ in range(1000)}

    assert all(re.fullmatch(r"[a-z]{8}@example\.com", each) for each in drawn)
    assert len(drawn) == 1000


def test_a_text_of_three_characters_varies_as_it_can(strings: Strings) -> None:
    """There is no room for a mark; what fits of it is no constant."""
    drawn = {strings.named("firstname", longest=3) for _ in range(1000)}

    assert len(drawn) > 800
    assert all(len(each) <= 3 for each in drawn)
