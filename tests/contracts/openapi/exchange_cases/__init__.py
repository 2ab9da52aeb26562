"""Exchanges beside the letter of the specifications, as rows of tables."""

from __future__ import annotations
