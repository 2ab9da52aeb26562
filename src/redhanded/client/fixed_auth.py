"""Auth with credentials that never change: bearer token, API key, user name and password."""

from __future__ import annotations

from typing import TYPE_CHECKING

import httpx2

from redhanded.client.issuers import plain
from redhanded.client.places import Header, place_called
from redhanded.core.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Generator

    from redhanded.client.issuers import Secret
    from redhanded.client.places import Place, PlaceName


class _Fixed(httpx2.Auth):
    """A credential that never changes; one that the call itself carries is left alone."""

    def __init__(self, value: Secret, place: Place, *, what: str) -> None:
        if not place.admits(plain(value)):
            raise UsageError(
                f"{what} is empty or holds a character that cannot be sent there:"
                " give it as visible ASCII, without a line break at its end."
            )
        self._value = value
        self._place = place

    def auth_flow(
        self, request: httpx2.Request
    ) -> Generator[httpx2.Request, httpx2.Response, None]:
        """The request with the credential in its place."""
        if self._place.carried(request) is None:
            self._place.put(request, plain(self._value))
        yield request


class Bearer(_Fixed):
    """Sends `Authorization: Bearer <token>` (RFC 6750)."""

    def __init__(self, token: Secret) -> None:
        super().__init__(token, Header(), what="the bearer token")


class ApiKey(_Fixed):
    """Sends a key under a name of the API's own, in a header, the query or a cookie."""

    def __init__(self, name: str, value: Secret, place: PlaceName = "header") -> None:
        super().__init__(value, place_called(place, name), what=f"the API key for {place} {name}")


class Basic(httpx2.BasicAuth):
    """Sends `Authorization: Basic <username:password>`; one that the call carries is left alone."""

    def __init__(self, username: str, password: Secret) -> None:
        if ":" in username:
            raise UsageError(
                "a user name for basic auth cannot hold a colon (RFC 7617, section 2):"
                " correct the user name."
            )
        super().__init__(username, plain(password))

    def auth_flow(
        self, request: httpx2.Request
    ) -> Generator[httpx2.Request, httpx2.Response, None]:
        """The request with the header."""
        if "Authorization" in request.headers:
            yield request
        else:
            yield from super().auth_flow(request)
