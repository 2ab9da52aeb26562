"""Several documents of one API: each describes a part, and none accuses what another has."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import pytest

from redhanded.contracts.openapi.contract import OpenAPIContract
from redhanded.contracts.openapi.loading import read
from redhanded.core.attempt import Attempt
from redhanded.core.contracting import Contracting
from redhanded.session.allowances import Allowances
from redhanded.session.baseline import EMPTY
from redhanded.session.contracts import Contracts
from redhanded.session.coverage import Coverage
from redhanded.session.hearing import Hearing
from redhanded.session.judges import DocumentJudge
from tests.verdict.answers import answered, call

HOME = "http://127.0.0.1:8000"
JSON = {"application/json": {"schema": {"type": "object"}}}


def judge(folder: Path, *operations: str) -> DocumentJudge:
    """A judge by a document of these operations, each of which answers 200 with an object."""
    paths: dict[str, dict[str, object]] = {}
    for method, path in (operation.split() for operation in operations):
        answers = {"200": {"description": "It.", "content": JSON}}
        paths.setdefault(path, {})[method.lower()] = {"responses": answers}
    told = {"openapi": "3.0.3", "info": {"title": "It", "version": "1"}, "paths": paths}
    contract = OpenAPIContract(
        read(json.dumps(told).encode(), "-".join(operations)), Contracting(), HOME
    )
    seen = Coverage(
        contract.document, lambda *_: lambda _: True, emit=lambda _: None, folder=folder, worker=""
    )
    return DocumentJudge(contract, lambda attempt: f"{attempt.method} it", seen)


def codes(attempt: Attempt, *judges: DocumentJudge) -> list[str]:
    """What the documents hold against the answer."""
    allowances = Allowances((), EMPTY, date(2026, 3, 1), lambda _: None)
    contracts = Contracts(judges, allowances, HOME, lambda _: None, str, lambda _: "")
    return [found.code for found in Hearing(contracts, "test_it", [call(attempt)]).findings()]


@pytest.mark.parametrize(
    "operations, body, expected",
    [
        pytest.param(["GET /orders", "GET /users"], b"{}", [], id="of another path"),
        pytest.param(["POST /users", "GET /users"], b"{}", [], id="of another method"),
        pytest.param(
            ["GET /orders", "GET /users"], b"1", ["contract.body_schema"], id="broken in its own"
        ),
        pytest.param(
            ["GET /orders", "POST /users"],
            b"{}",
            ["contract.operation_undocumented", "contract.method_undocumented"],
            id="of none",
        ),
    ],
)
def test_an_operation_is_undocumented_where_no_document_has_it(
    tmp_path: Path, operations: list[str], body: bytes, expected: list[str]
) -> None:
    """INVARIANT: a document of the orders does not make the users drift."""
    kind = ("Content-Type", "application/json")
    attempt = answered(url=f"{HOME}/users", response_body=body, received=(kind,))

    assert codes(attempt, *(judge(tmp_path, each) for each in operations)) == expected
