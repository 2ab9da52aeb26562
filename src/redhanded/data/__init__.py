"""Factories: valid, unique and reproducible objects from the models of the author."""

from __future__ import annotations
