"""Runs that never were, with what their tests have covered, written as a run writes it."""

from __future__ import annotations

from pathlib import Path
from typing import Self

import pytest

from redhanded.contracts.openapi.document import Document
from redhanded.contracts.openapi.examination import Examination, Parts
from redhanded.core.events import Breached, RunEnded
from redhanded.core.violation import Violation
from redhanded.reports.spool import Spool
from redhanded.session.coverage import Coverage
from tests.contracts.openapi.shops import Oracle, met, shop

UNKNOWN = Violation("contract.operation_undocumented", "operation", "GET /teapot", "another")


class Worker:
    """One process of a run, as a context: its tests see a document; at the end it says so."""

    def __init__(
        self,
        folder: Path,
        document: Document | None = None,
        *,
        name: str = "main",
        exit_code: int | None = 0,
    ) -> None:
        (folder / "spool").mkdir(parents=True, exist_ok=True)
        self.document: Document = document or shop()
        self._name = name
        self._exit_code = exit_code
        self._spool = Spool(folder / "spool" / f"{name}.ndjson", complain=pytest.fail)
        self.coverage: Coverage = Coverage(
            self.document,
            Oracle(self.document),
            emit=self._spool,
            folder=folder,
            worker=name,
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        if self._exit_code is not None:
            self._spool(RunEnded("run1", self._name, 1.0, self._exit_code))
        self._spool.close()

    def test(self, name: str, *operations: str, status: str = "200", checked: bool = True) -> None:
        """A test that called these operations, each of which answered with that status."""
        for operation in operations:
            exchange = met(self.document, operation, response=Parts(status))
            self.coverage.see(name, exchange, operation=operation, is_checked=checked)
        self.coverage.end(name)

    def lack(self, name: str, operation: str, times: int = 1, *, told: Violation = UNKNOWN) -> None:
        """A test that called what the document lacks so many times."""
        for _ in range(times):
            exchange = Examination(None, (told,), template="/teapot")
            self.coverage.see(name, exchange, operation=operation, is_checked=False)
        self.coverage.end(name)

    def breach(self, violation: Violation, operation: str = "GET /orders", **facts: object) -> None:
        """A test of which an answer broke the document."""
        ordinary = {"test_id": "t1", "attempt_id": "a1", "kind": "document", "count": 1}
        name = self.document.name
        told = {"contract": name, "operation": operation, "violation": violation}
        self._spool(Breached(**{**ordinary, **told, **facts}))  # type: ignore[arg-type]
