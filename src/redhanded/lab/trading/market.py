"""The market: invented instruments whose prices follow from a seed and never move."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeAlias

from redhanded.lab.auth import Clock
from redhanded.lab.fields import moment
from redhanded.lab.problems import not_found
from redhanded.lab.trading.cursors import cut, read_cursor
from redhanded.lab.trading.models import Instrument, InstrumentFilter, Page, PageFilter, Quote
from redhanded.lab.trading.money import Currency, to_text

_LISTED: dict[Currency, str] = {
    "EUR": "Alder Basalt Cedar Dunlin Ember Fjord Garnet Heron Indigo Juniper",
    "USD": "Kestrel Linden Marlin Nectar Osprey Pebble Quartz Rowan",
    "JPY": "Saffron Teal Umber Violet Willow",
    "KWD": "Xenon Yarrow",
}
_CHEAPEST, _RANGE = 1_000, 30_000  # minor units
_SPREAD = 500  # the spread is one part in this many


@dataclass(frozen=True, slots=True, kw_only=True)
class Price:
    """A quote in minor units."""

    bid: int
    ask: int


def price_of(symbol: str, seed: str) -> Price:
    """The price of the instrument, the same for the same seed on any machine."""
    number = int.from_bytes(hashlib.sha256(f"{seed}/{symbol}".encode()).digest()[:4])
    bid = _CHEAPEST + number % _RANGE
    return Price(bid=bid, ask=bid + bid // _SPREAD + 1)


def _instruments() -> tuple[Instrument, ...]:
    listed = [
        Instrument(symbol=_symbol(name), name=name, currency=currency)
        for currency, names in _LISTED.items()
        for name in names.split()
    ]
    return tuple(sorted(listed, key=lambda instrument: instrument.symbol))


def _symbol(name: str) -> str:
    return (name.upper() + "X")[:4]


_INSTRUMENTS = _instruments()
_Placed: TypeAlias = tuple[int, Instrument]


@dataclass(frozen=True, slots=True, kw_only=True)
class Market:
    """The instruments and their prices."""

    clock: Clock
    seed: str = "lab"

    def find(self, wanted: InstrumentFilter) -> Page[Instrument]:
        """The page of instruments that was asked for, in the order of symbols."""
        rows = [row for row in _after(wanted) if wanted.currency in {None, row[1].currency}]
        return cut(rows, wanted, kind="instruments", place=_place, read=_instrument)

    def quotes(self, wanted: InstrumentFilter) -> Page[Quote]:
        """The page of quotes that was asked for, in the order of symbols."""
        page = self.find(wanted)
        return Page(items=[self.quote(found) for found in page.items], next=page.next)

    def get(self, symbol: str) -> Instrument:
        """The instrument with this symbol, or a 404 problem."""
        found = self.lookup(symbol)
        if found is None:
            raise not_found("instrument", symbol)
        return found

    def lookup(self, symbol: str) -> Instrument | None:
        """The instrument with this symbol, if it is listed."""
        return next((known for known in _INSTRUMENTS if known.symbol == symbol), None)

    def price(self, symbol: str) -> Price:
        """The price of the instrument now."""
        return price_of(symbol, self.seed)

    def quote(self, instrument: Instrument) -> Quote:
        """The price of the instrument now, as it is sent."""
        price = self.price(instrument.symbol)
        return Quote(
            symbol=instrument.symbol,
            currency=instrument.currency,
            bid=to_text(price.bid, instrument.currency),
            ask=to_text(price.ask, instrument.currency),
            as_of=moment(self.clock()),
        )


def _after(wanted: PageFilter) -> Sequence[_Placed]:
    first = read_cursor("instruments", wanted)
    return [row for row in enumerate(_INSTRUMENTS, start=1) if row[0] > first]


def _place(row: _Placed) -> int:
    return row[0]


def _instrument(row: _Placed) -> Instrument:
    return row[1]
