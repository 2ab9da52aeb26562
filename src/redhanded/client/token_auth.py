"""Auth with a token that is fetched, shared by all callers, and renewed once it is refused."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TYPE_CHECKING, TypeAlias

import anyio

from redhanded.client.effect_auth import EffectAuth
from redhanded.client.issuers import Fetching, plain
from redhanded.client.places import Header
from redhanded.client.shared_issuer import SharedIssuer
from redhanded.client.tokens import CredentialUnavailable, Lease, Token, Tokens
from redhanded.core.clock import SystemClock
from redhanded.pipeline.call import CALL
from redhanded.pipeline.flow import Send, Sleep

if TYPE_CHECKING:
    from collections.abc import Awaitable

    import httpx2

    from redhanded.client.effect_auth import AuthFlow
    from redhanded.client.issuers import Issuer
    from redhanded.client.places import Place
    from redhanded.client.tokens import Grant
    from redhanded.core.clock import Clock
    from redhanded.pipeline.call import Call

OnSecret: TypeAlias = Callable[[str, str], None]

PAUSE_SECONDS = 0.02


def _tell_nobody(value: str, name: str) -> None:
    del value, name


class TokenAuth(EffectAuth):
    """Fetches a token, sends it with each call, and renews it once a call is answered with 401.

    One instance serves all threads, tasks and event loops, and fetches one token for all of them.
    A second 401 is the caller's to judge. A credential that the call itself carries is left alone.
    `on_secret` is told each token, with a name for it, before it is used. `lease_seconds` is how
    long others wait for a caller who fetches; requests are bounded by the client's transport.
    """

    def __init__(
        self,
        issuer: Issuer,
        *,
        place: Place | None = None,
        clock: Clock | None = None,
        on_secret: OnSecret = _tell_nobody,
        lease_seconds: float = 60.0,
        sleep: Callable[[float], object] = time.sleep,
        sleep_async: Callable[[float], Awaitable[object]] = anyio.sleep,
    ) -> None:
        super().__init__(sleep=sleep, sleep_async=sleep_async)
        self._issuer = issuer
        self._place = place or Header()
        self._on_secret = on_secret
        self._tokens = Tokens(clock or SystemClock(), lease_seconds=lease_seconds)

    def forget_refusal(self) -> None:
        """Let the next call log in again, although a refusal stands."""
        self._tokens.forget_refusal()
        if isinstance(self._issuer, SharedIssuer):
            self._issuer.forget_refusal()

    def flow(self, request: httpx2.Request) -> AuthFlow:
        """The call, before it a token where none is at hand, after a 401 a fresh one and again."""
        carried = self._place.carried(request)
        if carried is not None and not self._tokens.has_issued(carried):
            yield Send(request)
            return
        token = yield from self._signed(request, newer_than=0)
        response = yield Send(request)
        if response.status_code == 401:
            token = yield from self._renewed(request, response, token)
            response = yield Send(request)
        if response.status_code == 401 and token.is_borrowed:  # it may have been refused before
            yield from self._renewed(request, response, token)
            yield Send(request)

    def _renewed(
        self, request: httpx2.Request, response: httpx2.Response, token: Token
    ) -> Fetching[Token]:
        """A newer token; where there is none, the caller gets an error, and never the 401."""
        try:
            return (yield from self._signed(request, newer_than=token.generation))
        except BaseException:
            call: Call | None = response.extensions.get(CALL)
            if call is not None:
                call.is_withheld = True
            raise

    def _signed(self, request: httpx2.Request, *, newer_than: int) -> Fetching[Token]:
        token = yield from self._token(request.headers.get("User-Agent"), newer_than)
        self._place.put(request, plain(token.value))
        return token

    def _token(self, user_agent: str | None, newer_than: int) -> Fetching[Token]:
        awaited: Lease | None = None
        while True:
            claimed = self._tokens.claim(newer_than=newer_than, after=awaited)
            if isinstance(claimed, Token):
                return claimed
            if isinstance(claimed, Lease):
                return (yield from self._fetched(claimed, user_agent))
            awaited = claimed.lease
            yield Sleep(PAUSE_SECONDS)

    def _fetched(self, lease: Lease, user_agent: str | None) -> Fetching[Token]:
        try:
            grant = yield from self._issuer.fetch(user_agent, refresh=lease.refresh)
            self._receive(grant)
        except CredentialUnavailable as failure:
            self._tokens.fail(lease, failure)
            raise
        except BaseException:
            self._tokens.release(lease)  # cancelled: the next caller takes over
            raise
        return self._tokens.settle(lease, grant)

    def _receive(self, grant: Grant) -> None:
        self._on_secret(plain(grant.value), "ACCESS_TOKEN")
        if grant.refresh is not None:
            self._on_secret(plain(grant.refresh), "REFRESH_TOKEN")
        if not self._place.admits(plain(grant.value)):
            raise CredentialUnavailable(
                "the token that was handed out holds a character that cannot be sent in its place:"
                " set the path of the token to the token alone.",
                stands=True,
            )
