"""Sparklines."""

from __future__ import annotations

import io

import pytest

from redhanded.cli.sparkline import ASCII, BLOCKS, GAP, alphabet, sparkline


def stream(encoding: str) -> io.TextIOWrapper:
    """A stream of that encoding."""
    return io.TextIOWrapper(io.BytesIO(), encoding=encoding)


def test_each_level_has_a_character() -> None:
    """The lowest level is the lowest block, the highest fills the line, and a gap is empty."""
    assert sparkline([0, 3, None, 7]) == "▁▄ █"


def test_no_levels_are_no_line() -> None:
    """Nothing is drawn of nothing."""
    assert sparkline([]) == ""


@pytest.mark.parametrize("letters", [BLOCKS, ASCII], ids=["blocks", "ascii"])
def test_levels_can_be_told_apart(letters: str) -> None:
    """Eight levels are eight characters, none of which is the gap."""
    assert len({*letters, GAP}) == 9


@pytest.mark.parametrize(
    "encoding, letters",
    [
        pytest.param("utf-8", BLOCKS, id="utf-8"),
        pytest.param("ascii", ASCII, id="ascii"),
        pytest.param("cp1252", ASCII, id="windows"),
        pytest.param("cp437", ASCII, id="console-with-some-blocks"),
    ],
)
def test_a_stream_is_given_what_it_can_show(encoding: str, letters: str) -> None:
    """INVARIANT: a console of an old code page shows a line of its own characters, no escapes."""
    assert alphabet(stream(encoding)) == letters


def test_a_stream_without_an_encoding_is_given_ascii() -> None:
    """A stream in memory has none: what everything can show is right for it."""
    assert alphabet(io.StringIO()) == ASCII
