"""Tests of the resource registry."""

from __future__ import annotations
