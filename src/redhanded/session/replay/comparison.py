"""Two bodies held against each other: what of their form differs, and what of their values."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from redhanded.contracts.glimpse import glimpse
from redhanded.core import jsonpath
from redhanded.session.replay.outcome import Difference
from redhanded.session.replay.values import NOT_JSON, is_fleeting, kind_of, parsed

if TYPE_CHECKING:
    from collections.abc import Iterator

    from redhanded.core.jsonpath import Place

_ABSENT = object()


class Comparison(NamedTuple):
    """What differs: the form (members and types), values, and values that always do."""

    form: tuple[Difference, ...] = ()
    values: tuple[Difference, ...] = ()
    fleeting: tuple[Difference, ...] = ()


def compared(recorded: str, replayed: str) -> Comparison:
    """What tells two bodies apart; JSON by its places, any other text as a whole.

    Of lists the items are compared in pairs: that one of them is longer is a matter of value, as
    another null is. Both texts are masked.
    """
    old, new = parsed(recorded), parsed(replayed)
    if old is NOT_JSON and new is NOT_JSON:
        if recorded == replayed:
            return Comparison()
        return Comparison(values=(Difference("body", _shown(recorded), _shown(replayed)),))
    if old is NOT_JSON or new is NOT_JSON:
        told = ["JSON" if side is not NOT_JSON else "not JSON" for side in (old, new)]
        return Comparison(form=(Difference("body", told[0], told[1]),))
    return _documents(old, new)


def _documents(old: object, new: object) -> Comparison:
    form, values, fleeting = [], [], []
    for place, before, after in _pairs(old, new):
        found = _difference(place, before, after)
        if _is_of_form(before, after):
            form.append(found)
        elif is_fleeting(place, before) and is_fleeting(place, after):
            fleeting.append(found)
        else:
            values.append(found)
    return Comparison(tuple(form), tuple(values), tuple(fleeting))


def _pairs(old: object, new: object) -> Iterator[tuple[Place, object, object]]:
    """Each place where the documents differ, with what stands there in each."""
    waiting: list[tuple[Place, object, object]] = [((), old, new)]
    while waiting:
        place, before, after = waiting.pop()
        if isinstance(before, dict) and isinstance(after, dict):
            names = dict.fromkeys([*before, *after])
            waiting += reversed(
                [
                    ((*place, name), before.get(name, _ABSENT), after.get(name, _ABSENT))
                    for name in names
                ]
            )
        elif isinstance(before, list) and isinstance(after, list):
            paired = enumerate(zip(before, after, strict=False))
            waiting += reversed([((*place, index), *pair) for index, pair in paired])
            if len(before) != len(after):
                yield place, f"{len(before)} items", f"{len(after)} items"
        elif _is_other(before, after):
            yield place, before, after


def _is_other(before: object, after: object) -> bool:
    return kind_of(before) != kind_of(after) or before != after


def _is_of_form(before: object, after: object) -> bool:
    if before is None or after is None:
        return _ABSENT in (before, after)
    return kind_of(before) != kind_of(after)


def _difference(place: Place, before: object, after: object) -> Difference:
    return Difference(jsonpath.write(place), _shown(before), _shown(after))


def _shown(value: object) -> str:
    return "missing" if value is _ABSENT else glimpse(value)
