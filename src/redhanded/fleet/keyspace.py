"""Keys that end by themselves: who holds them, what stands under them, who is alive in a group."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import ClassVar

from pydantic import ConfigDict

SET_BACK = 1.0  # seconds; a clock that goes back by more was set anew, as by a restart


@dataclass(slots=True)
class Keyspace:
    """Claims, texts and groups, each with the moment at which it ends on the store's clock.

    `seen` is the last moment at which something was kept.
    """

    __pydantic_config__: ClassVar[ConfigDict] = ConfigDict(extra="forbid", allow_inf_nan=False)

    claims: dict[str, tuple[str, float]] = field(default_factory=dict)
    texts: dict[str, tuple[str, float]] = field(default_factory=dict)
    groups: dict[str, dict[str, float]] = field(default_factory=dict)
    seen: float = 0.0

    def claim(self, key: str, owner: str, *, until: float, now: float) -> str:
        """Who holds the key from now on: this owner where it was free or its own."""
        self._expire(now)
        holder, _ = self.claims.get(key, (owner, now))
        if holder == owner:
            self.claims[key] = (owner, until)
        return holder

    def release(self, key: str, owner: str) -> None:
        """Give back a key that this owner holds."""
        if self.claims.get(key, ("", 0.0))[0] == owner:
            del self.claims[key]

    def put(self, key: str, value: str, *, until: float, now: float) -> None:
        """Keep a text under a key."""
        self._expire(now)
        self.texts[key] = (value, until)

    def get(self, key: str, *, now: float) -> str | None:
        """The text under a key that has not ended yet."""
        value, until = self.texts.get(key, (None, now))
        return value if until > now and not self._is_set_back(now) else None

    def beat(self, group: str, member: str, *, until: float, now: float) -> frozenset[str]:
        """Who is alive in a group, this member included."""
        self._expire(now)
        members = self.groups.setdefault(group, {})
        members[member] = until
        return frozenset(members)

    def leave(self, group: str, member: str) -> None:
        """Take a member out of a group."""
        self.groups.get(group, {}).pop(member, None)

    def _is_set_back(self, now: float) -> bool:
        return self.seen - now > SET_BACK

    def _expire(self, now: float) -> None:
        if self._is_set_back(now):  # what was to end by the clock might never do so
            self.claims, self.texts, self.groups = {}, {}, {}
        self.seen = now
        self.claims = {key: held for key, held in self.claims.items() if held[1] > now}
        self.texts = {key: kept for key, kept in self.texts.items() if kept[1] > now}
        for group, members in list(self.groups.items()):
            alive = {member: until for member, until in members.items() if until > now}
            self.groups[group] = alive
            if not alive:
                del self.groups[group]
