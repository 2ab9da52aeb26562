"""One run in detail: what it was, the tests that did not simply hold, objectives, operations."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from redhanded.cli.output import Cell
from redhanded.cli.quantities import duration, many, moment
from redhanded.cli.runs import LETTERS, described, style
from redhanded.core.verdicts import Verdict
from redhanded.history.records import State
from redhanded.verdict.words import sentence

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import tzinfo

    from redhanded.history.records import Evidence, Operation, Outcome, Record, Run

_ORDER = [*Verdict, "unfinished", "skipped"]
_HELD = frozenset({Verdict.PASS, "skipped"})
_FOR_P95 = 20  # samples below which a percentile is the longest answer by another name
_FOR_P99 = 100
_STATES = {
    State.RUNNING: "It has not said yet how it ended.",
    State.KILLED: "It was killed: what it had written by then is all that is known.",
    State.INTERRUPTED: "It was interrupted.",
}


def told(record: Record) -> dict[str, Any]:
    """The run as JSON values, with every test that did not simply hold."""
    return {
        **described(record.run),
        "versions": dict(record.run.versions),
        "not_held": [_outcome(each) for each in telling(record.outcomes)],
        "objectives": [_evidence(each) for each in record.evidence],
        "operations": [
            {"operation": each.operation, **figures(each)} for each in record.operations
        ],
    }


def telling(outcomes: Sequence[Outcome]) -> list[Outcome]:
    """The outcomes of tests that did not simply hold, the worst first."""
    found = (each for each in outcomes if each.verdict not in _HELD)
    return sorted(found, key=lambda each: (_rank(each.verdict), each.node_id))


def _rank(verdict: str) -> int:
    return _ORDER.index(verdict) if verdict in _ORDER else len(_ORDER)


def summary(record: Record) -> Iterator[str]:
    """What the run means, in a sentence or two; only one that ended green is called so."""
    run = record.run
    if run.state in _STATES:
        yield _STATES[run.state]
    counts = {verdict: run.counts[verdict] for verdict in Verdict if run.counts.get(verdict)}
    missed = sum(each.decision == "missed" for each in record.evidence)
    is_plain = not (missed or set(counts) - {Verdict.PASS, Verdict.RECOVERED})
    held = f"{many(sum(counts.values()), 'test')} held"
    if is_plain and run.state in _STATES:
        yield f"Until then {held}."
    elif is_plain and run.exit_code:
        why = "look at its objectives, its recovered tests, and what it said at its end"
        yield f"{held}, and the run ended with {run.exit_code}: {why}."
    else:
        yield sentence(counts, missed)


def facts(run: Run, evidence: str, zone: tzinfo | None = None) -> Iterator[list[Cell]]:
    """What is known of the run as a whole, a row each; `evidence` is the folder of its spools."""
    took = f", took {duration(run.seconds)}" if run.ended_at else ""
    code = "" if run.exit_code is None else str(run.exit_code)
    day = datetime.fromtimestamp(run.started_at, UTC).date()
    canary = f"{duration(run.canary)}, median of {run.canaries}" if run.canary else ""
    found = {
        "began": f"{moment(run.started_at, zone)}{took}",
        "exit code": code,
        "environment": run.environment,
        "target": run.target,
        "host": run.host,
        "builds": ", ".join(run.builds),
        "canary": canary,
        "seed": f"{run.seed} (the same data again: --rh-seed={run.seed}@{day})" if run.seed else "",
        "versions": ", ".join(f"{name} {version}" for name, version in run.versions.items()),
        "evidence": evidence,
    }
    yield from ([Cell(f"  {name}", "dim"), Cell(text)] for name, text in found.items() if text)


def outcome_rows(outcomes: Sequence[Outcome]) -> Iterator[list[Cell]]:
    """A row for each test that did not simply hold."""
    for each in telling(outcomes):
        rounds = f" ({each.rounds} rounds)" if each.rounds > 1 else ""
        owner = f" (quarantine: {each.owner} until {each.until})" if each.owner else ""
        yield [
            Cell(f"  {LETTERS.get(each.verdict, '?')}", style(each.verdict)),
            Cell(each.cause or each.verdict),
            Cell(f"{each.node_id}{rounds}{owner}"),
        ]


def evidence_rows(evidence: Sequence[Evidence]) -> Iterator[list[Cell]]:
    """A row for each objective that was looked at."""
    for each in evidence:
        tone = {"missed": "red", "held": "green"}.get(each.decision, "")
        yield [
            Cell(f"  {each.decision}", tone),
            Cell(f"{each.operation} {limit(each.measure, each.limit)}"),
            Cell(f"{each.bad} of {many(each.samples, 'sample')} bad"),
        ]


def limit(measure: str, value: float) -> str:
    """What an objective promises: `p95 300 ms`, `errors 1 %`."""
    return f"errors {value * 100:g} %" if measure == "errors" else f"{measure} {duration(value)}"


def operation_rows(operations: Sequence[Operation]) -> Iterator[list[Cell]]:
    """A row for each operation, the slowest first; percentiles only where there is one."""
    names = ["  operation", "calls", "median", "p95", "p99", "longest", "errors"]
    if operations:
        yield [Cell(name, "dim") for name in names]
    for each in sorted(operations, key=lambda one: -one.median):
        yield [
            Cell(f"  {each.operation}"),
            Cell(f"{each.samples:,}", is_whole=True),
            Cell(duration(each.median), is_whole=True),
            Cell(duration(each.p95) if each.samples >= _FOR_P95 else "", is_whole=True),
            Cell(duration(each.p99) if each.samples >= _FOR_P99 else "", is_whole=True),
            Cell(duration(each.longest), is_whole=True),
            Cell(f"{each.errors:,}" if each.errors else "", "red"),
        ]


def _outcome(each: Outcome) -> dict[str, Any]:
    return {
        "test": each.test,
        "node_id": each.node_id,
        "verdict": each.verdict,
        "cause": each.cause,
        "seconds": round(each.seconds, 3),
        "rounds": each.rounds,
        "build": each.build,
        "owner": each.owner,
        "until": each.until,
        "attempts": dict(each.classes),
    }


def _evidence(each: Evidence) -> dict[str, Any]:
    return {
        "operation": each.operation,
        "measure": each.measure,
        "limit": each.limit,
        "build": each.build,
        "samples": each.samples,
        "bad": each.bad,
        "decision": each.decision,
    }


def figures(each: Operation) -> dict[str, Any]:
    """How an operation did, as JSON values, to the microsecond."""
    return {
        "samples": each.samples,
        "errors": each.errors,
        "median_seconds": round(each.median, 6),
        "p95_seconds": round(each.p95, 6),
        "p99_seconds": round(each.p99, 6),
        "longest_seconds": round(each.longest, 6),
    }
