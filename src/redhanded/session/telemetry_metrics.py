"""Metrics: how long attempts took, and what tests came to."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from redhanded.core.verdicts import Verdict

if TYPE_CHECKING:
    from opentelemetry.metrics import Meter

    from redhanded.core.events import Reported
    from redhanded.session.telemetry_attributes import Attributes

BUCKETS: Final = (0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10)
"""Seconds, as the HTTP conventions advise."""

_VERDICTS: Final = frozenset(map(str, Verdict))


class Metrics:
    """The instruments of one process."""

    def __init__(self, meter: Meter) -> None:
        self._durations = meter.create_histogram(
            "http.client.request.duration",
            unit="s",
            description="Duration of HTTP client requests.",
            explicit_bucket_boundaries_advisory=BUCKETS,
        )
        self._verdicts = meter.create_counter(
            "redhanded.verdicts", unit="{test}", description="Tests by verdict and cause."
        )

    def attempt(self, seconds: float, attributes: Attributes) -> None:
        """Count an attempt."""
        self._durations.record(seconds, attributes)

    def test(self, event: Reported) -> None:
        """Count a test by its verdict, where it has one and it is the last word on it."""
        if event.kind in _VERDICTS and not (event.is_parked or event.is_beside):
            told = {"redhanded.verdict": event.kind, "redhanded.cause": event.code}
            self._verdicts.add(1, {name: value for name, value in told.items() if value})
