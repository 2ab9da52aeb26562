"""Tests of what workers share."""

from __future__ import annotations
