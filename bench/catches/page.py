"""The table of catches as the documents show it, between two marks that nobody writes by hand."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from pathlib import Path

from bench.catches.table import Catch
from redhanded.lab.defects.table import DEFECTS

PAGE = Path(__file__).parents[2] / "docs" / "explanation" / "examples.md"
_BEGIN, _END = "<!-- catches: begin -->", "<!-- catches: end -->"


def with_table(text: str, table: Mapping[str, Catch]) -> str:
    """The page's text with this table in the place of the one that it has."""
    before, _, rest = text.partition(_BEGIN)
    after = rest.partition(_END)[2]
    lines = "\n".join(_lines(table))
    return f"{before}{_BEGIN}\n\n{lines}\n\n{_END}{after}"


def _lines(table: Mapping[str, Catch]) -> Iterator[str]:
    yield "| code | defect | verdict | caught by |"
    yield "|---|---|---|---|"
    for code, catch in table.items():
        numbers = catch.switch.partition(":")[2]
        title = DEFECTS[code].title + (f" (`{numbers}`)" if numbers else "")
        sure = f", under {catch.seeds} of {catch.seeds} seeds" if catch.seeds else ""
        yield f"| {code} | {title} | {catch.verdict} | {'; '.join(_told(catch.tests))}{sure} |"


def _told(tests: tuple[str, ...]) -> Iterator[str]:
    """The tests by their file: `bookings/test_crud.py`: a name has its words apart."""
    by_file = defaultdict(list)
    for test in tests:
        file, _, name = test.partition("::")
        by_file[file].append(name)
    for file, names in by_file.items():
        words = ", ".join(f"*{_words(name)}*" for name in names)
        yield f"`{file}`: {words}"


def _words(name: str) -> str:
    """`test_a_price_is_kept[low-end]` as `a price is kept (low-end)`, safe in a table."""
    title, _, case = name.removeprefix("test_").partition("[")
    shown = title.replace("_", " ")
    escaped = re.sub(r"([|*_`<])", r"\\\1", case.removesuffix("]"))
    return f"{shown} ({escaped})" if case else shown
