"""Breaches: what pydantic found wrong, said in the words of JSON and without a union's noise."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from itertools import islice
from typing import TYPE_CHECKING, NamedTuple

from redhanded.contracts.glimpse import glimpse
from redhanded.core import jsonpath
from redhanded.core.violation import Violation

if TYPE_CHECKING:
    from collections.abc import Callable, Container, Iterable, Iterator, Sequence

    from pydantic_core import ErrorDetails

    from redhanded.core.jsonpath import Place

_JSON_WORD = {
    "bool": "true or false",
    "bytes": "string",
    "dataclass": "object",
    "date": "date",
    "datetime": "date and time",
    "decimal": "decimal number",
    "deque": "array",
    "dict": "object",
    "float": "number",
    "frozen_set": "array",
    "int": "integer",
    "iterable": "array",
    "list": "array",
    "mapping": "object",
    "model": "object",
    "model_attributes": "object",
    "named_tuple": "object",
    "none_required": "null",
    "set": "array",
    "string": "string",
    "time": "time",
    "time_delta": "duration",
    "tuple": "array",
    "url": "URL",
    "uuid": "UUID",
}
_EXACT = {
    "extra_forbidden": "no undeclared field",
    "finite_number": "finite number",
    "int_from_float": "integer",
    "missing": "required",
    "timezone_aware": "date and time with a zone",
    "timezone_naive": "date and time without a zone",
    "unexpected_keyword_argument": "no undeclared field",
}
_STEM = re.compile(r"_(?:type|parsing|from_\w+)$")
_PREAMBLE = re.compile(
    r"(?:Value error|Assertion failed), |"
    r"\w+ should (?:have |match |be )?(?:a valid |an? )?|\w+ input should (?:be )?"
)
_AFTERWORD = re.compile(r"(?: after validation)?, not \w+$")
_KEY = "[key]"
_READINGS = 64  # places tried for one error before its first reading is taken


class Step(NamedTuple):
    """One part of an error's location: a real step, or a turn into a member of a union."""

    part: str | int
    is_turn: bool


@dataclass(frozen=True, slots=True)
class Breach:
    """One error at its place; `turns` are the union members it was met in: (depth, member)."""

    place: Place
    turns: tuple[tuple[int, str], ...]
    rule: str
    actual: str
    expected: str
    is_excused: bool = False


def violations(
    errors: Sequence[ErrorDetails],
    document: object,
    *,
    source: str,
    excused: Container[int] = (),
    see: Callable[[object], str] = glimpse,
) -> list[Violation]:
    """The errors of a failed validation as violations, sorted by their place in the document.

    Those whose number is `excused` do not count; a union holds where nothing else keeps a value
    from one of its members.
    """
    breaches = _settle(
        [
            _breach(error, document, see, is_excused=number in excused)
            for number, error in enumerate(errors)
        ]
    )
    return [
        Violation(
            code="body.json" if breach.rule == "json_invalid" else "body.schema",
            where=jsonpath.write(breach.place),
            actual=breach.actual,
            expected=breach.expected,
            rule=breach.rule,
            source=source,
        )
        for breach in sorted(breaches, key=lambda breach: jsonpath.in_order(breach.place))
    ]


def expected(error: ErrorDetails) -> str:
    """What should stand there, so that it reads on after "want"."""
    rule = error["type"]
    if known := _EXACT.get(rule) or _JSON_WORD.get(_STEM.sub("", rule)) or _JSON_WORD.get(rule):
        return known
    message = error["msg"].partition("\n")[0]  # pytest adds its own view of an assertion
    return _AFTERWORD.sub("", _PREAMBLE.sub("", message, count=1))


def _breach(
    error: ErrorDetails,
    document: object,
    see: Callable[[object], str],
    *,
    is_excused: bool,
) -> Breach:
    place, turns = _locate(error, document)
    missing = error["type"] == "missing"
    actual = "missing" if missing else see(error["input"])
    wanted = expected(error)
    if error["loc"][-1:] == (_KEY,):
        wanted = f"a key that is: {wanted}"
    return Breach(place, turns, error["type"], actual, wanted, is_excused)


def _locate(error: ErrorDetails, document: object) -> tuple[Place, tuple[tuple[int, str], ...]]:
    """The place in the document, apart from the union members that pydantic mixes into it.

    Several readings are possible where a member is called like a field; the one that leads to the
    value in the error is right, and the first where a validator has exchanged the value.
    """
    loc = error["loc"]
    # What is missing leads nowhere: its parent is the value in the error.
    parents, last = (loc[:-1], loc[-1:]) if error["type"] == "missing" else (loc, ())
    first, *others = islice(_readings(document, parents), _READINGS)
    fitting = (steps for steps, value in (first, *others) if _same(value, error["input"]))
    steps = next(fitting, first[0])
    place = (*(step.part for step in steps if not step.is_turn), *last)
    return place, tuple(_turns(steps))


def _turns(steps: Iterable[Step]) -> Iterator[tuple[int, str]]:
    depth = 0
    for step in steps:
        if not step.is_turn:
            depth += 1
        elif step.part != _KEY:
            yield depth, str(step.part)


def _readings(
    node: object, rest: Place, steps: tuple[Step, ...] = ()
) -> Iterator[tuple[tuple[Step, ...], object]]:
    """Every way to follow a location, with the value it leads to; real steps first."""
    if not rest:
        yield steps, node
        return
    head, tail = rest[0], rest[1:]
    if _leads(node, head):
        yield from _readings(node[head], tail, (*steps, Step(head, is_turn=False)))  # type: ignore[index]
    yield from _readings(node, tail, (*steps, Step(head, is_turn=True)))


def _leads(node: object, head: str | int) -> bool:
    if isinstance(node, list):
        return isinstance(head, int) and head < len(node)
    return isinstance(node, dict) and head in node


def _same(value: object, other: object) -> bool:
    # The error holds what pydantic parsed, the document what json parsed: equal, never identical.
    return type(value) is type(other) and value == other


def _settle(breaches: Sequence[Breach], level: int = 0) -> list[Breach]:
    """The breaches with those of each union reduced to its likeliest member."""
    settled = [b for b in breaches if len(b.turns) <= level and not b.is_excused]
    unions: dict[Place, list[Breach]] = {}
    for breach in breaches:
        if len(breach.turns) > level:
            unions.setdefault(breach.place[: breach.turns[level][0]], []).append(breach)
    return settled + [kept for group in unions.values() for kept in _likeliest(group, level)]


def _likeliest(group: Sequence[Breach], level: int) -> list[Breach]:
    """The breaches of the member that the value comes closest to; all wants where none is close."""
    members: dict[str, list[Breach]] = {}
    for breach in group:
        members.setdefault(breach.turns[level][1], []).append(breach)
    settled = [_settle(member, level + 1) for member in members.values()]
    depth = group[0].turns[level][0]
    for reasons in ([_alien(m, depth) for m in settled], [_other_tag(m, depth) for m in settled]):
        found = [reason for reason in reasons if reason]
        if len(found) == len(settled) and len({reason.place for reason in found}) == 1:
            return [_merged(found)]
    return min(settled, key=lambda member: _distance(member, depth))


def _alien(member: Sequence[Breach], depth: int) -> Breach | None:
    """The breach that says: the value is of another kind altogether."""
    return next((breach for breach in member if len(breach.place) == depth), None)


def _other_tag(member: Sequence[Breach], depth: int) -> Breach | None:
    """The breach that says: the value names itself as another member."""
    tags = (b for b in member if b.rule == "literal_error" and len(b.place) == depth + 1)
    return next(tags, None)


def _distance(member: Sequence[Breach], depth: int) -> tuple[bool, bool, int]:
    return bool(_alien(member, depth)), bool(_other_tag(member, depth)), len(member)


def _merged(breaches: Sequence[Breach]) -> Breach:
    wants = list(dict.fromkeys(breach.expected for breach in breaches))
    rule = breaches[0].rule if len(wants) == 1 else "union"
    return replace(breaches[0], rule=rule, expected=" or ".join(wants))
