"""Identifiers: W3C trace context ids (https://www.w3.org/TR/trace-context/), runs and tags."""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import TypeAlias

Entropy: TypeAlias = Callable[[int], bytes]


def trace_id(entropy: Entropy = os.urandom) -> str:
    """A trace id: 32 lowercase hex digits, never all zero (Trace Context, section 3.2.2.3)."""
    return entropy(16).hex().replace("0" * 32, "0" * 31 + "1")


def span_id(entropy: Entropy = os.urandom) -> str:
    """A span id: 16 lowercase hex digits, never all zero (Trace Context, section 3.2.2.4)."""
    return entropy(8).hex().replace("0" * 16, "0" * 15 + "1")


def run_id(entropy: Entropy = os.urandom) -> str:
    """A run's name: 8 hex digits, short enough to be typed."""
    return entropy(4).hex()


def tag(run: str, entropy: Entropy = os.urandom) -> str:
    """A mark that a created object carries, so that it can be found again: `rh-<run>-<random>`."""
    return f"rh-{run}-{entropy(12).hex()}"
