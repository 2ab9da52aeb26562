"""Differences between a document and the value it should equal, each at its place."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from redhanded.contracts import jsonpath
from redhanded.contracts.glimpse import glimpse
from redhanded.contracts.shape import is_matcher
from redhanded.core.violation import Violation

if TYPE_CHECKING:
    from redhanded.contracts.jsonpath import Place


def differences(actual: object, expected: object, place: Place = ()) -> Iterator[Violation]:
    """Each place where the document differs; JSON's rules: `1` equals `1.0`, `true` only itself.

    A dirty-equals value anywhere inside `expected` decides for its place.
    """
    if is_matcher(expected):
        if expected != actual:
            yield _violation(place, glimpse(actual), repr(expected))
    elif isinstance(expected, Mapping) and isinstance(actual, Mapping):
        yield from _in_objects(actual, expected, place)
    elif _is_array(expected) and _is_array(actual):
        yield from _in_arrays(actual, expected, place)  # type: ignore[arg-type]
    elif isinstance(expected, bool) is not isinstance(actual, bool) or expected != actual:
        yield _violation(place, glimpse(actual), glimpse(expected))


def _in_objects(
    actual: Mapping[Any, Any], expected: Mapping[Any, Any], place: Place
) -> Iterator[Violation]:
    for name in sorted({**actual, **expected}, key=str):
        here = (*place, name)
        if name not in actual:
            yield _violation(here, "missing", glimpse(expected[name]))
        elif name not in expected:
            yield _violation(here, glimpse(actual[name]), "no such field")
        else:
            yield from differences(actual[name], expected[name], here)


def _in_arrays(actual: Sequence[Any], expected: Sequence[Any], place: Place) -> Iterator[Violation]:
    if len(actual) != len(expected):
        yield _violation(place, _counted(actual), _counted(expected))
    for index, (got, wanted) in enumerate(zip(actual, expected, strict=False)):
        yield from differences(got, wanted, (*place, index))


def _is_array(value: object) -> bool:
    return isinstance(value, list | tuple)


def _counted(items: Sequence[Any]) -> str:
    return f"{len(items)} item{'' if len(items) == 1 else 's'}"


def _violation(place: Place, actual: str, expected: str) -> Violation:
    return Violation("value", jsonpath.write(place), actual, expected, rule="equal")
