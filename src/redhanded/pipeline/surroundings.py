"""What the pipeline takes from the world: the one module in it that touches the world at all."""

from __future__ import annotations

import os
import random
import sys
import time
import weakref
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING

import anyio

from redhanded.core.clock import Clock, SystemClock

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from redhanded.core.ids import Entropy
    from redhanded.pipeline.spans import Spans


class SeededEntropy:
    """Random bytes of a generator that the operating system has seeded, and seeds anew in a fork.

    They name attempts and keep no secret. `os.urandom` for each of them takes as much as 6 % of a
    call where system calls are watched, as in a sandbox.
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


@dataclass(frozen=True, slots=True, kw_only=True)
class Surroundings:
    """Time, pauses, chance and the randomness of ids, as arguments of everything below.

    `spans` are those of a tracer, where there is one.
    """

    clock: Clock = field(default_factory=SystemClock)
    random: Callable[[], float] = random.random
    entropy: Entropy = field(default_factory=SeededEntropy)
    sleep: Callable[[float], object] = time.sleep
    sleep_async: Callable[[float], Awaitable[object]] = anyio.sleep
    spans: Spans | None = None
