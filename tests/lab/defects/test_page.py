"""The page of the documentation lists the defects that there are."""

from __future__ import annotations

from pathlib import Path

from redhanded.lab.defects.defect import Defect
from redhanded.lab.defects.table import DEFECTS

PAGE = Path(__file__).parents[3] / "docs" / "reference" / "defects.md"


def row(defect: Defect) -> str:
    """The line of the table, but for the marks of code."""
    how = "; ".join([defect.how, *(f"{name}={n:g}" for name, n in defect.parameters.items())])
    verdict = f"{defect.verdict}, *now and then*" if defect.intermittent else defect.verdict
    return f"| {defect.code} | {defect.title} | {how} | {verdict} |".replace("`", "")


def test_the_page_knows_every_defect_and_its_numbers() -> None:
    """INVARIANT: the documentation lists what there is, defect by defect, and nothing else."""
    lines = PAGE.read_text("utf-8").replace("`", "").splitlines()

    assert [line for line in lines if line.startswith("| D")] == list(map(row, DEFECTS.values()))
