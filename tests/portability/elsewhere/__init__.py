"""Put on PYTHONPATH, it shows the package a standard library as Windows has it."""

from __future__ import annotations
