"""The retry table as values, read once from `retries.toml`."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from importlib.resources import files
from types import MappingProxyType
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Mapping

SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
IDEMPOTENT_METHODS = SAFE_METHODS | {"PUT", "DELETE", "TRACE"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One failure: how often it may be tried again, after which wait, and what it means."""

    number: int
    key: str
    failure: str
    cause: str
    idempotent: int
    other: int
    wait: Literal["none", "jitter", "told", "doubling"]
    verdict: Literal["inconclusive", "defect", "test_bug", "assertion", "none"]
    breaker: Literal["fail", "slow", "none"]
    base: float = 0.0
    cap: float = 5.0
    safe_only: bool = False
    fresh: bool = False
    repeats: bool = False
    reconcile: bool = False
    slow: bool = False
    weather: bool = False
    told_other: bool = False
    opt_in: str = ""
    performed_by: Literal["retry", "auth"] = "retry"
    note: str = ""

    @property
    def is_weather(self) -> bool:
        """Whether a success after this failure makes the test `recovered`."""
        return self.weather


def read_rows(text: str) -> Mapping[str, Row]:
    """The rows of a table in TOML, by key, in the order of their numbers."""
    rows = [Row(**row) for row in tomllib.loads(text)["row"]]
    return MappingProxyType({row.key: row for row in rows})


def weather_row(key: str) -> Row | None:
    """The row of that key, where a success after it makes the test `recovered`; else None."""
    row = ROWS.get(key)
    return row if row is not None and row.is_weather else None


ROWS = read_rows(files(__package__).joinpath("retries.toml").read_text(encoding="utf-8"))
