"""Tags: found again by what they are, told from everything that only looks like one."""

from __future__ import annotations

import os

import pytest
from hypothesis import given
from hypothesis import strategies as st

from redhanded.core import ids
from redhanded.core.ids import Mark, Tags, read_tag

NOW = 1_790_000_000.9
TAG = "rh-3f2a9c1e-tlpwu8-aeaqcaibaeaqcaibaeaq"

RUNS = st.from_regex(r"[a-z0-9][a-z0-9-]{2,30}[a-z0-9]", fullmatch=True)
ENTROPY = st.binary(min_size=12, max_size=12)
PREFIXES = st.from_regex(r"[a-z][a-z0-9]{1,11}", fullmatch=True)


def _ones(count: int) -> bytes:
    return b"\x01" * count


def test_a_tag_tells_its_run_and_its_second() -> None:
    """What a tag is made of stands in it, and can be read back."""
    made = ids.tag("3f2a9c1e", _ones, at=NOW)

    assert made == TAG
    assert read_tag(made) == Mark("3f2a9c1e", 1_790_000_000)


@given(
    run=RUNS, prefix=PREFIXES, at=st.floats(0, 1e11), entropy=st.binary(min_size=12, max_size=12)
)
def test_every_tag_can_be_read_back(run: str, prefix: str, at: float, entropy: bytes) -> None:
    """INVARIANT: whatever the run is called, with hyphens and digits too."""
    made = ids.tag(run, lambda _: entropy, at=at, prefix=prefix)

    assert read_tag(made, prefix) == Mark(run, int(at))


@pytest.mark.parametrize("length", range(len(TAG)), ids=str)
def test_a_cut_tag_is_none(length: int) -> None:
    """INVARIANT: what an API cut silently is no longer a mark of ours."""
    assert read_tag(TAG[:length]) is None


@pytest.mark.parametrize(
    "text",
    [
        pytest.param(TAG.upper(), id="capital letters"),
        pytest.param(f" {TAG}", id="a space before"),
        pytest.param(f"{TAG}\n", id="a line end after"),
        pytest.param(f"see {TAG}.", id="inside other text"),
        pytest.param(f"{TAG}a", id="longer"),
        pytest.param(TAG.replace("rh-", "rhx-"), id="longer prefix"),
        pytest.param(TAG.replace("rh-", "r-"), id="shorter prefix"),
        pytest.param(TAG.replace("rh-", ""), id="no prefix"),
        pytest.param(TAG.replace("-tlpwu8-", "-0tlpwu8-"), id="a time with a leading zero"),
        pytest.param(TAG[:-1] + "b", id="a last sign that no tag has"),
        pytest.param(TAG.replace("aq", "a1"), id="a sign of another alphabet"),
        pytest.param(TAG.replace("3f2a9c1e", "\uff13f2a9c1e"), id="a wide digit"),
        pytest.param(TAG.replace("3f2a9c1e", ""), id="no run"),
        pytest.param("", id="empty"),
    ],
)
def test_what_only_looks_like_a_tag_is_none(text: str) -> None:
    """Nothing of somebody else's is ever taken for ours."""
    assert read_tag(text) is None


def test_the_tag_of_another_prefix_is_not_ours() -> None:
    """Two teams with prefixes of their own do not see each other's marks."""
    assert read_tag(TAG, "team") is None
    assert read_tag("team" + TAG[2:], "team") == Mark("3f2a9c1e", 1_790_000_000)


def test_a_clock_before_the_epoch_gives_a_tag_of_the_epoch() -> None:
    """A machine without a clock still marks what it makes."""
    assert read_tag(ids.tag("run1", at=-5.0)) == Mark("run1", 0)


def test_no_two_tags_of_a_run_are_the_same() -> None:
    """96 random bits stand in each, also within one second."""
    tags = Tags("3f2a9c1e", lambda: NOW, "team")

    made = {tags() for _ in range(1_000)}

    assert len(made) == 1_000
    assert {read_tag(one, "team") for one in made} == {Mark("3f2a9c1e", 1_790_000_000)}
    assert tags(os.urandom) not in made
