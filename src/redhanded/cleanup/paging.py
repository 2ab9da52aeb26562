"""Pages: whether an answer lists all there is, or a part that proves nothing of the rest."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

_NEXT_LINK: Final = re.compile(r";\s*rel\s*=\s*\"?[^\",;]*\bnext\b", re.IGNORECASE)
_NOT_LETTERS: Final = re.compile(r"[^a-z]")
# What APIs call these, without regard to case and to what parts the words.
_NEXT: Final = re.compile(
    r"(odata)?next(page)?(token|cursor|link|url|uri|href)?|has(more|next|nextpage)|more"
)
_TOTAL: Final = re.compile(r"x?total(count|items|results|elements|records|hits)?|count")
_NOTHING: Final = frozenset({"none", "", "0", "false", "{}", "[]"})


def is_part(headers: Mapping[str, str], document: object, count: int) -> bool:
    """Whether there is more than the `count` entries of this listing, as far as it says.

    By a link to a next page (RFC 8288), a total in a header, or members of the document or of an
    object in it that tell of either.
    """
    if _NEXT_LINK.search(headers.get("link", "")):
        return True
    told = [*headers.items(), *_members(document)]
    return any(_tells_of_more(_NOT_LETTERS.sub("", name.lower()), it, count) for name, it in told)


def _tells_of_more(name: str, value: object, count: int) -> bool:
    text = str(value).lower()
    if _TOTAL.fullmatch(name):
        return text.isdecimal() and int(text) > count
    return _NEXT.fullmatch(name) is not None and text not in _NOTHING


def _members(document: object, depth: int = 2) -> Iterator[tuple[str, object]]:
    if not isinstance(document, dict) or not depth:
        return
    for name, value in document.items():
        yield str(name), value
        yield from _members(value, depth - 1)
