"""Tests of the policies around every call."""

from __future__ import annotations
