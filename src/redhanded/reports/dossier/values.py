"""Events read back from a spool: values of the types that were written, or none at all."""

from __future__ import annotations

import json
from dataclasses import fields
from functools import cache
from typing import TYPE_CHECKING, Any, Final, TypeVar, cast

from pydantic_core import from_json

from redhanded.core.attempt import Failure, Phase, Wait
from redhanded.core.exchange import Body, Exchange
from redhanded.core.verdicts import Finding, Verdict
from redhanded.core.violation import Violation

if TYPE_CHECKING:
    from collections.abc import Hashable, Mapping

Record = dict[str, Any]
T = TypeVar("T")

_TYPES: Final[Mapping[str, tuple[type, ...]]] = {
    "str": (str,),
    "float": (float, int),
    "int": (int,),
    "bool": (bool,),
    "tuple[str, ...]": (list,),
    "Mapping[str, str]": (dict,),
    "Mapping[str, int]": (dict,),
    "Headers": (list,),
    "tuple[Mark, ...]": (list,),
    "int | None": (int, type(None)),
    "Failure | None": (dict, type(None)),
    "Wait": (dict,),
}
_PHASES: Final = {phase.value: phase for phase in Phase}
_VERDICTS: Final = {verdict.value: verdict for verdict in Verdict}
_EXCHANGE: Final = tuple(Exchange._fields)
_SENT, _GOT, _FAILED, _MARKS, _WAIT, _NOTES = map(
    _EXCHANGE.index,
    ("request_headers", "response_headers", "failure", "marks", "wait", "notes"),
)
_LISTS: Final = frozenset({"tuple[str, ...]"})


class Unreadable(ValueError):
    """What stands there is none of the values that it should be."""


def parsed(line: bytes) -> Record | None:
    """The event of a line; None where the line holds none."""
    try:
        event = from_json(line, cache_strings="keys")
    except ValueError:
        event = _lenient(line)
    return event if type(event) is dict and type(event.get("event")) is str else None


def _lenient(line: bytes) -> object:
    """The value of a line that is deep, or holds halves of surrogate pairs; None of a torn one."""
    try:
        value: object = json.loads(line)
    except (ValueError, RecursionError):
        return None
    return value


def value_of(kind: type[T], record: Mapping[str, Any]) -> T:
    """The dataclass of a record; a field that the record lacks has its default.

    Raises Unreadable where a field is of another type, or lacks without a default.
    """
    told: Record = {}
    for name, wanted in _wanted(cast("Hashable", kind)):
        if name not in record:
            continue
        value = record[name]
        if type(value) not in _TYPES.get(wanted, (str,)):
            raise Unreadable(name)
        told[name] = tuple(map(str, value)) if wanted in _LISTS else value
    try:
        return kind(**told)
    except TypeError as error:
        raise Unreadable(str(error)) from None


@cache
def _wanted(kind: type) -> tuple[tuple[str, str], ...]:
    return tuple((field.name, f"{field.type}") for field in fields(kind))


@cache
def _is_exchange(shape: tuple[type, ...]) -> bool:
    wanted = Exchange.__annotations__
    return all(
        given in _TYPES.get(_plain(wanted[name]), (str,))
        for name, given in zip(_EXCHANGE, shape, strict=True)
    )


def _plain(annotation: object) -> str:
    """The annotation as it was written."""
    return str(getattr(annotation, "__forward_arg__", annotation))


def exchange_of(record: object) -> Exchange:
    """The exchange of its record; raises Unreadable where it is none."""
    if type(record) is not dict:
        raise Unreadable("exchange")
    try:
        told = [record[name] for name in _EXCHANGE]
        # Equal shapes are judged once: a run has a hundred thousand exchanges, and few shapes.
        if not _is_exchange(tuple(map(type, told))):
            raise Unreadable("exchange")
        # By position, for _replace() would make each exchange twice.
        told[_SENT], told[_GOT] = _pairs(told[_SENT]), _pairs(told[_GOT])
        told[_FAILED] = None if told[_FAILED] is None else _failure(told[_FAILED])
        told[_MARKS] = tuple([(_PHASES[phase], _number(at)) for phase, at in told[_MARKS]])
        told[_WAIT] = _wait(told[_WAIT])
        told[_NOTES] = tuple(map(str, told[_NOTES]))
        return Exchange._make(told)
    except (KeyError, TypeError, ValueError) as error:
        raise Unreadable(f"exchange: {error}") from None


def _pairs(headers: Any) -> tuple[tuple[str, str], ...]:  # noqa: ANN401  as JSON has it
    pairs = [(name, value) for name, value in headers if type(name) is str and type(value) is str]
    if len(pairs) != len(headers):
        raise Unreadable("headers")
    return tuple(pairs)


def _number(value: Any) -> float:  # noqa: ANN401  as JSON has it
    if type(value) is not float and type(value) is not int:
        raise Unreadable("marks")
    return value


def _failure(record: Any) -> Failure:  # noqa: ANN401  as JSON has it
    phase = _PHASES[record["phase"]]
    return Failure(str(record["row"]), phase, str(record["error"]), str(record["message"]))


def _wait(record: Any) -> Wait:  # noqa: ANN401  as JSON has it
    return Wait(_number(record["seconds"]), str(record["reason"]))


def body_of(record: object) -> Body | None:
    """The body of its record; None where it is none."""
    if type(record) is not dict:
        return None
    try:
        return value_of(Body, record)
    except Unreadable:
        return None


def findings_of(record: object) -> tuple[Finding, ...]:
    """The findings of their records, without what is none."""
    found: list[Finding] = []
    for each in record if type(record) is list else ():
        try:
            found.append(_finding(each))
        except (KeyError, TypeError, Unreadable):
            continue
    return tuple(found)


def _finding(record: Record) -> Finding:
    return Finding(
        verdict=_VERDICTS[record["verdict"]],
        code=str(record["code"]),
        message=str(record["message"]),
        attempt_id=str(record.get("attempt_id", "")),
        violations=tuple(value_of(Violation, each) for each in record.get("violations", ())),
        evidence=tuple(map(str, record.get("evidence", ()))),
        confidence=str(record.get("confidence", "")),
    )


def text_of(record: Mapping[str, Any], name: str) -> str:
    """The text of that name; empty where none stands there."""
    value = record.get(name)
    return value if type(value) is str else ""


def number_of(record: Mapping[str, Any], name: str) -> float:
    """The number of that name; 0 where none stands there."""
    value = record.get(name)
    return value if type(value) is float or type(value) is int else 0.0


def texts_of(record: Mapping[str, Any], name: str) -> tuple[str, ...]:
    """The list of texts of that name; empty where none stands there."""
    value = record.get(name)
    return tuple(map(str, value)) if type(value) is list else ()


def table_of(record: Mapping[str, Any], name: str) -> dict[str, str]:
    """The table of texts of that name; empty where none stands there."""
    value = record.get(name)
    return {str(key): str(told) for key, told in value.items()} if type(value) is dict else {}
