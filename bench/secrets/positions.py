"""Secrets that nobody declared: where in an exchange they stand is all that tells them."""

from __future__ import annotations

import base64
import random
from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final, TypeAlias
from urllib.parse import quote

from bench.figures import Figure
from bench.secrets.reader import found, reading
from bench.secrets.shapes import SHAPES, Made
from redhanded.core.redaction import Redactor
from tests.core.attempts import attempt

Facts: TypeAlias = Mapping[str, Any]
Put: TypeAlias = Callable[[str], Facts]
_URL = "https://api.example/orders/7"


def _sent(name: str, value: str) -> Facts:
    return {"sent": ((name, value),)}


def _received(name: str, value: str) -> Facts:
    return {"received": ((name, value),)}


def _basic(value: str) -> str:
    return base64.b64encode(f"ann:{value}".encode()).decode()


POSITIONS: Final[Mapping[str, Put]] = {
    "Authorization: Bearer": lambda value: _sent("Authorization", f"Bearer {value}"),
    "Authorization: Basic": lambda value: _sent("Authorization", f"Basic {_basic(value)}"),
    "Authorization": lambda value: _sent("Authorization", value),
    "Proxy-Authorization": lambda value: _sent("Proxy-Authorization", f"Digest x={value}"),
    "X-API-Key": lambda value: _sent("X-API-Key", value),
    "X-Session": lambda value: _sent("X-Session", value),
    "X-Partner": lambda value: _sent("X-Partner", value),
    "Cookie": lambda value: _sent("Cookie", f"theme=dark; sid={value}"),
    "Cookie of a plain name": lambda value: _sent("Cookie", f"p={value}"),
    "Referer": lambda value: _sent("Referer", f"{_URL}?token={value}"),
    "Set-Cookie": lambda value: _received("Set-Cookie", f"a={value}; Path=/; HttpOnly"),
    "Location, query": lambda value: _received("Location", f"{_URL}?ticket={value}&page=2"),
    "Location, fragment": lambda value: _received("Location", f"/cb#access_token={value}"),
    "Link": lambda value: _received("Link", f'<{_URL}?ticket={value}>; rel="next"'),
    "X-Refreshed": lambda value: _received("X-Refreshed", value),
    "query, secret name": lambda value: {"url": f"{_URL}?api_key={value}"},
    "query, unknown name": lambda value: {"url": f"{_URL}?zz={value}&page=2"},
    "fragment": lambda value: {"url": f"{_URL}#id_token={value}"},
    "user information": lambda value: {"url": f"https://ann:{value}@api.example/orders"},
    "user name": lambda value: {"url": f"https://{value}@api.example/orders"},
}

ORDINARY: Final[tuple[Facts, ...]] = (
    *(
        _sent(name, value)
        for name, value in {
            "Accept": "application/json, text/html;q=0.9",
            "Accept-Language": "en-GB,en;q=0.5",
            "Content-Type": "application/json; charset=utf-8",
            "User-Agent": "redhanded/0.1.0 (synthetic-test; run=c686e95a)",
            "If-None-Match": 'W/"0815"',
            "Idempotency-Key": "0b51a1de-2b42-4a9e-9be5-96f6dd3fb7cd",
            "traceparent": "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
            "X-Request-ID": "4bf92f3577b34da6a3ce929d0e0e4736",
            "Origin": "https://shop.example",
            "Prefer": "return=minimal",
        }.items()
    ),
    *(
        _received(name, value)
        for name, value in {
            "Content-Length": "120",
            "Date": "Thu, 01 Jan 2026 00:00:00 GMT",
            "ETag": '"5f3c"',
            "Retry-After": "120",
            "Server": "uvicorn",
            "Cache-Control": "max-age=60, must-revalidate",
            "Location": "https://api.example/orders/7?page=2&limit=50",
            "Link": '<https://api.example/orders?page=3>; rel="next"',
            "X-RateLimit-Remaining": "17",
            "X-Total-Count": "1234",
            "X-Build": "7f3c1e2",
            "Vary": "Accept, Origin",
            "WWW-Authenticate": 'Bearer realm="orders", error="invalid_token"',
            "Content-Security-Policy": "default-src 'none'",
        }.items()
    ),
    *(
        {"url": f"{_URL}?{query}"}
        for query in (
            *("page=2&limit=50", "sort=-price", "status=open", "offset=100", "order=desc"),
            *("fields=id,name", "include=items", "from=2024-01-01&to=2024-02-01", "id=7"),
        )
    ),
)


def shown(facts: Facts) -> str:
    """What of an exchange with these facts is kept, as text."""
    return repr(Redactor().exchange(attempt(**facts)))


def leaking(*, seed: int) -> list[tuple[str, str]]:
    """The positions and shapes of which a secret can be read."""
    chance = random.Random(seed)
    return [
        (name, shape)
        for name, put in POSITIONS.items()
        for shape, make in SHAPES.items()
        if _is_leak(put, make(chance))
    ]


def _is_leak(put: Put, made: Made) -> bool:
    text = shown(put(quote(made.text, safe="")))
    return found(made, reading(text.encode()))


def hidden() -> list[Facts]:
    """The ordinary headers and queries of which something is masked."""
    return [facts for facts in ORDINARY if "masked_" in shown(facts)]


def figures(*, seed: int) -> Iterator[Figure]:
    """How many undeclared secrets are shown, and how much of what is ordinary is not."""
    leaks, masked = leaking(seed=seed), hidden()
    yield Figure(
        name="undeclared secrets that leak, 8 shapes in 20 places of an exchange",
        measured=f"{len(leaks)} of {len(POSITIONS) * len(SHAPES)}",
        goal="0",
        is_met=not leaks,
    )
    yield from (Figure(name=f"  {name}, {shape}", measured="leaks") for name, shape in leaks)
    yield Figure(
        name="ordinary headers and queries that are masked",
        measured=f"{len(masked)} of {len(ORDINARY)}",
        goal="0",
        is_met=not masked,
    )
    yield from (Figure(name=f"  {facts}", measured="masked") for facts in masked)
