"""Clients: real httpx2 clients whose transport is the pipeline."""

from __future__ import annotations

from contextlib import nullcontext
from ssl import SSLContext
from typing import TYPE_CHECKING, Any

import httpx2

from redhanded.client.auth import auth_from
from redhanded.client.bodies import dumped, kept
from redhanded.client.network import LoopNetwork, Security, SharedNetwork
from redhanded.client.secrets import given, sendable
from redhanded.client.tls import refuse_unverified
from redhanded.client.transport import AsyncPipelineTransport, PipelineTransport
from redhanded.core.credentials import revealed
from redhanded.core.errors import UsageError
from redhanded.pipeline.assembly import assemble_shared, of_scope, origins_of
from redhanded.pipeline.call import CALL, STREAM, Scope
from redhanded.pipeline.surroundings import Surroundings

if TYPE_CHECKING:
    from collections.abc import Callable
    from contextlib import AbstractContextManager

    from redhanded.client.auth import SameOrigin
    from redhanded.client.logins import Logins
    from redhanded.client.transport import Network
    from redhanded.core.credentials import Auth as Credentials
    from redhanded.core.settings import Settings
    from redhanded.pipeline.call import Call
    from redhanded.pipeline.flow import Proceed
    from redhanded.pipeline.origin import Origins
    from redhanded.pipeline.shared_gate import Sharing

    Sole = Callable[[], AbstractContextManager[object]]

REDIRECTS = 5


def _begin(request: httpx2.Request, *, stream: bool) -> None:
    """Make what is sent next a call of its own, also where the request was sent before."""
    request.extensions[STREAM] = stream
    earlier: Call | None = request.extensions.pop(CALL, None)
    if earlier is not None and earlier.timeouts is not None:
        request.extensions["timeout"] = earlier.timeouts


class Client(httpx2.Client):
    """An `httpx2.Client` that also takes Pydantic models as `json=`, and secrets."""

    def __init__(self, *, verify: Any = True, sole: Sole = nullcontext, **options: Any) -> None:  # noqa: ANN401  httpx2's
        refuse_unverified(verify)
        super().__init__(verify=verify, **options)
        self._sole = sole

    def build_request(self, *args: Any, json: object = None, **options: Any) -> httpx2.Request:  # noqa: ANN401  httpx2's
        """The request, not yet sent."""
        args, options = sendable(args), given(options)
        request = super().build_request(*args, json=dumped(json), **options)
        return kept(request) if options.get("files") else request

    def send(
        self,
        request: httpx2.Request,
        *,
        stream: bool = False,
        **options: Any,  # noqa: ANN401
    ) -> httpx2.Response:
        """The response to a request that was built before."""
        _begin(request, stream=stream)
        with self._sole():
            return super().send(request, stream=stream, **given(options))


class AsyncClient(httpx2.AsyncClient):
    """An `httpx2.AsyncClient` that also takes Pydantic models as `json=`, and secrets."""

    def __init__(self, *, verify: Any = True, sole: Sole = nullcontext, **options: Any) -> None:  # noqa: ANN401  httpx2's
        refuse_unverified(verify)
        super().__init__(verify=verify, **options)
        self._sole = sole

    def build_request(self, *args: Any, json: object = None, **options: Any) -> httpx2.Request:  # noqa: ANN401  httpx2's
        """The request, not yet sent."""
        args, options = sendable(args), given(options)
        request = super().build_request(*args, json=dumped(json), **options)
        return kept(request) if options.get("files") else request

    async def send(
        self,
        request: httpx2.Request,
        *,
        stream: bool = False,
        **options: Any,  # noqa: ANN401
    ) -> httpx2.Response:
        """The response to a request that was built before."""
        _begin(request, stream=stream)
        with self._sole():
            return await super().send(request, stream=stream, **given(options))

    async def release(self) -> None:
        """Let go of the connections, which belong to a loop; a later call opens new ones."""
        await self._transport.aclose()


class Clients:
    """Opens the clients of one session, which share pools, origins, TLS and tokens.

    `sharing` says how other processes share the origins with this one, where they do, and `logins`
    how they share tokens. This process has its `seat` among the `workers` of its machine.
    """

    def __init__(
        self,
        settings: Settings,
        *,
        surroundings: Surroundings | None = None,
        sharing: Sharing | None = None,
        seat: int = 0,
        workers: int = 1,
        logins: Callable[[], Logins | None] = lambda: None,
        verify: SSLContext | bool = True,
        on_secret: Callable[[str, str], None] = lambda _value, _name: None,
        user_agent: str = "redhanded",
    ) -> None:
        refuse_unverified(verify)
        self.settings: Settings = settings
        self.surroundings: Surroundings = surroundings or Surroundings()
        self.origins: Origins = origins_of(
            settings, self.surroundings, sharing, seat=seat, workers=workers
        )
        context = verify if isinstance(verify, SSLContext) else None
        self.security: Security = Security(settings, context)
        self.network: SharedNetwork = SharedNetwork(settings, self.security)
        self._on_secret = on_secret
        self._logins = logins
        self._auths: dict[str | None, SameOrigin | None] = {}
        self._shared = assemble_shared(settings, self.origins, self.surroundings)
        spans = self.surroundings.spans
        self._sole: Sole = nullcontext if spans is None else spans.sole
        times = settings.timeouts
        self._timeout = httpx2.Timeout(
            connect=times.connect, read=times.read, write=times.write, pool=times.pool
        )
        self._headers = {"User-Agent": user_agent, **revealed(settings.headers)}

    def open(self, scope: Scope, identity: str | None = None) -> Client:
        """A client over the session's pools, with cookies of its own."""
        return self._client(scope, self.network.lend(), identity)

    def open_async(self, scope: Scope, identity: str | None = None) -> AsyncClient:
        """A client with pools of its own, for the loop in which it is first used."""
        network = LoopNetwork(self.settings, self.security)
        sleep = self.surroundings.sleep_async
        transport = AsyncPipelineTransport(self._proceed(scope), network, sleep=sleep)
        return AsyncClient(transport=transport, **self._options(identity))

    def open_alone(self, scope: Scope) -> Client:
        """A client that closes the session's pools when it is closed itself."""
        return self._client(scope, self.network, None)

    def _client(self, scope: Scope, network: Network, identity: str | None) -> Client:
        sleep = self.surroundings.sleep
        transport = PipelineTransport(self._proceed(scope), network, sleep=sleep)
        return Client(transport=transport, **self._options(identity))

    def _proceed(self, scope: Scope) -> Proceed:
        return of_scope(scope, self.origins, self._shared)

    def _options(self, identity: str | None) -> dict[str, Any]:
        settings = self.settings
        return {
            "sole": self._sole,
            "base_url": settings.base_url or "",
            "auth": self._auth(identity),
            "headers": self._headers,
            "timeout": self._timeout,
            "follow_redirects": settings.redirects,
            "max_redirects": REDIRECTS,
            "trust_env": False,  # proxies of the environment are the network's matter
        }

    def _auth(self, identity: str | None) -> SameOrigin | None:
        """The auth flow of an identity, one for the session: its callers share one token."""
        if identity not in self._auths:
            auth = auth_from(
                self._credentials(identity),
                base_url=self.settings.base_url or "",
                clock=self.surroundings.clock,
                on_secret=self._on_secret,
                headers=revealed(self.settings.headers),
                total=self.settings.timeouts.total,
                key="auth" if identity is None else f"identities.{identity}",
                logins=self._logins(),
            )
            self._auths.setdefault(identity, auth)  # a thread that came second uses the first's
        return self._auths[identity]

    def forget_refusals(self) -> None:
        """Let every identity log in once more: what refused it may have passed."""
        for auth in self._auths.values():
            if auth is not None:
                auth.forget_refusal()

    def _credentials(self, identity: str | None) -> Credentials:
        if identity is None:
            return self.settings.auth
        known = self.settings.identities
        if identity not in known:
            names = ", ".join(sorted(known)) or "none yet"
            message = (
                f"no identity is called {identity!r} (known: {names}); "
                f"write [tool.redhanded.identities.{identity}] with its kind"
            )
            raise UsageError(message)
        return known[identity]

    def close(self) -> None:
        """Close the session's pools."""
        self.network.close()


def open_client(
    settings: Settings, *, scope: Scope | None = None, verify: SSLContext | bool = True
) -> Client:
    """A client over the whole pipeline, on its own; close it, or use it in a `with` statement.

    Raises SettingsError where a certificate file is unusable. `scope` receives the attempts;
    `verify` may be a verifying context that takes the place of the one that `tls` describes.
    """
    return Clients(settings, verify=verify).open_alone(scope or Scope())


def open_async_client(
    settings: Settings, *, scope: Scope | None = None, verify: SSLContext | bool = True
) -> AsyncClient:
    """A client over the whole pipeline, for one event loop; use it in `async with`.

    Raises SettingsError where a certificate file is unusable. `scope` receives the attempts;
    `verify` may be a verifying context that takes the place of the one that `tls` describes.
    """
    return Clients(settings, verify=verify).open_async(scope or Scope())
