"""Sparklines: a number a run as one character, in what the stream's encoding can show."""

from __future__ import annotations

from typing import TYPE_CHECKING

from redhanded.cli.output import can_show

if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import TextIO

BLOCKS = "▁▂▃▄▅▆▇█"
ASCII = "_.-:=+*#"
GAP = " "


def sparkline(levels: Sequence[int | None], alphabet: str = BLOCKS) -> str:
    """One character a level: 0 is the lowest, 7 the highest, and a gap stands for None."""
    return "".join(GAP if level is None else alphabet[level] for level in levels)


def alphabet(stream: TextIO) -> str:
    """The characters for the eight levels that the stream can show."""
    return BLOCKS if can_show(BLOCKS, stream) else ASCII
