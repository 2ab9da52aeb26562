"""Lines of imports as a formatter sorts them: the standard library, others, and our own."""

from __future__ import annotations

import re
import sys
from typing import TYPE_CHECKING

from redhanded.scaffold.openapi.texts import WIDTH

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping


def lines(wanted: Mapping[str, Iterable[str]], *, package: str = "") -> list[str]:
    """The lines for these names by module, with a blank one between the three kinds.

    A module without a name is imported itself; `package` is what counts as our own.
    """
    blocks: dict[int, list[str]] = {0: [], 1: [], 2: []}
    for source in sorted(wanted, key=lambda it: (bool(list(wanted[it])), it)):
        top = source.partition(".")[0]
        kind = 2 if top == package else 0 if top in sys.stdlib_module_names else 1
        blocks[kind] += line(source, wanted[source])
    found: list[str] = []
    for block in blocks.values():
        found += [""] if found and block else []
        found += block
    return found


def line(source: str, wanted: Iterable[str]) -> list[str]:
    """The import of these names, in one line where it fits."""
    listed = sorted(set(wanted), key=_order)
    if not listed:
        return [f"import {source}"]
    text = f"from {source} import {', '.join(listed)}"
    if len(text) <= WIDTH:
        return [text]
    return [f"from {source} import (", *(f"    {name}," for name in listed), ")"]


def _order(name: str) -> tuple[bool, bool, list[tuple[int, str]]]:
    """Constants, classes, functions; each without regard to case, numbers by their value."""
    parts = re.findall(r"\d+|\D+", name.lower())
    natural = [(int(part), "") if part.isdigit() else (-1, part) for part in parts]
    return not name.isupper(), name.islower(), natural
