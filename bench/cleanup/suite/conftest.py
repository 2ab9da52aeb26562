"""The kinds that this suite makes; how they are made and removed stands in pyproject.toml."""

from __future__ import annotations

from redhanded import resource

room = resource("room")
seat = resource("seat")
