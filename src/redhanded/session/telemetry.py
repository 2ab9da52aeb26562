"""Telemetry: what a session tells OpenTelemetry, where the settings ask for it.

Nothing of OpenTelemetry is imported before that.
"""

from __future__ import annotations

from contextlib import nullcontext
from typing import TYPE_CHECKING, NamedTuple, Protocol, TypeVar

from redhanded.core.errors import UsageError
from redhanded.pipeline.spans import Spans

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from contextlib import AbstractContextManager

    from redhanded.core.events import Event
    from redhanded.core.settings import Settings
    from redhanded.pipeline.spans import Span

    T = TypeVar("T")


class Telling(NamedTuple):
    """What telemetry needs of its session.

    `suite` is the project's name; `run` is that of the run. `wall` tells the time, `mask` hides
    secrets, `note` tells the reader of the run something, once.
    """

    suite: str
    run: str
    wall: Callable[[], float]
    mask: Callable[[str], str]
    note: Callable[[str], None]


class Telemetry(Spans, Protocol):
    """What becomes of a process's events, and of the ids of its tests and attempts."""

    def begin(self, test_id: str, round_: int) -> str:
        """The trace of a test that begins now; empty where nobody traces it."""
        ...

    def carrier(self) -> dict[str, str]:
        """The run's own trace as headers, for the workers; empty where there is none."""
        ...

    def __call__(self, event: Event) -> None:
        """Take in an event."""
        ...

    def flush(self) -> None:
        """Hand on what waits to be exported."""
        ...


class Silence:
    """Telemetry that tells nobody."""

    def begin(self, _test_id: str, _round: int) -> str:
        """No trace: the test takes one of its own."""
        return ""

    def carrier(self) -> dict[str, str]:
        """Nothing."""
        return {}

    def __call__(self, event: Event) -> None:
        """Let it pass."""

    def flush(self) -> None:
        """Nothing waits."""

    def open(self, _trace_id: str, _method: str) -> Span | None:
        """No span."""
        return None

    def sole(self) -> AbstractContextManager[object]:
        """The context as it is."""
        return nullcontext()


class Guarded:
    """Telemetry that can break nothing: what goes wrong in it is told once, and it ends there."""

    def __init__(self, inner: Telemetry, note: Callable[[str], None]) -> None:
        self._inner: Telemetry = inner
        self._note = note

    def begin(self, test_id: str, round_: int) -> str:
        """The trace of a test; empty where nobody traces it."""
        return self._try(lambda inner: inner.begin(test_id, round_), "")

    def carrier(self) -> dict[str, str]:
        """The run's own trace as headers."""
        return self._try(lambda inner: inner.carrier(), {})

    def __call__(self, event: Event) -> None:
        """Take in an event."""
        self._try(lambda inner: inner(event), None)

    def flush(self) -> None:
        """Hand on what waits to be exported."""
        self._try(lambda inner: inner.flush(), None)

    def open(self, trace_id: str, method: str) -> Span | None:
        """The span of an attempt."""
        return self._try(lambda inner: inner.open(trace_id, method), None)

    def sole(self) -> AbstractContextManager[object]:
        """A context in which nobody else makes spans of requests."""
        return self._inner.sole()

    def _try(self, act: Callable[[Telemetry], T], otherwise: T) -> T:
        try:
            return act(self._inner)
        except Exception as fault:  # noqa: BLE001  a tracer's fault must not cost a verdict
            self._inner = Silence()
            name = type(fault).__name__
            self._note(
                f"telemetry broke ({name}: {fault}): spans and metrics end here, verdicts stand;"
                " see to the tracer's own set-up"
            )
            return otherwise


def telemetry_of(
    settings: Settings, telling: Telling, *, is_told: bool, trace: Mapping[str, str]
) -> Telemetry | None:
    """What the settings ask for; None where they ask for nothing.

    A process that `is_told` takes part in another one's run, whose `trace` it was given.
    Raises UsageError where the extra is not installed.
    """
    if not settings.telemetry:
        return None
    try:
        from redhanded.session.telemetry_spans import Tracing
    except ImportError as error:
        if (error.name or "").partition(".")[0] != "opentelemetry":
            raise
        message = "telemetry = true needs an extra: pip install 'redhanded[otel]'"
        raise UsageError(message) from None
    return Guarded(Tracing(telling, is_told=is_told, run_trace=trace), telling.note)
