"""Which parts of a header or a URL hold secrets."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import TypeAlias
from urllib.parse import unquote_plus

from redhanded.core.detectors import basic_password
from redhanded.core.masks import Hit, Judge
from redhanded.core.ordinary import is_harmless
from redhanded.core.secret_names import words

HeaderHits: TypeAlias = Callable[[str, str, Judge], Iterator[Hit]]

_SCHEMES = words("""
    apikey aws4-hmac-sha256 basic bearer digest dpop gnap hawk hoba jwt mac negotiate ntlm oauth
    scram-sha-1 scram-sha-256 signature token vapid
""")
_COOKIE = re.compile(r"(?<![^;\s])([^=;\s]+)\s*=\s*([^;\s][^;]*)")
_QUERY = re.compile(r"(?:^|[&;])([^=&;]+)=([^&;]+)")

# Headers that hold a URL, which may hold a token.
_ADDRESSES = words("content-location location operation-location referer")
_LINKED = re.compile(r"<([^<>]*)>")


def header_hits(name: str, value: str, judge: Judge) -> Iterator[Hit]:
    """The secret parts of a header's value, and all of one whose name nobody knows.

    A value that could be no secret is shown there too.
    """
    lower = name.lower()
    kind = _KINDS.get(lower)
    if kind is not None:
        yield from kind(name, value, judge)
    elif not judge.is_shown_header(name) and (judge.is_secret_name(name) or not is_harmless(value)):
        yield from _whole(name, value, judge)


def is_plain(name: str, judge: Judge) -> bool:
    """Whether a header of this name is shown but for registered secrets."""
    return name.lower() not in _KINDS and judge.is_shown_header(name)


def url_hits(url: str, judge: Judge) -> Iterator[Hit]:
    """The userinfo of a URL, and what of its query and its fragment is not known to be harmless."""
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
    return not all(map(judge.is_shown_query, names))


def credentials(name: str, value: str, judge: Judge) -> Iterator[tuple[str, str]]:
    """What a header tells that should be masked wherever else it appears: its name and value."""
    lower = name.lower()
    if lower in {"authorization", "proxy-authorization"}:
        yield from _authorization(name, value)
    elif lower in {"cookie", "set-cookie"}:
        is_hidden = lower == "set-cookie" and "httponly" in value.lower()  # from the page's scripts
        for match in _COOKIE.finditer(value if lower == "cookie" else value.partition(";")[0]):
            if is_hidden or judge.is_secret_name(match[1]):
                yield match[1], match[2]
    elif lower in _ADDRESSES:
        yield from _of_query(value, judge)
    elif judge.is_secret_name(name) and not judge.is_shown_header(name):
        yield name, value


def _of_query(url: str, judge: Judge) -> Iterator[tuple[str, str]]:
    """The secret parameters of a URL: a redirect may hand out a token in its fragment."""
    for part in re.split(r"[?#]", url)[1:]:
        for match in _QUERY.finditer(part):
            if judge.is_secret_query(name := unquote_plus(match[1])):
                yield name, unquote_plus(match[2])


def _authorization(name: str, value: str) -> Iterator[tuple[str, str]]:
    scheme, _, proof = value.partition(" ")
    yield name, proof.strip() if scheme.lower() in _SCHEMES else value
    password = basic_password(proof.strip()) if scheme.lower() == "basic" else None
    if password:
        yield "password", password


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


def _link_hits(_: str, value: str, judge: Judge) -> Iterator[Hit]:
    """The URLs of a Link header (RFC 8288, section 3)."""
    for link in _LINKED.finditer(value):
        for start, end, mask in url_hits(link[1], judge):
            yield Hit(link.start(1) + start, link.start(1) + end, mask)


def _query_hits(url: str, start: int, judge: Judge) -> Iterator[Hit]:
    for part in re.finditer(r"[^?#]+", url[start:]):
        for match in _QUERY.finditer(part[0]):
            name, value = unquote_plus(match[1]), unquote_plus(match[2])
            if not _is_shown(name, value, judge):
                begin = start + part.start() + match.start(2)
                yield Hit(begin, begin + len(match[2]), judge.mask_for(value, name))


def _is_shown(name: str, value: str, judge: Judge) -> bool:
    """Whether a parameter's value is shown: by its name, or because it could be no secret."""
    is_unknown = not judge.is_shown_query(name) and not judge.is_secret_query(name)
    return judge.is_shown_query(name) or (is_unknown and is_harmless(value))


_KINDS: dict[str, HeaderHits] = {
    "authorization": _authorization_hits,
    "proxy-authorization": _authorization_hits,
    "cookie": _cookie_hits,
    "set-cookie": _set_cookie_hits,
    "location": _url_hits,
    "content-location": _url_hits,
    "operation-location": _url_hits,
    "referer": _url_hits,
    "link": _link_hits,
}
