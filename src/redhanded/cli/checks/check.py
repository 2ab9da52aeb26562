"""A check: what was looked at, how it stands, and one sentence."""

from __future__ import annotations

from typing import Literal, NamedTuple, TypeAlias

Level: TypeAlias = Literal["ok", "warning", "problem"]


class Check(NamedTuple):
    """One subject; the text of a warning or a problem ends with what to do."""

    name: str
    level: Level
    text: str


def ok(name: str, text: str) -> Check:
    """A subject that is as it should be."""
    return Check(name, "ok", text)


def warning(name: str, text: str) -> Check:
    """A subject that may mislead a run."""
    return Check(name, "warning", text)


def problem(name: str, text: str) -> Check:
    """A subject that keeps a run from judging."""
    return Check(name, "problem", text)
