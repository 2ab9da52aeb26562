"""The benchmarks' own arithmetic: what a figure of theirs rests on."""

from __future__ import annotations
