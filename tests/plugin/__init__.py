"""The plugin, as a real pytest runs it."""

from __future__ import annotations
