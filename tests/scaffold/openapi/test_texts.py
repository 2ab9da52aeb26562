"""Foreign text in what is written: as literals and as remarks."""

from __future__ import annotations

import ast

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from redhanded.scaffold.openapi import texts


@settings(max_examples=300, deadline=None)
@given(st.text(max_size=60))
def test_a_literal_is_the_text_and_nothing_else(text: str) -> None:
    """INVARIANT: Python reads the same text, from one line without what cannot be seen."""
    written = texts.literal(text)

    assert ast.literal_eval(written) == text
    assert written.isprintable()


@settings(max_examples=300, deadline=None)
@given(st.text(max_size=200), st.integers(8, 90))
def test_a_remark_ends_neither_a_docstring_nor_a_comment(text: str, length: int) -> None:
    """INVARIANT: one line of plain signs, as long as it may be."""
    said = texts.remark(text, length)

    assert len(said) <= length
    assert not set(said) & set('"\\`\n\r<>#*[]|$')
    assert said.isprintable()


@pytest.mark.parametrize("said", [None, 3, ["x"], {}], ids=["null", "number", "list", "object"])
def test_what_is_no_text_is_no_remark(said: object) -> None:
    """A document may have anything where a description belongs."""
    assert texts.remark(said, 20) == ""


def test_a_call_that_is_too_long_has_a_line_for_its_arguments() -> None:
    """As a formatter lays it out: all in one line, or each in its own."""
    short = texts.call("f(", ["a", "b"], ")", indent=0)
    middle = texts.call("function(", ["a" * 40, "b" * 45], ")", indent=4)
    long = texts.call("function(", ["a" * 60, "b" * 60], ")", indent=0)

    assert short == "f(a, b)"
    assert middle == f"    function(\n        {'a' * 40}, {'b' * 45}\n    )"
    assert long == f"function(\n    {'a' * 60},\n    {'b' * 60},\n)"


def test_a_module_says_so_where_its_lines_are_too_long() -> None:
    """To linter and formatter; but for one word that is as long as it is, which neither minds."""
    begin = "from __future__ import annotations\n"

    long = f"{begin}x = {'y' * 100}\n"

    assert texts.lined(long).startswith("# ruff: noqa: E501")
    assert "# fmt: off" not in texts.lined(long)
    assert "\n# fmt: off\n" in texts.lined(long, is_laid_out=False)
    assert texts.lined(f"{begin}{'y' * 120}\n").startswith(begin)
