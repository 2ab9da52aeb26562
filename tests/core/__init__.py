"""Tests of the values that every room shares."""

from __future__ import annotations
