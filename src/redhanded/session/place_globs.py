"""Globs over places: `$.items[*].note`, `$.**.id`, and `*` for any text elsewhere."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING, TypeAlias

from redhanded.core import jsonpath
from redhanded.core.errors import UsageError

if TYPE_CHECKING:
    from redhanded.core.jsonpath import Place

Glob: TypeAlias = tuple[str | int, ...]

_ANY, _ANY_DEPTH = "*", "**"


def read(text: str) -> Glob:
    """The steps of a glob over places in a body; UsageError where it is none."""
    try:
        return jsonpath.read(text.replace("[*]", ".*"))
    except UsageError:
        raise UsageError(
            f"{text!r} is no place in a body: write it as '$.items[*].note' or '$.**.note'."
        ) from None


def matches(glob: str, where: str) -> bool:
    """Whether the place of a violation is one that the glob means.

    In a body `*` stands for one step and `**` for any number; elsewhere (`header X-Total`) `*` is
    any text.
    """
    if not glob.startswith("$"):
        return matches_text(glob, where)
    return where.startswith("$") and _meet(_glob(glob), jsonpath.read(where))


def matches_text(glob: str, text: str) -> bool:
    """Whether the text is one that the glob means, in which `*` stands for any text."""
    return _text_pattern(glob).fullmatch(text) is not None


@lru_cache(maxsize=256)
def _glob(text: str) -> Glob:
    return read(text)


@lru_cache(maxsize=256)
def _text_pattern(glob: str) -> re.Pattern[str]:
    return re.compile(".*".join(map(re.escape, glob.split(_ANY))), re.DOTALL)


def _meet(glob: Glob, place: Place) -> bool:
    """Whether the ends of both are reached together; takes at most glob x place looks."""
    reached = _past_depths(glob, {0})
    for part in place:
        met = [at for at in reached if at < len(glob) and glob[at] in (part, _ANY, _ANY_DEPTH)]
        reached = _past_depths(glob, {at + (glob[at] != _ANY_DEPTH) for at in met})
    return len(glob) in reached


def _past_depths(glob: Glob, reached: set[int]) -> set[int]:
    """The positions that are reached, with those behind a `**` that stands for nothing."""
    for at, part in enumerate(glob):
        if part == _ANY_DEPTH and at in reached:
            reached.add(at + 1)
    return reached
