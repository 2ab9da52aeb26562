"""The seed that a run prints, and what it brings back."""

from __future__ import annotations

import re

from tests.plugin.suites import Suite

SOURCE = """
    from datetime import date
    from pydantic import BaseModel

    class Order(BaseModel):
        name: str
        due: date

    def test_one(make):
        print("drawn", make.many(Order, 3))

    def test_other(make):
        print("drawn", make.many(Order, 3))
        assert make.using(charset="utf-8")(Order).name.isascii()
"""


def _drawn(text: str) -> list[str]:
    return sorted(re.findall(r"drawn \[.*\]", text))


def test_the_printed_seed_draws_the_same_on_another_day(suite: Suite) -> None:
    """INVARIANT: with and without workers, in either order, whatever day the replay has."""
    first = suite(SOURCE, "-rA", "--rh-seed=7@2020-02-28")
    again = suite(SOURCE, "-rA", "-n2", "--rh-seed=7@2020-02-28")
    today = suite(SOURCE, "-rA", "--rh-seed=7")

    assert "seed 7@2020-02-28" in first.text
    assert "the same data again: --rh-seed=7@2020-02-28" in first.text
    assert len(_drawn(first.text)) == 2
    assert {*_drawn(first.text)} == {*_drawn(again.text)}
    assert _drawn(first.text) != _drawn(today.text)


def test_a_day_that_is_none_stops_the_run(suite: Suite) -> None:
    """In one sentence, before the first test."""
    ran = suite(SOURCE, "--rh-seed=7@tomorrow")

    assert ran.ret == 4
    assert 'data.today ("tomorrow") is no day: write such as 2026-11-22.' in ran.text
