"""The command line, called as its users call it."""

from __future__ import annotations
