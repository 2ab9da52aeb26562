"""Handing on what waits to be exported, for a time that is bounded."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

SECONDS: Final = 5.0
"""How long a process waits at its end for what is exported."""


class Flush:
    """Asks providers to export what they hold, and leaves one that hangs alone from then on."""

    def __init__(
        self,
        providers: Callable[[], Sequence[object]],
        note: Callable[[str], None],
        *,
        seconds: float = SECONDS,
    ) -> None:
        self._providers = providers
        self._note = note
        self._seconds = seconds
        self._is_over = False

    def __call__(self) -> None:
        """Wait until all is exported, or the time is over."""
        if self._is_over:
            return
        faults: list[str] = []
        thread = threading.Thread(target=self._export, args=[faults], daemon=True)
        thread.start()
        thread.join(self._seconds)
        if thread.is_alive():
            faults = [f"not all was exported within {self._seconds:g} s"]
        if faults:
            self._is_over = True
            self._note(f"telemetry: {faults[0]}; verdicts stand, see to the exporter's own set-up")

    def _export(self, faults: list[str]) -> None:
        for provider in self._providers():
            flush: Any = getattr(provider, "force_flush", None)  # the SDK's, and not in the API
            try:
                if flush is not None:
                    flush(int(self._seconds * 1000))
            except Exception as fault:  # noqa: BLE001  an exporter's fault must not cost a verdict
                faults.append(f"nothing was exported ({type(fault).__name__}: {fault})")
