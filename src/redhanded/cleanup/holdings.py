"""Holdings: every journal of a folder, with what it still tells of and whether its owner lives."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from redhanded.cleanup.contents import read
from redhanded.cleanup.file import ENDING
from redhanded.cleanup.machine import this_machine
from redhanded.cleanup.mounts import network
from redhanded.cleanup.owner import Standing, standing
from redhanded.cleanup.remnants import Remnants

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from redhanded.cleanup.contents import Contents
    from redhanded.cleanup.effects import Rules
    from redhanded.cleanup.machine import Machine
    from redhanded.cleanup.owner import Owner
    from redhanded.cleanup.remnants import Remnant


@dataclass(frozen=True)
class Holding:
    """One journal."""

    path: Path
    contents: Contents
    standing: Standing

    @cached_property
    def remnants(self) -> tuple[Remnant, ...]:
        """What may still be there, the oldest first."""
        return Remnants(self.contents.entries).all()

    @property
    def is_done(self) -> bool:
        """Whether its owner is dead and nothing is left, so that the journal itself can go."""
        whole = not self.contents.problem and not self.contents.damaged
        return self.standing is Standing.DEAD and whole and not self.remnants

    def hindrance(
        self,
        base_url: str,
        rules: Rules,
        *,
        profile: str = "",
        now: float,
        is_alive: Callable[[str], bool],
    ) -> str:
        """Why nothing of it is removed now, in a sentence; empty where it may be.

        `profile` is the one whose credentials a removal would carry; `is_alive` says whether a run
        of another machine may still be under way.
        """
        owner = self.contents.owner
        if self.contents.problem:
            return self.contents.problem
        if owner is None:
            return (
                f"the first line of {self.path} is damaged, and nothing tells whose the rest is; "
                "look at it, and remove it by hand"
            )
        if self.standing is Standing.ALIVE:
            return f"run {owner.run} is under way (process {owner.pid} on {owner.machine.host})"
        if elsewhere := _elsewhere(owner, base_url, profile):
            return elsewhere
        if self.standing is Standing.DEAD:
            return ""
        return self._of_another_machine(rules, now=now, is_alive=is_alive)

    def _of_another_machine(
        self, rules: Rules, *, now: float, is_alive: Callable[[str], bool]
    ) -> str:
        owner = self.contents.owner
        newest = max((one.at for one in self.remnants), default=now)
        is_old = now - newest > rules.ttl
        if owner is None or (
            is_old and rules.allows_host_of(owner.base_url) and not is_alive(owner.run)
        ):
            return ""
        return (
            f"whether run {owner.run} on {owner.machine.host} is dead cannot be seen from here; "
            "sweep there, or wait until it is older than cleanup.ttl, with the API's host in "
            "cleanup.hosts"
        )


def _elsewhere(owner: Owner, base_url: str, profile: str) -> str:
    there = f" with --env {owner.profile}" if owner.profile else ""
    if owner.base_url != base_url:
        return f"it was made on {owner.base_url}; sweep there{there}"
    if owner.profile != profile:  # who may be another customer of the same API
        return f"it was made with another profile; sweep{there or ' without --env'}"
    return ""


def holdings(
    folder: Path,
    *,
    here: Machine | None = None,
    of_network: Callable[[Path], str] = network,
) -> list[Holding]:
    """The journals of a folder, by their names; none where it is not there.

    Raises OSError where it cannot be listed.
    """
    if not folder.exists():
        return []
    machine = here or this_machine()
    found: list[Holding] = []
    for path in sorted(one for one in folder.iterdir() if one.suffix == ENDING):
        contents = read(path)
        state = Standing.UNKNOWN
        if not contents.problem:
            state = standing(contents.owner, path, here=machine, of_network=of_network)
        found.append(Holding(path, contents, state))
    return found
