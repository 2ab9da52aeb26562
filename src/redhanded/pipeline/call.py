"""A call: what the author asked for, from the first attempt to the last redirect."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from redhanded.core import ids
from redhanded.core.attempt import NO_WAIT, Attempt, Mark, Phase, Purpose, RawHeaders, Wait

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    import httpx2

    from redhanded.pipeline.origin import Origin

CALL = "redhanded.call"
ATTEMPT = "redhanded.attempt"
PURPOSE = "redhanded.purpose"
CEILING = "redhanded.ceiling"
STREAM = "redhanded.stream"
PEER = "redhanded.peer"


@dataclass(slots=True)
class Timeline:
    """When the phases of the attempt under way began; the transport writes it."""

    now: Callable[[], float]
    began: float
    marks: list[Mark] = field(default_factory=list)
    upload_failed: bool = False

    def begin(self, phase: Phase) -> None:
        """Note that a phase begins now."""
        self.marks.append((phase, self.now() - self.began))

    @property
    def phase(self) -> Phase:
        """The last phase that began."""
        return self.marks[-1][0] if self.marks else Phase.POOL

    @property
    def is_reused(self) -> bool:
        """Whether the attempt went out on a connection that had carried another one."""
        return bool(self.marks) and self.marks[0][0] is not Phase.CONNECT


@dataclass(slots=True)
class Scope:
    """What the calls of one test share: the trace, the ledger, and who is told of each attempt.

    `ceiling` is the latency ceiling of its calls in seconds, where they have none of their own.
    """

    trace_id: str = field(default_factory=ids.trace_id)
    calls: list[Call] = field(default_factory=list)
    record: Callable[[Attempt], None] = lambda _: None
    shapes: Any = None
    ceiling: float | None = None
    mask: Callable[[str], str] = str

    @property
    def attempts(self) -> list[Attempt]:
        """The ledger: every attempt of the test, by call, in the order in which they were sent."""
        return [attempt for call in self.calls for attempt in call.attempts]


@dataclass(slots=True)
class Call:
    """One call of the author, with all it took; `checks` counts what the test held against it.

    `home` is the origin that it was made to, `origin` the one that it has been sent on to. `notes`
    holds what was noted since the last attempt, `hold` how long a redirect asks us to wait.
    """

    scope: Scope
    origin: Origin
    home: Origin
    purpose: Purpose = "test"
    id: str = ""
    deadline: float = math.inf
    timeouts: Mapping[str, float | None] | None = None
    ceiling: float | None = None
    streams: bool = False
    attempts: list[Attempt] = field(default_factory=list)
    checks: int = 0
    sent: int = 0
    span_id: str = ""
    row: str = ""
    fresh: bool = False
    wait: Wait = NO_WAIT
    hold: float = 0.0
    epoch: int = 0
    notes: list[str] = field(default_factory=list)
    answer: httpx2.Response | None = None
    raw_headers: RawHeaders = ()
    timeline: Timeline = field(init=False)
    late: float | None = None

    @property
    def shapes(self) -> Any:  # noqa: ANN401  settings of a higher room, passed through
        """How strictly the project wants shapes to be read; None where nobody said."""
        return self.scope.shapes

    def pause(self, seconds: float, reason: str) -> None:
        """Note a wait of ours before the next attempt; waits for several reasons add up."""
        reasons = f"{self.wait.reason}, {reason}" if self.wait.reason else reason
        self.wait = Wait(self.wait.seconds + seconds, reasons)


def call_of(request: httpx2.Request) -> Call:
    """The call to which a request belongs; the outermost policy has made sure of it."""
    call: Call = request.extensions[CALL]
    return call
