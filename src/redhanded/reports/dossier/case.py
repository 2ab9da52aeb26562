"""One test as the dossier knows it: its rounds, what was sent in each, and what it came to."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Mapping

    from redhanded.core.events import Breached, Examined, RemovalFailed, Stepped, Tracked
    from redhanded.core.exchange import Body, Exchange
    from redhanded.core.verdicts import Finding

Outcome: TypeAlias = Literal["passed", "failure", "error", "skipped"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Sent:
    """One attempt of a round; its bodies are there where the run kept them.

    `index` is its place among all attempts of its case, from 0; `step` the id of its step.
    """

    index: int
    exchange: Exchange
    operation: str
    stall: float
    step: str = ""
    request: Body | None = None
    response: Body | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Round:
    """One run of a test within the run; `verdict` is None where it was skipped or cut."""

    number: int
    trace_id: str
    worker: str
    began: float
    seconds: float
    verdict: str | None
    is_over: bool
    findings: tuple[Finding, ...] = ()
    sent: tuple[Sent, ...] = ()
    steps: tuple[Stepped, ...] = ()
    examined: tuple[Examined, ...] = ()
    tracked: tuple[Tracked, ...] = ()
    breached: tuple[Breached, ...] = ()
    removals: tuple[RemovalFailed, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One test in a line, as lists and tables show it; there is one for each, however many.

    `id` is short, the same in each report of the run, and what `redhanded replay` takes. `kind` is
    the verdict, or `pytest.skip`, `pytest.xfail`, `pytest.xpass`, `unjudged`,
    `redhanded.quarantine`; `code` its
    cause. `signature` is equal for tests that did not hold for one reason, empty for others.
    """

    id: str
    test_id: str
    shard: str
    worker: str
    outcome: Outcome
    kind: str
    code: str
    headline: str
    route: str
    began: float
    seconds: float
    calls: int
    attempts: int
    rounds: int
    key: str = ""
    owner: str = ""
    until: str = ""
    signature: str = ""
    trace_id: str = ""
    is_beside: bool = False
    operations: tuple[str, ...] = ()

    @property
    def is_quiet(self) -> bool:
        """Whether there is nothing to tell of it: it passed, and weather took nothing from it."""
        return self.kind in ("", "pass")


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """One test with everything that was kept of it; rounds are in the order in which they ran."""

    row: Row
    rounds: tuple[Round, ...] = ()
    story: str = ""
    output: str = ""
    place: str = ""
    properties: Mapping[str, str] = field(default_factory=dict)

    @property
    def last(self) -> Round | None:
        """The round that counts; None of a test that never began, or of a finding on the run."""
        return self.rounds[-1] if self.rounds else None
