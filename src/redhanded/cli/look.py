"""A look at the API: one request without credentials and without retries, and what came of it."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

import httpx2

from redhanded.client.client import open_client
from redhanded.core.credentials import NoAuth
from redhanded.core.settings import Limit, Retry, Timeouts
from redhanded.pipeline.call import PURPOSE, Scope

if TYPE_CHECKING:
    from redhanded.core.attempt import Attempt
    from redhanded.core.settings import Settings

_MEDIA = {"text/html": "HTML", "application/xhtml+xml": "HTML"}
_SEEN = {
    "blocked": "no request was sent",
    "certificate": "a certificate that is not trusted",
    "closed_fresh": "the connection was closed without an answer",
    "closed_reused": "the connection was closed without an answer",
    "connect_timeout": "no connection in time",
    "corrupt": "an answer whose content is cut or altered",
    "cut_after_headers": "an answer that broke off",
    "deadline": "no answer in time",
    "dns_no_such_name": "no such host",
    "dns_temporary": "the host's name could not be resolved",
    "local": "no request was sent",
    "protocol": "something that is not HTTP",
    "read_timeout": "no answer in time",
    "refused": "connection refused",
    "tls_handshake": "no TLS",
    "too_large": "an answer larger than body_limit",
    "upload_broken": "the connection broke while the request was sent",
}


def look(settings: Settings, url: str, *, seconds: float) -> Attempt:
    """The one attempt of a GET, over after `seconds`; where it failed, it says how.

    Raises UsageError where the settings allow no client.
    """
    scope = Scope()
    with (
        suppress(httpx2.HTTPError),  # the attempt tells it
        open_client(_for_one_look(settings, seconds), scope=scope) as client,
    ):
        client.get(url, extensions={PURPOSE: "canary"})
    return scope.attempts[0]


def _for_one_look(settings: Settings, seconds: float) -> Settings:
    times = settings.timeouts
    return settings.model_copy(
        update={
            "auth": NoAuth(),
            "limit": Limit(),
            "redirects": False,
            "retry": Retry(capacity=0),
            "timeouts": Timeouts(
                connect=min(times.connect, seconds),
                read=seconds,
                write=seconds,
                pool=seconds,
                total=seconds,
            ),
        }
    )


def seen(attempt: Attempt) -> str:
    """What came of an attempt, in a few words: `503 with HTML`, `connection refused`."""
    if attempt.failure is not None or attempt.status is None:
        return _SEEN.get(attempt.row, "no answer")
    media = media_type(attempt)
    kind = _MEDIA.get(media)
    return f"{attempt.status} with {kind}" if kind else str(attempt.status)


def media_type(attempt: Attempt) -> str:
    """The answer's media type without its parameters; empty where none is declared."""
    return (attempt.header("content-type") or "").partition(";")[0].strip().lower()
