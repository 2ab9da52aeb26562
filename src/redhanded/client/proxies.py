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
        if not self._found or self._is_spared(url):
            return DIRECT
        found = self._found.get(url.scheme) or self._found.get("all") or DIRECT
        return f"http://{found}" if found and "://" not in found else found

    def _is_spared(self, url: httpx2.URL) -> bool:
        names = (url.host, url.netloc.decode("ascii"))  # an entry may name a port, or have none
        return any(proxy_bypass_environment(name, dict(self._found)) for name in names)

    def server(self, address: str, context: SSLContext) -> ProxyServer | None:
        """The proxy at an address, with the credential that goes with it; None for `DIRECT`.

        Raises SettingsError where its kind is unknown.
        """
        if address == DIRECT:
            return None
        url = httpx2.URL(address)
        if url.scheme not in ("http", "https"):
            raise SettingsError(
                f"the environment names a {url.scheme} proxy, which is not supported: set proxy to"
                " an http or https one, or trust_env to false"
            )
        return ProxyServer(
            url=str(url.copy_with(userinfo=b"")),
            auth=self._credential(url),
            context=context if url.scheme == "https" else None,
        )

    def _credential(self, url: httpx2.URL) -> tuple[str, str] | None:
        secret = self._settings.proxy_auth
        if secret is None:  # the environment has no other place for one than the URL
            return (url.username, url.password) if url.userinfo else None
        user, _, password = secret.get_secret_value().partition(":")
        return user, password
