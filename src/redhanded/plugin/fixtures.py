"""What a test may ask for by name."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from redhanded.cleanup.registry import Cleanup
    from redhanded.client.client import AsyncClient, Client
    from redhanded.data.factory import Factory
    from redhanded.plugin.conductor import Conductor


class Fixtures:
    """The fixtures, as methods of a plugin that knows the run.

    Functions would have to ask for `request` or `pytestconfig`, for which pytest makes several
    objects anew in each test.
    """

    def __init__(self, conduct: Callable[[], Conductor]) -> None:
        self._conduct = conduct

    @pytest.fixture
    def api(self) -> Client:
        """An `httpx2.Client` for the API under test, with the default identity."""
        return self._conduct().current.client()

    @pytest.fixture
    def async_api(self) -> AsyncClient:
        """An `httpx2.AsyncClient` for the API under test; closed in the test's own loop."""
        return self._conduct().current.async_client()

    @pytest.fixture
    def api_as(self) -> Callable[[str], Client]:
        """A function that gives the client of a named identity: `api_as("viewer")`."""
        return self._conduct().current.client

    @pytest.fixture
    def async_api_as(self) -> Callable[[str], AsyncClient]:
        """A function that gives the async client of a named identity: `async_api_as("viewer")`."""
        return self._conduct().current.async_client

    @pytest.fixture
    def lease(self) -> Callable[[str], str]:
        """A function that gives a name of a pool, this test's alone: `api_as(lease("users"))`."""
        return self._conduct().lease

    @pytest.fixture
    def make(self) -> Factory:
        """A factory of valid, unique, reproducible data: `make(NewBooking, nights=3)`."""
        return self._conduct().current.make

    @pytest.fixture
    def cleanup(self) -> Iterator[Cleanup]:
        """A register of what the test made: `cleanup("booking", created.id)`."""
        run = self._conduct().current
        yield run.cleanup
        run.clean()
