"""Tests of the composition root."""

from __future__ import annotations
