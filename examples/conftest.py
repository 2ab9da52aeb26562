"""What all three teams share."""

import pytest


@pytest.fixture
def anyio_backend() -> str:
    """The event loop of async tests."""
    return "asyncio"
