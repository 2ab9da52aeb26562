"""Differences between a document and the value it should equal, each at its place."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from redhanded.contracts.glimpse import glimpse
from redhanded.contracts.shape import is_matcher
from redhanded.core import jsonpath
from redhanded.core.violation import Violation

if TYPE_CHECKING:
    from redhanded.core.jsonpath import Place


@dataclass(frozen=True, slots=True)
class Comparison:
    """Compares by JSON's rules: `1` equals `1.0`, and `true` only itself.

    A dirty-equals value anywhere inside what is expected decides for its place. `see` shortens
    what is shown.
    """

    see: Callable[[object], str] = glimpse

    def differences(self, actual: object, expected: object, place: Place = ()) -> list[Violation]:
        """Each place where the document differs from what is expected."""
        return list(self._in_values(actual, expected, place))

    def _in_values(self, actual: object, expected: object, place: Place) -> Iterator[Violation]:
        if is_matcher(expected):
            if expected != actual:
                yield _violation(place, self.see(actual), repr(expected))
        elif isinstance(expected, Mapping) and isinstance(actual, Mapping):
            yield from self._in_objects(actual, expected, place)
        elif _is_array(expected) and _is_array(actual):
            yield from self._in_arrays(actual, expected, place)  # type: ignore[arg-type]
        elif isinstance(expected, bool) is not isinstance(actual, bool) or expected != actual:
            yield _violation(place, self.see(actual), self.see(expected))

    def _in_objects(
        self, actual: Mapping[Any, Any], expected: Mapping[Any, Any], place: Place
    ) -> Iterator[Violation]:
        for name in sorted({**actual, **expected}, key=str):
            here = (*place, name)
            if name not in actual:
                yield _violation(here, "missing", self.see(expected[name]))
            elif name not in expected:
                yield _violation(here, self.see(actual[name]), "no such field")
            else:
                yield from self._in_values(actual[name], expected[name], here)

    def _in_arrays(
        self, actual: Sequence[Any], expected: Sequence[Any], place: Place
    ) -> Iterator[Violation]:
        if len(actual) != len(expected):
            yield _violation(place, _counted(actual), _counted(expected))
        for index, (got, wanted) in enumerate(zip(actual, expected, strict=False)):
            yield from self._in_values(got, wanted, (*place, index))


def _is_array(value: object) -> bool:
    return isinstance(value, list | tuple)


def _counted(items: Sequence[Any]) -> str:
    return f"{len(items)} item{'' if len(items) == 1 else 's'}"


def _violation(place: Place, actual: str, expected: str) -> Violation:
    return Violation("value", jsonpath.write(place), actual, expected, rule="equal")
