"""Servers nobody here wrote, and servers that misbehave on purpose, all on loopback."""

from __future__ import annotations
