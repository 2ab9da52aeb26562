"""The slowest operations against their limits: which are told, by what measure, and how."""

from __future__ import annotations

import pytest

from redhanded.core.settings import Objective, Settings
from redhanded.history.records import Operation
from redhanded.session.paces import pace_lines

HEAD = "slowest against their limits, by the server's own time:"


def operation(name: str, *, samples: int = 40, p95: float = 0.1, longest: float = 0.2) -> Operation:
    """How an operation did."""
    return Operation(
        operation=name,
        samples=samples,
        errors=0,
        median=p95 / 2,
        p95=p95,
        p99=longest,
        longest=longest,
    )


def limited(**limits: object) -> Settings:
    """Settings with these tables."""
    return Settings.model_validate(limits)


@pytest.mark.parametrize(
    "limits, samples, told",
    [
        pytest.param(
            {"objectives": {"GET /a": {"p95": 0.05}}},
            40,
            "  GET /a  p95 100 ms of 40, limit 50 ms: over",
            id="percentile-over",
        ),
        pytest.param(
            {"objectives": {"*": {"p95": 0.5}}},
            20,
            "  GET /a  p95 100 ms of 20, limit 500 ms: within",
            id="percentile-of-any",
        ),
        pytest.param(
            {"objectives": {"GET /a": {"p95": 0.15}}},
            19,
            "  GET /a  longest 200 ms of 19, limit 150 ms: over",
            id="too-few-for-a-percentile",
        ),
        pytest.param(
            {"objectives": {"GET /a": {"p99": 1}}},
            100,
            "  GET /a  p99 200 ms of 100, limit 1.00 s: within",
            id="ninety-ninth",
        ),
        pytest.param(
            {"ceilings": {"*": 9, "GET /a": 0.2}},
            1,
            "  GET /a  longest 200 ms of 1, limit 200 ms: within",
            id="ceiling-of-its-own",
        ),
        pytest.param(
            {"ceilings": {"*": 0.1}, "objectives": {"*": {"p95": 9}}},
            40,
            "  GET /a  longest 200 ms of 40, limit 100 ms: over",
            id="the-nearer-of-two",
        ),
    ],
)
def test_an_operation_is_told_by_its_nearest_limit(
    limits: dict[str, object], samples: int, told: str
) -> None:
    """A percentile counts from as many samples on as show it; of fewer the longest is told."""
    assert pace_lines([operation("GET /a", samples=samples)], limited(**limits)) == [HEAD, told]


@pytest.mark.parametrize(
    "limits, done",
    [
        pytest.param({}, [operation("GET /a")], id="no-limit"),
        pytest.param({"ceilings": {"GET /b": 1}}, [operation("GET /a")], id="another-route"),
        pytest.param({"ceilings": {"*": 1}}, [], id="nothing-measured"),
        pytest.param(
            {"objectives": {"*": {"errors": 0.01}}}, [operation("GET /a")], id="errors-are-no-pace"
        ),
    ],
)
def test_nothing_is_told_where_nothing_can_be_compared(
    limits: dict[str, object], done: list[Operation]
) -> None:
    """Without a limit a time is neither good nor bad."""
    assert pace_lines(done, limited(**limits)) == []


def test_routes_are_those_below_the_base_url() -> None:
    """Settings name routes without the path of the base URL, operations are seen with it."""
    settings = limited(base_url="http://a.test/api", ceilings={"GET /orders/{id}": 1})

    assert len(pace_lines([operation("GET /api/orders/{id}")], settings)) == 2


def test_the_five_nearest_to_their_limits_stand_first() -> None:
    """The rest is counted, and a name too long for the line is cut."""
    done = [operation(f"GET /{'a' * 60}", longest=5)]
    done += [operation(f"GET /{number}", longest=number / 10) for number in range(1, 8)]

    lines = pace_lines(done, Settings(ceilings={"*": 0.65}))

    assert lines[1].startswith("  GET /aaa")
    assert lines[1].endswith("…  longest 5.00 s of 40, limit 650 ms: over")
    assert [line.split()[1] for line in lines[2:6]] == ["/7", "/6", "/5", "/4"]
    assert lines[6:] == ["  + 3 more with limits: redhanded slow shows all"]
    assert max(map(len, lines)) <= 100


def test_an_objective_may_be_declared_for_errors_and_times_at_once() -> None:
    """Only its times are a pace."""
    settings = Settings(objectives={"GET /a": Objective(p95=1, errors=0.1)})

    assert len(pace_lines([operation("GET /a")], settings)) == 2
