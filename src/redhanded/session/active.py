"""Which session this process is in, for the few public functions that take no fixture."""

from __future__ import annotations

from typing import TYPE_CHECKING

from redhanded.core.errors import UsageError

if TYPE_CHECKING:
    from redhanded.session.session import Session

# A stack, because a test of a pytest plugin runs a session inside a session.
_ACTIVE: list[Session] = []


def enter(session: Session) -> None:
    """Make this session the one that public functions speak to."""
    _ACTIVE.append(session)


def leave(session: Session) -> None:
    """Go back to the session that was active before."""
    if session in _ACTIVE:
        _ACTIVE.remove(session)


def active() -> Session:
    """The session under way; raises UsageError where there is none."""
    if not _ACTIVE:
        message = "there is no run under way: call this from a test or a fixture under pytest"
        raise UsageError(message)
    return _ACTIVE[-1]
