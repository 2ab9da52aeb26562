"""Words: what a schema wants, said so that it reads on after "want"."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

_ANY_NUMBER: Final = 8  # listed values that are told; more say less
_FORMATS: Final = {
    "byte": "Base64 text",
    **{
        f"{sign}int{bits}": f"{sign}int{bits} integer"
        for sign in ("", "u")
        for bits in (8, 16, 32, 64)
    },
    "date": "date",
    "date-time": "date and time with a zone",
    "duration": "duration",
    "email": "e-mail address",
    "hostname": "host name",
    "idn-email": "e-mail address",
    "idn-hostname": "host name",
    "ipv4": "IPv4 address",
    "ipv6": "IPv6 address",
    "json-pointer": "JSON Pointer",
    "regex": "regular expression",
    "time": "time with a zone",
    "uri": "URL",
    "uri-reference": "URL, whole or relative",
    "uri-template": "URI template",
    "uuid": "UUID",
}
_UNITS: Final = {"Items": "item", "Length": "character", "Properties": "property"}
_PLURALS: Final = {"property": "properties"}
_BOUNDS: Final = {
    "minimum": "at least",
    "maximum": "at most",
    "exclusiveMinimum": "more than",
    "exclusiveMaximum": "less than",
}
UNDECLARED: Final = "no undeclared property"


def any_of(words: Iterable[str]) -> str:
    """The words as a choice: `integer, string or null`."""
    *first, last = list(dict.fromkeys(words)) or ["nothing"]
    return f"{', '.join(first)} or {last}" if first else last


def listed(values: Iterable[Any], see: Callable[[object], str]) -> str:
    """The values as a choice, the first of many."""
    every = [see(value) for value in values]
    if len(every) > _ANY_NUMBER:
        return f"{', '.join(every[:_ANY_NUMBER])} or one of {len(every) - _ANY_NUMBER} more"
    return any_of(every)


def wanted(rule: str, limit: Any, see: Callable[[object], str]) -> str:  # noqa: ANN401
    """What a keyword with this value wants."""
    if rule in _BOUNDS:
        return f"{_BOUNDS[rule]} {_number(limit)}"
    if rule[3:] in _UNITS and rule[:3] in ("min", "max"):
        return f"at {'least' if rule[:3] == 'min' else 'most'} {counted(limit, _UNITS[rule[3:]])}"
    if rule == "enum" and isinstance(limit, list):
        return listed(limit, see)
    return see(limit) if rule == "const" else _plainly(rule, limit)


def _plainly(rule: str, limit: Any) -> str:  # noqa: ANN401
    match rule:
        case "type":
            return any_of([limit] if isinstance(limit, str) else limit)
        case "format":
            return _FORMATS.get(str(limit), str(limit))
        case "pattern":
            return f"text that matches {limit}"
        case "multipleOf":
            return f"a multiple of {_number(limit)}"
    return _SENTENCES.get(rule, rule)


_SENTENCES: Final = {
    "additionalProperties": UNDECLARED,
    "contains": "an item that the schema asks for",
    "dependentRequired": "required beside what is there",
    "items": "no further item",
    "minContains": "more items that the schema asks for",
    "maxContains": "fewer items that the schema asks for",
    "not": "not what the schema rules out",
    "required": "required",
    "unevaluatedItems": "no further item",
    "unevaluatedProperties": UNDECLARED,
    "uniqueItems": "no item twice",
}


def counted(number: Any, unit: str) -> str:  # noqa: ANN401
    """A number of things: `1 item`, `2 properties`."""
    return f"{number} {unit if number == 1 else _PLURALS.get(unit, unit + 's')}"


def _number(limit: object) -> str:
    return json.dumps(limit) if isinstance(limit, int | float) else str(limit)
