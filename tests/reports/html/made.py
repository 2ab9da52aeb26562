"""Tests of a run, made by hand, and the data of the page that is made of them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import count
from pathlib import Path
from typing import Any, cast

from redhanded.core.attempt import Phase
from redhanded.core.exchange import Body, Exchange
from redhanded.core.redaction import Redactor
from redhanded.reports.dossier.case import Case, Round, Row, Sent
from redhanded.reports.dossier.head import Head, Part, Process
from redhanded.reports.html import report
from redhanded.reports.html.details import Attempt, Chunk, Detail
from redhanded.reports.html.packing import encode, pack, unpack
from redhanded.reports.html.payload import Index
from redhanded.reports.html.supplement import NOTHING, Supplement
from tests.core.attempts import attempt

NOON = 1_700_000_000.0
MARKS = ((Phase.SEND, 0.001), (Phase.WAIT, 0.002), (Phase.READ, 0.012), (Phase.DONE, 0.013))
PART = Part(
    name="run1", run_id="run1", shard="", began=NOON, ended=NOON + 9, seed=7,
    target="http://shop.test", env="staging", command=("pytest", "-k", "a b"), platform="Linux",
    versions={"redhanded": "1.0"}, plugins={}, settings=(), source={"commit": "0a1b2c3"},
    exit_code=1, sentences=("Red: 1 defect.",), masked=3,
)  # fmt: skip
HEAD = Head(
    parts=(PART,),
    counts={"pass": 1},
    processes=(
        Process(shard="", worker="main", began=NOON, ended=NOON + 9, exit_code=1),
        Process(shard="", worker="gw0", began=NOON + 1, ended=None, exit_code=None),
    ),
    began=NOON,
    ended=NOON + 9,
    sentences=("Red: 1 defect.",),
    exit_code=1,
    masked=3,
)
_NUMBERS = count(1)


def exchange(**facts: Any) -> Exchange:  # noqa: ANN401  each fact of an attempt has its type
    """An exchange that was answered, as the gate makes it."""
    ordinary = {"id": f"{next(_NUMBERS):016x}", "started_at": NOON + 1, "marks": MARKS}
    return Redactor(key=b"test").exchange(attempt(**{"elapsed": 0.013, **ordinary, **facts}))


def body(text: str, **facts: Any) -> Body:  # noqa: ANN401  each has its type
    """A body of JSON, of that text."""
    digest = Redactor(key=b"test").digest(text.encode("utf-8", "backslashreplace"))
    return Body(**{"kind": "json", "text": text, "size": len(text), "digest": digest, **facts})


def sent(made: Exchange | None = None, **facts: Any) -> Sent:  # noqa: ANN401  each has its type
    """An attempt of a round."""
    ordinary = {"index": 0, "operation": "GET /orders/{id}", "stall": 0.0}
    return Sent(exchange=made or exchange(), **{**ordinary, **facts})


def round_(*made: Sent, **facts: Any) -> Round:  # noqa: ANN401  each has its type
    """A round that began a second after the run."""
    ordinary = {
        "number": 0, "trace_id": "1" * 32, "worker": "gw0", "began": NOON + 1, "seconds": 0.5,
        "verdict": "pass", "is_over": True,
    }  # fmt: skip
    return Round(sent=made, **{**ordinary, **facts})


def row(test_id: str = "tests/test_a.py::test_it", **facts: Any) -> Row:  # noqa: ANN401
    """A test that passed, where the facts do not say otherwise."""
    ordinary = {
        "id": f"{next(_NUMBERS):08x}", "shard": "", "worker": "gw0", "outcome": "passed",
        "kind": "", "code": "", "headline": "", "route": "", "began": NOON + 1, "seconds": 0.5,
        "calls": 1, "attempts": 1, "rounds": 1,
    }  # fmt: skip
    return Row(test_id=test_id, **{**ordinary, **facts})


def failed(test_id: str = "tests/test_a.py::test_it", **facts: Any) -> Row:  # noqa: ANN401
    """A test that met a defect."""
    told = {
        "outcome": "failure", "kind": "defect", "code": "status", "signature": "s1",
        "headline": "200, want 404", "route": "GET http://shop.test/orders/7",
    }  # fmt: skip
    return row(test_id, **{**told, **facts})


@dataclass
class Made:
    """A dossier of cases that are given."""

    given: Sequence[Case] = ()
    head: Head = HEAD
    rows: Sequence[Row] = field(init=False)

    def __post_init__(self) -> None:
        self.rows = [case.row for case in self.given]

    def cases(self) -> Iterator[Case]:
        yield from self.given

    def of(self, rows: Iterable[Row]) -> Iterator[Case]:
        wanted = [*rows]
        yield from (case for case in self.given if case.row in wanted)


def dossier(*cases: Case, **facts: Any) -> Made:  # noqa: ANN401  each has its type
    """The dossier of these tests; facts are those of its head."""
    return Made(cases, replace(HEAD, **facts))


def page(made: Made, folder: Path, supplement: Supplement = NOTHING) -> tuple[Index, list[Detail]]:
    """What the page reads of a dossier: the index, and the details of all tests."""
    found = report.page(made, folder, supplement)
    chunks = [cast("Chunk", unpack(chunk)) for chunk in found.chunks]
    index = cast("Index", unpack(pack(encode(found.index))))
    return index, [detail for chunk in chunks for detail in chunk["details"]]


def attempts(detail: Detail, place: int = 0) -> list[Attempt]:
    """The attempts of one round of a test, as the page reads them."""
    return [Attempt(*told) for told in detail["rounds"][place]["attempts"]]
