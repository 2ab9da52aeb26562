"""Findings are grouped by cause: what is one thing to the reader is told once."""

from __future__ import annotations

import pytest

from redhanded.core.verdicts import Verdict
from redhanded.reports.groups import grouped
from tests.reports.lines import line, weather


@pytest.mark.parametrize(
    "first, second, are_one",
    [
        pytest.param('404 ("no order 17")', '404 ("none such")', True, id="detail"),
        pytest.param(
            '404 ("cut where the line ends…', '404 ("cut where it…', True, id="cut detail"
        ),
        pytest.param("$.items[2].sku is missing", "$.items[7].sku is missing", True, id="index"),
        pytest.param("$.a is missing (+1)", "$.a is missing (+2)", True, id="further-breaches"),
        pytest.param("$.total is 17, want 18", "$.total is 3, want 4", True, id="value"),
        pytest.param('$.a is "x", want null', '$.a is "y", want null', True, id="text"),
        pytest.param("GET /orders/17: late", "GET /orders/18: late", True, id="path"),
        pytest.param("GET /orders: late", "POST /payments: late", True, id="route"),
        pytest.param(
            "GET /a: latency 1.20 s, want at most 500 ms",
            "GET /b: latency 700 ms, want at most 500 ms",
            True,
            id="latency",
        ),
        pytest.param("404, want 200", "409, want 200", False, id="status"),
        pytest.param("$.a is missing", "$.b is missing", False, id="place"),
        pytest.param('$.a is "x", want "y"', '$.a is "x", want "z"', False, id="want"),
    ],
)
def test_findings_are_equal_whatever_their_data(first: str, second: str, *, are_one: bool) -> None:
    """Identifiers, values, indices and measured times are data; a status or a place is not."""
    groups = grouped([line("test_a", first), line("test_b", second)])

    assert (len(groups) == 1) is are_one


@pytest.mark.parametrize(
    "first, second, are_one",
    [
        pytest.param("assert 'x' == 3", "assert 'y' == 19.5", True, id="values"),
        pytest.param("assert 404 == 200", "assert 500 == 200", False, id="statuses"),
        pytest.param("assert len(a) == 3", "assert a == 3", False, id="form"),
    ],
)
def test_plain_asserts_are_equal_by_their_form(first: str, second: str, *, are_one: bool) -> None:
    """Values in them are data, and a number that may be a status is none."""
    groups = grouped([line(fact, fact, cause="assert") for fact in (first, second)])

    assert (len(groups) == 1) is are_one


def test_plain_asserts_on_two_routes_are_two_findings() -> None:
    """Their words alone say little, so where they were said counts."""
    lines = [
        line(route, "assert 1 == 2", cause="assert", route=route) for route in ("GET /a", "GET /b")
    ]

    assert len(grouped(lines)) == 2


@pytest.mark.parametrize(
    "other",
    [
        pytest.param({"verdict": Verdict.DRIFT}, id="verdict"),
        pytest.param({"cause": "header.value"}, id="cause"),
    ],
)
def test_a_group_has_one_verdict_and_one_cause(other: dict[str, object]) -> None:
    """Equal facts of another kind are another finding."""
    lines = [line("a"), line("b")._replace(**other)]  # type: ignore[arg-type]

    assert len(grouped(lines)) == 2


def test_the_worst_stands_first_then_what_most_tests_met() -> None:
    """Within a verdict the largest group comes first."""
    lines = [
        line("a", verdict=Verdict.RECOVERED),
        line("b", verdict=Verdict.SLOW),
        line("c", "one"),
        line("d", "two"),
        line("e", "two"),
    ]

    assert [group.headline for group in grouped(lines)] == [
        "DEFECT status: two",
        "DEFECT status: one",
        "SLOW status: 404, want 200",
        "RECOVERED status: 404, want 200",
    ]


def test_a_test_that_broke_twice_counts_once() -> None:
    """Setup, call and teardown each have a report; the reader counts tests."""
    (group,) = grouped([line("a"), line("a"), line("b")])

    assert group.tests == ["a", "b"]


@pytest.mark.parametrize(
    "url, route",
    [
        pytest.param("http://api.test/orders/17", "/orders/{}", id="number"),
        pytest.param(
            "http://api.test/a/3f2504e0-4f89-11d3-9a0c-0305e82c3301/b", "/a/{}/b", id="uuid"
        ),
        pytest.param("http://api.test/orders/ord-17", "/orders/{}", id="numbered"),
        pytest.param("http://api.test/t/b2e01f97aa/x", "/t/{}/x", id="token"),
        pytest.param("http://api.test/v1/oauth2/token", "/v1/oauth2/token", id="words"),
        pytest.param("http://api.test", "/", id="root"),
    ],
)
def test_routes_leave_out_what_looks_like_data(url: str, route: str) -> None:
    """Two orders are one route; a version in the path is part of it."""
    (group,) = grouped([line("a", route=f"GET {url}")])

    assert group.routes == [f"GET {route}"]


def test_routes_of_several_origins_are_told_whole() -> None:
    """A path alone would not say which service is meant."""
    lines = [line("a", route="GET http://a.test/x"), line("b", route="GET http://b.test/x")]

    (group,) = grouped(lines)

    assert group.routes == ["GET http://a.test/x", "GET http://b.test/x"]


def test_one_outage_is_one_group_whatever_each_test_asked() -> None:
    """Weather is grouped by cause and origin; the request of each test is no part of the fact."""
    lines = [
        weather("a", fact="GET /a: connection refused, 3 of 3 attempts"),
        weather("b", fact="GET /b: connection refused"),
    ]

    (group,) = grouped(lines)

    assert group.headline == "INCONCLUSIVE net.refused: connection refused"
    assert grouped(lines[1:])[0].headline == "INCONCLUSIVE net.refused: GET /b: connection refused"


def test_outages_of_two_origins_are_two_groups() -> None:
    """One service being down says nothing about the other."""
    lines = [weather("a"), weather("b", route="GET http://other.test/x")]

    assert len(grouped(lines)) == 2


def test_calls_that_a_circuit_held_back_are_told_under_what_opened_it() -> None:
    """One connection refused and 199 calls not sent are one outage."""
    held = [weather(str(number), "call.blocked", fact="GET /x: open") for number in range(199)]

    (group,) = grouped([*held[:4], weather("first"), *held[4:]])

    assert group.headline == "INCONCLUSIVE net.refused: connection refused"
    assert (len(group.tests), group.unsent) == (200, 199)


def test_a_circuit_was_opened_by_what_most_tests_met() -> None:
    """Where an outage shows in two ways, the calls held back stand with the more frequent one."""
    lines = [
        weather("a", "net.reset"),
        weather("b"),
        weather("c"),
        weather("d", "call.blocked"),
    ]

    first, second = grouped(lines)

    assert (first.lines[0].cause, first.unsent) == ("net.refused", 1)
    assert (second.lines[0].cause, second.unsent) == ("net.reset", 0)


@pytest.mark.parametrize(
    "other",
    [
        pytest.param(weather("a", "http.key_in_flight"), id="no-cause-of-circuits"),
        pytest.param(weather("a", route="GET http://other.test/"), id="another-origin"),
        pytest.param(weather("a", verdict=Verdict.RECOVERED), id="recovered"),
    ],
)
def test_calls_held_back_stand_alone_where_nothing_explains_them(other: object) -> None:
    """What cannot have opened this circuit, or no longer weighs, takes nothing in."""
    groups = grouped([other, weather("b", "call.blocked")])  # type: ignore[list-item]

    assert "call.blocked" in {group.lines[0].cause for group in groups}
    assert len(groups) == 2
