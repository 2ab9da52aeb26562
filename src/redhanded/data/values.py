"""Values of one type each, as an author would write them in an example."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias
from uuid import UUID

import pydantic

from redhanded.data import numbers
from redhanded.data.times import Times

if TYPE_CHECKING:
    from random import Random

    from redhanded.core.ids import NewTag
    from redhanded.data.bounds import Limits
    from redhanded.data.strings import Strings

Draw: TypeAlias = Callable[[str, "Limits"], object]

_NO_LIMITS: Limits = {}
# What polyfactory reads better: patterns, existing files, JSON inside of a string.
_FOREIGN = frozenset({"pattern", "path_type", "json"})
_CONTAINERS = (list, tuple, set, frozenset)


class Values:
    """Draws values by type: the field's constraints come first, then the look of its name."""

    def __init__(self, strings: Strings, rng: Random, *, tag: NewTag, today: date) -> None:
        self._rng = rng
        self._tag = tag
        self.strings: Strings = strings
        self.times: Times = Times(rng, today)
        self._by_type: Mapping[object, Draw] = {
            **self._of_numbers(),
            **self._of_texts(),
            **self._of_times(),
            **self._of_containers(),
        }

    def can_draw(self, kind: object, limits: Limits) -> bool:
        """Whether values of this type under these constraints are drawn here."""
        if not isinstance(kind, type) or kind not in self._by_type:
            return False
        if limits.keys() & _FOREIGN or limits.get("uuid_version", 4) != 4:
            return False
        return not limits or kind not in {*_CONTAINERS, dict}

    def draw(self, kind: object, name: str = "", limits: Limits = _NO_LIMITS) -> object:
        """One value; raises ValueError where the constraints leave none."""
        return self._by_type[kind](name, limits)

    def providers(self) -> dict[Any, Callable[[], object]]:
        """A function without arguments for each type, for objects that are no models."""
        return {kind: partial(self.draw, kind) for kind in self._by_type}

    def _of_numbers(self) -> dict[object, Draw]:
        rng = self._rng
        return {
            int: lambda _, limits: numbers.whole(rng, limits),
            float: lambda _, limits: float(numbers.amount(rng, limits)),
            Decimal: lambda _, limits: numbers.amount(rng, limits),
            UUID: lambda _, __: UUID(int=rng.getrandbits(128), version=4),
        }

    def _of_texts(self) -> dict[object, Draw]:
        text = self._text
        return {
            str: text,
            object: text,
            Any: text,
            bytes: lambda _, limits: text("key", limits).encode(),  # a length counts bytes
            Path: lambda _, limits: Path(text("path", limits)),
            pydantic.EmailStr: lambda _, limits: text("email", limits),
            pydantic.SecretStr: lambda name, limits: pydantic.SecretStr(text(name, limits)),
            pydantic.HttpUrl: lambda _, limits: pydantic.HttpUrl(text("url", limits)),
            pydantic.AnyHttpUrl: lambda _, limits: pydantic.AnyHttpUrl(text("url", limits)),
            pydantic.AnyUrl: lambda _, limits: pydantic.AnyUrl(text("url", limits)),
        }

    def _of_times(self) -> dict[object, Draw]:
        times = self.times
        return {
            date: lambda _, limits: times.day(limits),
            datetime: lambda _, limits: times.moment(limits),
            time: lambda _, __: times.hour(),
            timedelta: lambda _, limits: times.length(limits),
            pydantic.PastDate: lambda _, __: times.past(),
            pydantic.FutureDate: lambda _, __: times.future(),
            pydantic.PastDatetime: lambda _, __: times.past_moment(),
            pydantic.FutureDatetime: lambda _, __: times.future_moment(),
            pydantic.AwareDatetime: lambda _, limits: times.moment(limits),
            pydantic.NaiveDatetime: lambda _, limits: times.moment(limits, None),
        }

    def _of_containers(self) -> dict[object, Draw]:
        def filled(kind: Callable[[list[str]], object]) -> Draw:
            return lambda name, limits: kind([self._text(name, limits)])

        keyed: Draw = lambda name, limits: {"key": self._text(name, limits)}  # noqa: E731
        return {**{kind: filled(kind) for kind in _CONTAINERS}, dict: keyed}

    def _text(self, name: str, limits: Limits) -> str:
        shortest, longest = limits.get("min_length", 0), limits.get("max_length")
        if name == "tag" and len(tag := self._tag(self._rng.randbytes)) <= (longest or len(tag)):
            return tag
        return self.strings.named(
            "url" if "url" in limits else name,
            shortest=shortest,
            longest=longest,
            in_case=_case(limits),
            is_stripped=bool(limits.get("strip_whitespace")),
        )


def _case(limits: Limits) -> Callable[[str], str] | None:
    if limits.get("upper_case"):
        return str.upper
    return str.lower if limits.get("lower_case") else None
