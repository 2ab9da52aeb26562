"""The gate by chance, and on ordinary lines."""

from __future__ import annotations

import pytest

from bench.secrets.gate import Case, cases, knowing, texts
from bench.secrets.ordinary import lines
from bench.secrets.reader import found, reading
from redhanded.core.masks import MASK


@pytest.mark.parametrize("seed", range(5), ids=str)
def test_no_random_case_leaks(seed: int) -> None:
    """INVARIANT: a hundred secrets, wrappers and places of a break, and none is read."""
    leaking = [case for case in cases(100, seed=seed) if case.is_leak]

    assert leaking == []


def test_every_case_can_be_read_before_it_is_masked() -> None:
    """What no reader finds in the text itself would never be counted as a leak."""
    unread = [
        case
        for case in cases(200, seed=9)
        if not case.between and not found(case.made, reading(case.text.encode()))
    ]

    assert [case for case in unread if len(case.made.text) > 6] == []


def test_cases_are_the_same_for_each_seed() -> None:
    """A leak that was seen once is shown again by its seed."""
    first, again, others = (list(cases(30, seed=seed)) for seed in (4, 4, 5))

    assert first == again
    assert first != others


def test_a_case_is_broken_where_it_says() -> None:
    """A wrapped text is broken within its wrapping too."""
    [made, *_] = (case.made for case in cases(1, seed=1))

    case = Case(made, "hex", 0.5, "\n")
    before, after = case.text.split("\n")

    assert abs(len(before) - len(after)) <= 1
    assert bytes.fromhex(before + after).decode() == made.text


def test_fifty_secrets_of_all_shapes_change_no_ordinary_line() -> None:
    """INVARIANT: evidence that is masked without need is no evidence."""
    redactor = knowing(1)

    changed = [line for line in lines(3_000) if redactor.text(line) != line]

    assert changed == []


def test_ordinary_lines_hold_no_mask() -> None:
    """A line that came masked would be unchanged for the wrong reason."""
    every = lines(3_000)

    assert not [line for line in every if MASK.search(line)]
    assert len(set(every)) > 2_500


def test_the_texts_that_are_timed_have_their_size() -> None:
    """Ten thousand characters, of which fifty secrets change none."""
    redactor = knowing(1)

    for name, text in texts(1).items():
        assert 9_000 <= len(text) <= 10_000, name
        assert redactor.text(text) is text, name
