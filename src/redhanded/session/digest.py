"""The digest: a record of a run, made of the spools of all its processes in one pass."""

from __future__ import annotations

from collections import Counter, defaultdict
from contextlib import suppress
from dataclasses import dataclass, field, replace
from statistics import median
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Final, NamedTuple, TypeAlias

from redhanded.core.verdicts import Verdict
from redhanded.history.records import Outcome, Record, Run
from redhanded.pipeline.table import ROWS
from redhanded.reports.spool import read_spool
from redhanded.session.objectives import sample_of
from redhanded.session.shares import WEATHER, Shares
from redhanded.verdict.provenance import BUILD_HEADERS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence
    from pathlib import Path

    from redhanded.core.events import Sampled

Mask: TypeAlias = "Callable[[str], str]"

SPELL: Final = 30.0  # seconds; weather that strikes again sooner is the same weather
SKIPPED: Final = "skipped"
UNFINISHED: Final = "unfinished"
RERUN: Final = "run.foreign_rerun"

_RANKS = {word: rank for rank, word in enumerate((*map(str, Verdict), SKIPPED, UNFINISHED))}
_STRUCK = frozenset({"inconclusive", "recovered"})
_OWN = frozenset({"", *(key for key, row in ROWS.items() if row.verdict == "assertion")})


class Told(NamedTuple):
    """What the run's reports said of a test, which is what everybody was told."""

    verdict: str
    cause: str


class Digest(NamedTuple):
    """A record, with what only the run itself needs to know.

    `samples` are those of objectives, in no order. `attempts` counts what tests sent, `last` is
    the latest moment that the spools speak of.
    """

    record: Record
    samples: Sequence[Sampled]
    attempts: int
    last: float


@dataclass(slots=True)
class _Life:
    """A test in one process: its rounds, and how the last of them ended."""

    node_id: str
    at: float
    rounds: int = 0
    verdict: str = UNFINISHED
    first: str = ""
    seconds: float = 0.0
    cause: str = ""
    key: str = ""
    owner: str = ""
    until: str = ""
    build: str = ""
    classes: Counter[str] = field(default_factory=Counter)

    def start(self, event: Mapping[str, Any]) -> None:
        """A round begins."""
        self.rounds += 1
        self.at, self.seconds = event["at"], 0.0
        self.verdict, self.cause = UNFINISHED, ""
        self.key = event.get("key", "")

    def end(self, event: Mapping[str, Any]) -> None:
        """A round is over."""
        findings = event["findings"]
        self.verdict = event["verdict"] or SKIPPED
        worst = min(findings, key=lambda found: _RANKS[found["verdict"]], default=None)
        self.cause = worst["code"] if worst else ""
        self.first = self.first or self.verdict
        self.at, self.seconds = event["at"], event["seconds"]
        self.key, self.owner, self.until = event["key"], event["owner"], event["until"]

    def outcome(self, told: Told | None, mask: Mask) -> Outcome:
        """What became of the test, in the words that its reports had for it."""
        is_other = told is not None and told.verdict != self.verdict
        verdict, cause = told if told is not None and is_other else (self.verdict, self.cause)
        first = self.verdict if is_other else self.first
        return Outcome(
            test=mask(self.key or self.node_id),
            node_id=mask(self.node_id),
            verdict=verdict,
            at=self.at,
            seconds=self.seconds,
            cause=cause,
            first=first if cause == RERUN else "",
            build=self.build,
            rounds=max(self.rounds, 1),
            owner=self.owner,
            until=self.until,
            classes=dict(self.classes),
        )


class _Pass:
    """One pass over the spools of a run."""

    def __init__(self, mask: Mask) -> None:
        self._mask = mask
        self._operations: dict[str, str] = {}
        self.lives: dict[str, _Life] = {}
        self.samples: list[Sampled] = []
        self.builds: dict[str, None] = {}
        self.shares = Shares()
        self.attempts = 0
        self.last = 0.0

    def read(self, spool: Path) -> None:
        """Take in the spool of one process; what makes no sense in it is left out."""
        lives: dict[str, _Life] = {}
        with suppress(OSError):
            for event in read_spool(spool):
                with suppress(KeyError, TypeError, ValueError):
                    self._take(event, lives)
        for test_id, life in lives.items():
            known = self.lives.get(test_id)
            self.lives[test_id] = life if known is None else _merged(known, life)

    def _take(self, event: Mapping[str, Any], lives: dict[str, _Life]) -> None:
        match event["event"]:
            case "attempt_ended":
                self._attempt(event, lives)
            case "test_started":
                _life(event["test_id"], event["at"], lives).start(event)
                self.last = max(self.last, event["at"])
            case "test_ended":
                _life(event["test_id"], event["at"], lives).end(event)
                self.last = max(self.last, event["at"])
            case "sampled":
                operation = self._operation(event["operation"])
                self.samples.append(replace(sample_of(event), operation=operation))

    def _operation(self, told: str) -> str:
        if told not in self._operations:
            self._operations[told] = self._mask(told)
        return self._operations[told]

    def _attempt(self, event: Mapping[str, Any], lives: dict[str, _Life]) -> None:
        exchange, test_id = event["exchange"], event["test_id"]
        began: float = exchange["started_at"]
        self.last = max(self.last, began + exchange["elapsed"])
        build = _build(exchange["response_headers"])
        is_own = _is_whole(exchange) and (
            exchange["row"] not in WEATHER or bool(build) or _echoes(exchange)
        )
        operation = self._operation(event["operation"])
        self.shares.note(test_id, operation, exchange, event["stall"], is_own=is_own)
        if exchange["purpose"] != "test":
            return
        self.attempts += 1
        life = _life(test_id, began, lives)
        life.classes[_class(exchange)] += 1
        if build:
            life.build = build
            self.builds.setdefault(build)

    def outcomes(self, told: Mapping[str, Told]) -> list[Outcome]:
        """What became of each test, with the size of the spell that struck it."""
        mask = self._mask
        made = [life.outcome(told.get(test_id), mask) for test_id, life in self.lives.items()]
        sizes = _spells(made)
        return [
            replace(one, spell=sizes[one.test]) if sizes.get(one.test, 1) > 1 else one
            for one in made
        ]

    def key_of(self, test_id: str) -> str:
        """What a test is known by."""
        life = self.lives.get(test_id)
        return self._mask(test_id if life is None else life.key or test_id)


def digest(
    folder: Path,
    run: Run,
    told: Mapping[str, Told] = MappingProxyType({}),
    *,
    mask: Mask = lambda text: text,
) -> Digest:
    """The record of the run whose folder that is, with all that its spools tell added to `run`.

    `told` is what its reports said, by node id: it is right where a spool says something else.
    `mask` hides secrets in names, which authors and paths make up.
    """
    seen = _Pass(mask)
    for spool in sorted(folder.glob("spool/*.ndjson")):
        seen.read(spool)
    outcomes, canaries = seen.outcomes(told), seen.shares.canaries()
    found = Counter(one.verdict for one in outcomes)
    whole = replace(
        run,
        builds=tuple(seen.builds),
        canary=median(canaries) if canaries else None,
        canaries=len(canaries),
        counts={word: found[word] for word in _RANKS if found[word]},
    )
    record = Record(
        run=whole,
        outcomes=outcomes,
        latencies=list(seen.shares.latencies(seen.key_of)),
        operations=list(seen.shares.operations()),
    )
    return Digest(record, seen.samples, seen.attempts, max(seen.last, run.started_at))


def _life(test_id: str, at: float, lives: dict[str, _Life]) -> _Life:
    if test_id not in lives:
        lives[test_id] = _Life(test_id, at)
    return lives[test_id]


def _merged(one: _Life, other: _Life) -> _Life:
    """A test that two processes tell of: the worst counts, and one that has ended at all."""
    worse, better = sorted((one, other), key=lambda life: _RANKS[life.verdict])
    worse.classes += better.classes
    worse.build = worse.build or better.build
    worse.key = worse.key or better.key
    return worse


def _is_whole(exchange: Mapping[str, Any]) -> bool:
    return exchange["status"] is not None and exchange["failure"] is None


def _class(exchange: Mapping[str, Any]) -> str:
    row: str = exchange["row"]
    return "ok" if row in _OWN and _is_whole(exchange) else row or "unknown"


def _build(headers: Iterable[tuple[str, str]]) -> str:
    """The build that an answer names; empty where it names none."""
    named = {name: value for name, value in headers if name[:2] in ("x-", "X-")}
    if not named:
        return ""
    lower = {name.lower(): value for name, value in named.items()}
    return next((lower[name] for name in BUILD_HEADERS if lower.get(name)), "")


def _echoes(exchange: Mapping[str, Any]) -> bool:
    trace: str = exchange["trace_id"]
    return bool(trace) and any(trace in value for _, value in exchange["response_headers"])


def _spells(outcomes: Iterable[Outcome]) -> dict[str, int]:
    """By test, how many tests the same weather struck: of one cause, each within half a minute."""
    struck: defaultdict[str, list[Outcome]] = defaultdict(list)
    for one in outcomes:
        if one.verdict in _STRUCK and one.cause and not one.cause.startswith("run."):
            struck[one.cause].append(one)
    return {
        one.test: len(chain)
        for together in struck.values()
        for chain in _chains(sorted(together, key=lambda one: one.at))
        for one in chain
    }


def _chains(ordered: Sequence[Outcome]) -> list[list[Outcome]]:
    chains: list[list[Outcome]] = []
    for one in ordered:
        if chains and one.at - chains[-1][-1].at <= SPELL:
            chains[-1].append(one)
        else:
            chains.append([one])
    return chains
