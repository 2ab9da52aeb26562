"""Clients and plugin against servers that nobody here wrote."""

from __future__ import annotations
