"""What history keeps of a run, as values: the store takes them, and an export is made of them.

Times of day are seconds since 1970, durations are seconds. A test is known by its key: its stable
id where it declares one, else its node id.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence  # noqa: TC003  pydantic reads them in an import
from dataclasses import dataclass, field
from enum import StrEnum
from typing import NamedTuple


class State(StrEnum):
    """How far a run came; one that was killed never said how it ended."""

    RUNNING = "running"
    FINISHED = "finished"
    INTERRUPTED = "interrupted"
    KILLED = "killed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """One run as a whole.

    `environment` tells what its times may be compared with: profile, target and kind of runner.
    `canary` is the median of what the server took for `canaries` canaries; None without any.
    `counts` has the tests by verdict.
    """

    run_id: str
    project: str
    environment: str
    started_at: float
    state: State = State.RUNNING
    ended_at: float | None = None
    seconds: float = 0.0
    exit_code: int | None = None
    seed: int = 0
    target: str = ""
    host: str = ""
    builds: Sequence[str] = ()
    versions: Mapping[str, str] = field(default_factory=dict)
    canary: float | None = None
    canaries: int = 0
    counts: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What became of one test in one run, by its last round.

    `verdict` is one of the seven, `skipped`, or `unfinished` where its process was killed.
    `classes` counts its attempts by class: `ok` for an answer of the API's own, else the row of the
    retry table. `spell` is how many tests the same weather struck within half a minute.
    `first` is the verdict of its first round where a foreign plugin then ran it green.
    """

    test: str
    node_id: str
    verdict: str
    at: float
    seconds: float
    cause: str = ""
    first: str = ""
    build: str = ""
    rounds: int = 1
    spell: int = 1
    owner: str = ""
    until: str = ""
    classes: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Latency:
    """How long the server took for one operation in one test; only first attempts count.

    `size` is the class of the answers' sizes: the number of decimal digits of their bytes.
    """

    test: str
    operation: str
    size: int
    samples: int
    median: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Operation:
    """How one operation did in the run, over all tests; only first attempts count."""

    operation: str
    samples: int
    errors: int
    median: float
    p95: float
    p99: float
    longest: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """What a run adds to the evidence against one objective of one operation.

    `gain` is the natural logarithm by which its samples multiply the evidence; it may be negative.
    `decision` is `missed`, `held` or `open`: what the run's own sequential test came to.
    """

    operation: str
    measure: str
    limit: float
    build: str
    samples: int
    bad: int
    gain: float
    decision: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """All that history keeps of one run."""

    run: Run
    outcomes: Sequence[Outcome] = ()
    latencies: Sequence[Latency] = ()
    operations: Sequence[Operation] = ()
    evidence: Sequence[Evidence] = ()


class Trial(NamedTuple):
    """One outcome as a flake score counts it: of which run, on which build, and what it was."""

    test: str
    run_id: str
    at: float
    build: str
    environment: str
    verdict: str
    cause: str
    first: str
    spell: int


class Tally(NamedTuple):
    """Outcomes of one test that are alike in all of this, counted; what flake scores are made of.

    Only passes of one day are counted together, under no build: of all others the order matters.
    Where a test did otherwise on a build as well, one pass on that build is a tally of its own.
    `began` and `ended` are when the first and the last of these outcomes were.
    """

    test: str
    environment: str
    build: str
    verdict: str
    cause: str
    first: str
    spell: int
    runs: int
    began: float
    ended: float


class Reading(NamedTuple):
    """One latency as a baseline takes it, beside the canary of its run (None without one)."""

    run_id: str
    started_at: float
    test: str
    operation: str
    size: int
    samples: int
    median: float
    canary: float | None


class Measured(NamedTuple):
    """How one operation did in one run: the run that began then."""

    run_id: str
    started_at: float
    operation: Operation


class Weighed(NamedTuple):
    """Evidence as it was carried from one run: `evidence` of the run that began then."""

    run_id: str
    started_at: float
    evidence: Evidence


class Known(NamedTuple):
    """A test as history knows it: its latest node id, all earlier ones, when it was seen."""

    test: str
    node_id: str
    earlier: Sequence[str]
    first_seen: float
    last_seen: float
    owner: str
    until: str
