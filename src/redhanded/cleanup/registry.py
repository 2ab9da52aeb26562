"""What a test made and must be removed when it ends, whatever its outcome."""

from __future__ import annotations

import difflib
import inspect
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple, ParamSpec, TypeAlias, overload
from urllib.parse import quote
from uuid import UUID

from redhanded.core.errors import UsageError

if TYPE_CHECKING:
    from redhanded.core.settings import Resource

P = ParamSpec("P")
Id: TypeAlias = str | int | UUID
Send: TypeAlias = Callable[[str, str, str | None], int]
Await: TypeAlias = Callable[[Awaitable[object]], object]

_GONE = (404, 410)


@dataclass(frozen=True, slots=True)
class Created:
    """An object of a declared kind; a value, so that it can be written down."""

    kind: str
    id: str


@dataclass(frozen=True, slots=True)
class Undo:
    """A function that removes something, with its arguments; it lives only in memory."""

    call: Callable[..., object]
    args: tuple[object, ...] = ()
    named: Mapping[str, object] = field(default_factory=dict)

    @property
    def name(self) -> str:
        """What the function is called in its source."""
        return str(getattr(self.call, "__qualname__", type(self.call).__name__))


Entry: TypeAlias = Created | Undo


class Leftover(NamedTuple):
    """Something that is still there, and why; `reason` is not redacted yet."""

    kind: str
    id: str
    reason: str


class Cleanup:
    """Removes what is registered with it, the latest first, when its test ends.

    `send` takes method, path and the identity's name (None: the default one) and gives the status
    code; `wait` runs an awaitable to its end.
    """

    def __init__(self, resources: Mapping[str, Resource], *, send: Send, wait: Await) -> None:
        self._resources = resources
        self._send = send
        self._wait = wait
        self._entries: list[Entry] = []
        self._leftovers: list[Leftover] = []

    @overload
    def __call__(self, what: str, which: Id, /) -> None: ...

    @overload
    def __call__(self, what: Callable[P, object], /, *args: P.args, **named: P.kwargs) -> None: ...

    def __call__(self, what: object, /, *args: object, **named: object) -> None:
        """Registers an object of a declared kind by its id, or a function with its arguments."""
        self._entries.append(self._entry(what, args, named))

    def forget(self, what: str | Callable[..., object], /, *args: object, **named: object) -> None:
        """Takes back a registration, because the test itself removed the object."""
        entry = self._entry(what, args, named)
        if entry not in self._entries:
            raise UsageError(
                f"cleanup.forget(): {_described(entry)} is not registered; "
                "give it what cleanup() was given."
            )
        self._entries.reverse()
        self._entries.remove(entry)
        self._entries.reverse()

    @property
    def pending(self) -> tuple[Entry, ...]:
        """What is registered and not removed yet, the oldest first."""
        return tuple(self._entries)

    def run(self) -> tuple[Leftover, ...]:
        """Everything that could not be removed; each entry is tried, whatever became of others.

        An interrupt (Ctrl-C) flows through, and what was not removed by then stays `pending`.
        """
        while self._entries:
            entry = self._entries.pop()
            try:
                reason = self._remove(entry)
            except Exception as error:  # noqa: BLE001  one failure must not keep the rest alive
                reason = f"{type(error).__name__}: {error}"
            except BaseException:
                self._entries.append(entry)
                raise
            if reason:
                self._leftovers.append(_leftover(entry, reason))
        return tuple(self._leftovers)

    def _entry(self, what: object, args: tuple[object, ...], named: Mapping[str, object]) -> Entry:
        if isinstance(what, str):
            return self._created(what, args, named)
        if callable(what):
            return Undo(what, args, named)
        raise UsageError(
            f"cleanup() was given {_article(what)}; write a declared kind and an id, "
            'cleanup("booking", 17), or a function and its arguments without calling it, '
            'cleanup(api.delete, "/booking/17").'
        )

    def _created(self, kind: str, args: tuple[object, ...], named: Mapping[str, object]) -> Created:
        if kind not in self._resources:
            raise UsageError(_unknown(kind, self._resources))
        if len(args) != 1 or named:
            raise UsageError(
                f'cleanup("{kind}") takes one id: write cleanup("{kind}", created.id).'
            )
        return Created(kind, _checked(kind, args[0]))

    def _remove(self, entry: Entry) -> str:
        if isinstance(entry, Created):
            return self._delete(entry)
        result = entry.call(*entry.args, **entry.named)
        if inspect.isawaitable(result):
            result = self._wait(result)
        return _judged(getattr(result, "status_code", None), entry.name)

    def _delete(self, created: Created) -> str:
        resource = self._resources[created.kind]
        method, template = resource.delete.split(maxsplit=1)
        path = template.replace("{id}", quote(created.id, safe=""))
        status = self._send(method, path, resource.identity)
        return _judged(status, f"{method} {path}", resource.gone)


def _judged(status: object, who: str, gone: Sequence[int] = _GONE) -> str:
    if not isinstance(status, int) or 200 <= status < 300 or status in gone:
        return ""
    return f"{who} answered {status}"


def _leftover(entry: Entry, reason: str) -> Leftover:
    if isinstance(entry, Created):
        return Leftover(entry.kind, entry.id, reason)
    first = entry.args[0] if entry.args else ""
    return Leftover(entry.name, str(first) if isinstance(first, Id) else "", reason)


def _described(entry: Entry) -> str:
    return f'"{entry.kind}" {entry.id}' if isinstance(entry, Created) else entry.name


def _checked(kind: str, which: object) -> str:
    # An id that is not one would be answered with 404, which reads like "already gone".
    if not isinstance(which, Id) or isinstance(which, bool):
        raise UsageError(
            f'cleanup("{kind}", ...) was given {_article(which)} instead of an id; '
            f'write cleanup("{kind}", created.id).'
        )
    text = str(which)
    # Clients resolve dot segments, escaped or not: the request would go to another path.
    if not text.strip() or text in {".", ".."}:
        raise UsageError(
            f'cleanup("{kind}", {text!r}): this id would address another path; '
            "give the id that the API answered with."
        )
    return text


def _unknown(kind: str, resources: Mapping[str, Resource]) -> str:
    close = difflib.get_close_matches(kind, resources, n=1)
    hint = f'did you mean "{close[0]}"? Else declare' if close else "declare"
    return (
        f'cleanup() does not know how to remove a "{kind}"; {hint} it in pyproject.toml: '
        f'[tool.redhanded.resources.{kind}] delete = "DELETE /{kind}/{{id}}".'
    )


def _article(value: object) -> str:
    return "None" if value is None else f"a value of type {type(value).__name__}"
