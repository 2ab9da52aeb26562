"""The run as lines of JSON: a line for the run, one for each test and attempt, and one at the end.

`ndjson.schema.json` beside this module describes the lines. A key is never taken away nor changed
in its meaning while `v` stays; a file without its `end` line is not whole.
"""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any, Final

from redhanded.reports.files import writing
from redhanded.reports.json_line import json_line
from redhanded.reports.links import place
from redhanded.reports.moments import iso
from redhanded.reports.signatures import counted, kind

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from redhanded.core.verdicts import Finding
    from redhanded.reports.dossier.case import Case, Round, Row, Sent
    from redhanded.reports.dossier.dossier import Dossier
    from redhanded.reports.dossier.head import Head

VERSION: Final = 1


def write(dossier: Dossier, path: Path) -> None:
    """Write the run as lines of JSON; raises OSError where that cannot be."""
    with writing(path) as file:
        for line in lines(dossier):
            file.write(f"{line}\n".encode())


def lines(dossier: Dossier) -> Iterator[str]:
    """The lines, without their ends."""
    yield _line("run", _run(dossier.head))
    for case in dossier.cases():
        yield _line("test", _test(case))
        for round_ in case.rounds:
            for sent in round_.sent:
                yield _line("attempt", _attempt(case.row, round_, sent))
    yield _line("end", _end(dossier))


def _line(kind: str, told: dict[str, Any]) -> str:
    return json_line({"v": VERSION, "type": kind, **told})


def _run(head: Head) -> dict[str, Any]:
    return {
        "began": iso(head.began),
        "ended": iso(head.ended),
        "builds": [*head.builds],
        "parts": [
            {**asdict(part), "began": iso(part.began), "ended": iso(part.ended)}
            for part in head.parts
        ],
    }


def _end(dossier: Dossier) -> dict[str, Any]:
    head = dossier.head
    return {
        "tests": sum(not row.is_beside for row in dossier.rows),
        "beside": sum(row.is_beside for row in dossier.rows),
        "verdicts": counted(dossier.rows),
        "exit_code": head.exit_code,
        "sentences": [*head.sentences],
        "masked": head.masked,
        "missing": [*head.missing],
    }


def _test(case: Case) -> dict[str, Any]:
    row, where = case.row, place(case)
    return {
        "id": row.id,
        "test_id": row.test_id,
        "key": row.key,
        "file": where.file,
        "line": where.line,
        "shard": row.shard,
        "worker": row.worker,
        "outcome": row.outcome,
        "verdict": kind(row),
        "code": row.code,
        "headline": row.headline,
        "signature": row.signature,
        "route": row.route,
        "operations": [*row.operations],
        "began": iso(row.began),
        "seconds": row.seconds,
        "calls": row.calls,
        "attempts": row.attempts,
        "trace_id": row.trace_id,
        "owner": row.owner,
        "until": row.until,
        "is_beside": row.is_beside,
        "story": case.story,
        "output": case.output,
        "properties": dict(case.properties),
        "rounds": [_round(each) for each in case.rounds],
    }


def _round(round_: Round) -> dict[str, Any]:
    return {
        "round": round_.number + 1,
        "trace_id": round_.trace_id,
        "worker": round_.worker,
        "began": iso(round_.began),
        "seconds": round_.seconds,
        "verdict": round_.verdict,
        "is_over": round_.is_over,
        "findings": [_finding(each) for each in round_.findings],
        "steps": [_event(each) for each in round_.steps],
        "examined": [_event(each) for each in round_.examined],
        "tracked": [_event(each) for each in round_.tracked],
        "breached": [_event(each) for each in round_.breached],
        "removals": [_event(each) for each in round_.removals],
    }


def _event(event: Any) -> dict[str, Any]:  # noqa: ANN401  one of the events of a test
    told = asdict(event)
    del told["test_id"]
    return {**told, "at": iso(event.at)} if "at" in told else told


def _finding(finding: Finding) -> dict[str, Any]:
    return asdict(finding)


def _attempt(row: Row, round_: Round, sent: Sent) -> dict[str, Any]:
    exchange = sent.exchange.record()
    return {
        "test": row.id,
        "round": round_.number + 1,
        "index": sent.index,
        "operation": sent.operation,
        "step": sent.step,
        "stall": sent.stall,
        "exchange": {**exchange, "started_at": iso(sent.exchange.started_at)},
        "request_body": sent.request and sent.request.record(),
        "response_body": sent.response and sent.response.record(),
    }
