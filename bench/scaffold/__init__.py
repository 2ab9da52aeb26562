"""What it takes to make a starter suite of a large document."""

from __future__ import annotations
