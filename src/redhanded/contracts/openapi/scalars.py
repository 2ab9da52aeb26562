"""Plain scalars of YAML, by the core schema of YAML 1.2.2 (section 10.3.2).

The loaders of PyYAML follow YAML 1.1, where `no` is false, `1_000` a number and `2026-01-01` a day.
"""

from __future__ import annotations

import re
from typing import Final

_WORDS: Final = {
    "": None,
    "~": None,
    **dict.fromkeys(("null", "Null", "NULL")),
    **dict.fromkeys(("true", "True", "TRUE"), True),
    **dict.fromkeys(("false", "False", "FALSE"), False),
}
_INT = re.compile(r"[-+]?[0-9]+")
_FLOAT = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?")
_BASED = re.compile(r"0o[0-7]+|0x[0-9a-fA-F]+")
_NOT_FINITE = re.compile(r"[-+]?\.(inf|Inf|INF)|\.(nan|NaN|NAN)")
_NUMERIC: Final = frozenset("0123456789+-.")

DIGITS: Final = 1000
"""The most digits of a number: more are no number that an API knows, and slow to read."""


class NoNumber(ValueError):
    """YAML calls it a number, JSON does not know it: infinite, not a number, or far too long."""


def value_of(text: str) -> object:
    """What a plain scalar stands for: nothing, true, false, a number or itself; or NoNumber."""
    if text in _WORDS:
        return _WORDS[text]
    return _number(text) if text[0] in _NUMERIC else text


def _number(text: str) -> object:
    if _INT.fullmatch(text):
        return int(_short(text))
    if _FLOAT.fullmatch(text):
        return _finite(text)
    if _BASED.fullmatch(text):
        return int(_short(text), 0)
    if _NOT_FINITE.fullmatch(text):
        raise NoNumber
    return text


def _finite(text: str) -> float:
    number = float(text)
    if abs(number) == float("inf"):
        raise NoNumber
    return number


def _short(text: str) -> str:
    if len(text) > DIGITS:
        raise NoNumber
    return text
