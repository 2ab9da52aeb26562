"""The causes that findings name, as `redhanded explain` tells them, read from `causes.toml`."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from difflib import get_close_matches
from functools import cache
from importlib.resources import files
from types import MappingProxyType
from typing import TYPE_CHECKING

from redhanded.core.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True, slots=True, kw_only=True)
class Cause:
    """What a code means, what usually lies behind it, what to do, and how to narrow the check."""

    code: str
    title: str
    meaning: str
    typical: tuple[str, ...]
    remedy: tuple[str, ...]
    narrow: str


@cache
def causes() -> Mapping[str, Cause]:
    """Every cause by its code, in the order of the file."""
    text = files(__package__).joinpath("causes.toml").read_text(encoding="utf-8")
    return MappingProxyType(
        {code: _cause(code, **table) for code, table in tomllib.loads(text).items()}
    )


def cause(code: str) -> Cause:
    """The cause of that code; UsageError names the closest ones where there is none."""
    known = causes()
    if code in known:
        return known[code]
    close = get_close_matches(code, known, n=3, cutoff=0.5)
    meant = f"did you mean {' or '.join(close)}?" if close else "`redhanded explain` lists all."
    raise UsageError(f"There is no cause {code!r}; {meant}")


def _cause(
    code: str, *, title: str, meaning: str, typical: list[str], remedy: list[str], narrow: str
) -> Cause:
    return Cause(
        code=code,
        title=title,
        meaning=meaning,
        typical=tuple(typical),
        remedy=tuple(remedy),
        narrow=narrow,
    )
