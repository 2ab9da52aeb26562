"""Bars: a share of a whole as a row of characters that the stream can show."""

from __future__ import annotations

from typing import TYPE_CHECKING

from redhanded.cli.output import can_show

if TYPE_CHECKING:
    from typing import TextIO

BLOCKS = "█░"
ASCII = "#."
_LENGTH = 20


def bar(part: float, characters: str = BLOCKS) -> str:
    """Twenty characters, of which so many are full; none where nothing, all only where all is."""
    full = int(part * _LENGTH)
    full = max(full, 1) if part > 0 else 0
    return characters[0] * full + characters[1] * (_LENGTH - full)


def bar_characters(stream: TextIO) -> str:
    """The characters for full and empty that the stream can show."""
    return BLOCKS if can_show(BLOCKS, stream) else ASCII
