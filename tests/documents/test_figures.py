"""Figures that a page repeats are those of the page that measures them."""

from __future__ import annotations

import re

import pytest

from tests.documents.blocks import ROOT

EXPLANATION = ROOT / "docs" / "explanation"
FIGURE = re.compile(r"\b\d[\d,]* (?:of \d+\b|verdicts\b)")


@pytest.mark.parametrize(
    "name, heading",
    [("why-retries-mask-bugs", "## What was measured"), ("rules-of-evidence", "## 8. What could")],
    ids=["table", "sentence"],
)
def test_a_figure_is_that_of_the_benchmark(name: str, heading: str) -> None:
    """When the benchmark is run anew, whoever repeats its figures is told."""
    measured = (EXPLANATION / "truth.md").read_text("utf-8")
    _, _, part = (EXPLANATION / f"{name}.md").read_text("utf-8").partition(heading)
    shown = re.sub(r"```.*?```", "", part, flags=re.DOTALL)

    figures = FIGURE.findall(shown)

    assert figures
    assert [figure for figure in figures if figure not in measured] == []
