"""How long it takes to see what of a document an answer shows, beside holding it against it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Final

from bench.contracts.checking import of_orders
from bench.contracts.exchanges import answered
from bench.contracts.orders import page
from bench.contracts.timing import medians
from bench.figures import Figure
from redhanded.contracts.openapi.sightings import Sightings

_SIZES: Final = {"2 KB": 2_000, "200 KB": 200_000}
_MOST = 1.0  # who only counts must not cost more than who judges


def figures(*, short: bool) -> Iterator[Figure]:
    """What it takes to look through an answer whose like was seen before, over its check."""
    for name, size in _SIZES.items():
        seeing, checking = _ways(page(size))
        times = medians({"see": seeing, "check": checking}, rounds=3 if short else 15)
        ratio = times["see"] / times["check"]
        yield Figure(
            name=f"coverage of an answer of {name}, beside its check",
            measured=f"{times['see'] * 1000:.3f} ms, {ratio:.2f} x",
            goal=f"<= {_MOST:g} x",
            is_met=ratio <= _MOST,
        )


def _ways(body: bytes) -> tuple[Callable[[], object], Callable[[], object]]:
    contract = of_orders()
    sightings = Sightings(
        contract.document,
        lambda node, way: contract.schemas.check(node, way, closed=False).accepts,
    )
    attempt = answered(body)
    known = contract.examine(attempt)
    return (
        lambda: sightings.see(known, is_checked=True),
        lambda: contract.examine(attempt),
    )
