"""What teams add today: every request again on a network error, a 429 or a 5xx."""

from __future__ import annotations

from collections.abc import Callable

import httpx2
import pytest
import tenacity


class Tenacious(httpx2.BaseTransport):
    """Sends each request up to three times, whatever its method."""

    def __init__(self, inner: httpx2.BaseTransport) -> None:
        self._inner = inner
        self._retrying = tenacity.Retrying(
            stop=tenacity.stop_after_attempt(3),
            wait=tenacity.wait_exponential(multiplier=0.1, max=1),
            retry=tenacity.retry_if_exception_type(httpx2.TransportError)
            | tenacity.retry_if_result(_is_worth_another),
            retry_error_callback=_last,
        )

    def handle_request(self, request: httpx2.Request) -> httpx2.Response:
        """The answer to the last attempt."""
        return self._retrying(self._attempt, request)

    def _attempt(self, request: httpx2.Request) -> httpx2.Response:
        response = self._inner.handle_request(request)
        response.read()
        return response


def _is_worth_another(response: httpx2.Response) -> bool:
    return response.status_code == 429 or response.status_code >= 500


def _last(state: tenacity.RetryCallState) -> httpx2.Response:
    assert state.outcome is not None
    response: httpx2.Response = state.outcome.result()
    return response


@pytest.fixture(scope="session")
def wrapped() -> Callable[[httpx2.BaseTransport], httpx2.BaseTransport]:
    """What stands between a client and the pool: three attempts."""
    return Tenacious
