"""Endpoints and latency: what a document promises beside what tests saw, and how long it took."""

from __future__ import annotations

from pathlib import Path

import pytest

from redhanded.core.attempt import Failure, Phase
from redhanded.pipeline.stream import STREAMED
from redhanded.reports.dossier.case import Case
from redhanded.reports.html.payload import Endpoint, Objective, Pace, Share, Status, Trends
from redhanded.reports.html.supplement import Coverage, Documented, Supplement
from tests.reports.html.made import dossier, exchange, page, round_, row, sent

LOST = Failure("reset_before_byte", Phase.WAIT, "ReadError", "reset")


def calls(operation: str, *statuses: int) -> Case:
    """A test that called one operation, answered so."""
    made = [sent(exchange(status=status), operation=operation) for status in statuses]
    return Case(row=row(operations=(operation,)), rounds=(round_(*made),))


def documented(*operations: Documented, **facts: object) -> Supplement:
    """A document with these operations."""
    told = {"documents": ["openapi.yaml"], "shares": [Share("operations", 1, 2)], **facts}
    return Supplement(coverage=Coverage(operations=operations, **told))  # type: ignore[arg-type]


def endpoints(folder: Path, supplement: Supplement, *cases: Case) -> dict[str, Endpoint]:
    """The endpoints of the page, by their operations, in their order."""
    index, _ = page(dossier(*cases), folder, supplement)
    assert index["endpoints"] is not None
    return {one["operation"]: one for one in index["endpoints"]["endpoints"]}


def test_without_a_document_the_operations_are_those_that_were_called(tmp_path: Path) -> None:
    """Nothing is claimed of what a document may promise."""
    index, _ = page(dossier(calls("GET /a", 200, 200, 500)), tmp_path)

    assert index["endpoints"] is not None
    (one,) = index["endpoints"]["endpoints"]
    assert (one["state"], one["calls"]) == ("called", 3)
    assert [Status(*each) for each in one["statuses"]] == [
        Status("200", is_documented=False, seen=2),
        Status("500", is_documented=False, seen=1),
    ]
    assert index["endpoints"]["shares"] == []
    assert index["endpoints"]["denominator"].startswith("No document was given")


def test_what_nobody_called_comes_first(tmp_path: Path) -> None:
    """The coverage map shows its holes before what it holds."""
    supplement = documented(
        Documented(operation="GET /checked", state="checked", statuses=["200"]),
        Documented(operation="GET /never", state="never", statuses=["200"], is_deprecated=True),
        undocumented={"PUT /odd": 1},
    )
    cases = calls("GET /checked", 200), calls("PUT /odd", 201), calls("GET /else", 200)

    found = endpoints(tmp_path, supplement, *cases)

    assert {name: one["state"] for name, one in found.items()} == {
        "GET /never": "never",
        "PUT /odd": "undocumented",
        "GET /else": "called",
        "GET /checked": "checked",
    }
    assert next(iter(found)) == "GET /never"
    assert found["GET /never"]["is_deprecated"] is True
    assert found["GET /never"]["p95"] is None


@pytest.mark.parametrize(
    "documented_as, called_as, is_met",
    [
        pytest.param("GET /orders/{orderId}", "GET /orders/{}", True, id="field"),
        pytest.param("GET /orders/{order-id}", "GET /v1/orders/{id}", True, id="server-path"),
        pytest.param("GET /orders/{id}", "GET /orders/x-7", True, id="value"),
        pytest.param("GET /orders/{id}", "GET /orders/{}/items", False, id="longer"),
        pytest.param("GET /orders/{id}", "POST /orders/{}", False, id="other-method"),
        pytest.param("GET /a.b/{id}", "GET /axb/{}", False, id="dot"),
    ],
)
def test_an_operation_is_known_by_what_stays_the_same(
    documented_as: str, called_as: str, is_met: bool, tmp_path: Path
) -> None:
    """A document and a run name the fields of a path differently."""
    told = Documented(operation=documented_as, state="checked", statuses=["200"])

    found = endpoints(tmp_path, documented(told), calls(called_as, 200))

    assert found[documented_as]["calls"] == int(is_met)
    assert (called_as in found) is not is_met


def test_the_most_literal_operation_is_meant(tmp_path: Path) -> None:
    """`/orders/mine` is no id."""
    supplement = documented(
        Documented(operation="GET /orders/{id}", state="never", statuses=["200"]),
        Documented(operation="GET /orders/mine", state="checked", statuses=["200"]),
    )

    found = endpoints(tmp_path, supplement, calls("GET /orders/mine", 200))

    assert found["GET /orders/{id}"]["calls"] == 0
    assert found["GET /orders/mine"]["calls"] == 1


def test_statuses_go_to_the_most_exact_promise(tmp_path: Path) -> None:
    """404 belongs to `404`, before `4XX`, before `default`; what none promises is told so."""
    told = Documented(operation="GET /a", state="called", statuses=["default", "4xx", "404"])
    supplement = documented(told)
    cases = calls("GET /a", 404, 404, 409, 500), calls("GET /b", 302)

    found = endpoints(tmp_path, supplement, *cases)

    assert [Status(*each) for each in found["GET /a"]["statuses"]] == [
        Status("404", is_documented=True, seen=2),
        Status("4xx", is_documented=True, seen=1),
        Status("default", is_documented=True, seen=1),
    ]


def test_the_denominator_is_stated(tmp_path: Path) -> None:
    """A share without its whole is no figure."""
    told = Documented(operation="GET /a", state="never", statuses=[])

    index, _ = page(dossier(), tmp_path, documented(told))

    assert index["endpoints"] is not None
    assert "openapi.yaml declares: 1 operation;" in index["endpoints"]["denominator"]
    assert [Share(*one) for one in index["endpoints"]["shares"]] == [Share("operations", 1, 2)]


def test_times_are_those_of_first_whole_answers(tmp_path: Path) -> None:
    """A retry, a lost attempt, a stream and a canary tell nothing of the server's usual pace."""
    made = [
        sent(exchange()),
        sent(exchange(number=2)),
        sent(exchange(status=None, failure=LOST)),
        sent(exchange(notes=(STREAMED,))),
        sent(exchange(purpose="canary")),
        sent(exchange(marks=())),
        sent(exchange(), stall=0.004),
    ]

    index, _ = page(dossier(Case(row=row(), rounds=(round_(*made),))), tmp_path)

    (one,) = index["latency"]
    assert one["samples"] == 2
    assert [quantile[1] for quantile in one["quantiles"]] == [60, 100, 100]
    assert sum(one["counts"]) == 2


def test_the_way_to_a_far_server_is_no_pace_of_its_own(tmp_path: Path) -> None:
    """The quickest connection is what the way takes; it is taken off."""
    marks = ((Phase.CONNECT, 0.0), (Phase.SEND, 0.004), (Phase.WAIT, 0.005), (Phase.READ, 0.015))
    far = exchange(marks=marks, peer="203.0.113.9:443", url="https://shop.test/a")

    index, _ = page(dossier(Case(row=row(), rounds=(round_(sent(far)),))), tmp_path)

    assert index["latency"][0]["quantiles"][0][1] == 60


def test_what_misses_its_objective_comes_first(tmp_path: Path) -> None:
    """The line of the objective lies within its histogram; one without samples is told as well."""
    missed = Objective(measure="p95", limit=9_000, state="missed", samples=40, bad=30)
    errors = Objective(measure="errors", limit=0.01, state="open", samples=0, bad=0)
    supplement = Supplement(objectives={"GET /quick": [missed], "GET /unseen": [errors]})
    slow = exchange(marks=((Phase.WAIT, 0.0), (Phase.READ, 2.0)))
    cases = (
        calls("GET /quick", 200),
        Case(row=row(), rounds=(round_(sent(slow, operation="GET /slow")),)),
    )

    index, _ = page(dossier(*cases), tmp_path, supplement)

    names = [one["operation"] for one in index["latency"]]
    assert names == ["GET /quick", "GET /slow", "GET /unseen"]
    assert index["latency"][0]["edges"][-1] > 9_000
    assert index["latency"][2]["edges"] == []


def test_trends_end_with_this_run(tmp_path: Path) -> None:
    """History knows the runs before; the median of this one is the page's own."""
    pace = Pace(operation="GET /a", medians=[90, None], note="")
    other = Pace(operation="GET /b", medians=[90, None], note="")
    trends = Trends(runs=[], suspects=[], paces=[pace, other])

    index, _ = page(dossier(calls("GET /a", 200)), tmp_path, Supplement(trends=trends))

    assert index["trends"] is not None
    assert [one["medians"] for one in index["trends"]["paces"]] == [[90, 100], [90, None]]
