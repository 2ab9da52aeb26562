"""The scripts that run in Redis, each one act at once."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from redhanded.fleet.redis_line import Command

_NAMES = ("gate", "claim", "release", "beat")


@dataclass(frozen=True, slots=True)
class Script:
    """A script of this package; the server knows it by the digest of its text."""

    text: str

    @property
    def digest(self) -> str:
        """What EVALSHA is told; a name, no safeguard."""
        return hashlib.sha1(self.text.encode(), usedforsecurity=False).hexdigest()

    def on(self, key: str, *words: str | float) -> Command:
        """The command that runs the script on a key."""
        return ("EVALSHA", self.digest, 1, key, *words)


@cache
def script(name: str) -> Script:
    """The script of that name."""
    return Script((files(__package__) / f"redis_{name}.lua").read_text("utf-8"))


def scripts() -> list[str]:
    """The texts of all scripts."""
    return [script(name).text for name in _NAMES]
