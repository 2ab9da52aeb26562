"""Other systems than this one, as far as they can be had here: what they lack is taken away."""

from __future__ import annotations
