"""Sweeps in any weather, cut anywhere: in the end nothing of ours is left, and all else is."""

from __future__ import annotations

import tempfile
from collections.abc import Generator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from itertools import islice
from pathlib import Path
from random import Random

from hypothesis import given, settings
from hypothesis import strategies as st

from redhanded.cleanup.effects import Answer
from tests.cleanup.dead import Dead, Sweeping, mark
from tests.cleanup.fake_api import SILENT, FakeApi, FakeClock

LATEST = 40.0  # seconds after its intent at which a create still lands


class StormyApi(FakeApi):
    """An API whose answers are lost, late, refused or interrupted by chance."""

    def __init__(self, clock: FakeClock, chance: Random) -> None:
        super().__init__(clock)
        self.chance = chance
        self.is_calm = False

    def send(self, method: str, path: str, identity: str | None) -> Answer:
        fate = 1.0 if self.is_calm else self.chance.random()
        if fate < 0.1:
            return self.chance.choice([SILENT, Answer(500), Answer(503), Answer(429, pause=3.0)])
        answer = super().send(method, path, identity)
        if fate < 0.2:
            return SILENT
        if fate < 0.25:
            raise KeyboardInterrupt
        return answer


class Life:
    """A process that makes rooms with seats in them, and dies somewhere in between."""

    def __init__(self, dead: Dead, api: FakeApi, chance: Random) -> None:
        self.journal = dead.journal()
        self.api = api
        self.chance = chance
        self._numbers = 0

    def make(self, kind: str, room: str = "") -> Generator[None, None, str]:
        """The id of a new object; at each step the process may die."""
        self._numbers += 1
        which, tag = f"{kind} {self._numbers}", mark(self._numbers)
        self.journal.intend(kind, tag, parent=room)
        yield
        late = self.chance.choice([0.0, 0.0, 0.0, self.chance.uniform(0.0, LATEST)])
        self.api.add(kind, which, tag, room, self.api.clock.now + late)
        yield
        self.journal.created(kind, which, tag=tag, parent=room)
        yield
        return which

    def whole(self) -> Generator[None, None, None]:
        """Everything that the process would do, in steps."""
        for _ in range(3):
            room = yield from self.make("room")
            seat = yield from self.make("seat", room)
            if self.chance.random() < 0.5:
                self.api.seats.pop(seat)
                yield
                self.journal.deleted("seat", seat, parent=room)

    def die(self) -> None:
        """Do some of it, and then nothing more."""
        for _ in islice(self.whole(), self.chance.randint(1, 24)):
            pass
        self.journal.close()


@given(seed=st.integers(0, 2**32))
@settings(max_examples=60)
def test_in_the_end_nothing_of_ours_is_left_and_all_else_is_there(seed: int) -> None:
    """INVARIANT: whatever is lost, refused or interrupted, a sweep in calm weather ends it."""
    chance, clock = Random(seed), FakeClock()
    api = StormyApi(clock, chance)
    foreign = {f"foreign {n}": mark(n).upper() for n in range(5)}
    for which, note in foreign.items():
        api.add("room", which, note)
    with tempfile.TemporaryDirectory() as folder:
        dead = Dead(Path(folder) / "journal", clock)
        for _ in range(2):
            Life(dead, api, chance).die()
        sweeping = Sweeping(dead, api)

        for _ in range(3):
            with suppress(KeyboardInterrupt):
                sweeping.sweep().run(dead.holdings(), is_again=chance.random() < 0.5)
        api.is_calm = True
        report = sweeping.sweep().run(dead.holdings(), is_again=True)

        assert {which: thing.note for which, thing in api.rooms.items()} == foreign
        assert api.seats == {}
        assert (report.kept, report.left, report.stopped) == ((), (), "")
        assert dead.holdings() == []


def test_threads_of_one_process_share_its_journal(dead: Dead) -> None:
    """INVARIANT: no line is lost or mixed with another, however many write at once."""
    journal = dead.journal()
    journal.created("room", "0")

    def work(thread: int) -> None:
        for number in range(100):
            which = f"{thread}/{number}"
            journal.created("seat", which)
            if number % 2:
                journal.deleted("seat", which)

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(work, range(8)))

    (holding,) = dead.holdings()
    journal.close()
    assert holding.contents.damaged == 0
    assert len(holding.contents.entries) == 8 * 150 + 1
    assert len(holding.remnants) == 8 * 50 + 1
