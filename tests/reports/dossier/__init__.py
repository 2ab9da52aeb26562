"""Tests of the dossier."""

from __future__ import annotations
