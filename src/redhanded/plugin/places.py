"""Paths and test ids as one types them where pytest was started, to copy and paste."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pytest


def typed(path: Path, start: Path) -> str:
    """The path from there; the whole of it where it does not lie below."""
    return os.path.relpath(path, start) if path.is_relative_to(start) else str(path)


def typed_id(test_id: str, config: pytest.Config) -> str:
    """The test's id, which begins at the root of the project, from where pytest was started."""
    start = config.invocation_params.dir
    if start == config.rootpath:
        return test_id
    file, separator, rest = test_id.partition("::")
    path = config.rootpath / file
    try:
        return Path(os.path.relpath(path, start)).as_posix() + separator + rest
    except ValueError:  # on another drive
        return f"{path}{separator}{rest}"
