"""Tests of the factories."""

from __future__ import annotations
