"""Canary runs: what the last one showed of an origin, kept in a file and told to other machines."""

from __future__ import annotations

import os
from contextlib import suppress
from typing import TYPE_CHECKING, Annotated, ClassVar, Final, Literal

from filelock import FileLock, Timeout
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from redhanded.fleet.store import FleetUnavailable
from redhanded.session.berth import make_home

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from redhanded.fleet.store import Store

FILE: Final = "canary.json"
_TOLD_FOR: Final = 7 * 86_400.0  # seconds that others hear of it; how old counts is theirs to say
_PATIENCE: Final = 1.0  # seconds for another process that writes the file


class CanaryRun(BaseModel):
    """What one canary run showed of one origin, at `at`, in seconds since 1970.

    `tests` is how many of its tests held.
    """

    model_config: ClassVar[ConfigDict] = ConfigDict(frozen=True, extra="forbid")

    origin: str
    at: Annotated[float, Field(allow_inf_nan=False)]
    is_green: bool
    env: str = ""
    run_id: str
    tests: Annotated[int, Field(ge=0)] = 0


class _Kept(BaseModel):
    """The file; of each origin the last run."""

    model_config: ClassVar[ConfigDict] = ConfigDict(extra="forbid")

    version: Literal[1] = 1
    runs: dict[str, CanaryRun] = Field(default_factory=dict)


class CanaryRuns:
    """The last canary run of each origin: those of this folder, and what a store tells of others.

    Of both the newer one counts. A store that is away is not waited for, and a file that cannot be
    read holds no run; `note` is told of either.
    """

    def __init__(
        self, folder: Path, *, store: Store | None, project: str, note: Callable[[str], None]
    ) -> None:
        self._folder = folder
        self._store = store
        self._project = project
        self._note = note

    def last(self, origin: str) -> CanaryRun | None:
        """The newest run of that origin; None where none is known."""
        known = (self._read().runs.get(origin), self._heard(origin))
        return max((run for run in known if run), key=lambda run: run.at, default=None)

    def write(self, run: CanaryRun) -> None:
        """Keep a run as the last one of its origin, and tell it to others."""
        try:
            self._keep(run)
        except OSError as error:
            self._note(f"the canary run is not kept here ({error.strerror or error})")
        if self._store is not None:
            with suppress(FleetUnavailable):
                self._store.put(self._key(run.origin), run.model_dump_json(), _TOLD_FOR)

    def _keep(self, run: CanaryRun) -> None:
        make_home(self._folder)
        lock = FileLock(self._folder / f"{FILE}.lock", mode=0o600)
        with suppress(Timeout):  # whoever holds it has stopped in its midst
            lock.acquire(timeout=_PATIENCE)
        try:
            kept = self._read()
            kept.runs[run.origin] = run
            draft = self._folder / f"{FILE}.{os.getpid()}"
            draft.write_text(kept.model_dump_json(indent=1), "utf-8")
            draft.replace(self._folder / FILE)
        finally:
            lock.release()

    def _read(self) -> _Kept:
        path = self._folder / FILE
        try:
            return _Kept.model_validate_json(path.read_bytes())
        except FileNotFoundError:
            pass
        except OSError as error:
            self._note(f"{path} cannot be read ({error.strerror or error}): no canary run counts")
        except ValidationError:
            self._note(f"{path} is no record of canary runs that can be read: none counts")
        return _Kept()

    def _heard(self, origin: str) -> CanaryRun | None:
        if self._store is None:
            return None
        try:
            told = self._store.get(self._key(origin))
            return CanaryRun.model_validate_json(told) if told else None
        except (FleetUnavailable, ValidationError):
            return None

    def _key(self, origin: str) -> str:
        return f"canary-run:{self._project}/{origin}"
