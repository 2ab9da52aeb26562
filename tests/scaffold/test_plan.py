"""A plan holds each path once."""

from __future__ import annotations

import pytest

from redhanded.scaffold.plan import File, Plan


def test_a_plan_keeps_the_order_in_which_it_was_made() -> None:
    """Files are told and written in that order."""
    plan = Plan([File("b.py", ""), File("a/c.py", "x"), File("a.py", "")])

    assert plan.paths == ["b.py", "a/c.py", "a.py"]
    assert len(plan) == 3


def test_a_file_is_found_by_its_path_however_that_is_written() -> None:
    """Some disks make no difference between upper and lower case, so nor does a plan."""
    plan = Plan([File("README.md", "hello")])

    assert plan["readme.md"].text == "hello"
    assert "Readme.md" in plan
    assert "LICENSE" not in plan
    assert 7 not in plan


def test_no_path_is_planned_twice() -> None:
    """Two templates for one file are a fault of ours, also where only the case differs."""
    with pytest.raises(ValueError, match=r"readme\.md is planned twice"):
        Plan([File("README.md", ""), File("readme.md", "")])
