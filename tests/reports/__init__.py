"""Tests of the reporters."""

from __future__ import annotations
