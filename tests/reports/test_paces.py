"""Operations with their times, those above what is declared first."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from redhanded.core.attempt import Failure, Phase
from redhanded.reports.dossier.reading import read
from redhanded.reports.paces import Pace, slowest
from tests.reports.dossier.made import Made

TEST = "test_a.py::test_b"


def marks(seconds: float) -> tuple[tuple[Phase, float], ...]:
    """An attempt whose server took so long."""
    return ((Phase.SEND, 0.0), (Phase.WAIT, 1.0), (Phase.READ, 1.0 + seconds), (Phase.DONE, 9.0))


def paces(folder: Path, *sent: dict[str, Any], **limits: str) -> list[Pace]:
    """The slowest of a run that sent these; limits are settings by their key."""
    run = Made(folder)
    run.begin(settings=tuple((key, value, "x") for key, value in limits.items()))
    run.start(TEST)
    for facts in sent:
        run.send(TEST, **facts)
    run.close()
    return slowest(read([folder]), most=3)


def took(operation: str, *seconds: float) -> list[dict[str, Any]]:
    """Attempts of an operation, each with what its server took."""
    return [{"operation": operation, "marks": marks(each)} for each in seconds]


def test_times_are_those_of_the_server(tmp_path: Path) -> None:
    """The way and the runner are not held against it; the p95 is a time that was measured."""
    (pace,) = paces(tmp_path, *took("GET /a", *(number / 100 for number in range(1, 101))))

    assert (pace.operation, pace.answers, pace.limit) == ("GET /a", 100, None)
    assert [pace.median, pace.p95, pace.worst] == pytest.approx([0.5, 0.95, 1.0])


def test_without_marks_the_whole_time_counts(tmp_path: Path) -> None:
    """It is the only one that is known."""
    (pace,) = paces(tmp_path, {"operation": "GET /a", "marks": (), "elapsed": 0.7})

    assert pace.p95 == 0.7


@pytest.mark.parametrize(
    "facts",
    [
        pytest.param({"purpose": "canary"}, id="canary"),
        pytest.param({"number": 2}, id="retry"),
        pytest.param({"status": None, "row": "R02"}, id="no-status"),
        pytest.param({"failure": Failure("R09", Phase.READ, "ReadError", "cut")}, id="cut"),
        pytest.param({"operation": ""}, id="no-operation"),
    ],
)
def test_only_answers_to_first_attempts_of_tests_count(
    tmp_path: Path, facts: dict[str, Any]
) -> None:
    """Others tell of the weather, or of nothing."""
    assert paces(tmp_path, facts) == []


def test_what_is_above_its_limit_comes_first(tmp_path: Path) -> None:
    """Then what took longest."""
    late = took("GET /late", *[0.2] * 20)
    sent = [*took("GET /slow", 3.0), *late, *took("GET /quick", 0.1)]

    found = paces(tmp_path, *sent, **{"objectives.GET /late.p95": "0.1"})

    assert [pace.operation for pace in found] == ["GET /late", "GET /slow", "GET /quick"]
    assert [pace.is_over for pace in found] == [True, False, False]
    assert (found[0].measure, found[0].limit) == ("p95", 0.1)


@pytest.mark.parametrize(
    "limits, told",
    [
        pytest.param({"ceilings.GET /a": "0.5"}, ("ceiling", 0.5, True), id="ceiling"),
        pytest.param({"ceilings.*": "2"}, ("ceiling", 2.0, False), id="of-any"),
        pytest.param(
            {"objectives.*.p95": "2", "ceilings.GET /a": "0.5"},
            ("ceiling", 0.5, True),
            id="its-own",
        ),
        pytest.param({"ceilings.GET /{id}": "0.5"}, ("ceiling", 0.5, True), id="pattern"),
        pytest.param({"ceilings.POST /a": "0.5"}, ("", None, False), id="another-method"),
        pytest.param(
            {"objectives.GET /a.p95": "0.1", "ceilings.GET /a": "5"}, ("p95", 0.1, False), id="few"
        ),
        pytest.param({"objectives.GET /a.errors": "0.1"}, ("", None, False), id="errors"),
        pytest.param({"objectives.GET /a.p95": ""}, ("", None, False), id="none"),
        pytest.param({"timeouts.read": "0.1"}, ("", None, False), id="another-setting"),
    ],
)
def test_its_own_limit_goes_before_that_of_any(
    tmp_path: Path, limits: dict[str, str], told: tuple[str, float | None, bool]
) -> None:
    """A ceiling holds for the slowest answer."""
    (pace,) = paces(tmp_path, *took("GET /a", 1.0), **limits)

    assert (pace.measure, pace.limit, pace.is_over) == told


def test_a_percentile_of_few_answers_convicts_nobody(tmp_path: Path) -> None:
    """Below twenty, none lies above a p95 but by chance."""
    limit = {"objectives.GET /a.p95": "0.1"}

    (few,) = paces(tmp_path / "few", *took("GET /a", *[0.2] * 19), **limit)
    (many,) = paces(tmp_path / "many", *took("GET /a", *[0.2] * 20), **limit)

    assert (few.is_enough, few.is_over) == (False, False)
    assert (many.is_enough, many.is_over) == (True, True)


def test_only_so_many_are_told(tmp_path: Path) -> None:
    """A table is read as far as one sees it."""
    sent = [facts for n in range(9) for facts in took(f"GET /{n}", n / 10)]

    assert [pace.operation for pace in paces(tmp_path, *sent)] == ["GET /8", "GET /7", "GET /6"]
