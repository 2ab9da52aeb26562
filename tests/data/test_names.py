"""The package's door: names come when they are first used."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

import redhanded.data
from redhanded.core.errors import UsageError


def test_every_public_name_can_be_had() -> None:
    """What `__all__` lists is there, and listed by `dir`."""
    assert set(redhanded.data.__all__) <= set(dir(redhanded.data))
    assert all(getattr(redhanded.data, name) for name in redhanded.data.__all__)


def test_another_name_is_none() -> None:
    """With the words that Python has for it."""
    with pytest.raises(AttributeError, match=r"has no attribute 'bounds_of'"):
        redhanded.data.bounds_of  # noqa: B018  asking for it is the point


def test_the_package_alone_imports_nothing_heavy() -> None:
    """A run without cases pays for none."""
    code = (
        "import sys, redhanded.data; "
        "print([n for n in ('pydantic', 'pytest', 'hypothesis', 'allpairspy') if n in sys.modules])"
    )

    told = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)

    assert told.stdout.strip() == "[]"


def test_a_refusal_shows_the_line_that_asked() -> None:
    """INVARIANT: what is wrong in a test's module is shown there, without frames of ours."""
    with pytest.raises(UsageError) as refused:
        redhanded.data.pairwise(role=[])

    frames = refused.traceback.filter(refused)
    assert [Path(frame.path).name for frame in frames] == ["test_names.py"]
