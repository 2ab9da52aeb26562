"""Which parts of a header or a URL hold secrets."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from math import log2
from typing import TypeAlias
from urllib.parse import unquote_plus

from redhanded.core.detectors import basic_password
from redhanded.core.masks import Hit, Judge
from redhanded.core.secret_names import words

HeaderHits: TypeAlias = Callable[[str, str, Judge], Iterator[Hit]]

_SCHEMES = words("""
    apikey aws4-hmac-sha256 basic bearer digest dpop gnap hawk hoba jwt mac negotiate ntlm oauth
    scram-sha-1 scram-sha-256 signature token vapid
""")
_COOKIE = re.compile(r"(?<![^;\s])([^=;\s]+)\s*=\s*([^;\s][^;]*)")
_QUERY = re.compile(r"(?:^|[&;])([^=&;]+)=([^&;]+)")

# Sent by clients and proxies; any other header of a request may be somebody's way to sign in.
_KNOWN = words("""
    age allow alt-svc baggage b3 cache-control connection date dnt expect expires etag forwarded
    from host keep-alive last-modified max-forwards origin pragma prefer priority range
    retry-after server strict-transport-security te tracestate traceparent trailer
    transfer-encoding upgrade user-agent vary via
""")
_KNOWN_ENDS = ("-id", "-trace", "-version", "idempotency-key", "-digest")
_KNOWN_STARTS = ("accept", "content-", "if-", "sec-", "access-control-", "x-forwarded-")
_CREDENTIAL = re.compile(r"[A-Za-z0-9+/=_.~-]{24,}")
_UUID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)
_RANDOM_BITS = 3.0  # a character: more than a word repeated, less than any token


def header_hits(name: str, value: str, judge: Judge) -> Iterator[Hit]:
    """The secret parts of a header's value, as its name announces them."""
    lower = name.lower()
    kind = _KINDS.get(lower)
    if kind is not None:
        yield from kind(name, value, judge)
    elif judge.is_secret_name(name):
        yield from _whole(name, value, judge)


def unknown_hits(name: str, value: str, judge: Judge) -> Iterator[Hit]:
    """The value of a request header that nobody knows, where it looks like a credential."""
    if not _is_known(name.lower()) and _CREDENTIAL.fullmatch(value) and _is_random(value):
        yield from _whole(name, value, judge)


def is_plain(name: str, judge: Judge, *, is_sent: bool) -> bool:
    """Whether a header of this name is shown but for registered secrets."""
    lower = name.lower()
    return (
        lower not in _KINDS and not judge.is_secret_name(name) and (not is_sent or _is_known(lower))
    )


def url_hits(url: str, judge: Judge) -> Iterator[Hit]:
    """The userinfo of a URL, and the secret parameters of its query and its fragment."""
    scheme, mark, rest = url.partition("://")
    address = len(re.split(r"[?#]", url, maxsplit=1)[0])
    if mark:
        begin = len(scheme) + len(mark)
        authority = re.split(r"[/?#]", rest, maxsplit=1)[0]
        userinfo, at, _ = authority.rpartition("@")
        if at and userinfo:
            yield Hit(begin, begin + len(userinfo), judge.mask_for(userinfo, "userinfo"))
    if address < len(url):
        yield from _query_hits(url, address + 1, judge)


def holds_secret_parts(url: str, judge: Judge) -> bool:
    """Whether `url_hits` may find anything, told at a fraction of the cost."""
    if "@" in url or "#" in url or ";" in url:
        return True
    query = url.partition("?")[2]
    names = [unquote_plus(pair.partition("=")[0]) for pair in query.split("&") if pair]
    return any(map(judge.is_secret_query, names))


def credentials(name: str, value: str, judge: Judge) -> Iterator[tuple[str, str]]:
    """What a header tells that should be masked wherever else it appears: its name and value."""
    lower = name.lower()
    if lower in {"authorization", "proxy-authorization"}:
        yield from _authorization(name, value)
    elif lower in {"cookie", "set-cookie"}:
        for match in _COOKIE.finditer(value if lower == "cookie" else value.partition(";")[0]):
            if judge.is_secret_name(match[1]):
                yield match[1], match[2]
    elif judge.is_secret_name(name):
        yield name, value


def _authorization(name: str, value: str) -> Iterator[tuple[str, str]]:
    scheme, _, proof = value.partition(" ")
    yield name, proof.strip() if scheme.lower() in _SCHEMES else value
    password = basic_password(proof.strip()) if scheme.lower() == "basic" else None
    if password:
        yield "password", password


def _is_known(lower: str) -> bool:
    return lower in _KNOWN or lower.endswith(_KNOWN_ENDS) or lower.startswith(_KNOWN_STARTS)


def _whole(name: str, value: str, judge: Judge) -> Iterator[Hit]:
    if value:
        yield Hit(0, len(value), judge.mask_for(value, name))


def _authorization_hits(name: str, value: str, judge: Judge) -> Iterator[Hit]:
    """All but the scheme, which says how somebody signs in and never who."""
    scheme, _, proof = value.partition(" ")
    start = len(value) - len(proof.lstrip()) if scheme.lower() in _SCHEMES and proof else 0
    if value[start:]:
        yield Hit(start, len(value), judge.mask_for(value[start:], name))


def _cookie_hits(_: str, value: str, judge: Judge) -> Iterator[Hit]:
    for match in _COOKIE.finditer(value):
        yield Hit(*match.span(2), judge.mask_for(match[2], match[1]))
    if "=" not in value:
        yield from _whole("cookie", value, judge)


def _set_cookie_hits(name: str, value: str, judge: Judge) -> Iterator[Hit]:
    yield from _cookie_hits(name, value.partition(";")[0], judge)


def _url_hits(_: str, value: str, judge: Judge) -> Iterator[Hit]:
    yield from url_hits(value, judge)


def _query_hits(url: str, start: int, judge: Judge) -> Iterator[Hit]:
    for part in re.finditer(r"[^?#]+", url[start:]):
        for match in _QUERY.finditer(part[0]):
            name = unquote_plus(match[1])
            if judge.is_secret_query(name):
                begin = start + part.start() + match.start(2)
                mask = judge.mask_for(unquote_plus(match[2]), name)
                yield Hit(begin, begin + len(match[2]), mask)


def _is_random(value: str) -> bool:
    """Whether it has digits, letters and the entropy of a token, and is no UUID."""
    if not any(map(str.isdigit, value)) or not any(map(str.isalpha, value)):
        return False
    shares = [value.count(sign) / len(value) for sign in set(value)]
    return -sum(share * log2(share) for share in shares) >= _RANDOM_BITS and not _UUID.fullmatch(
        value
    )


_KINDS: dict[str, HeaderHits] = {
    "authorization": _authorization_hits,
    "proxy-authorization": _authorization_hits,
    "cookie": _cookie_hits,
    "set-cookie": _set_cookie_hits,
    "location": _url_hits,
    "content-location": _url_hits,
    "referer": _url_hits,
}
