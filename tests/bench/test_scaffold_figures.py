"""The figures of suites from documents: what meets a goal, and what misses it."""

from __future__ import annotations

import pytest

from bench.scaffold import suites
from bench.scaffold.suites import Made


@pytest.mark.parametrize(
    "made, is_alone, met",
    [
        pytest.param(Made(9.0, 4.0, 100.0, 20), True, [True, True], id="well"),
        pytest.param(Made(11.0, 4.0, None, 20), True, [False, True], id="slow"),
        pytest.param(Made(30.0, 4.0, 100.0, 20), False, [True, True], id="beside-others"),
        pytest.param(Made(30.0, 11.0, 100.0, 20), False, [False, True], id="slow-in-itself"),
        pytest.param(Made(9.0, 4.0, 100.0, None), True, [True, False], id="not-collected"),
    ],
)
def test_a_missed_goal_is_told(
    monkeypatch: pytest.MonkeyPatch, made: Made, is_alone: bool, met: list[bool]
) -> None:
    """Time counts as a whole where nothing else runs, else by its CPU."""
    monkeypatch.setattr(suites, "_made", lambda _: made)

    found = list(suites.figures("Box", b"{}", rounds=1, is_alone=is_alone))

    assert [figure.is_met for figure in found] == met
