"""Cases at an API that somebody runs: the right one holds, and its defects are caught by them."""

from __future__ import annotations

import importlib.util
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from types import ModuleType
from typing import Any

import httpx2
import pytest

from redhanded.data import Case, boundaries, hostile, negatives
from redhanded.data.factory import Factory
from redhanded.lab import running
from tests.project.checkout import ROOT


def models_of(example: str) -> ModuleType:
    """The models of one of the examples, as a team would have written them."""
    path = ROOT / "examples" / example / "models.py"
    spec = importlib.util.spec_from_file_location(f"models_of_{example}", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


BOOKINGS, TRADING = models_of("bookings"), models_of("trading")
make = Factory(0, "cases at the demo", "0" * 8, today=datetime.now(UTC).date())


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """The demo API, whose defects can be switched."""
    with running(tmp_path_factory.mktemp("demo") / "demo.db") as lab:
        yield lab


@pytest.fixture(scope="module")
def client(demo: Any) -> Iterator[httpx2.Client]:  # noqa: ANN401  the lab's
    """A plain client of the demo."""
    with httpx2.Client(base_url=demo.url) as opened:
        yield opened


def of(parameters: list[pytest.ParameterSet]) -> list[Case]:
    """The cases alone."""
    return [each.values[0] for each in parameters]  # type: ignore[misc]


def is_kept(client: httpx2.Client, case: Case) -> bool:
    """Whether a booking at this limit is taken, and is the same when it is read again."""
    sent = case.of(make(BOOKINGS.NewBooking))
    answer = client.post("/booking", json=sent)
    if answer.status_code != 201:
        return False
    kept = client.get(f"/booking/{answer.json()['bookingid']}").json()
    return bool({name: kept[name] for name in sent} == sent)


def test_the_demo_takes_every_limit_of_a_booking(client: httpx2.Client) -> None:
    """INVARIANT: without a defect no boundary case is red."""
    cases = of(boundaries(BOOKINGS.NewBooking))

    assert [case.id for case in cases if not is_kept(client, case)] == []
    assert len(cases) > 25


def test_the_demo_refuses_what_is_wrong_with_a_booking(client: httpx2.Client) -> None:
    """INVARIANT: without a defect no negative case is red; a tag is optional to the demo."""
    cases = of(negatives(BOOKINGS.NewBooking, without=["tag-missing-required", "tag-null"]))

    answers = {
        case.id: client.post("/booking", **case.request(make(BOOKINGS.NewBooking))).status_code
        for case in cases
    }

    assert {name: status for name, status in answers.items() if status not in {400, 422}} == {}


def test_the_demo_fails_over_nothing_hostile(client: httpx2.Client) -> None:
    """INVARIANT: refused or taken, but never a 5xx."""
    answers = {
        case.id: client.post("/booking", **case.request(make(BOOKINGS.NewBooking))).status_code
        for case in of(hostile(BOOKINGS.NewBooking))
    }

    assert {name: status for name, status in answers.items() if status >= 500} == {}


@pytest.mark.parametrize(
    "defect, found",
    [
        pytest.param("D25", "totalprice-max", id="D25-limit-refused"),
        pytest.param("D42", "bookingdates.checkout-leap-day", id="D42-leap-day"),
        pytest.param("D44", "additionalneeds-longest", id="D44-text-cut"),
    ],
)
def test_a_defect_at_a_limit_is_caught(
    demo: Any,  # noqa: ANN401  the lab's
    client: httpx2.Client,
    tmp_path: Path,
    defect: str,
    found: str,
) -> None:
    """A limit that is refused, or kept as another value, is a red case."""
    demo.switch(defect)
    try:
        broken = {
            case.id
            for case in of(boundaries(BOOKINGS.NewBooking, only=found))
            if not is_kept(client, case)
        }
    finally:
        demo.switch()

    assert broken == {found}


def test_a_number_that_loses_its_last_digit_is_caught(demo: Any, client: httpx2.Client) -> None:  # noqa: ANN401  the lab's
    """D43: a payment's reference is a text, also where it looks like a number above 2^53."""
    form = {"grant_type": "client_credentials"}
    token = client.post("/oauth/token", data=form, auth=("lab-trader", "lab-trader-secret"))
    bearer = {"Authorization": f"Bearer {token.json()['access_token']}"}
    (case,) = of(boundaries(TRADING.NewPayment, only="reference-digits-above-2-53"))
    opened = [make(TRADING.NewAccount, currency="EUR", opening_balance=9) for _ in range(2)]
    one, other = (
        client.post("/trading/accounts", json=new.model_dump(mode="json"), headers=bearer).json()
        for new in opened
    )
    payment = {"amount": "1.00", "from_account": one["id"], "to_account": other["id"]}

    demo.switch("D43")
    try:
        sent = case.of(make(TRADING.NewPayment, **payment))
        headers = bearer | {"Idempotency-Key": "a-payment"}
        kept = client.post("/trading/payments", json=sent, headers=headers).json()
    finally:
        demo.switch()

    assert sent["reference"] == "9007199254740993"
    assert kept["reference"] != sent["reference"]
