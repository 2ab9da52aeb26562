"""Whether a suite holds anything against its answers by plain means."""

from __future__ import annotations

import re
import sys
from pathlib import Path

# Asked only where no check of ours was counted: reading the sources is rare and cheap enough.
_CHECK = re.compile(
    r"^\s*(?:(?:async )?def .*:\s*)?assert\b|\braises\(|\braise_for_status\(|\bpytest\.fail\(",
    re.MULTILINE,
)


def asserts_something(root: Path) -> bool:
    """Whether any module of the project that this process imported could have failed a test."""
    files = (getattr(module, "__file__", None) for module in list(sys.modules.values()))
    return any(_CHECK.search(_source(Path(file))) for file in files if file and _is_in(file, root))


def _is_in(file: str, root: Path) -> bool:
    path = Path(file)
    return path.suffix == ".py" and path.is_relative_to(root) and "site-packages" not in path.parts


def _source(path: Path) -> str:
    try:
        return path.read_text("utf-8", "replace")
    except OSError:
        return ""
