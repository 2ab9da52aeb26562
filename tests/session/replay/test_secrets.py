"""Masks filled again: with which secret, spelled how, and which stay masks."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from redhanded.session.replay.secrets import (
    Secrets,
    as_it_is,
    in_form,
    in_json,
    in_markup,
    in_url,
)

ODD = 'a"b &<é'


@pytest.mark.parametrize(
    "known, text, filled",
    [
        pytest.param(
            [("API_TOKEN", "abcdefgh")], "Bearer masked_API_TOKEN_8chars", "Bearer abcdefgh", id="t"
        ),
        pytest.param(
            [("A", "abcdefgh"), ("B", "12345678")],
            "masked_B_8chars/masked_A_8chars",
            "12345678/abcdefgh",
            id="two",
        ),
        pytest.param(
            [("A.b-c", "abcdefgh")],
            "masked_A_b_c_8chars",
            "abcdefgh",
            id="a-name-as-masks-spell-it",
        ),
        pytest.param(
            [("A", "renewed-since")], "masked_A_8chars", "renewed-since", id="another-length-by-now"
        ),
        pytest.param(
            [("A", "abcdefgh"), ("A", "abcdefghi")],
            "masked_A_9chars",
            "abcdefghi",
            id="two-of-a-name-by-their-length",
        ),
    ],
)
def test_a_mask_is_filled_with_the_secret_of_its_name(
    known: list[tuple[str, str]], text: str, filled: str
) -> None:
    """The settings have it today."""
    secrets = Secrets(known)

    assert secrets.filled(text, as_it_is) == filled
    assert secrets.knows(text)


@pytest.mark.parametrize(
    "known, text",
    [
        pytest.param([], "masked_A_8chars", id="nothing-known"),
        pytest.param([("B", "abcdefgh")], "masked_A_8chars", id="another-name"),
        pytest.param(
            [("A", "abcdefgh"), ("A", "12345678x")], "masked_A_5chars", id="either-of-two"
        ),
        pytest.param([("A", "abcdefgh")], "abcdefgh", id="no-mask"),
    ],
)
def test_what_nobody_knows_stays_a_mask(known: list[tuple[str, str]], text: str) -> None:
    """A guess would send somebody else's secret."""
    secrets = Secrets(known)

    assert secrets.filled(text, as_it_is) == text
    assert not secrets.knows(text)


@pytest.mark.parametrize(
    "spell, written",
    [
        pytest.param(as_it_is, ODD, id="header"),
        pytest.param(in_url, "a%22b%20%26%3C%C3%A9", id="url"),
        pytest.param(in_json, 'a\\"b &<\\u00e9', id="json"),
        pytest.param(in_form, "a%22b+%26%3C%C3%A9", id="form"),
        pytest.param(in_markup, "a&quot;b &amp;&lt;é", id="markup"),
    ],
)
def test_a_secret_is_spelled_as_its_place_wants(spell: Callable[[str], str], written: str) -> None:
    """A mask needs no escapes, and what it stood for may."""
    text = f"x=masked_A_{len(ODD)}chars"

    assert Secrets([("A", ODD)]).filled(text, spell) == f"x={written}"
