"""The hard cases, end to end: a real pytest, real servers, and what they saw."""

from __future__ import annotations
