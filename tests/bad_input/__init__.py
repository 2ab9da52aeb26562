"""Bad input of every kind: one clear sentence, the right verdict, nothing lost."""

from __future__ import annotations
