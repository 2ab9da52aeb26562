"""Values are packed so that a page can hold them as text, in the order in which they came."""

from __future__ import annotations

import pytest

from redhanded.reports.html.packing import AHEAD, Packer, encode, pack, unpack
from redhanded.reports.html.units import Words, ticks


@pytest.mark.parametrize(
    "text",
    ["</script>", "\ud800", "\x00\x1b[31m\u202e", "🦊" * 3, '"\\\u2028', "a" * 100_000],
    ids=["markup", "half-a-pair", "control", "astral", "line-separator", "long"],
)
def test_what_is_packed_comes_out_as_it_was(text: str) -> None:
    """Bodies hold anything, also what is no Unicode; nothing of it can end an element."""
    packed = pack(encode({"text": text}))

    assert unpack(packed) == {"text": text}
    assert b"<" not in packed


def test_packing_is_the_same_each_time() -> None:
    """No time of day stands in it."""
    assert pack(encode({"a": [1]})) == pack(encode({"a": [1]}))


def test_values_are_handed_on_in_their_order() -> None:
    """A page names a chunk by its number."""
    got: list[bytes] = []
    packer = Packer(got.append)
    for number in range(9):
        packer.add(b"%d" % number)

    assert len(got) == 9 - AHEAD
    packer.close()

    assert [unpack(one) for one in got] == [*range(9)]
    assert packer.size == sum(map(len, got))


def test_a_packer_ends_its_thread_when_packing_fails() -> None:
    """A process must be able to end, whatever became of its report."""

    def full(_: bytes) -> None:
        raise OSError(28, "No space left on device")

    packer = Packer(full)
    packer.add(b"1")

    with pytest.raises(OSError, match="No space"):
        packer.close()
    with pytest.raises(RuntimeError):
        packer.add(b"2")


@pytest.mark.parametrize(
    "seconds, told",
    [(0.00014, 1), (1, 10_000), (float("nan"), 0), (float("-inf"), 0)],
    ids=["rounded", "whole", "not-a-number", "infinite"],
)
def test_times_are_whole_ticks(seconds: float, told: int) -> None:
    """A millisecond has ten; what is no time is none."""
    assert ticks(seconds) == told


def test_words_have_one_place_each() -> None:
    """A word of 20,000 tests is written once."""
    words = Words()

    assert [words["a"], words["b"], words["a"], words.or_none("")] == [0, 1, 0, -1]
    assert words.table() == ["a", "b"]
