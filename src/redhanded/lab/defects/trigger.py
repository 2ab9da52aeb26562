"""When a defect shows, and the word that it did."""

from __future__ import annotations

import random
import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TypeVar

from redhanded.lab.defects.asked import ASKED, Asked
from redhanded.lab.defects.served import Served

T = TypeVar("T")


@dataclass(slots=True)
class _Block:
    """As many turns as one of them is hit in, and where in them we are."""

    turn: int = 0
    hit: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Trigger:
    """One defect, from when it is switched on; `chance` is its own seeded stream."""

    code: str
    chance: random.Random
    log: Served
    parameters: Mapping[str, float] = field(default_factory=dict)
    lock: threading.Lock = field(default_factory=threading.Lock)
    _block: _Block = field(default_factory=_Block)

    @property
    def asked(self) -> Asked:
        """The request that is being answered."""
        return ASKED.get()

    def serve(self) -> None:
        """Notes that the request met the defect, once however often it did."""
        asked = self.asked
        if self.code not in asked.served:
            asked.served.add(self.code)
            self.log.write(self.code, asked)

    def instead(self, correct: T, wrong: T) -> T:
        """The wrong value, noted as served unless it is the correct one after all."""
        if wrong != correct:
            self.serve()
        return wrong

    def one_in(self, turns: int) -> bool:
        """Whether this turn is hit: one of each so many is, and the chance says which.

        So `2 * turns - 1` turns in a row are sure to meet it.
        """
        with self.lock:
            block = self._block
            if block.turn == 0:
                block.hit = self.chance.randrange(turns)
            is_hit = block.turn == block.hit
            block.turn = (block.turn + 1) % turns
        return is_hit
