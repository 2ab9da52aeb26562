"""What contracts are measured with: the page of orders, its document, the ways that are timed."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from bench.contracts import comparing, github, timing
from bench.contracts.checking import checking, of_orders
from bench.contracts.compiling import answers
from bench.contracts.exchanges import answered
from bench.contracts.orders import page


@pytest.mark.parametrize("size", [2_000, 20_000], ids=["small", "larger"])
def test_a_page_has_the_size_that_is_asked_for(size: int) -> None:
    """Figures of 2 KB are of 2 KB: no more than one order too long."""
    assert size <= len(page(size)) < size + 800


def test_a_page_is_the_same_for_each_seed() -> None:
    """Two runs of the benchmark measure the same bytes."""
    assert page(5_000, seed=3) == page(5_000, seed=3)
    assert page(5_000, seed=3) != page(5_000, seed=4)


@pytest.mark.parametrize("seed", range(5), ids=str)
def test_a_page_holds_to_its_document(seed: int) -> None:
    """What is timed is a valid answer, which is what nearly all answers are."""
    checking(page(2_000, seed=seed))()


@pytest.mark.parametrize(
    "old, new, where",
    [
        (b'"currency":"EUR"', b'"currency":"eur"', "currency"),
        (b'"kind":"card"', b'"kind":"cash"', "payment"),
        (b'"next":null', b'"next":null,"more":1', "$.more"),
        (b'"city":"Bath"', b'"city":5', "city"),
    ],
    ids=["pattern", "one-of", "undeclared", "type"],
)
def test_the_document_of_the_page_refuses_what_breaks_it(
    old: bytes, new: bytes, where: str
) -> None:
    """A check that lets everything pass would be quick, and show nothing."""
    (first, *_) = of_orders().check(answered(page(5_000).replace(old, new, 1)))

    assert where in first.where


def test_every_schema_of_an_answer_is_compiled() -> None:
    """The schema of each media type of each response counts once."""
    assert [node.pointer for node in answers(of_orders().document)] == [
        "/paths/~1orders/get/responses/200/content/application~1json/schema"
    ]


def test_ways_are_timed_in_turn() -> None:
    """A slow moment of the machine strikes every way alike."""
    order: list[str] = []

    found = timing.medians(
        {name: lambda name=name: order.append(name) for name in ("a", "b")},  # type: ignore[misc]
        rounds=2,
    )

    assert set(found) == {"a", "b"}
    assert order.index("b") < len(order) - 1 - order[::-1].index("a")


def test_the_benchmark_says_how_to_get_what_it_lacks(tmp_path: Path) -> None:
    """A document that is not there is skipped with a clear word."""
    for file in (None, tmp_path / "missing.json"):
        (figure,) = github.figures(file)

        assert "skipped" in figure.measured
        assert "npm install" in figure.measured
        assert figure.is_met


def test_the_documents_of_the_benchmark_can_be_read() -> None:
    """Both are whole, and of the version that they say."""
    assert [comparing.box(month).version for month in ("2024-07", "2026-06")] == [(3, 0), (3, 0)]


def test_the_first_answer_is_timed_with_nothing_of_contracts_loaded() -> None:
    """What a run's first test waits for holds the modules too, which take longer than the rest."""
    program = "import sys, bench.contracts.first_answer; print(*sys.modules)"
    command = [sys.executable, "-c", program]

    done = subprocess.run(command, cwd=comparing.ROOT, capture_output=True, text=True, check=True)

    loaded = done.stdout.split()
    assert "bench.contracts.first_answer" in loaded
    assert not {"jsonschema_rs", "redhanded.contracts.openapi.contract"} & set(loaded)
