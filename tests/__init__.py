"""The tests, importable so that they can share the servers they drive."""

from __future__ import annotations
