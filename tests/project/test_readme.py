"""The front page: what a stranger decides by comes first, is true, and is not too much."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from redhanded.core.verdicts import Verdict
from tests.project.checkout import ROOT

README = ROOT / "README.md"
COMPARISON = ROOT / "docs" / "explanation" / "comparison.md"
# `0 of 32,904` is one figure.
FIGURE = re.compile(r"\d+(?:,\d{3})*(?:\.\d+)?(?: of \d+(?:,\d{3})*)?")
# A table may give it as `| 0 (0.00%) | 32,904 |`.
SPLIT = re.compile(r"(\d)(?: \([\d.]+%\))? \| (?=\d)")
LINK = re.compile(r"\]\(([^)#\s]+)(?:#[^)\s]*)?\)")
PEERS = (
    *("pytest-rerunfailures", "tenacity", "Tavern", "Schemathesis", "Karate", "REST Assured"),
    *("Newman", "Hurl", "Bruno", "k6", "Pact", "Dredd", "Step CI"),
)


def section(page: Path, heading: str) -> str:
    """What stands below a heading, up to the next one of its rank."""
    _, found, below = page.read_text("utf-8").partition(f"\n## {heading}\n")
    assert found, f"{page.name} has no {heading}"
    return below.partition("\n## ")[0]


def rows(text: str) -> list[list[str]]:
    """The cells of the tables of a text, row by row, without their heads."""
    lines = [line for line in text.splitlines() if line.startswith("|")]
    table = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]
    heads = {at - 1 for at, cells in enumerate(table) if set(cells[0]) <= set("-: ") and at}
    rules = {at + 1 for at in heads}
    return [cells for at, cells in enumerate(table) if at not in heads | rules]


def figures(text: str) -> list[str]:
    """The numbers of a text, with what they are out of."""
    return FIGURE.findall(text.replace("**", ""))


def unknown(cells: list[str], measured: str) -> list[str]:
    """The figures of the cells that do not stand in a page."""
    plain = measured.replace("**", "")
    known = {*figures(plain), *figures(SPLIT.sub(r"\1 of ", plain))}
    return [found for cell in cells for found in figures(cell) if found not in known]


FIGURES = rows(section(README, "Figures"))
VERDICTS = rows(section(README, "What a test's run can mean"))


def test_promise_picture_commands_figures_and_peers_come_in_this_order() -> None:
    """Who reads for a minute has read what there is to decide by."""
    text = README.read_text("utf-8")
    marks = ("**A red test is a real bug", "![", "bootstrap.py redhanded demo ", "\n## Figures\n")

    places = [text.find(mark) for mark in (*marks, "\n## Beside other tools\n", "\n## Your first")]

    assert -1 not in places
    assert places == sorted(places)


def test_the_front_page_stays_one() -> None:
    """Long tables belong to the pages that measure them."""
    assert len(README.read_text("utf-8").splitlines()) <= 160
    assert 8 <= len(FIGURES) <= 10


@pytest.mark.parametrize("row", FIGURES, ids=[re.sub(r"\W+", "-", row[0])[:40] for row in FIGURES])
def test_a_figure_is_that_of_the_page_that_measures_it(row: list[str]) -> None:
    """When a benchmark is run anew, the front page is told."""
    _, ours, others, page = row
    (target,) = LINK.findall(page)

    assert figures(ours)
    assert unknown([ours, others], (ROOT / target).read_text("utf-8")) == []


def test_the_comparison_repeats_what_was_measured() -> None:
    """INVARIANT: beside others no figure stands that the benchmark did not give."""
    measured = (ROOT / "docs" / "explanation" / "truth.md").read_text("utf-8")
    table = rows(section(COMPARISON, "What was measured"))

    assert len(table) == 3
    assert unknown([cell for row in table for cell in row[1:]], measured) == []


@pytest.mark.parametrize("peer", PEERS)
def test_a_peer_is_told_of_with_a_source(peer: str) -> None:
    """What is said of the work of others can be looked up."""
    table = rows(section(COMPARISON, "What is sent again, and what the exit code tells"))
    told = [" ".join(row) for row in table if peer in row[0]]

    assert len(told) == 1
    assert "](https://" in told[0] or told[0].count("nothing found") == 2


def test_what_is_missing_here_is_said_on_the_front_page() -> None:
    """Who needs what is not here learns it before the first command."""
    missing = section(README, "Beside other tools")

    words = ("graphical", "load", "browsers", "GraphQL", "SOAP", "gRPC", "WebSocket", "Pact")
    assert [word for word in (*words, "mocks", "no release") if word not in missing] == []


def test_all_verdicts_are_explained_and_no_others() -> None:
    """A stranger meets seven words, and finds each of them."""
    assert sorted(row[0] for row in VERDICTS) == sorted(Verdict)


@pytest.mark.parametrize(
    "cells, page, missing",
    [
        (["**0** of 32,904, 480 of 480"], "| 0 | 32,904 | 0.009% |, 480 (100.00%) | 480 |", []),
        (["0 of 116 (2.549%)"], "0 | 116 | 2.54%", ["2.549"]),
        (["0 of 19, 1 of 20"], "**0** of 19 | 0 of 20 | 1", ["1 of 20"]),
        (["41 x, 3.7 x"], "**41 x** and **3.8 x**", ["3.7"]),
    ],
    ids=["there", "rounded", "other-share", "outdated"],
)
def test_a_figure_that_changed_is_noticed(cells: list[str], page: str, missing: list[str]) -> None:
    """The check knows a number of the page from one that is not."""
    assert unknown(cells, page) == missing
