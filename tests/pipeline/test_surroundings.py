"""Random bytes for ids, as the surroundings give them."""

from __future__ import annotations

import os
import random
import sys
import threading

import pytest

from redhanded.pipeline.surroundings import SeededEntropy


@pytest.mark.parametrize("size", [1, 8, 16], ids=str)
def test_there_are_as_many_bytes_as_asked_for(size: int) -> None:
    """An id is as long as its standard says."""
    assert len(SeededEntropy()(size)) == size


def test_no_seed_of_a_test_runner_repeats_them() -> None:
    """INVARIANT: attempts of two tests never share a name, though a runner seeds both alike."""
    entropy = SeededEntropy()
    spans = []

    for _ in range(2):
        random.seed(1)
        spans.append(entropy(8))

    assert spans[0] != spans[1]


def test_two_of_them_have_nothing_in_common() -> None:
    """Each is seeded by the operating system."""
    first, second = SeededEntropy(), SeededEntropy()

    assert not {first(8) for _ in range(100)} & {second(8) for _ in range(100)}


def test_threads_share_one_without_repeats() -> None:
    """Many threads name their attempts at once."""
    entropy, named = SeededEntropy(), set[bytes]()

    def name() -> None:
        named.update([entropy(8) for _ in range(200)])

    threads = [threading.Thread(target=name) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(named) == 8 * 200


def test_after_a_reseed_nothing_is_repeated() -> None:
    """Of two copies in one state, the one that begins anew says something else."""
    entropy = SeededEntropy()
    before = entropy._random.getstate()  # noqa: SLF001  what a fork would copy
    expected = entropy(8)
    entropy._random.setstate(before)  # noqa: SLF001

    entropy.reseed()

    assert entropy(8) != expected


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no fork")
@pytest.mark.filterwarnings("ignore:.*multi-threaded.*:DeprecationWarning")
def test_a_fork_does_not_repeat_its_parent() -> None:
    """A forked child and its parent name their attempts differently."""
    entropy = SeededEntropy()
    reader, writer = os.pipe()

    child = os.fork()
    if child == 0:
        os.write(writer, entropy(8))
        os._exit(0)
    os.waitpid(child, 0)
    told = os.read(reader, 8)
    os.close(reader)
    os.close(writer)

    assert len(told) == 8
    assert told != entropy(8)


def test_one_that_is_gone_is_forgotten() -> None:
    """What registers for a fork does not keep an entropy alive."""
    import gc
    import weakref

    entropy = SeededEntropy()
    reference = weakref.ref(entropy)

    del entropy
    gc.collect()

    assert reference() is None
