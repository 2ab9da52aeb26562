"""The reach of a store: it is opened when first asked, and asked no more once it was away."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING, TypeVar

from redhanded.history.store import HistoryUnavailable

if TYPE_CHECKING:
    from collections.abc import Callable

    from redhanded.history.store import Store

T = TypeVar("T")


class Reach:
    """Asks a store, and never raises; `trouble` is the first thing that went wrong, in words."""

    def __init__(self, open_: Callable[[], Store]) -> None:
        self.trouble: str = ""
        self.is_away: bool = False
        self._open = open_
        self._store: Store | None = None

    @property
    def is_open(self) -> bool:
        """Whether the store was reached, and may be asked more."""
        return self._store is not None and not self.is_away

    def __call__(self, ask: Callable[[Store], T]) -> T | None:
        """What the store says; None where it is away."""
        if self.is_away:
            return None
        try:
            if self._store is None:
                self._store = self._open()
            return ask(self._store)
        except HistoryUnavailable as error:
            self.fail(str(error))
        except Exception as fault:  # noqa: BLE001  a fault of ours must not cost the run
            self.fail(reported(fault))
        return None

    def fail(self, reason: str) -> None:
        """Ask no more."""
        self.is_away = True
        self.trouble = self.trouble or reason.removesuffix(".")

    def close(self) -> None:
        """Let go of the store."""
        store, self._store = self._store, None
        if store is not None:
            with suppress(HistoryUnavailable):
                store.close()


def reported(fault: Exception) -> str:
    """A fault of ours in words."""
    return f"a fault of redhanded ({type(fault).__name__}: {fault}), please report it"
