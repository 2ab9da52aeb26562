"""Secrets stay with the origin that they are meant for."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import httpx2

from redhanded.pipeline.call import CALL, Call
from redhanded.pipeline.origin import Address, address_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from redhanded.pipeline.flow import Flow, Proceed
    from redhanded.pipeline.origin import Origin

_HARMLESS = frozenset(
    b"accept accept-encoding accept-language cache-control connection content-encoding "
    b"content-language content-length content-type expect host range te transfer-encoding "
    b"user-agent".split()
)


@dataclass(frozen=True, slots=True)
class CrossOrigin:
    """Keeps headers and cookies from an origin that they are not meant for.

    A redirect to another origin takes along what cannot be a secret, whatever its name, and the
    cookies that the new origin itself has set during the call. A call that is made to another
    origin than `base` does without the `configured` headers.
    """

    base: Origin | None
    configured: Mapping[str, str]

    def __call__(self, request: httpx2.Request, proceed: Proceed) -> Flow:
        """The response to the request without what must not cross."""
        call: Call = request.extensions[CALL]
        if call.origin is not call.home:
            self._strip(request, call)
        elif call.origin is not self.base and self.base is not None:
            self._leave_out(request, call)
        return proceed(request)

    def _strip(self, request: httpx2.Request, call: Call) -> None:
        if _is_upgrade(call.home.address, call.origin.address):
            return
        self._leave_out(request, call)
        cookies = _own_cookies(request, call)
        kept = [pair for pair in request.headers.raw if pair[0].lower() in _HARMLESS]
        request.headers = httpx2.Headers(kept)
        if cookies:
            request.headers["Cookie"] = cookies
        call.headers = request.headers.raw

    def _leave_out(self, request: httpx2.Request, call: Call) -> None:
        for name, value in self.configured.items():
            if request.headers.get(name) == value:
                del request.headers[name]
                key = name.lower().encode("ascii")
                call.headers = [pair for pair in call.headers if pair[0].lower() != key]


def _is_upgrade(before: Address, after: Address) -> bool:
    """Whether it is the same host at the default ports, now by https: no stranger reads on."""
    same_host = before.host == after.host
    return same_host and (before[::2], after[::2]) == (("http", None), ("https", None))


def _own_cookies(request: httpx2.Request, call: Call) -> str:
    """The cookies that the request's origin has set during this call, of those it carries."""
    carried = [pair.strip() for pair in request.headers.get("cookie", "").split(";")]
    own = {
        value.partition(";")[0].strip()
        for attempt in call.attempts
        if address_of(httpx2.URL(attempt.url)) == call.origin.address
        for name, value in attempt.response_headers
        if name.lower() == "set-cookie"
    }
    return "; ".join(pair for pair in carried if pair in own)
