"""Calls to a running httpbin, in both worlds."""

from __future__ import annotations

import pytest

from tests.real.driving import WORLDS, Call, Drive, Ended, driven


@pytest.fixture(params=WORLDS)
def drive(request: pytest.FixtureRequest, httpbin_url: str) -> Drive:
    """Makes calls by a client of its own: `drive(call("GET", "/get"), redirects=True)`."""
    world: str = request.param

    def drive(*calls: Call, identity: str | None = None, **settings: object) -> Ended:
        return driven(world, httpbin_url, *calls, identity=identity, **settings)

    return drive
