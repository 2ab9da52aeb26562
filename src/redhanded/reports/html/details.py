"""What the page reads of single tests: chunks of details, each decoded when a test is opened.

Units and words are those of `payload`; the words are those of the chunk.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple, NotRequired, TypedDict

if TYPE_CHECKING:
    from redhanded.reports.html.payload import Pairs, Ticks, Word


class Body(TypedDict):
    """A body without its secrets; `size` is that of the whole in bytes.

    `is_cut` where the text is only its beginning, then `tail` may hold its end; `file` is where it
    lies whole, seen from the page's folder. There is no text of what is binary.
    """

    kind: str
    size: int
    text: NotRequired[str]
    tail: NotRequired[str]
    is_cut: NotRequired[bool]
    file: NotRequired[str]


class Failure(TypedDict):
    """Why there is no whole answer."""

    phase: str
    error: str
    message: str


class Told(TypedDict):
    """What is kept of an attempt of a test that did not simply pass.

    `request` and `response` are keys of the detail's bodies. `stall` is how long the runner stood
    still.
    """

    url: str
    http: str
    request_headers: Pairs
    response_headers: Pairs
    call: NotRequired[str]
    request_size: NotRequired[int]
    request: NotRequired[str]
    response: NotRequired[str]
    failure: NotRequired[Failure]
    peer: NotRequired[str]
    stall: NotRequired[Ticks]
    notes: NotRequired[list[str]]


class Attempt(NamedTuple):
    """One attempt. `call` counts the calls of its round from 0, `number` its attempts from 1.

    `purpose` is a place in PURPOSES; `route` a word, with the method: `GET /orders/{id}`. `status`
    is 0 where none came. `at` counts from the beginning of its round. `phases` lasted as long each,
    in the order of PHASES, those after the last that took place left out. `wait` is our pause
    before it, `reason` why, `row` the row of the retry table: words, -1 of none. `step` is a place
    in the round's steps, -1 of none. `body` is a digest of the answer's, cut to what tells bodies
    of this run apart.
    """

    id: str
    call: int
    number: int
    purpose: int
    route: Word
    status: int
    at: Ticks
    took: Ticks
    phases: list[Ticks]
    is_reused: int
    size: int
    body: str
    wait: Ticks
    reason: Word
    row: Word
    step: int
    told: Told | None = None


class Step(NamedTuple):
    """A step of a test; `parent` is its place among the steps, -1 of an outermost one.

    `at` counts from the beginning of its round.
    """

    name: str
    parent: int
    at: Ticks
    took: Ticks
    error: str = ""


class Violation(TypedDict):
    """One breach; `pointer` is a JSON Pointer into the body, None of what is not in it.

    `is_undeclared` marks what the contract does not know.
    """

    where: str
    pointer: str | None
    actual: str
    expected: str
    rule: str
    source: str
    level: str
    is_undeclared: NotRequired[bool]
    suggestion: NotRequired[str]


class Finding(TypedDict):
    """One finding; `attempt` is a place in the round's attempts, -1 where it rests on none."""

    verdict: str
    code: str
    message: str
    attempt: int
    violations: list[Violation]
    evidence: list[str]
    confidence: str


class Breach(TypedDict):
    """What a contract found; `passed` says why the test does not fail of it, or is empty."""

    contract: str
    operation: str
    attempt: int
    count: int
    passed: str
    violation: Violation


class Question(TypedDict):
    """A question of a diagnosis; `asked` are places of the attempts that were sent for it.

    `speaks` is `api`, `environment`, `test`, `runner` or `nobody`.
    """

    attempt: int
    question: str
    answer: str
    speaks: str
    asked: list[int]


class Thing(NamedTuple):
    """One thing that the test made, and what became of it, in the order of events.

    `state` is `made`, `removed`, `gone`, `failed` or `left`; `attempt` a place, -1 of none.
    """

    kind: str
    id: str
    state: str
    at: Ticks
    attempt: int


class Round(TypedDict):
    """One run of a test. `verdict` is None where it was skipped, or where it was cut."""

    worker: str
    trace: str
    at: Ticks
    took: Ticks
    verdict: str | None
    attempts: list[Attempt]
    is_cut: NotRequired[bool]
    steps: NotRequired[list[Step]]
    findings: NotRequired[list[Finding]]
    breaches: NotRequired[list[Breach]]
    questions: NotRequired[list[Question]]
    things: NotRequired[list[Thing]]
    removals: NotRequired[list[str]]


class Detail(TypedDict):
    """One test, beside its row. `place` is a file and line; `bodies` are by their digest.

    `output` is what it printed and logged, `story` the whole failure as text.
    """

    rounds: list[Round]
    place: NotRequired[str]
    story: NotRequired[str]
    output: NotRequired[str]
    properties: NotRequired[dict[str, str]]
    bodies: NotRequired[dict[str, Body]]


class Chunk(TypedDict):
    """The details of rows that follow one another."""

    words: list[str]
    details: list[Detail]
