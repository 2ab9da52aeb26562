"""The suite under redhanded."""

from __future__ import annotations

from typing import Any

import pytest

import redhanded


@pytest.fixture
def expect() -> Any:
    return redhanded.expect
