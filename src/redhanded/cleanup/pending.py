"""What is registered for removal, and what stayed: the values of the resource registry."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple, Protocol, TypeAlias

from redhanded.cleanup.resources import Id

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from redhanded.core.settings import Resource


@dataclass(frozen=True, slots=True)
class Created:
    """An object of a declared kind; `parent` is the id of what it belongs to, where it does."""

    kind: str
    id: str
    parent: str = ""


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

    @property
    def subject(self) -> str:
        """What it is called with first, where that may be an id or a path; else empty."""
        first = self.args[0] if self.args else ""
        return str(first) if isinstance(first, Id) else ""


Entry: TypeAlias = Created | Undo


class Removal(NamedTuple):
    """What is asked to remove an object; `route` is its declared removal, `identity` who asks."""

    object: Created
    route: str
    method: str
    path: str
    identity: str | None = None


class Answered(NamedTuple):
    """The status of the answer to a removal.

    `by_others` says that it may not be the API's own word: weather, or a stranger's page. What it
    tells of the object counts for nothing then, and a later answer may be another.
    """

    status: int
    by_others: bool = False


class Leftover(NamedTuple):
    """Something that is still there, and why; `reason` is not redacted yet."""

    kind: str
    id: str
    reason: str


class Log(Protocol):
    """What outlives the process: which objects there are, and what became of them.

    `reason` is not redacted yet.
    """

    def declare(self, kind: str, resource: Resource) -> None:
        """Objects of the kind are going to be written down."""
        ...

    def created(self, kind: str, which: str, *, parent: str = "") -> None:
        """The object is there."""
        ...

    def deleted(self, kind: str, which: str, *, parent: str = "") -> None:
        """The object is gone."""
        ...

    def gave_up(self, kind: str, which: str, reason: str, *, parent: str = "") -> None:
        """The object may still be there."""
        ...


class Forgetful:
    """A log of nothing, for what need not outlive the process."""

    def declare(self, kind: str, resource: Resource) -> None:
        """Nothing."""

    def created(self, kind: str, which: str, *, parent: str = "") -> None:
        """Nothing."""

    def deleted(self, kind: str, which: str, *, parent: str = "") -> None:
        """Nothing."""

    def gave_up(self, kind: str, which: str, reason: str, *, parent: str = "") -> None:
        """Nothing."""
