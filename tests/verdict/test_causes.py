"""Causes: whatever a finding names can be explained."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

import redhanded.contracts
import redhanded.verdict
from redhanded.core.errors import UsageError
from redhanded.pipeline.table import ROWS
from redhanded.verdict.causes import cause, causes

ROOMS = [Path(room.__path__[0]) for room in (redhanded.contracts, redhanded.verdict)]


def written_codes() -> set[str]:
    """Every text in the rooms that is the code of a violation or a finding."""
    texts: set[str] = set()
    for room in ROOMS:
        for source in room.glob("*.py"):
            for node in ast.walk(ast.parse(source.read_text(encoding="utf-8"))):
                if isinstance(node, ast.Call) and _named(node.func) in ("Violation", "Finding"):
                    texts |= {text for text in map(_text, node.args[:2]) if "." in text}
                    texts |= {_text(word.value) for word in node.keywords if word.arg == "code"}
    return texts - {""}


def _named(func: ast.expr) -> str:
    return func.id if isinstance(func, ast.Name) else ""


def _text(node: ast.expr) -> str:
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else ""


def test_every_code_that_is_given_can_be_explained() -> None:
    """INVARIANT: `redhanded explain` knows what a failure names."""
    given = written_codes() - {"headers.content-type"}

    assert len(given) > 10
    assert given <= set(causes())


@pytest.mark.parametrize("row", ROWS.values(), ids=ROWS.keys())
def test_every_row_of_the_retry_table_has_a_cause(row: object) -> None:
    """INVARIANT: whatever a request can meet is explained."""
    assert getattr(row, "cause", None) in causes()


@pytest.mark.parametrize("code", causes())
def test_a_cause_says_everything_that_a_reader_needs(code: str) -> None:
    """What it means, what usually lies behind it, what to do, how to narrow the check."""
    known = cause(code)

    assert known.code == code
    assert known.title
    assert known.meaning.endswith(".")
    assert known.narrow.endswith(".")
    assert all(known.typical)
    assert all(known.remedy)
    assert known.typical
    assert known.remedy


@pytest.mark.parametrize(
    "code, close",
    [
        pytest.param("body.shema", "body.schema", id="typing error"),
        pytest.param("http.unauthorized", "http.unauthorised", id="the other spelling"),
        pytest.param("refused", "net.refused", id="without its family"),
    ],
)
def test_an_unknown_code_names_the_closest(code: str, close: str) -> None:
    """Nobody has to go and look for the list."""
    with pytest.raises(UsageError, match=close):
        cause(code)


def test_a_code_like_no_other_leads_to_the_list() -> None:
    """A hundred of them are no sentence."""
    with pytest.raises(UsageError, match="`redhanded explain` lists all"):
        cause("")
