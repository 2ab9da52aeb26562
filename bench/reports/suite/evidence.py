"""What a team does for evidence without us: one client, which logs each exchange whole."""

from __future__ import annotations

import logging
from collections.abc import Iterator

import httpx2
import pytest

LOG = logging.getLogger("exchanges")


def told(response: httpx2.Response) -> None:
    response.read()
    request = response.request
    LOG.info(
        "%s %s\n%s\n\n%s\n\n%s\n%s\n\n%s",
        request.method,
        request.url,
        "\n".join(f"{name}: {value}" for name, value in request.headers.items()),
        request.content.decode(),
        response.status_code,
        "\n".join(f"{name}: {value}" for name, value in response.headers.items()),
        response.text,
    )


@pytest.fixture(scope="session")
def api(base_address: str) -> Iterator[httpx2.Client]:
    with httpx2.Client(base_url=base_address, event_hooks={"response": [told]}) as client:
        yield client
