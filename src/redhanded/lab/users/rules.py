"""Who may do what to whom."""

from __future__ import annotations

from collections.abc import Mapping

from redhanded.lab.users.models import Role, Status, User

MOVES: Mapping[Status, frozenset[Status]] = {
    "active": frozenset({"suspended"}),
    "suspended": frozenset({"active"}),
}
CREATORS: frozenset[Role] = frozenset({"admin", "agent"})
ADMINS: frozenset[Role] = frozenset({"admin"})


def may_see(caller: User, user: User) -> bool:
    """Whether the caller may know that the user exists: a viewer knows only itself."""
    return caller.role != "viewer" or caller.id == user.id


def may_change(caller: User, user: User) -> bool:
    """Whether the caller may change the user's data: an agent looks after viewers."""
    return (
        caller.id == user.id
        or caller.role == "admin"
        or (caller.role == "agent" and user.role == "viewer")
    )
