"""Which proxy a request goes through: the configured one, else the environment's where asked."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.request import getproxies, proxy_bypass_environment  # type: ignore[attr-defined]

import httpx2

from redhanded.client.pool import ProxyServer
from redhanded.core.errors import SettingsError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from ssl import SSLContext

    from redhanded.core.settings import Settings

DIRECT = ""


class Proxies:
    """The proxies of a session, by the URL that is asked for.

    The environment is read once: another thread may rewrite it while a call is under way.
    """

    def __init__(
        self, settings: Settings, environment: Callable[[], Mapping[str, str]] = getproxies
    ) -> None:
        self._settings = settings
        heeded = settings.trust_env and settings.proxy is None
        self._found = environment() if heeded else {}

    def address(self, url: httpx2.URL) -> str:
        """The address of the proxy for a URL; `DIRECT` where there is none."""
        if self._settings.proxy is not None:
            return self._settings.proxy
        if not self._found or proxy_bypass_environment(url.host, dict(self._found)):
            return DIRECT
        found = self._found.get(url.scheme) or self._found.get("all") or DIRECT
        return f"http://{found}" if found and "://" not in found else found

    def server(self, address: str, context: SSLContext) -> ProxyServer | None:
        """The proxy at an address, with the credential that goes with it; None for `DIRECT`.

        Raises SettingsError where its kind is unknown.
        """
        if address == DIRECT:
            return None
        scheme = httpx2.URL(address).scheme
        if scheme not in ("http", "https"):
            raise SettingsError(
                f"the environment names a {scheme} proxy, which is not supported: set proxy to"
                " an http or https one, or trust_env to false"
            )
        is_secure = scheme == "https"
        return ProxyServer(
            url=address, auth=self._credential(), context=context if is_secure else None
        )

    def _credential(self) -> tuple[str, str] | None:
        secret = self._settings.proxy_auth
        if secret is None:
            return None
        user, _, password = secret.get_secret_value().partition(":")
        return user, password
