"""What the tests of the session share."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.session.archived import staged
from tests.session.projects import Project

__all__ = ["project", "staged"]


@pytest.fixture
def project(tmp_path: Path) -> Project:
    """A project without settings, in an empty environment, of which git tracks nothing."""
    return Project(tmp_path)
