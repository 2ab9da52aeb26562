"""Tests of clients, transports and auth flows."""

from __future__ import annotations
