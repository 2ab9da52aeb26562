"""What all calls to one origin share: its circuit, its pace and its retry budget."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING, NamedTuple

from redhanded.pipeline.breaker import Breaker, BreakerLimits
from redhanded.pipeline.bucket import Bucket
from redhanded.pipeline.in_flight import Places
from redhanded.pipeline.limiter import Limiter
from redhanded.pipeline.load import Load
from redhanded.pipeline.shared_view import SharedView

if TYPE_CHECKING:
    from collections.abc import Callable

    import httpx2

    from redhanded.pipeline.breaker import Change
    from redhanded.pipeline.shared_gate import Sharing


class Address(NamedTuple):
    """Scheme, host and port; the port is None where it is the scheme's own."""

    scheme: str
    host: str
    port: int | None

    def __str__(self) -> str:
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{self.scheme}://{host}" + (f":{self.port}" if self.port is not None else "")


def address_of(url: httpx2.URL) -> Address:
    """The address of the origin that a URL belongs to."""
    return Address(url.scheme, url.host, url.port)


@dataclass(frozen=True, slots=True)
class Origin:
    """The state of one origin; `shared` is what other processes share with this one, if any.

    `places` are those of requests in flight, None where as many as like may be.
    """

    address: Address
    breaker: Breaker
    limiter: Limiter
    bucket: Bucket
    shared: SharedView | None = None
    places: Places | None = None

    @property
    def is_calm(self) -> bool:
        """Whether no circuit is known to hold requests back."""
        return self.breaker.is_closed and not (self.shared is not None and self.shared.is_down)


@dataclass(slots=True)
class Origins:
    """The origins that a session has met, each made when it is first called.

    `turned` is told of each change of one of their circuits, their own or the shared one. `load`
    tells how much may be asked of a host.
    """

    now: Callable[[], float]
    breaker: BreakerLimits = field(default_factory=BreakerLimits)
    load: Callable[[str], Load] = lambda _: Load()
    tokens: float = 100.0
    sharing: Sharing | None = None
    turned: Callable[[Address, Change], object] | None = None
    _known: dict[tuple[str, str, int | None], Origin] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def of(self, url: httpx2.URL) -> Origin:
        """The origin of a URL, the same object each time."""
        known = self._known.get((url.scheme, url.host, url.port))
        return known or self._make(address_of(url))

    @property
    def known(self) -> tuple[Origin, ...]:
        """The origins that were called so far."""
        return tuple(self._known.values())

    def _make(self, address: Address) -> Origin:
        load = self.load(address.host)
        with self._lock:
            return self._known.setdefault(
                address,
                Origin(
                    address,
                    Breaker(self.breaker, self.now, partial(self._turned, address)),
                    Limiter(load.rate, load.burst, self.now),
                    Bucket(self.tokens),
                    self._shared(address),
                    None if load.in_flight is None else Places(load.in_flight),
                ),
            )

    def _shared(self, address: Address) -> SharedView | None:
        if self.sharing is None:
            return None
        turned = partial(self._turned, address)
        return SharedView(self.sharing.gate(str(address)), self.sharing.workers, turned)

    def _turned(self, address: Address, change: Change) -> None:
        if self.turned is not None:
            self.turned(address, change)
