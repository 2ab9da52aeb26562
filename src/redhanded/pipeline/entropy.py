"""Random bytes for ids, without a system call for each of them."""

from __future__ import annotations

import os
import random
import sys
import weakref
from functools import partial


class SeededEntropy:
    """Random bytes of a generator that the operating system has seeded, and seeds anew in a fork.

    They name attempts and keep no secret. `os.urandom` takes as much as 6 % of a call where system
    calls are watched, as in a sandbox.
    """

    def __init__(self) -> None:
        self._random = random.Random(os.urandom(32))
        if sys.platform != "win32":  # which has no fork
            os.register_at_fork(after_in_child=partial(_reseed, weakref.ref(self)))

    def __call__(self, size: int) -> bytes:
        """So many random bytes."""
        return self._random.randbytes(size)

    def reseed(self) -> None:
        """Begin anew, so that a fork does not repeat what its parent says."""
        self._random.seed(os.urandom(32))


def _reseed(reference: weakref.ref[SeededEntropy]) -> None:
    entropy = reference()
    if entropy is not None:
        entropy.reseed()
