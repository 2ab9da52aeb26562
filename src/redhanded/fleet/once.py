"""Something done once for a whole run, however many threads and workers ask for it."""

from __future__ import annotations

import hashlib
import inspect
import json
import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar, cast

from redhanded.core.errors import RedhandedError, UsageError
from redhanded.fleet.shelf import FolderShelf, ShelfUnusable, TurnLate

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from redhanded.fleet.shelf import Shelf


T = TypeVar("T")


class OnceFailed(RedhandedError):
    """What stands behind a key is not to be had; `error` names the first caller's exception."""

    def __init__(self, message: str, *, key: str, error: str = "") -> None:
        super().__init__(message)
        self.key = key
        self.error = error


class Once:
    """Calls a function once per key in all the processes that share a folder.

    The folder holds the results, which may be tokens: it and its files are readable by their owner
    only, and `discard` removes them. A process that dies while it holds a key lets the next one in.
    What stands `beyond` the folder is shared with other machines; where that cannot be used,
    `note` is told, and each machine is on its own.
    """

    def __init__(
        self,
        folder: Path,
        *,
        seconds: float = 60.0,
        beyond: Shelf | None = None,
        note: Callable[[str], None] = lambda _: None,
    ) -> None:
        self._near = FolderShelf(folder, seconds=seconds)
        self._beyond = beyond
        self._note = note
        self._seconds = seconds
        self._records: dict[str, str] = {}
        self._turns: dict[str, threading.Lock] = {}
        self._running: dict[str, int] = {}

    def __call__(self, key: str, fn: Callable[[], T]) -> T:
        """The result of the first call with this key; the function of every later call rests.

        What `fn` returns must be the same after a journey through JSON. An exception of `fn` is
        raised as it is to the first caller, and as OnceFailed to all others.
        """
        _check(key, fn)
        with self._told(key):
            record = self._known(key)
            if record is None:
                with self._turn(key):
                    record = self._known(key) or self._obtained(key, fn)
        return cast("T", _opened(key, record))

    def discard(self) -> None:
        """Removes everything that was stored here; for the end of the run on this machine."""
        self._records.clear()
        self._near.discard()

    def _known(self, key: str) -> str | None:
        if key not in self._records:
            record = self._near.read(_name(key))
            if record is None:
                return None
            self._records[key] = record
        return self._records[key]

    def _obtained(self, key: str, fn: Callable[[], object]) -> str:
        made = self._made(key, fn)
        try:
            self._near.write(_name(key), made.record)
        except ShelfUnusable:
            if made.error is None:  # else the failure itself is the better thing to report
                raise
        else:
            self._records[key] = made.record
        if made.error is not None:
            raise made.error
        return made.record

    def _made(self, key: str, fn: Callable[[], object]) -> _Made:
        """What another machine has made, or what is made here, and put there for all."""
        made: _Made | None = None
        if self._beyond is None:
            return _performed(key, fn)
        try:
            with self._beyond.turn(_name(key)):
                record = self._beyond.read(_name(key))
                if record is not None:
                    return _Made(record)
                made = _performed(key, fn)
                self._beyond.write(_name(key), made.record)
        except ShelfUnusable as error:
            self._note(
                f"once: {str(error).rstrip('.')}; until it is back, what is done once for a run is"
                " done once on each machine"
            )
        return made or _performed(key, fn)

    @contextmanager
    def _turn(self, key: str) -> Iterator[None]:
        # Two locks: a file lock alone does not order the threads of one process everywhere.
        turn = self._turns.setdefault(key, threading.Lock())
        if self._running.get(key) == threading.get_ident():
            raise UsageError(
                f'once("{key}") is asked for inside its own function; give the inner one '
                "a key of its own."
            )
        if not turn.acquire(timeout=self._seconds):
            raise TurnLate
        self._running[key] = threading.get_ident()
        try:
            with self._near.turn(_name(key)):
                yield
        finally:
            del self._running[key]
            turn.release()

    @contextmanager
    def _told(self, key: str) -> Iterator[None]:
        """While the block runs, what keeps a result from us is told of its key."""
        try:
            yield
        except TurnLate as error:
            raise OnceFailed(
                f'once("{key}") waited {self._seconds:g} s for another worker that is still running'
                " its function; look at what that function waits for.",
                key=key,
            ) from error
        except ShelfUnusable as error:
            raise OnceFailed(
                f'once("{key}") cannot use the folder {self._near.folder}: {error}; '
                "make it writable or set `folder` to another one.",
                key=key,
                error=type(error.__cause__).__name__,
            ) from error


class _Made(NamedTuple):
    record: str
    error: Exception | None = None


def _performed(key: str, fn: Callable[[], object]) -> _Made:
    try:
        return _Made(json.dumps({"key": key, "value": _portable(key, fn())}))
    except Exception as error:  # noqa: BLE001  it is raised when it is written down
        return _Made(json.dumps({"key": key, **_failure(error)}), error)


def _name(key: str) -> str:
    # A key may hold what no file system takes; a digest is a name everywhere.
    return hashlib.sha256(key.encode("utf-8", "surrogatepass")).hexdigest()[:32]


def _check(key: object, fn: object) -> None:
    if not isinstance(key, str) or not key:
        raise UsageError('once() takes a name and a function: write once("token", fetch_token).')
    if not callable(fn):
        raise UsageError(
            f'once("{key}", ...) was given a value of type {type(fn).__name__}; give it the '
            f'function itself, without calling it: once("{key}", fetch).'
        )


def _portable(key: str, value: object) -> object:
    if inspect.iscoroutine(value):
        value.close()
        raise UsageError(
            f'once("{key}") was given an async function; give it one that returns its result.'
        )
    try:
        same = json.loads(json.dumps(value, allow_nan=False)) == value
    except (TypeError, ValueError, RecursionError) as error:
        raise UsageError(_not_json(key, value, str(error))) from error
    if not same:
        raise UsageError(_not_json(key, value, "a tuple or a key that is not text changes"))
    return value


def _not_json(key: str, value: object, why: str) -> str:
    return (
        f'once("{key}") shares its result as JSON, and its function returned a value of type '
        f"{type(value).__name__} ({why}); return text, numbers, lists and dictionaries only."
    )


def _failure(error: Exception) -> dict[str, str]:
    kind = type(error)
    module = "" if kind.__module__ == "builtins" else f"{kind.__module__}."
    return {"error": f"{module}{kind.__qualname__}", "message": str(error)}


def _opened(key: str, record: str) -> Any:  # noqa: ANN401  JSON is what it is
    # Read anew for each caller: nobody can alter what another one gets.
    found = json.loads(record)
    if "error" not in found:
        return found["value"]
    raise OnceFailed(
        f'once("{key}") failed earlier in this run and is not tried again: '
        f"{found['error']}: {found['message']}",
        key=key,
        error=found["error"],
    )
