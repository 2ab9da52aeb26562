"""The resource registry: what a test made, and how it is removed again."""

from __future__ import annotations
