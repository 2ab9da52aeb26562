"""Portions: a large value in parts, so that a million faults in it take no gigabytes to tell."""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import islice
from math import ceil
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from redhanded.contracts.openapi.schemas.fault import Fault
    from redhanded.core.jsonpath import Place

LARGEST: Final = 5_000
"""How many values, one in another, are looked through at once: some megabytes while it lasts."""

_ABOUT_THE_WHOLE: Final = frozenset({"required", "dependentRequired"})


@dataclass(frozen=True, slots=True)
class Portion:
    """A value with a part only of the members of one container, which stands at `path`.

    Its items begin with the one at `offset` in the whole.
    """

    value: Any
    path: Place
    offset: int

    def placed(self, fault: Fault) -> Fault | None:
        """The fault at its place in the whole; None where it is one of the portion alone."""
        depth = len(self.path)
        if fault.place[:depth] != self.path:
            return fault
        if len(fault.place) == depth or (
            len(fault.place) == depth + 1 and fault.rule in _ABOUT_THE_WHOLE
        ):
            return None
        step = fault.place[depth]
        step = step + self.offset if isinstance(step, int) else step
        return replace(fault, place=(*self.path, step, *fault.place[depth + 1 :]))


def is_large(value: object) -> bool:
    """Whether the value is looked through in portions."""
    return weight(value, most=LARGEST) >= LARGEST


def weight(value: object, *, most: int | None = None) -> int:
    """How many values there are in a value, itself included; counted up to `most`."""
    waiting, counted = [value], 0
    while waiting and (most is None or counted + len(waiting) < most):
        counted += 1
        waiting.extend(_parts(waiting.pop()))
    return counted + len(waiting)


def portions(value: Any) -> Iterator[Portion]:  # noqa: ANN401
    """The value in portions that are small enough, split where most of it stands."""
    path, container, total = _heaviest(value)
    size = max(1, len(container) // ceil(total / LARGEST))
    for start in range(0, len(container), size):
        yield Portion(_with(value, path, _slice(container, start, size)), path, start)


def _heaviest(value: Any) -> tuple[Place, Any, int]:  # noqa: ANN401
    """The innermost container that holds more than half of all."""
    path: Place = ()
    total = weight(value)
    while True:
        steps = list(value.items() if isinstance(value, dict) else enumerate(value))
        weights = ((weight(part), step, part) for step, part in steps)
        largest = max(weights, key=lambda entry: entry[0])
        if largest[0] <= total / 2:
            return path, value, total
        total, step, value = largest
        path = (*path, step)


def _slice(container: Any, start: int, size: int) -> Any:  # noqa: ANN401
    if isinstance(container, dict):
        return dict(islice(container.items(), start, start + size))
    return container[start : start + size]


def _with(value: Any, path: Place, part: Any) -> Any:  # noqa: ANN401
    """The value with another part at a place; what stands beside it is shared."""
    if not path:
        return part
    copy = value.copy()
    copy[path[0]] = _with(value[path[0]], path[1:], part)
    return copy


def _parts(value: object) -> Iterable[object]:
    if isinstance(value, dict):
        return value.values()
    return value if isinstance(value, list) else ()
