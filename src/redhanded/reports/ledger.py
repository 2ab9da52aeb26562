"""The ledger of a test as text: every attempt on a line, in the order in which they were sent."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from redhanded.verdict.words import duration

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from redhanded.core.attempt import Attempt

_SHOWN = 8


def ledger(attempts: Sequence[Attempt], urls: Sequence[str], home: str) -> Iterator[str]:
    """A line for each of the last attempts; `urls` are theirs as they may be shown.

    Of a URL at the origin of `home` the path is told.
    """
    shown = list(zip(attempts, urls, strict=True))[-_SHOWN:]
    if len(attempts) > len(shown):
        yield f"... {len(attempts) - len(shown)} before"
    for attempt, url in shown:
        told = f"{attempt.method} {_target(url, home)} -> {_outcome(attempt)}"
        yield f"{told} in {duration(attempt.elapsed)}{_aside(attempt)}"


def _target(url: str, home: str) -> str:
    split, at_home = urlsplit(url), urlsplit(home)
    if (split.scheme, split.netloc) != (at_home.scheme, at_home.netloc):
        return url
    return (split.path or "/") + (f"?{split.query}" if split.query else "")


def _outcome(attempt: Attempt) -> str:
    failure = attempt.failure
    return f"{attempt.status}" if failure is None else f"no answer (phase {failure.phase})"


def _aside(attempt: Attempt) -> str:
    purpose = "" if attempt.purpose == "test" else f", {attempt.purpose}"
    wait = f", after {duration(attempt.wait.seconds)}" if attempt.wait.seconds else ""
    return purpose + wait
