"""Something done once for a whole run, however many threads and workers ask for it."""

from __future__ import annotations

import hashlib
import inspect
import json
import os
import shutil
import threading
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Any, TypeVar, cast

from filelock import FileLock, Timeout

from redhanded.core.errors import RedhandedError, UsageError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from contextlib import AbstractContextManager
    from pathlib import Path


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
    """

    def __init__(self, folder: Path, *, seconds: float = 60.0) -> None:
        self._folder = folder
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
        record = self._read(key)
        if record is None:
            with self._turn(key):
                record = self._read(key) or self._perform(key, fn)
        return cast("T", _opened(key, record))

    def discard(self) -> None:
        """Removes everything that was stored; for the end of the run."""
        self._records.clear()
        shutil.rmtree(self._folder, ignore_errors=True)

    def _perform(self, key: str, fn: Callable[[], object]) -> str:
        try:
            record = json.dumps({"key": key, "value": _portable(key, fn())})
        except Exception as error:
            with suppress(OnceFailed):  # the failure itself is the better thing to report
                self._write(key, json.dumps({"key": key, **_failure(error)}))
            raise
        self._write(key, record)
        return record

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
            raise self._late(key)
        self._running[key] = threading.get_ident()
        try:
            with self._lock(key):
                yield
        finally:
            del self._running[key]
            turn.release()

    def _lock(self, key: str) -> AbstractContextManager[object]:
        try:
            self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            return FileLock(self._path(key, "lock"), mode=0o600).acquire(timeout=self._seconds)
        except Timeout as error:
            raise self._late(key) from error
        except OSError as error:
            raise self._unusable(key, error) from error

    def _read(self, key: str) -> str | None:
        if key not in self._records:
            try:
                self._records[key] = self._path(key, "json").read_text("utf-8")
            except FileNotFoundError:
                return None
            except OSError as error:
                raise self._unusable(key, error) from error
        return self._records[key]

    def _write(self, key: str, record: str) -> None:
        # A reader does not take the lock, so it must never see half a file.
        draft, final = self._path(key, "draft"), self._path(key, "json")
        try:
            with open(draft, "w", encoding="utf-8", opener=_private) as file:
                file.write(record)
            draft.replace(final)
            self._records[key] = record
        except OSError as error:
            raise self._unusable(key, error) from error

    def _path(self, key: str, ending: str) -> Path:
        # A key may hold what no file system takes; a digest is a name everywhere.
        name = hashlib.sha256(key.encode("utf-8", "surrogatepass")).hexdigest()[:32]
        return self._folder / f"{name}.{ending}"

    def _late(self, key: str) -> OnceFailed:
        return OnceFailed(
            f'once("{key}") waited {self._seconds:g} s for another worker that is still running '
            "its function; look at what that function waits for.",
            key=key,
        )

    def _unusable(self, key: str, error: OSError) -> OnceFailed:
        return OnceFailed(
            f'once("{key}") cannot use the folder {self._folder}: {error.strerror or error}; '
            "make it writable or set `folder` to another one.",
            key=key,
            error=type(error).__name__,
        )


def _private(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)


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
