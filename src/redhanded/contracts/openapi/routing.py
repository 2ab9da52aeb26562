"""Routing: the operation of a document that a request asks for."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import quote, unquote

from redhanded.contracts.openapi.operations import VARIABLE

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from redhanded.contracts.openapi.nodes import Node
    from redhanded.contracts.openapi.operations import Operation

_ENCODED = re.compile(r"%[0-9A-Fa-f]{2}")
_REMEMBERED = 4096  # matches; paths hold ids, of which there is no end
_UNRESERVED = re.compile(r"[A-Za-z0-9._~-]")


class Match(NamedTuple):
    """What a path met: its template, the operation where it has the method, and raw values.

    `is_exact` is false where only a slash at the end tells the path from the template. `known` are
    the methods that the template has, and `path_node` is its path item.
    """

    template: str
    operation: Operation | None
    values: dict[str, str]
    is_exact: bool
    known: tuple[str, ...]
    path_node: Node


class _End(NamedTuple):
    """An operation where its path ends, with the names of its variables in order."""

    operation: Operation
    names: tuple[str, ...]


@dataclass(slots=True)
class _Step:
    """One segment of paths: what may follow it, the more concrete first."""

    literals: dict[str, _Step] = field(default_factory=dict)
    mixed: list[tuple[str, re.Pattern[str], _Step]] = field(default_factory=list)
    variable: _Step | None = None
    ends: dict[str, _End] = field(default_factory=dict)


class Router:
    """Finds operations by method and path; concrete segments go before templated ones.

    Where a more concrete path lacks the method, a templated one that has it is taken: so do the
    routers of servers. (OAS 3.1.1, section 4.8.8.2, leaves ambiguous paths to the tool.)
    """

    def __init__(
        self,
        operations: Iterable[Operation],
        prefixes_of: Callable[[Operation], Iterable[str]],
        *,
        prefixes: Iterable[str] = (),
    ) -> None:
        self._root = _Step()
        self._prefixes = set(prefixes)
        self._known: dict[tuple[str, str], Match | None] = {}
        for operation in operations:
            for prefix in prefixes_of(operation):
                self._add(prefix, operation)

    def find(self, method: str, path: str) -> Match | None:
        """The best match of a path as it was sent, percent-encoded; None where none has it."""
        key = method, path
        try:
            return self._known[key]
        except KeyError:
            if len(self._known) >= _REMEMBERED:
                self._known.clear()
            return self._known.setdefault(key, self._find(method, path))

    def _find(self, method: str, path: str) -> Match | None:
        segments = path.split("/")[1:]
        found = self._search(segments, method)
        is_exact = found is not None
        if found is None:
            found = self._search(segments[:-1] if path.endswith("/") else [*segments, ""], method)
        if found is None:
            return None
        step, values = found
        end = step.ends.get(method) or (step.ends.get("GET") if method == "HEAD" else None)
        known = tuple(step.ends)
        if end is None:
            other = step.ends[known[0]].operation
            return Match(other.template, None, {}, is_exact, known, other.path_node)
        named = dict(zip(end.names, values, strict=True))
        operation = end.operation
        return Match(operation.template, operation, named, is_exact, known, operation.path_node)

    def below_prefix(self, path: str) -> str:
        """The path without the longest prefix that it lies below."""
        found = [prefix for prefix in self._prefixes if path.startswith(f"{prefix}/")]
        return path[max(map(len, found), default=0) :]

    def _search(self, segments: Sequence[str], method: str) -> tuple[_Step, list[str]] | None:
        """The first place with the method, else the first place of that path."""
        fallback: tuple[_Step, list[str]] | None = None
        waiting: list[tuple[_Step, int, list[str]]] = [(self._root, 0, [])]
        while waiting:
            step, index, values = waiting.pop()
            if index < len(segments):
                _push(waiting, step, segments[index], index + 1, values)
            elif method in step.ends or (method == "HEAD" and "GET" in step.ends):
                return step, values
            elif step.ends and fallback is None:
                fallback = step, values
        return fallback

    def _add(self, prefix: str, operation: Operation) -> None:
        self._prefixes.add(prefix)
        # Some documents tell operations of one path apart by a fragment, which is never sent.
        path = (prefix + operation.template).partition("#")[0].partition("?")[0]
        names: list[str] = []
        step = self._root
        for segment in path.split("/")[1:]:
            names += VARIABLE.findall(segment)
            step = _below(step, segment)
        step.ends.setdefault(operation.method, _End(operation, tuple(names)))


def _push(
    waiting: list[tuple[_Step, int, list[str]]],
    step: _Step,
    segment: str,
    index: int,
    values: list[str],
) -> None:
    """Puts what may follow on the pile, the most concrete on top."""
    if segment and step.variable is not None:
        waiting.append((step.variable, index, [*values, segment]))
    for _, pattern, following in reversed(step.mixed):
        match = pattern.fullmatch(_normal(segment))
        if match:
            waiting.append((following, index, [*values, *match.groups()]))
    literal = step.literals.get(unquote(segment) if "%" in segment else segment)
    if literal is not None:
        waiting.append((literal, index, values))


def _below(step: _Step, segment: str) -> _Step:
    if "{" not in segment:
        return step.literals.setdefault(unquote(segment), _Step())
    if VARIABLE.fullmatch(segment):
        step.variable = step.variable or _Step()
        return step.variable
    text = VARIABLE.sub("{}", segment)
    for known, _, following in step.mixed:
        if known == text:
            return following
    parts = (re.escape(_normal(quote(part, safe="%:@!$&'()*+,;="))) for part in text.split("{}"))
    following = _Step()
    step.mixed.append((text, re.compile("(.+?)".join(parts), re.DOTALL), following))
    step.mixed.sort(key=lambda entry: -len(entry[0]))
    return following


def _normal(segment: str) -> str:
    """The segment with what needs no encoding decoded (RFC 3986, section 6.2.2)."""
    if "%" not in segment:
        return segment
    return _ENCODED.sub(_decoded, segment)


def _decoded(match: re.Match[str]) -> str:
    text = unquote(match[0])
    return text if _UNRESERVED.fullmatch(text) else match[0].upper()
