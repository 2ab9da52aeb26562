from __future__ import annotations

import subprocess
import sys

import pytest

from redhanded.pipeline.table import ROWS
from redhanded.pipeline.table_page import markdown
from tests.project.checkout import ROOT


def cells(number: int) -> list[str]:
    """The cells of a row of the page."""
    lines = markdown().splitlines()
    line = next(line for line in lines if line.startswith(f"| {number} |"))
    return [cell.strip() for cell in line.strip("|").split("|")]


def test_the_published_page_is_that_of_the_table() -> None:
    """It is made again by the command that stands in the page."""
    assert (ROOT / "docs" / "reference" / "retries.md").read_text("utf-8") == markdown()


def test_the_page_is_printed_by_its_module() -> None:
    """Whoever changes the table can make the page again."""
    printed = subprocess.run(
        [sys.executable, "-m", "redhanded.pipeline.table_page"],
        check=True,
        capture_output=True,
        text=True,
        encoding="utf-8",
    )

    assert printed.stdout == markdown()


@pytest.mark.parametrize("key", ROWS)
def test_every_row_has_a_line_of_seven_cells(key: str) -> None:
    """No failure is left out, and no text of the data file breaks the table."""
    row = ROWS[key]

    assert len(cells(row.number)) == 7
    assert cells(row.number)[1] == row.failure


@pytest.mark.parametrize(
    "number, column, text",
    [
        pytest.param(1, 3, "2", id="never sent"),
        pytest.param(1, 4, "BO 50 ms", id="jitter"),
        pytest.param(3, 4, "-", id="nothing to wait for"),
        pytest.param(9, 2, "1, fresh connection", id="fresh"),
        pytest.param(9, 4, "none", id="at once"),
        pytest.param(11, 6, "fail, slow", id="slow failures"),
        pytest.param(12, 6, "slow", id="slow alone"),
        pytest.param(13, 2, "1, GET, HEAD and OPTIONS only", id="safe only"),
        pytest.param(13, 5, "inconclusive (R+C); side effect unknown", id="verdict"),
        pytest.param(16, 3, "0, opt-in `retry.timeout408`", id="opt-in"),
        pytest.param(22, 4, "as told, at most 60 s; else BO 1 s", id="told"),
        pytest.param(25, 2, "1, performed by authentication", id="authentication"),
        pytest.param(26, 4, "500 ms, doubling, at most 5 s", id="doubling"),
        pytest.param(28, 5, "the test's own assertion decides", id="assertion"),
        pytest.param(31, 5, "none; not an outcome", id="no outcome"),
    ],
)
def test_a_cell_says_it_in_words(number: int, column: int, text: str) -> None:
    """A reader needs neither the data file nor the code."""
    assert cells(number)[column].startswith(text)


def test_other_requests_are_granted_what_the_server_says_it_has_not_done() -> None:
    """Row 18 names both ways to a second attempt."""
    told = "0, 2 where the server says how long to wait, opt-in `retry.throttled`"

    assert cells(18)[3] == told
