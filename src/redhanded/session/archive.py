"""The archive: hands what a run was to the store when it is over, and never fails a run.

Whatever is wrong with the store, one note says so, and the record waits in the outbox. A run of a
few seconds waits there as well: to open a store takes some tenths of a second, which is much for
one test in the loop of its author. The next long run, or whoever looks, takes it in.
"""

from __future__ import annotations

import platform
from contextlib import suppress
from dataclasses import replace
from functools import cached_property
from types import MappingProxyType
from typing import TYPE_CHECKING, Final, NamedTuple

from filelock import Timeout

from redhanded.history.records import Evidence, Record, Run, State
from redhanded.session.carrying import carried_by
from redhanded.session.digest import SKIPPED, UNFINISHED, Digest, Told, digest
from redhanded.session.intake import give_up, take_in
from redhanded.session.lifeline import Lifeline
from redhanded.session.objectives import judged, read_samples
from redhanded.session.outbox import Outbox
from redhanded.session.reach import Reach, reported
from redhanded.session.stores import environment_of, is_server, open_store, project_name

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path

    from redhanded.core.settings import Settings
    from redhanded.history.records import Operation, Weighed
    from redhanded.history.regression import Comparison
    from redhanded.history.store import Store
    from redhanded.session.conclusion import Conclusion
    from redhanded.session.session import Session

LONG: Final = 10.0  # seconds; a run of that length opens the store, whatever waits
MANY: Final = 20  # records that wait, with which a short run opens it too
PATIENCE: Final = 3.0  # seconds for what other runs left, at most
COMPARED: Final = 60  # runs before this one: a baseline takes forty of them
FEWER: Final = 20  # where a run has many tests
READINGS: Final = 100_000  # latencies of earlier runs; so many take about a second
_DAY: Final = 86_400.0


class Ended(NamedTuple):
    """How a run ended, as its reports told it: exit code, tests by verdict, and each test."""

    exit_code: int
    counts: Mapping[str, int] = MappingProxyType({})
    told: Mapping[str, Told] = MappingProxyType({})
    is_interrupted: bool = False


class Archive:
    """What the controller of a run has to do with history."""

    def __init__(
        self,
        session: Session,
        root: Path,
        *,
        workers: int = 1,
        open_: Callable[[Settings, Path], Store] = open_store,
    ) -> None:
        self._session = session
        self._settings = session.settings
        self._is_on = session.settings.history.enabled
        self._root = root
        self._workers = workers
        self._clock = session.surroundings.clock
        self._began = self._clock.monotonic()
        self._started_at = self._clock.wall()
        at_home = session.folder.is_relative_to(session.settings.folder)
        self._home = session.settings.folder if at_home else session.folder
        self._outbox = Outbox(self._home)
        self._lifeline = Lifeline(session.folder)
        self._reach = Reach(lambda: open_(self._settings, root))
        # Without its folder there is no file either, and that is said already.
        self._reach.is_away = not at_home and not is_server(session.settings)
        self._is_announced = False
        self._digest: Digest | None = None
        self._ended: tuple[float, float] | None = None
        self._evidence: Sequence[Evidence] = ()

    @cached_property
    def _run(self) -> Run:
        session, settings = self._session, self._settings
        return Run(
            run_id=session.name,
            project=project_name(settings, self._root),
            environment=environment_of(settings, self._workers),
            started_at=self._started_at,
            seed=session.seed,
            target=session.redactor.url(settings.base_url or ""),
            host=platform.node(),
            versions=session.versions,
        )

    @property
    def _seconds(self) -> float:
        return self._clock.monotonic() - self._began

    def begin(self) -> None:
        """Leave a sign in the run's folder that it is under way."""
        if self._is_on:
            with suppress(OSError, Timeout):  # a folder that takes nothing is told already
                self._lifeline.hold(self._run)

    def announce(self) -> None:
        """Tell a server, once, that the run is under way: other machines do not see its folder."""
        if self._is_on and not self._is_announced and is_server(self._settings):
            self._is_announced = True
            self._reach(lambda store: store.begin(self._run))

    def conclude(self, told: Mapping[str, Told]) -> list[Conclusion]:
        """What the run as a whole found, when all tests are over; `told` is what became of each."""
        self._end()
        try:
            return self._concluded(told) if self._is_on else self._alone()
        except Exception as fault:  # noqa: BLE001  a fault of ours must not cost the run
            self._reach.fail(reported(fault))
        try:
            return self._alone()
        except Exception:  # noqa: BLE001  it is told already
            return []

    def _end(self) -> tuple[float, float]:
        """When the tests were over, and after how many seconds: what history takes is no test's."""
        self._ended = self._ended or (self._clock.wall(), self._seconds)
        return self._ended

    def _alone(self) -> list[Conclusion]:
        """What the run shows by itself: nothing that is wrong with history hides it."""
        return judged(read_samples(filter(_holds_samples, self._spools())))[0]

    def _spools(self) -> list[Path]:
        return sorted(self._session.folder.glob("spool/*.ndjson"))

    def _concluded(self, told: Mapping[str, Told]) -> list[Conclusion]:
        made = self._digest = self._digested(told)
        is_worth_it = made.attempts and (made.samples or self._is_due)
        weighed = self._reach(self._weighed) if is_worth_it else None
        carried = carried_by(weighed or (), but=self._run.run_id)
        found, self._evidence = judged(made.samples, carried)
        if not (is_worth_it and made.record.run.canaries):
            return found
        slower = self._reach(lambda store: self._slower(store, made.record))
        return [*found, *self._told(slower)] if slower else found

    def _digested(self, told: Mapping[str, Told]) -> Digest:
        return digest(self._session.folder, self._run, told, mask=self._session.redactor.text)

    @property
    def _is_due(self) -> bool:
        """Whether this run opens the store at its end."""
        return (
            self._reach.is_open
            or is_server(self._settings)
            or self._settings.history.regressions == "fail"
            or self._seconds >= LONG
            or len(self._outbox.waiting()) >= MANY
        )

    def _weighed(self, store: Store) -> list[Weighed]:
        """The evidence of earlier runs, those that waited included."""
        until = self._clock.monotonic() + PATIENCE
        for told in take_in(
            store,
            self._home,
            mask=self._session.redactor.text,
            is_over=lambda: self._clock.monotonic() >= until,
        ):
            self._session.note(f"history: {told}")
        run = self._run
        return store.evidence(run.project, run.environment, runs=self._settings.history.runs)

    def _slower(self, store: Store, record: Record) -> list[Comparison]:
        from redhanded.session.slowdowns import slowdowns

        run = record.run
        affordable = READINGS // max(len(record.latencies), 1)
        runs = min(COMPARED, max(FEWER, affordable))
        readings = store.readings(run.project, run.environment, runs=runs)
        builds = {one.run_id: one.builds[-1] for one in self._known(store) if one.builds}
        return slowdowns(readings, record, builds)

    def _known(self, store: Store) -> list[Run]:
        return store.runs(self._run.project, latest=COMPARED)

    def _told(self, slower: list[Comparison]) -> list[Conclusion]:
        """The slowdowns that the run is held for; else they are a note."""
        from redhanded.session.slowdowns import conclusions, sentence

        if self._settings.history.regressions == "fail":
            return conclusions(slower)
        self._session.note(sentence(slower))
        return []

    @property
    def operations(self) -> Sequence[Operation]:
        """How each operation did, once all tests are over; none where nobody has looked."""
        settings = self._settings
        if self._digest is None and not self._is_on and (settings.objectives or settings.ceilings):
            with suppress(Exception):  # it is told beside a verdict, and is none
                return self._digested({}).record.operations
        return () if self._digest is None else self._digest.record.operations

    def record(self, ended: Ended) -> None:
        """Keep the run: in the store, or in the outbox; not at all where no test called the API."""
        if not self._is_on:
            return
        try:
            self._keep(ended)
        except Exception as fault:  # noqa: BLE001  a fault of ours must not cost the run
            self._session.note(f"history: {reported(fault)}; this run is not remembered")
        finally:
            self._reach.close()

    def _keep(self, ended: Ended) -> None:
        made = None if ended.is_interrupted else self._digest
        made = made or self._digested(ended.told)
        if made.attempts or self._is_announced:
            record = self._whole(made, ended)
            if not (self._is_due and self._reach(lambda store: self._write(store, record))):
                self._set_aside(record)
        self._lifeline.cut()

    def _whole(self, made: Digest, ended: Ended) -> Record:
        """The record with all that is known of the run now."""
        found = made.record.run.counts
        unjudged = {word: found[word] for word in (SKIPPED, UNFINISHED) if word in found}
        ended_at, seconds = self._end()
        run = replace(
            made.record.run,
            state=State.INTERRUPTED if ended.is_interrupted else State.FINISHED,
            ended_at=ended_at,
            seconds=seconds,
            exit_code=ended.exit_code,
            counts={**ended.counts, **unjudged},
        )
        return replace(made.record, run=run, evidence=self._evidence)

    def _write(self, store: Store, record: Record) -> bool:
        store.write(record)
        kept = self._settings.history
        oldest = self._clock.wall() - kept.days * _DAY
        store.prune(record.run.project, before=oldest, keep=kept.runs)
        if is_server(self._settings):
            give_up(store, record.run.project, before=self._clock.wall() - _DAY)
        return True

    def _set_aside(self, record: Record) -> None:
        trouble, note = self._reach.trouble, self._session.note
        try:
            path = self._outbox.put(record)
        except OSError as error:
            reason = trouble or f"the outbox cannot be written ({error.strerror or error})"
            note(f"history: {reason}; this run is not remembered")
        else:
            if trouble:
                kept = f"this run is kept in {path} and taken in by the next one"
                note(f"history: {trouble}; {kept}")


def _holds_samples(spool: Path) -> bool:
    """Whether that spool has samples of objectives, without reading all that it says."""
    with suppress(OSError), spool.open("rb") as lines:
        return any(b'"event":"sampled"' in line for line in lines)
    return False
