"""The lowest and highest number that a schema allows, and those one step beyond."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from fractions import Fraction
from typing import TYPE_CHECKING, TypeAlias

from redhanded.data.bounds import Bounds

if TYPE_CHECKING:
    from redhanded.data.schema_view import Place, Schema

Number: TypeAlias = int | float | str

_LIMITS = {
    "minimum": "ge",
    "exclusiveMinimum": "gt",
    "maximum": "le",
    "exclusiveMaximum": "lt",
}
_CENT = Decimal("0.01")
_SIZES = {"int32": 2**31, "int64": 2**63}


@dataclass(frozen=True, slots=True)
class Range:
    """The numbers of one place, counted in steps, written as the example there is.

    A decimal number that travels as text stays text. `format` widens nothing: int32 and int64 are
    bounds where the schema states none.
    """

    step: Decimal
    bounds: Bounds
    whole: bool
    text: bool

    @classmethod
    def of(cls, place: Place, current: object) -> Range | None:
        """The range of a place; None where no number may stand, or a choice of ranges."""
        found = place.of("integer") or place.of("number")
        if found is None or not isinstance(current, int | float | str):
            return None
        whole = found["type"] == "integer"
        step = _step(found, whole=whole, current=current)
        limits = {name: found[word] for word, name in _LIMITS.items() if word in found}
        size = _SIZES.get(found.get("format", "")) if whole else None
        if size is not None:
            limits = {"ge": -size, "le": size - 1, **limits}
        bounds = Bounds.of(limits, lambda limit: Fraction(Decimal(str(limit))) / Fraction(step))
        return cls(step, bounds, whole, isinstance(current, str))

    def at(self, steps: int) -> Number:
        """The number that is this many steps from zero."""
        return self._written(self.step * steps)

    def between(self, number: int) -> Number | None:
        """A number half a step above this one; None where whole numbers leave no room."""
        half = self.step * number + self.step / 2
        if self.whole and half != int(half):
            half = self.step * number + 1
            return self._written(half) if self.step > 1 else None
        return self._written(half)

    @property
    def step_is_one(self) -> bool:
        """Whether the next number is one more."""
        return self.step == 1

    def _written(self, value: Decimal) -> Number:
        if self.text:
            return f"{value:f}"
        return int(value) if self.whole or value == int(value) else float(value)


def as_decimal(value: object) -> Decimal | None:
    """The number that a JSON number, or a text of one, stands for."""
    try:
        return None if isinstance(value, bool) else Decimal(str(value))
    except InvalidOperation:
        return None


def _step(schema: Schema, *, whole: bool, current: Number) -> Decimal:
    if "multipleOf" in schema:
        return Decimal(str(schema["multipleOf"]))
    if whole:
        return Decimal(1)
    number = as_decimal(current) if isinstance(current, str) else None
    exponent = number.as_tuple().exponent if number is not None else None
    return Decimal(1).scaleb(exponent) if isinstance(exponent, int) else _CENT
