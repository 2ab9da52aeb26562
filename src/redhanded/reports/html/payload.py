"""What the page reads: an index that is decoded at once, and chunks of details on demand.

Each is JSON, gzipped, as base64, in a script element of the type `application/x-gz`. In
`template.html` stand four marks, each once and in this order: `{{title}}` (the page's title, as
HTML), `{{failures}}` (what `<noscript>` shows, as HTML), `{{index}}` (the base64 of the index
alone), and `{{chunks}}` (an element for each chunk, with the id `rh-chunk-0`, `rh-chunk-1`...).

Times named `at` count from the head's `began`, `took` is how long something lasted; both are whole
ticks, of which a millisecond has ten. Of seconds and dates the field's own words say so. A `word`
is a place in the table of words beside it. Keys that may be missing are left out where they would
be empty.
"""

from __future__ import annotations

from typing import Final, Literal, NamedTuple, NotRequired, TypeAlias, TypedDict

VERSION: Final = 1
TICKS: Final = 10_000
"""Ticks of a second."""
CHUNK: Final = 100
"""Tests that a chunk holds, unless they are large."""
PURPOSES: Final = ("test", "auth", "probe", "cleanup", "canary")
PHASES: Final = ("pool", "dns", "connect", "tls", "send", "wait", "read")

Ticks: TypeAlias = int
Word: TypeAlias = int
Place: TypeAlias = int  # of a row among all rows, from 0
Pairs: TypeAlias = list[tuple[str, str]]


class Part(TypedDict):
    """One run folder, as provenance tells of it."""

    name: str
    shard: str
    seed: int
    platform: str
    command: list[str]
    versions: dict[str, str]
    plugins: dict[str, str]
    settings: list[tuple[str, str, str]]
    source: dict[str, str]
    notes: list[str]


class Head(TypedDict):
    """What the banner says. `began` is seconds since the Unix epoch, `source` has `commit`...

    `sentences` begin with the verdict on the run. `missing` tells what could not be read.
    `trace_url` holds `{trace_id}`, or is empty. `counts` are tests by kind.
    """

    name: str
    sentences: list[str]
    exit_code: int | None
    began: float
    took: Ticks
    target: str
    env: str
    builds: list[str]
    command: str
    seeds: list[int]
    source: dict[str, str]
    counts: dict[str, int]
    masked: int
    missing: list[str]
    trace_url: str


class Rows(TypedDict):
    """A column for each thing that the list of tests shows or is filtered by.

    `test` is what follows the file and `::` in the test's id. `route` has the method, as `GET
    /orders/{id}`. `process` is a place in the health's processes, `group` in the groups, -1 where
    there is none. `past` are up to 30 runs as letters, the oldest first: `D` defect, `C` drift, `S`
    slow, `T` test bug, `I` inconclusive, `R` recovered, `.` pass, `-` skipped, `?` cut. Mappings
    have the rows of which there is something to say (in JSON the places are texts).
    """

    id: list[str]
    file: list[Word]
    test: list[str]
    kind: list[Word]
    code: list[Word]
    route: list[Word]
    process: list[int]
    at: list[Ticks]
    took: list[Ticks]
    calls: list[int]
    attempts: list[int]
    rounds: list[int]
    group: list[int]
    past: list[str]
    headline: dict[Place, str]
    quarantine: dict[Place, tuple[str, str]]  # owner and last day
    beside: list[Place]  # findings on the run as a whole


class Group(TypedDict):
    """Tests that did not hold for one reason; groups stand in the order in which they are shown.

    `is_quarantined` groups come last. `title` is what the code means, in a few words. Of the
    tests, the last `unsent` were held back because of it.
    """

    kind: str
    code: str
    title: str
    headline: str
    routes: list[str]
    tests: list[Place]
    unsent: NotRequired[int]
    is_quarantined: NotRequired[bool]


class Status(NamedTuple):
    """A status of an operation: `201`, `4XX`, `default`; `seen` counts answers."""

    status: str
    is_documented: bool
    seen: int


class Endpoint(TypedDict):
    """An operation. `state` is how far tests came with it; p50 and p95 are of its answers.

    `checks` are left out where nobody counts them by operation.
    """

    operation: str
    state: Literal["never", "called", "checked", "undocumented"]
    statuses: list[Status]
    calls: int
    checks: NotRequired[int]
    p50: Ticks | None
    p95: Ticks | None
    is_deprecated: NotRequired[bool]


class Share(NamedTuple):
    """How many of how many: `operations`, `statuses`, `parameters`..."""

    measure: str
    seen: int
    total: int


class Endpoints(TypedDict):
    """What tests saw of the API. `denominator` says in a sentence what the shares are shares of."""

    denominator: str
    shares: list[Share]
    endpoints: list[Endpoint]


class Objective(TypedDict):
    """What an operation promises. `limit` is ticks, of `errors` a share.

    `state` is `open` where the samples are too few to judge; `note` is a sentence on it.
    """

    measure: str
    limit: float
    state: Literal["open", "held", "missed"]
    samples: int
    bad: int
    note: NotRequired[str]


class Quantile(NamedTuple):
    """A quantile with its 95 % interval in ticks; the bounds are None where there are too few."""

    name: str
    value: Ticks
    low: Ticks | None
    high: Ticks | None


class Latency(TypedDict):
    """How long an operation's answers took, by the server's own time.

    `edges` are the bounds of the bins, one more than `counts`.
    """

    operation: str
    samples: int
    edges: list[Ticks]
    counts: list[int]
    quantiles: list[Quantile]
    objectives: list[Objective]


class Process(TypedDict):
    """One process of the run; `end` is None of one that was killed."""

    shard: str
    worker: str
    at: Ticks
    end: Ticks | None
    exit_code: int | None


class Canary(NamedTuple):
    """One canary: the status, 0 where none came; `origin` is a word."""

    at: Ticks
    status: int
    took: Ticks
    origin: Word


class Turn(NamedTuple):
    """A circuit (`open`, `half_open`, `closed`) or the pace changed; `origin` is a word."""

    at: Ticks
    what: Literal["circuit", "pace"]
    state: str
    origin: Word
    reason: str


class Requeue(NamedTuple):
    """A test that ran again, when, in which round (2 is its second), and what it came to."""

    at: Ticks
    row: Place
    round: int
    kind: str


class Health(TypedDict):
    """How the run itself went. `budget` is the retry budget as `(at, tokens left)`, thinned out.

    `waits` are what we paused for, with how often and how long in all.
    """

    processes: list[Process]
    canaries: list[Canary]
    turns: list[Turn]
    budget: list[tuple[Ticks, float]]
    waits: list[tuple[str, int, Ticks]]
    requeues: list[Requeue]


class Run(TypedDict):
    """An earlier run; `began` is seconds since the Unix epoch."""

    run: str
    began: float
    seconds: float
    counts: dict[str, int]


class Suspect(TypedDict):
    """A test with a history. `word` says what is new of it; `row` is -1 where it did not run."""

    test: str
    row: Place
    word: Literal["new", "known", "fixed", "flaky", "intermittent", "broken"]
    channel: str
    past: str
    flips: int


class Pace(TypedDict):
    """An operation's median over runs, the oldest first, in ticks; `note` is a sentence on it."""

    operation: str
    medians: list[Ticks | None]
    note: str


class Trends(TypedDict):
    """What history tells; runs are the oldest first, this one is the last."""

    runs: list[Run]
    suspects: list[Suspect]
    paces: list[Pace]


class Provenance(TypedDict):
    """What the run was made with. `masked` counts masks by name.

    `links` are other files of the run: what they are, and where, seen from the page's folder.
    """

    parts: list[Part]
    masked: list[tuple[str, int]]
    links: Pairs


class Index(TypedDict):
    """The run. `chunks` has the first row of each chunk; `words` is the table of all its words."""

    v: int
    head: Head
    words: list[str]
    rows: Rows
    groups: list[Group]
    endpoints: Endpoints | None
    latency: list[Latency]
    health: Health
    trends: Trends | None
    provenance: Provenance
    chunks: list[Place]
