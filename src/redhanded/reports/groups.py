"""Findings grouped by cause: one outage is one finding, and so is one status seen 77 times."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from hashlib import sha256
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import urlsplit

from redhanded.core.verdicts import Verdict
from redhanded.pipeline.table import ROWS

if TYPE_CHECKING:
    from collections.abc import Sequence

BLOCKED = "call.blocked"

_WEATHER = frozenset({Verdict.INCONCLUSIVE, Verdict.RECOVERED})
_OPENERS = frozenset(row.cause for row in ROWS.values() if row.breaker != "none") | {"route.outage"}
_REQUEST = re.compile(r": [A-Z]+ /\S*: ")
_DETAIL = re.compile(r' \("[^"]*"?\)?| \(\+\d+\)$|…$')
_ACTUAL = re.compile(r'"[^"]*"(?=.*, want )|\d[\d.]* m?s(?=, want )')
_VALUE = re.compile(r"""'[^']*'|"[^"]*"|\b(?![1-5]\d\d\b)\d[\d.]*\b|…""")
_TRIES = re.compile(r", \d+ of \d+ attempts$")
_NUMBER = re.compile(r"\d+")
_QUOTED = re.compile(r'"[^"]*"|\[\d+\]|/\S*')
_DATA = re.compile(r"\d+|[0-9a-fA-F-]{12,}|.*[-_]\d+|(?:.*\d){3}.*")


class Line(NamedTuple):
    """One test that did not simply pass; `route` is the method and URL of what it rests on."""

    test_id: str
    verdict: Verdict
    cause: str
    headline: str
    route: str = ""


@dataclass(frozen=True, slots=True)
class Group:
    """The lines that share a cause; of its tests the last `unsent` were held back because of it."""

    lines: Sequence[Line]
    unsent: int = 0

    @property
    def verdict(self) -> Verdict:
        """The verdict of all its lines."""
        return self.lines[0].verdict

    @property
    def tests(self) -> list[str]:
        """The ids of its tests, each once."""
        return list(dict.fromkeys(line.test_id for line in self.lines))

    @property
    def routes(self) -> list[str]:
        """The routes that its tests called, what looks like data left open: `GET /orders/{}`."""
        return list(dict.fromkeys(_template(line.route) for line in self.lines if line.route))

    @property
    def headline(self) -> str:
        """The headline of its only test, or the one that speaks for most."""
        told = self.lines[: len(self.lines) - self.unsent]
        if len(self.tests) == 1:
            return told[0].headline
        facts = Counter(_TRIES.sub("", _fact(line)) for line in told)
        (first, _), *others = facts.most_common()
        return f"{first} and the like" if others else first

    @property
    def names_its_request(self) -> bool:
        """Whether the headline of its only test tells what was asked."""
        return self.headline != _fact(self.lines[0])


def grouped(lines: Sequence[Line]) -> list[Group]:
    """The lines of equal findings together: the worst first, then those of most tests.

    Where all routes lie at one origin, they are told without it.
    """
    origins = {_origin(line.route) for line in lines} - {""}
    home = origins.pop() if len(origins) == 1 else ""
    together: dict[tuple[Verdict, str, str, str], list[Line]] = {}
    for line in lines:
        told = line._replace(route=line.route.replace(f" {home}", " ", 1))
        together.setdefault(_key(told), []).append(told)
    ranks = list(Verdict)
    groups = _folded([Group(members) for members in together.values()])
    return sorted(groups, key=lambda group: (ranks.index(group.verdict), -len(group.tests)))


def signatures(lines: Sequence[Line]) -> dict[str, str]:
    """What the lines of each group share, by test: a short text, the same in every run.

    Where a test has several lines, that of the worst counts.
    """
    found: dict[str, str] = {}
    for group in grouped(lines):
        told = "\0".join(_key(group.lines[0]))
        signature = sha256(told.encode("utf-8", "backslashreplace")).hexdigest()[:12]
        for line in group.lines:
            found.setdefault(line.test_id, signature)
    return found


def _key(line: Line) -> tuple[Verdict, str, str, str]:
    """What equal findings share; weather is one finding for each origin, whatever was asked."""
    if line.verdict in _WEATHER:
        return line.verdict, line.cause, "", _origin(line.route)
    if line.cause == "assert":  # the author's own words: their form, and where they were said
        return line.verdict, line.cause, _VALUE.sub("#", _fact(line)), _template(line.route)
    fact = _ACTUAL.sub("", _DETAIL.sub("", _fact(line)))
    is_in_body = ": $" in fact  # below a place in a body every number is data, elsewhere a status
    data = _NUMBER if is_in_body else _QUOTED
    return line.verdict, line.cause, data.sub(lambda found: _NUMBER.sub("#", found[0]), fact), ""


def _folded(groups: list[Group]) -> list[Group]:
    """The groups, with the calls that a circuit held back told under the cause that opened it."""
    for held in [group for group in groups if group.lines[0].cause == BLOCKED]:
        openers = [group for group in groups if _may_have_opened(group, held)]
        if openers:
            opener = max(openers, key=lambda group: len(group.lines))
            whole = Group([*opener.lines, *held.lines], opener.unsent + len(held.lines))
            groups = [group for group in groups if group not in (held, opener)] + [whole]
    return groups


def _may_have_opened(group: Group, held: Group) -> bool:
    first, blocked = group.lines[0], held.lines[0]
    origins = {_origin(first.route), _origin(blocked.route)} - {""}
    return first.verdict is blocked.verdict and first.cause in _OPENERS and len(origins) < 2


def _fact(line: Line) -> str:
    """The headline without the request that it may name."""
    return _REQUEST.sub(": ", line.headline, count=1)


def _origin(route: str) -> str:
    """The scheme, host and port of a route; empty where it is a path."""
    split = urlsplit(route.partition(" ")[2])
    return f"{split.scheme}://{split.netloc}" if split.netloc else ""


def _template(route: str) -> str:
    """The route with what looks like an identifier left open."""
    method, _, url = route.partition(" ")
    origin = _origin(route)
    path = urlsplit(url).path or "/"
    parts = ("{}" if _DATA.fullmatch(part) else part for part in path.split("/"))
    return f"{method} {origin}{'/'.join(parts)}"
