"""What a test made and must be removed when it ends, whatever its outcome."""

from __future__ import annotations

import difflib
import inspect
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import TYPE_CHECKING, NamedTuple, ParamSpec, TypeAlias, overload

from redhanded.cleanup.pending import (
    Answered,
    Created,
    Entry,
    Forgetful,
    Leftover,
    Removal,
    Undo,
)
from redhanded.cleanup.resources import Id, Kinds, address, blanks, described, id_text, is_segment
from redhanded.core.errors import UsageError

if TYPE_CHECKING:
    from redhanded.cleanup.pending import Log
    from redhanded.core.settings import Resource

P = ParamSpec("P")
Send: TypeAlias = Callable[[Removal], Answered]
Await: TypeAlias = Callable[[Awaitable[object]], object]

_GONE = (404, 410)
_CONFLICT = 409


class _Removed(NamedTuple):
    """What became of a removal: why the object stays, where it does, and the status.

    `passes` says that another attempt, later, may end otherwise.
    """

    reason: str = ""
    status: object = None
    passes: bool = False


class Cleanup:
    """Removes what is registered with it when its test ends: the latest first, children first.

    `send` gives the answer to a removal; `wait` runs an awaitable to its end; `log` is told of each
    object of a declared kind. What weather kept from being removed is not given up there: whoever
    reads the log may try again.
    """

    def __init__(
        self,
        resources: Mapping[str, Resource],
        *,
        send: Send,
        wait: Await,
        log: Log | None = None,
    ) -> None:
        self.kinds: Kinds = Kinds(resources)
        self._send = send
        self._wait = wait
        self._log = log or Forgetful()
        self._entries: list[Entry] = []
        self._refused: list[Entry] = []
        self._leftovers: list[Leftover] = []

    @overload
    def __call__(self, what: str, which: Id, /, *, parent: Id = ...) -> None: ...

    @overload
    def __call__(self, what: Callable[P, object], /, *args: P.args, **named: P.kwargs) -> None: ...

    def __call__(self, what: object, /, *args: object, **named: object) -> None:
        """Registers an object of a declared kind by its id, or a function with its arguments.

        `parent` is the id of what the object belongs to, where its removal names that.
        """
        entry = self._entry(what, args, named)
        if isinstance(entry, Created):
            self._log.declare(entry.kind, self.kinds[entry.kind])
            self._log.created(entry.kind, entry.id, parent=entry.parent)
        self._entries.append(entry)

    def add(self, created: Created) -> None:
        """Registers an object that is written down already."""
        self._entries.append(created)

    def forget(self, what: str | Callable[..., object], /, *args: object, **named: object) -> None:
        """Takes back a registration, because the test itself removed the object."""
        entry = self._entry(what, args, named, is_known=True)
        known = [one for one in self._entries if _is_meant(one, entry)]
        if not known:
            raise UsageError(
                f"cleanup.forget(): {_described(entry)} is not registered; "
                "give it what cleanup() was given."
            )
        forgotten = known[-1]
        self._entries.reverse()
        self._entries.remove(forgotten)
        self._entries.reverse()
        if isinstance(forgotten, Created):
            self._log.deleted(forgotten.kind, forgotten.id, parent=forgotten.parent)

    @property
    def pending(self) -> tuple[Entry, ...]:
        """What is registered and not removed yet, the oldest first."""
        return tuple(self._entries)

    def run(self) -> tuple[Leftover, ...]:
        """Everything that could not be removed; each entry is tried, whatever became of others.

        What is refused for a conflict is tried once more after the rest. An interrupt (Ctrl-C)
        flows through, and what was not removed by then stays `pending`.
        """
        while self._entries:
            entry = self._entries.pop(self._next())
            try:
                removed = self._remove(entry)
            except Exception as error:  # noqa: BLE001  one failure must not keep the rest alive
                removed = _Removed(f"{type(error).__name__}: {error}", passes=True)
            except BaseException:
                self._entries.append(entry)
                raise
            self._settle(entry, removed)
        return tuple(self._leftovers)

    def _next(self) -> int:
        """The place of the latest entry whose kind has no objects below it left."""
        left = {entry.kind for entry in self._entries if isinstance(entry, Created)}
        for place in range(len(self._entries) - 1, 0, -1):
            entry = self._entries[place]
            if isinstance(entry, Undo) or not any(
                self.kinds.is_below(kind, entry.kind) for kind in left
            ):
                return place
        return 0

    def _settle(self, entry: Entry, removed: _Removed) -> None:
        if removed.status == _CONFLICT and self._entries and entry not in self._refused:
            self._refused.append(entry)
            self._entries.insert(0, entry)
            return
        if removed.reason:
            self._leftovers.append(_leftover(entry, removed.reason))
        if not isinstance(entry, Created):
            return
        if not removed.reason:
            self._log.deleted(entry.kind, entry.id, parent=entry.parent)
        elif not removed.passes:
            self._log.gave_up(entry.kind, entry.id, removed.reason, parent=entry.parent)

    def _entry(
        self,
        what: object,
        args: tuple[object, ...],
        named: Mapping[str, object],
        *,
        is_known: bool = False,
    ) -> Entry:
        if isinstance(what, str):
            return self._created(what, args, named, is_known=is_known)
        if callable(what):
            return Undo(what, args, named)
        raise UsageError(
            f"cleanup() was given {described(what)}; write a declared kind and an id, "
            'cleanup("booking", 17), or a function and its arguments without calling it, '
            'cleanup(api.delete, "/booking/17").'
        )

    def _created(
        self, kind: str, args: tuple[object, ...], named: Mapping[str, object], *, is_known: bool
    ) -> Created:
        if kind not in self.kinds:
            raise UsageError(_unknown(kind, self.kinds))
        if len(args) != 1 or named.keys() - {"parent"}:
            raise UsageError(
                f'cleanup("{kind}") takes one id: write cleanup("{kind}", created.id).'
            )
        which = id_text(
            args[0], said=f'cleanup("{kind}", ...)', instead=f'cleanup("{kind}", created.id)'
        )
        return Created(kind, which, self._parent(kind, named, is_known=is_known))

    def _parent(self, kind: str, named: Mapping[str, object], *, is_known: bool) -> str:
        said = f'cleanup("{kind}", ..., parent=...)'
        if "parent" in named:
            instead = f'cleanup("{kind}", created.id, parent=other.id)'
            return id_text(named["parent"], said=said, instead=instead)
        if not is_known and "parent" in blanks(self.kinds[kind].delete):
            raise UsageError(
                f'cleanup("{kind}", ...): its removal names what it belongs to; '
                f'write cleanup("{kind}", created.id, parent=other.id).'
            )
        return ""

    def _remove(self, entry: Entry) -> _Removed:
        if isinstance(entry, Created):
            return self._delete(entry)
        result = entry.call(*entry.args, **entry.named)
        if inspect.isawaitable(result):
            result = self._wait(result)
        return _judged(getattr(result, "status_code", None), entry.name)

    def _delete(self, created: Created) -> _Removed:
        resource = self.kinds[created.kind]
        if not is_segment(created.id):  # as an API may answer that has a fault
            return _Removed("its id would address another path")
        method, path = address(resource.delete, id=created.id, parent=created.parent)
        answered = self._send(Removal(created, resource.delete, method, path, resource.identity))
        who = f"{method} {path}"
        if answered.by_others:
            said = f"{who} answered {answered.status}, which may not be the API's own word"
            return _Removed(said, passes=True)
        return _judged(answered.status, who, resource.gone)


def _judged(status: object, who: str, gone: Sequence[int] = _GONE) -> _Removed:
    if not isinstance(status, int) or 200 <= status < 300 or status in gone:
        return _Removed(status=status)
    return _Removed(f"{who} answered {status}", status)


def _is_meant(entry: Entry, given: Entry) -> bool:
    if isinstance(entry, Created) and isinstance(given, Created):
        is_there = given.parent in {"", entry.parent}
        return is_there and (entry.kind, entry.id) == (given.kind, given.id)
    return entry == given


def _leftover(entry: Entry, reason: str) -> Leftover:
    if isinstance(entry, Created):
        return Leftover(entry.kind, entry.id, reason)
    return Leftover(entry.name, entry.subject, reason)


def _described(entry: Entry) -> str:
    return f'"{entry.kind}" {entry.id}' if isinstance(entry, Created) else entry.name


def _unknown(kind: str, known: Kinds) -> str:
    close = difflib.get_close_matches(kind, known, n=1)
    hint = f'did you mean "{close[0]}"? Else declare' if close else "declare"
    return (
        f'cleanup() does not know how to remove a "{kind}"; {hint} it in pyproject.toml: '
        f'[tool.redhanded.resources.{kind}] delete = "DELETE /{kind}/{{id}}".'
    )
