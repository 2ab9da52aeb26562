"""The table of catches: which example tests turn red for which defect, as a file of TOML.

It is the bench's own. The examples know of no defect.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from redhanded.lab.defects.table import DEFECTS

TABLE = Path(__file__).with_name("catches.toml")
_HEAD = """\
# Which example tests catch which defect of the demo API, and with what verdict.
# `switch` is how the defect is turned on: its numbers shorten what would be waited for.
# `seeds` says for a defect that chance has a part in under how many seeds all its tests caught it.
# Checked by `python -m bench.catches --short`, written by `python -m bench.catches --write`.
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Catch:
    """A defect, and the tests that catch it whenever they are run."""

    switch: str
    verdict: str
    tests: tuple[str, ...] = ()
    seeds: int = 0

    @property
    def code(self) -> str:
        """The defect's code, such as `D78` of `D78:seconds=0.7`."""
        return self.switch.partition(":")[0]

    @property
    def depends_on_chance(self) -> bool:
        """Whether the defect comes and goes, or two callers must meet for it."""
        return DEFECTS[self.code].intermittent or self.code in _RACES


_RACES = frozenset({"D54", "D56"})


def read(path: Path = TABLE) -> dict[str, Catch]:
    """The table by code; a defect that is not in it stands there without tests."""
    text = path.read_text("utf-8") if path.exists() else ""
    rows: dict[str, Any] = tomllib.loads(text)
    known = {
        code: Catch(
            switch=str(row["switch"]),
            verdict=str(row["verdict"]),
            tests=tuple(row["tests"]),
            seeds=int(row.get("seeds", 0)),
        )
        for code, row in rows.items()
    }
    missing = {code: Catch(switch=code, verdict=DEFECTS[code].verdict) for code in DEFECTS}
    return missing | known


def write(catches: Iterable[Catch], path: Path = TABLE) -> None:
    """Put the table in the place of the one that is there."""
    path.write_text(_HEAD + "".join(map(_row, catches)), encoding="utf-8")


def _row(catch: Catch) -> str:
    tests = "".join(f"    {_quoted(test)},\n" for test in catch.tests)
    seeds = f"seeds = {catch.seeds}\n" if catch.seeds else ""
    return (
        f"\n[{catch.code}]\nswitch = {_quoted(catch.switch)}\nverdict = {_quoted(catch.verdict)}\n"
        f"{seeds}tests = [\n{tests}]\n"
    )


def _quoted(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'
