"""A request as it was sent: the values of its path, its query, its headers and its cookies."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import unquote_plus

from redhanded.contracts.openapi.styles import pairs_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from redhanded.core.attempt import RawHeaders


class Sent:
    """A request's values as they were sent; headers are read when they are first asked for."""

    __slots__ = ("_cookies", "_headers", "_raw_headers", "path", "query", "query_text")

    def __init__(
        self, path: Mapping[str, str], query_text: str = "", raw_headers: RawHeaders = ()
    ) -> None:
        self.path: Mapping[str, str] = path
        self.query_text: str = query_text
        self.query: list[tuple[str, str]] = (
            pairs_of(query_text, "&", unquote_plus) if query_text else []
        )
        self._raw_headers = raw_headers
        self._headers: dict[str, str] | None = None
        self._cookies: list[tuple[str, str]] | None = None

    @property
    def headers(self) -> dict[str, str]:
        """The headers by their names in lower case; several lines of one are joined."""
        if self._headers is None:
            self._headers = {}
            for raw, value in self._raw_headers:
                name, text = raw.decode("latin-1").lower(), value.decode("latin-1")
                before = self._headers.get(name)
                self._headers[name] = text if before is None else f"{before}, {text}"
        return self._headers

    @property
    def cookies(self) -> list[tuple[str, str]]:
        """The pairs of the Cookie header."""
        if self._cookies is None:
            pairs = pairs_of(self.headers.get("cookie", ""), ";", str)
            self._cookies = [(name, value.strip()) for name, value in pairs]
        return self._cookies
