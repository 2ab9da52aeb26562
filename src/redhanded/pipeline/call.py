"""A call: what the author asked for, from the first attempt to the last redirect."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal, NamedTuple, TypeAlias

from redhanded.core import ids
from redhanded.core.attempt import NO_WAIT, Attempt, Mark, Phase, Purpose, RawHeaders, Wait

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    import httpx2

    from redhanded.pipeline.origin import Origin
    from redhanded.pipeline.shared_gate import Turn

CALL = "redhanded.call"
"""The key under which the extensions of a request, and of its response, hold their `Call`."""

ATTEMPT = "redhanded.attempt"
PURPOSE = "redhanded.purpose"
CEILING = "redhanded.ceiling"
STREAM = "redhanded.stream"
RETRY = "redhanded.retry"
FRESH = "redhanded.fresh"
LOOKUP = "redhanded.lookup"
"""The key under which a write brings the `Lookup` by which it is found."""
PEER = "redhanded.peer"
PARTIAL = "redhanded.partial"
"""The key under which a response holds what came of its body before that broke off, as bytes."""


Reconciled: TypeAlias = Literal["", "applied", "not_applied", "duplicated", "unknown"]
"""What is known of a write whose answer was lost; empty where no answer was lost."""


@dataclass(slots=True)
class Timeline:
    """How far the attempt under way has come; the transport and its connection write it.

    `headers` go on the wire; `received` are those that came, and `first` are the first bytes of an
    answer in HTTP/1, where a wire was there.
    """

    now: Callable[[], float]
    began: float
    deadline: float = math.inf
    headers: list[tuple[bytes, bytes]] | None = None
    marks: list[Mark] = field(default_factory=list)
    written: float = 0.0
    upload_failed: bool = False
    received: RawHeaders | None = None
    first: bytes = b""

    def begin(self, phase: Phase) -> None:
        """Note that a phase begins now; one that goes on is noted once."""
        marks = self.marks
        if not marks or marks[-1][0] is not phase:
            marks.append((phase, self.now() - self.began))

    def write(self) -> None:
        """Note that bytes of the request were handed over."""
        self.written = self.now() - self.began

    def wait(self) -> None:
        """Note that the wait for the answer began when the last byte was handed over."""
        if self.marks and self.marks[-1][0] is Phase.SEND:
            self.marks.append((Phase.WAIT, self.written))

    def answer(self) -> None:
        """Note that the answer has begun; over HTTP/2 another call may have read it for us."""
        self.wait()
        self.begin(Phase.READ)

    @property
    def phase(self) -> Phase:
        """The last phase that began."""
        return self.marks[-1][0] if self.marks else Phase.POOL

    @property
    def is_tunnelling(self) -> bool:
        """Whether a new connection has got no further than what precedes TLS."""
        phases = [phase for phase, _ in self.marks if phase is not Phase.DNS]
        return phases[:2] == [Phase.CONNECT, Phase.SEND] and Phase.TLS not in phases

    @property
    def is_reused(self) -> bool:
        """Whether the attempt went out on a connection that had carried another one."""
        return bool(self.marks) and self.marks[0][0] is Phase.SEND


@dataclass(slots=True)
class Shared:
    """What a test gives to each of its calls.

    `record` is told of each attempt, `shapes` says how strictly shapes are read, `ceiling` is the
    latency ceiling in seconds of calls that have none of their own, `mask` hides secrets in text.
    """

    trace_id: str
    record: Callable[[Attempt], None]
    shapes: Any
    ceiling: float | None
    mask: Callable[[str], str]


class Scope:
    """The calls of one test, in the order in which they were made, and what they share.

    A call knows what it shares, and not its scope: the two would keep each other alive until the
    garbage collector comes, which takes four per cent of a call.
    """

    def __init__(
        self,
        trace_id: str = "",
        *,
        record: Callable[[Attempt], None] = lambda _: None,
        shapes: Any = None,  # noqa: ANN401  settings of a higher room, passed through
        ceiling: float | None = None,
        mask: Callable[[str], str] = str,
    ) -> None:
        self.shared: Shared = Shared(trace_id or ids.trace_id(), record, shapes, ceiling, mask)
        self.calls: list[Call] = []

    @property
    def trace_id(self) -> str:
        """The trace to which all attempts of the test belong."""
        return self.shared.trace_id

    @property
    def attempts(self) -> list[Attempt]:
        """The ledger: every attempt of the test, by call, in the order in which they were sent."""
        return [attempt for call in self.calls for attempt in _in_order(call)]


class Held(NamedTuple):
    """A shape that the test held an answer against, and whether the answer had it."""

    attempt_id: str
    shape: Any
    is_kept: bool


@dataclass(slots=True)
class Call:
    """One call of the author, with all it took; `checks` counts what was held against it.

    `home` is the origin that it was made to, `origin` where it has been sent on to. `probes` were
    sent in its place while the circuit was half-open, or to look it up; `headers` go on the wire
    with the attempt under way, `notes` was noted since the last one, `hold` is how long a redirect
    asks us to wait. `epoch` and `turn` are the leave that it has of the circuits, `stands_in` says
    that it is sent in the place of a call that waits for one of them. `is_withheld` says that its
    author got an error in the place of its last answer.
    """

    scope: Shared
    origin: Origin
    home: Origin
    purpose: Purpose = "test"
    id: str = ""
    deadline: float = math.inf
    timeouts: Mapping[str, float | None] | None = None
    headers: list[tuple[bytes, bytes]] = field(init=False, repr=False)
    ceiling: float | None = None
    streams: bool = False
    is_retried: bool = True
    attempts: list[Attempt] = field(default_factory=list)
    probes: tuple[Call, ...] = ()
    checks: int = 0
    held: tuple[Held, ...] = ()
    sent: int = 0
    span_id: str = ""
    row: str = ""
    fresh: bool = False
    wait: Wait = NO_WAIT
    hold: float = 0.0
    epoch: int = 0
    turn: Turn | None = None
    stands_in: bool = False
    notes: tuple[str, ...] = ()
    answer: httpx2.Response | None = None
    is_withheld: bool = False
    timeline: Timeline = field(init=False, repr=False)
    late: float | None = None
    reconciled: Reconciled = ""

    @property
    def shapes(self) -> Any:  # noqa: ANN401  settings of a higher room, passed through
        """How strictly the project wants shapes to be read; None where nobody said."""
        return self.scope.shapes

    def stand_in(self) -> Call:
        """A probe that is sent in the place of this call, beside it in the ledger."""
        probe = Call(
            self.scope,
            self.origin,
            self.origin,
            purpose="probe",
            deadline=self.deadline,
            epoch=self.epoch,
            stands_in=True,
        )
        self.probes = (*self.probes, probe)
        return probe

    def pause(self, seconds: float, reason: str) -> None:
        """Note a wait of ours before the next attempt; waits for several reasons add up."""
        reasons = f"{self.wait.reason}, {reason}" if self.wait.reason else reason
        self.wait = Wait(self.wait.seconds + seconds, reasons)

    def note(self, remark: str) -> None:
        """Note something about the attempt under way, or about the next one."""
        self.notes = (*self.notes, remark)

    def remark(self, remark: str, response: httpx2.Response | None) -> None:
        """Note something on the attempt just made, which may have brought this response."""
        last = self.attempts[-1]
        self.attempts[-1] = last = last._replace(notes=(*last.notes, remark))
        if response is not None:
            response.extensions[ATTEMPT] = last


def _in_order(call: Call) -> Sequence[Attempt]:
    """The attempts of a call, and of its probes, in the order in which they were sent."""
    if not call.probes:
        return call.attempts
    every = (attempt for made in (*call.probes, call) for attempt in made.attempts)
    return sorted(every, key=lambda attempt: attempt.started_at)
