"""Identifiers: W3C trace context ids (https://www.w3.org/TR/trace-context/), runs and tags."""

from __future__ import annotations

import base64
import os
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, NamedTuple, TypeAlias

Entropy: TypeAlias = Callable[[int], bytes]
NewTag: TypeAlias = Callable[[Entropy], str]

_DIGITS: Final = "0123456789abcdefghijklmnopqrstuvwxyz"
# 96 bits are 19 signs of five bits and one of the last bit alone.
_MARK: Final = re.compile(r"(?P<run>[a-z0-9-]+)-(?P<at>[0-9a-z]{1,8})-[a-z2-7]{19}[aq]")


def trace_id(entropy: Entropy = os.urandom) -> str:
    """A trace id: 32 lowercase hex digits, never all zero (Trace Context, section 3.2.2.3)."""
    return entropy(16).hex().replace("0" * 32, "0" * 31 + "1")


def span_id(entropy: Entropy = os.urandom) -> str:
    """A span id: 16 lowercase hex digits, never all zero (Trace Context, section 3.2.2.4)."""
    return entropy(8).hex().replace("0" * 16, "0" * 15 + "1")


def run_id(entropy: Entropy = os.urandom) -> str:
    """A run's name: 8 hex digits, short enough to be typed."""
    return entropy(4).hex()


class Mark(NamedTuple):
    """What a tag tells of the object that carries it: the run that made it, and when.

    `at` is in whole seconds since the Unix epoch, by the clock of the machine that made it.
    """

    run: str
    at: int


def tag(run: str, entropy: Entropy = os.urandom, *, at: float, prefix: str = "rh") -> str:
    """A value that no other object carries, by which one is found: `rh-<run>-<time>-<random>`.

    The time is `at` in whole seconds, base 36; 96 random bits follow in base 32 (RFC 4648, small).
    """
    random = base64.b32encode(entropy(12)).decode().rstrip("=").lower()
    return f"{prefix}-{run}-{_base36(max(0, int(at)))}-{random}"


def read_tag(text: str, prefix: str = "rh") -> Mark | None:
    """What a tag of this prefix tells; None for any other text, be it a tag that was cut."""
    found = _MARK.fullmatch(text.removeprefix(f"{prefix}-"))
    if found is None or not text.startswith(f"{prefix}-"):
        return None
    at = int(found["at"], 36)
    return Mark(found["run"], at) if _base36(at) == found["at"] else None


@dataclass(frozen=True, slots=True)
class Tags:
    """Makes the tags of one run, each with the time at which it is made."""

    run: str
    now: Callable[[], float]
    prefix: str = "rh"

    def __call__(self, entropy: Entropy = os.urandom) -> str:
        """A new tag."""
        return tag(self.run, entropy, at=self.now(), prefix=self.prefix)


def _base36(number: int) -> str:
    digits = ""
    while number:
        number, digit = divmod(number, 36)
        digits = _DIGITS[digit] + digits
    return digits or "0"
