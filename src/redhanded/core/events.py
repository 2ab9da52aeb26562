"""What happens in a run, as values: the session emits them, reporters subscribe.

Everything here is already redacted: an event can be written down by whoever receives it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal, TypeAlias

if TYPE_CHECKING:
    from redhanded.core.redaction import Exchange
    from redhanded.core.verdicts import Finding, Verdict
    from redhanded.core.violation import Violation


@dataclass(frozen=True, slots=True)
class RunStarted:
    """The first event of every process that takes part in a run."""

    run_id: str
    worker: str
    at: float
    seed: int
    base_url: str
    versions: Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Described:
    """What the run was made with, told once by the process that controls it.

    `settings` are key, value and origin; `source` says where the tests come from (`commit`,
    `branch`, `job`), as far as the environment tells. `command` is as it was typed.
    """

    run_id: str
    name: str
    shard: str
    env: str
    command: tuple[str, ...]
    workers: int
    platform: str
    plugins: Mapping[str, str]
    settings: tuple[tuple[str, str, str], ...]
    source: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class TestStarted:
    """A test begins; its attempts share `trace_id`. `round` counts how often it was requeued.

    `key` is its stable id: a test that never ends has it as well.
    """

    __test__ = False  # pytest would collect a class of this name

    test_id: str
    trace_id: str
    at: float
    round: int = 0
    key: str = ""


@dataclass(frozen=True, slots=True)
class AttemptEnded:
    """One attempt came to its end, whatever it was.

    `operation` is its method and route, as `GET /orders/{id}`; `stall` is the longest, in seconds,
    for which the runner stood still meanwhile. `step` is the id of the innermost step around it.
    """

    test_id: str
    exchange: Exchange
    operation: str = ""
    stall: float = 0.0
    step: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Stepped:
    """A step of a test is over; `parent` is the step around it, empty for an outermost one.

    The phases of pytest are the outermost steps, and their names are their ids: `setup`, `call`,
    `teardown`. Each id is told once a round. `error` is what it ended with, empty where it held.
    """

    test_id: str
    id: str
    parent: str
    name: str
    at: float
    seconds: float
    error: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Examined:
    """One question of a diagnosis and what came of it, in the order in which they were put.

    `attempt_id` is the attempt that it is about, `asked` those that were sent to find out.
    `speaks` says for whom the answer speaks: against the `api`, for the `environment`, the `test`
    or the `runner`; or for nobody.
    """

    test_id: str
    attempt_id: str
    question: str
    answer: str
    speaks: Literal["api", "environment", "test", "runner", "nobody"]
    asked: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Tracked:
    """What became of one thing that a test made; `id` is the API's own name of it."""

    test_id: str
    kind: str
    id: str
    state: Literal["made", "removed", "gone", "failed", "left"]
    at: float
    attempt_id: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Turned:
    """A circuit changed its state; `origin` is whose, `reason` is one clause.

    `is_shared` marks the circuit of all processes, as the one saw it that tells.
    """

    origin: str
    state: Literal["closed", "open", "half_open"]
    epoch: int
    at: float
    reason: str = ""
    is_shared: bool = False


@dataclass(frozen=True, slots=True)
class Sampled:
    """One first attempt as an objective counts it.

    `measure` is `p95`, `p99` or `errors`, and `limit` what is declared for it. `seconds` is what
    the server itself took. A bad sample that the environment may explain is never emitted.
    """

    test_id: str
    operation: str
    measure: str
    limit: float
    at: float
    seconds: float
    is_bad: bool
    build: str


@dataclass(frozen=True, slots=True)
class TestEnded:
    """A test is over; `bodies` holds redacted bodies by attempt id, for non-passes.

    `verdict` is None where the test was skipped or its failure was expected. `key` is its stable
    id; `owner` and `until` are those of its quarantine.
    """

    __test__ = False

    test_id: str
    trace_id: str
    at: float
    seconds: float
    verdict: Verdict | None
    findings: tuple[Finding, ...]
    attempts: int
    calls: int
    checks: int
    bodies: Mapping[str, Mapping[str, Any]]
    round: int = 0
    key: str = ""
    owner: str = ""
    until: str = ""


@dataclass(frozen=True, slots=True)
class RemovalFailed:
    """The API itself failed to remove what a test had made, as often as it was asked.

    `operation` is the declared removal, as `DELETE /booking/{id}`; `evidence` are facts as lines.
    """

    test_id: str
    operation: str
    status: int
    kind: str
    id: str
    at: float
    attempt_id: str
    evidence: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Breached:
    """One kind of breach of a contract in one test, at its first attempt; `count` is how often.

    `contract` names the contract, `kind` says what it is made of. `operation` is as the contract
    names it. `passed` says why the test does not fail of it: `warning`, `ignored`, `baseline` or
    `drift`; empty where it does.
    """

    test_id: str
    attempt_id: str
    contract: str
    kind: Literal["code", "document"]
    operation: str
    violation: Violation
    count: int
    passed: str = ""


@dataclass(frozen=True, slots=True)
class Covered:
    """What of a document a test was the first of its process to see; `seen` are marks.

    `document` is its digest, so that only what was seen of one text is ever added up.
    """

    test_id: str
    contract: str
    document: str
    seen: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Reported:
    """What one round of a test came to, as everybody was told; from the process that sees all.

    `kind` is the verdict, or `pytest.skip`, `pytest.xfail`, `pytest.xpass`, `unjudged`,
    `redhanded.quarantine`.
    `story` is the whole failure as text, `output` what the test printed and recorded. `is_beside`
    marks a finding on the run as a whole, which is no test's.
    """

    test_id: str
    worker: str
    at: float
    seconds: float
    outcome: Literal["passed", "failure", "error", "skipped"]
    kind: str
    code: str = ""
    headline: str = ""
    route: str = ""
    story: str = ""
    output: str = ""
    place: str = ""
    round: int = 0
    is_parked: bool = False
    is_beside: bool = False
    properties: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Concluded:
    """What the run means, in the sentences that its last words begin with.

    `counts` are tests by verdict, `covered` how many of them their quarantine covers.
    """

    at: float
    exit_code: int
    sentences: tuple[str, ...]
    counts: Mapping[str, int]
    masked: int
    covered: int = 0
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Noted:
    """Something that the reader of the run must know once: a degraded part, a leftover."""

    code: str
    message: str


@dataclass(frozen=True, slots=True)
class RunEnded:
    """The last event of a process; a spool without it belongs to a process that was killed."""

    run_id: str
    worker: str
    at: float
    exit_code: int


Event: TypeAlias = (
    RunStarted
    | Described
    | TestStarted
    | Stepped
    | AttemptEnded
    | Examined
    | Tracked
    | Turned
    | Sampled
    | TestEnded
    | RemovalFailed
    | Breached
    | Covered
    | Reported
    | Concluded
    | Noted
    | RunEnded
)
Emit: TypeAlias = Callable[[Event], None]
