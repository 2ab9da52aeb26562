"""Numbers as they stand on a price tag: whole steps of a cent, or of what the field asks for."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from redhanded.data.bounds import Bounds, Limits

if TYPE_CHECKING:
    from collections.abc import Iterator
    from random import Random

# Finer steps are tried only where coarse ones do not fit between the limits.
_PLACES = (2, 4, 8, 16)


def whole(rng: Random, limits: Limits) -> int:
    """A whole number, from 1 to 1,000 where the limits allow it; ValueError where none is left."""
    return int(_drawn(rng, limits, [_multiple(limits) or Decimal(1)]))


def amount(rng: Random, limits: Limits) -> Decimal:
    """A decimal number, from 1.00 to 1,000.00 where the limits allow it; else as `whole`."""
    return _drawn(rng, limits, _steps(limits))


def _drawn(rng: Random, limits: Limits, steps: Iterator[Decimal] | list[Decimal]) -> Decimal:
    for step in steps:
        bounds = Bounds.of(limits, _counter(step))
        if "max_digits" in limits:
            bounds = bounds.within(_largest(limits, step))
        if not bounds.is_empty:
            start = max(round(1 / step), 1)
            return bounds.draw(rng, start=start, span=max(int(999 / step), 1)) * step
    raise ValueError("its limits leave no number")


def _steps(limits: Limits) -> Iterator[Decimal]:
    multiple = _multiple(limits)
    if multiple is not None:
        yield multiple
    elif "decimal_places" in limits:
        yield Decimal(1).scaleb(-limits["decimal_places"])
    else:
        most = max(limits.get("max_digits", 17) - 1, 0)
        yield from (Decimal(1).scaleb(-min(places, most)) for places in _PLACES)


def _multiple(limits: Limits) -> Decimal | None:
    return Decimal(str(limits["multiple_of"])) if "multiple_of" in limits else None


def _largest(limits: Limits, step: Decimal) -> int:
    exponent = step.as_tuple().exponent
    places = limits.get("decimal_places", -exponent if isinstance(exponent, int) else 0)
    return int(Decimal(10 ** limits["max_digits"] - 1).scaleb(-places) / step)


def _counter(step: Decimal) -> Any:  # noqa: ANN401  limits are numbers of any type
    return lambda limit: Fraction(Decimal(str(limit))) / Fraction(step)
