"""The suite under pytest and httpx2 alone."""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import Any

import httpx2
import pytest


@pytest.fixture
def api() -> Iterator[httpx2.Client]:
    with httpx2.Client(base_url=os.environ["BASE_URL"], follow_redirects=True) as client:
        yield client


@pytest.fixture
def expect() -> Any:
    def check(response: httpx2.Response, status: int) -> None:
        assert response.status_code == status, response.text

    return check
