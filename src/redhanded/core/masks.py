"""The mask that stands where a secret stood, and how masks are put into a text.

`masked_TOKEN_40chars` names the secret and its length. It is made of letters, digits and
underscores alone, so that JSON, URLs, headers, HTML, YAML and a shell carry it unchanged.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple, Protocol

if TYPE_CHECKING:
    from collections.abc import Iterable

MASK = re.compile(r"masked_(?P<name>[A-Za-z0-9_]{1,40}?)_(?P<length>[0-9]{1,9})chars")

_OUTSIDE_A_NAME = re.compile(r"[^A-Za-z0-9]+")
_LONGEST_NAME = 40  # as long as MASK looks for


class Hit(NamedTuple):
    """A stretch of a text that must not be shown, and what is written in its place."""

    start: int
    end: int
    mask: str


class Judge(Protocol):
    """Who knows which names are secret, and how a value under such a name is masked."""

    def is_secret_name(self, name: str) -> bool:
        """Whether a field, parameter or header of this name holds a secret."""
        ...

    def is_secret_query(self, name: str) -> bool:
        """Whether a query parameter of this name holds a secret and was not declared harmless."""
        ...

    def is_shown_query(self, name: str) -> bool:
        """Whether a query parameter of this name is known to be no secret."""
        ...

    def is_shown_header(self, name: str) -> bool:
        """Whether a header of this name is known to be no secret."""
        ...

    def mask_for(self, value: str, name: str) -> str:
        """The mask of a value that stands under this name."""
        ...


def mask(name: str, length: int) -> str:
    """The mask of a secret of that name and length, in characters that survive any context."""
    return f"masked_{mask_name(name)}_{length}chars"


def mask_name(name: str) -> str:
    """The name as a mask spells it: letters, digits and underscores, at most 40 of them."""
    return _OUTSIDE_A_NAME.sub("_", name).strip("_")[:_LONGEST_NAME] or "secret"


def merged(hits: Iterable[Hit]) -> list[Hit]:
    """The hits in the order of the text, overlapping ones as one under the longest one's mask."""
    whole: list[Hit] = []
    longest = 0
    for hit in sorted(hits, key=lambda hit: (hit.start, -hit.end)):
        length = hit.end - hit.start
        if whole and hit.start < whole[-1].end:
            last = whole[-1]
            name = hit.mask if length > longest else last.mask
            whole[-1] = Hit(last.start, max(last.end, hit.end), name)
            longest = max(longest, length)
        else:
            whole.append(hit)
            longest = length
    return whole


def applied(text: str, hits: Iterable[Hit]) -> str:
    """The text with each hit replaced by its mask; hits are in order and do not overlap."""
    pieces: list[str] = []
    shown = 0
    for start, end, replacement in hits:
        pieces += (text[shown:start], replacement)
        shown = end
    pieces.append(text[shown:])
    return "".join(pieces)
