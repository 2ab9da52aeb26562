"""Ignored parameters: those of a query that an answer shows no trace of.

A server that does not know a parameter any more answers as if it had not been sent. What the
items of a list have in common with the query shows it, without any other request.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Sequence

    from redhanded.contracts.openapi.examination import Values
    from redhanded.contracts.openapi.parameters import Parameter
    from redhanded.contracts.openapi.terms import Terms
    from redhanded.core.violation import Violation

_LIMITS = frozenset(
    {"limit", "pagesize", "perpage", "maxresults", "maxitems", "take", "top", "itemsperpage"}
)
_SHOWN = 1000  # items looked at
_SIGNS = "*%,|:<>~"  # a pattern, a list or a comparison
_DATED = re.compile(r"\d{4}-\d\d")  # most often a bound


def ignored(
    terms: Terms, parameters: Sequence[Parameter], values: Values, answer: object
) -> list[Violation]:
    """Each sent parameter of a query that the items of the answer contradict."""
    items = _items_of(answer)
    if items is None:
        return []
    told: list[Violation] = []
    for parameter in parameters:
        name = parameter.name
        value = values.get(("query", name)) if parameter.place == "query" else None
        seen = _contradiction(terms, name, value, items) if value is not None else None
        if seen is not None:
            actual, wanted = seen
            told += terms.tell(
                "parameter_ignored", f"query {name}", actual, wanted, source=parameter.node
            )
    return told


def _contradiction(
    terms: Terms, name: str, value: object, items: Sequence[Any]
) -> tuple[str, str] | None:
    return _over_limit(name, value, items) or _unlike(terms, name, value, items)


def _over_limit(name: str, value: object, items: Sequence[Any]) -> tuple[str, str] | None:
    if type(value) is not int or not 0 < value < len(items):
        return None
    plain = "".join(filter(str.isalnum, name)).lower()
    if plain not in _LIMITS:
        return None
    return f"answered with {len(items)} items", f"at most {value}"


def _unlike(terms: Terms, name: str, value: object, items: Sequence[Any]) -> tuple[str, str] | None:
    """What an item has instead, where all of them have a property of the parameter's name."""
    if not isinstance(items[0], dict) or name not in items[0]:
        return None
    found = [item[name] for item in items[:_SHOWN] if isinstance(item, dict) and name in item]
    if len(found) < len(items[:_SHOWN]) or _is_range(value, found):
        return None
    other = next((one for one in found if _contradicts(value, one)), None)
    if other is None:
        return None
    return f"answered with an item of {terms.see(other)}", f"items of {terms.see(value)}"


def _is_range(value: object, found: list[Any]) -> bool:
    """Whether the parameter may be a bound: all items lie on one side of it."""
    if type(value) not in {int, float} or not all(type(one) in {int, float} for one in found):
        return False
    return all(one >= value for one in found) or all(one <= value for one in found)


def _contradicts(value: object, found: object) -> bool:
    """Whether a filter by this value cannot have let that through, however it compares texts."""
    if isinstance(value, str) and isinstance(found, str):
        is_pattern = any(sign in value for sign in _SIGNS) or _DATED.match(value)
        return bool(value) and not is_pattern and value.casefold() not in found.casefold()
    if isinstance(value, bool) or isinstance(found, bool):
        return type(value) is type(found) and value != found
    return type(value) in {int, float} and type(found) in {int, float} and value != found


def _items_of(answer: object) -> list[Any] | None:
    """The list that was asked for: the answer itself, or the only list of objects in it."""
    if isinstance(answer, dict):
        lists = [one for one in answer.values() if isinstance(one, list)]
        full = [one for one in lists if one and isinstance(one[0], dict)]
        answer = full[0] if len(full) == 1 else None
    return answer if isinstance(answer, list) and answer else None
