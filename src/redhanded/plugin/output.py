"""What a process shows while it runs: masked from before pytest looks at its streams."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from redhanded.plugin.core_dumps import CoreDumps
from redhanded.plugin.streams import Door

if TYPE_CHECKING:
    from redhanded.core.masked_lines import Gate
    from redhanded.plugin.descriptors import Descriptors

DOOR: pytest.StashKey[Door] = pytest.StashKey()


def watch(config: pytest.Config) -> Door:
    """The door of this process, hung once, and taken away when pytest lets go of everything."""
    if DOOR not in config.stash:
        door = config.stash[DOOR] = Door()
        door.hang()
        config.add_cleanup(door.unhang)
    return config.stash[DOOR]


def mask_output(config: pytest.Config, gate: Gate) -> None:
    """Mask what this process shows from now on, also what its children write past pytest."""
    door = watch(config)
    door.gate = gate
    dumps = CoreDumps()
    dumps.forbid()
    config.add_cleanup(dumps.allow)
    descriptors = _descriptors(config, door)
    if descriptors is not None:
        descriptors.lay()
        config.add_cleanup(descriptors.lift)


def _descriptors(config: pytest.Config, door: Door) -> Descriptors | None:
    """The pipes below Python, where nothing is captured and there are such."""
    if config.getoption("capture", "no") != "no" or os.name != "posix":
        return None
    from redhanded.plugin.descriptors import Descriptors

    return Descriptors(door)
