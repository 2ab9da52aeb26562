"""D01 to D20, each caught twice: by a model of the examples, and by the API's own document."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from types import ModuleType
from typing import Any

import httpx2
import pytest

from redhanded import expect
from redhanded.contracts.openapi.contract import OpenAPIContract
from redhanded.contracts.openapi.loading import read
from redhanded.contracts.registry import ModelRegistry
from redhanded.core.contracting import Contracting
from redhanded.core.errors import ExpectationFailed
from redhanded.verdict.observation import attempt_behind
from tests.lab.conftest import NEW_BOOKING
from tests.lab.defects.conftest import Lab

EXAMPLES = Path(__file__).parents[3] / "examples"
BASE = "http://testserver"

Ask = Callable[[Lab], httpx2.Response]


def _models(name: str) -> ModuleType:
    """The models of an example suite, or what all of them share."""
    spec = spec_from_file_location(
        f"tests_models_{name.replace('/', '_')}", EXAMPLES / f"{name}.py"
    )
    assert spec is not None
    assert spec.loader is not None
    module = module_from_spec(spec)
    sys.modules[spec.name] = module  # where pydantic looks for what annotations name
    spec.loader.exec_module(module)
    return module


HOTEL, DESK, PEOPLE = (_models(f"{suite}/models") for suite in ("bookings", "trading", "users"))
SHAPES: Mapping[str, Any] = {
    "GET /booking": list[HOTEL.BookingRef],  # type: ignore[name-defined]
    "POST /booking": HOTEL.CreatedBooking,
    "GET /booking/{id}": HOTEL.Booking,
    "GET /booking/{id} 404": _models("problems").Problem,
    "GET /users/{id}": PEOPLE.User,
    "GET /trading/instruments": DESK.Page[DESK.Instrument],
    "GET /trading/quotes/{symbol}": DESK.Quote,
    "GET /trading/orders/{id}": DESK.Order,
    "POST /trading/orders": DESK.Order,
    "GET /trading/accounts/{id}/positions": list[DESK.Position],  # type: ignore[name-defined]
}


def _ask(request: str, body: object = None) -> Ask:
    return lambda lab: lab.ask(request, body)


def _account(lab: Lab) -> str:
    new = {"owner": "Ann", "currency": "EUR", "opening_balance": "1000.00"}
    return str(lab.ask("POST /trading/accounts", new).json()["id"])


def _order(lab: Lab) -> httpx2.Response:
    wanted = {"symbol": "ALDE", "side": "buy", "type": "market", "quantity": 1}
    return lab.ask("POST /trading/orders", {"account_id": _account(lab), **wanted})


def _read_order(lab: Lab) -> httpx2.Response:
    return lab.ask(f"GET /trading/orders/{_order(lab).json()['id']}")


def _positions(lab: Lab) -> httpx2.Response:
    account = _order(lab).json()["account_id"]
    return lab.ask(f"GET /trading/accounts/{account}/positions")


def _foreign_name(lab: Lab) -> httpx2.Response:
    made = lab.ask("POST /booking", NEW_BOOKING | {"firstname": "Zoë"}).json()
    return lab.ask(f"GET /booking/{made['bookingid']}")


@dataclass(frozen=True)
class Drift:
    """A drift, a request that meets it, and by what it is caught.

    `by_document` is a breach; `by_model` the code of a violation by the registry of models, or
    where `expected` says more than a shape can, by `expect`.
    """

    code: str
    ask: Ask
    by_document: str
    by_model: str = "body.schema"
    expected: Mapping[str, Any] = field(default_factory=dict)


WITHOUT_NEEDS = {name: value for name, value in NEW_BOOKING.items() if name != "additionalneeds"}
DRIFTS = (
    Drift("D01", _ask("GET /booking/1"), "body_schema"),
    Drift("D02", _ask("GET /booking/1"), "body_schema"),
    Drift("D03", _ask("POST /booking", NEW_BOOKING), "body_schema"),
    Drift("D04", _ask("GET /booking"), "body_schema"),
    Drift("D05", _ask("GET /booking/1"), "body_schema"),
    Drift("D06", _ask("GET /users/1"), "body_schema"),
    Drift("D07", _read_order, "body_schema"),
    Drift("D08", _read_order, "body_schema"),
    Drift("D09", _order, "body_schema"),
    Drift("D10", _positions, "body_schema"),
    Drift("D11", _ask("GET /booking/1"), "body_schema"),
    Drift("D12", _ask("GET /trading/instruments"), "body_schema"),
    Drift("D13", _ask("GET /users/1"), "body_schema"),
    Drift("D14", _ask("GET /trading/quotes/ALDE"), "request_refused", "status", {"status": 200}),
    Drift("D15", _ask("GET /booking/1"), "media_type_undocumented", "body.media_type"),
    Drift("D16", _foreign_name, "body_unreadable", "body.charset"),
    Drift("D17", _ask("GET /booking/999999"), "body_schema"),
    Drift(
        "D18", _ask("POST /booking", WITHOUT_NEEDS), "request_refused", "status", {"status": 201}
    ),
    Drift(
        "D19",
        _ask("GET /booking"),
        "header_missing",
        "header.missing",
        {"status": 200, "headers": {"X-Total-Count": ...}},
    ),
    Drift(
        "D20",
        _ask("GET /booking?limit=2"),
        "parameter_ignored",
        "value",
        {"status": 200, "shape": list[dict[str, int]], "where": lambda refs: len(refs) <= 2},
    ),
)


@pytest.fixture
def document(lab: Lab) -> OpenAPIContract:
    """The document of the API without defects, as a contract."""
    content = json.dumps(lab.app.openapi()).encode()
    return OpenAPIContract(read(content, "openapi.json"), Contracting(), BASE)


def _by_document(document: OpenAPIContract, answer: httpx2.Response) -> set[str]:
    return {
        found.code.removeprefix("contract.") for found in document.check(attempt_behind(answer))
    }


def _by_model(drift: Drift, answer: httpx2.Response) -> Iterator[str]:
    if not drift.expected:
        for found in ModelRegistry(SHAPES).check(attempt_behind(answer)):
            yield found.code
        return
    try:
        expect(answer, **drift.expected)
    except ExpectationFailed as failed:
        yield from (found.code for found in failed.violations)


@pytest.mark.parametrize("drift", DRIFTS, ids=lambda drift: drift.code)
def test_a_drift_is_caught_by_its_model_and_by_the_document(
    lab: Lab, document: OpenAPIContract, drift: Drift
) -> None:
    """What the code of the tests and the document of the API say of it are two findings."""
    healthy = drift.ask(lab)
    lab.switch(drift.code)

    answer = drift.ask(lab)

    assert lab.codes()
    assert drift.by_document in _by_document(document, answer)
    assert drift.by_model in set(_by_model(drift, answer))
    assert not _by_document(document, healthy)
    assert not set(_by_model(drift, healthy))
