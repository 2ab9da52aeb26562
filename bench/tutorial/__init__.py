"""The tutorial, followed word by word, and how long that takes."""

from __future__ import annotations
