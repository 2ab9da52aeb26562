"""A module that cannot be collected, and says why."""

from __future__ import annotations

import os
from pathlib import Path

raise RuntimeError(
    "no account has " + (Path(os.environ["VAULT"]) / "collection").read_text("utf-8")
)
