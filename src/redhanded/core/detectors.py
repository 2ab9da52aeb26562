"""Credentials that give themselves away in a free text, registered or not."""

from __future__ import annotations

import re
from base64 import b64decode
from binascii import Error as NotBase64
from typing import TYPE_CHECKING
from urllib.parse import unquote_plus

from redhanded.core.masks import Hit, Judge

if TYPE_CHECKING:
    from collections.abc import Iterator

_USERINFO = re.compile(r"""://([^/\s@?#"'<>]{1,1024})@""")
_QUERY = re.compile(r"""(?:[?&;]|\\u0026)([^=&;?#\s"'<>]{1,128})=([^&#\s"'<>\\]+)""")
_SCHEME = re.compile(
    r"([Bb](?<!\w[Bb])(?:[Ee][Aa][Rr][Ee][Rr]|[Aa][Ss][Ii][Cc])) +([A-Za-z0-9+/=_.~-]{8,})"
)
_JSON_WEB_TOKEN = re.compile(r"\beyJ[\w-]{8,4096}\.[\w-]{8,8192}(?:\.[\w-]*)*", re.ASCII)
_PRIVATE_KEY = re.compile(
    r"-----BEGIN [A-Z ]{0,32}PRIVATE KEY-----.*?(?:-----END [A-Z ]{0,32}PRIVATE KEY-----|\Z)",
    re.DOTALL,
)


def detected(text: str, judge: Judge) -> Iterator[Hit]:
    """Userinfo and secret parameters of URLs, authorization values, JSON Web Tokens, keys."""
    if "://" in text and "@" in text:
        yield from _hits(_USERINFO, text, 1, "userinfo", judge)
    if "=" in text and ("?" in text or "&" in text):
        yield from _query_hits(text, judge)
    if "eyJ" in text:
        yield from _hits(_JSON_WEB_TOKEN, text, 0, "jwt", judge)
    if "earer " in text or "asic " in text:
        yield from _scheme_hits(text, judge)
    if "PRIVATE KEY-----" in text:
        yield from _hits(_PRIVATE_KEY, text, 0, "private_key", judge)


def basic_password(credentials: str) -> str | None:
    """The password in the credentials of a Basic authorization; None where they are none."""
    try:
        user, colon, password = b64decode(credentials, validate=True).decode().partition(":")
    except (NotBase64, UnicodeDecodeError):
        return None
    return password if user and colon else None


def _hits(
    pattern: re.Pattern[str], text: str, group: int, name: str, judge: Judge
) -> Iterator[Hit]:
    for match in pattern.finditer(text):
        yield Hit(*match.span(group), judge.mask_for(match[group], name))


def _query_hits(text: str, judge: Judge) -> Iterator[Hit]:
    for match in _QUERY.finditer(text):
        name = unquote_plus(match[1])
        if judge.is_secret_query(name):
            yield Hit(*match.span(2), judge.mask_for(match[2], name))


def _scheme_hits(text: str, judge: Judge) -> Iterator[Hit]:
    """Values after an authorization scheme; "basic authentication" and the like stay."""
    for match in _SCHEME.finditer(text):
        scheme, value = match[1].lower(), match[2]
        if basic_password(value) is not None if scheme == "basic" else _is_token(value):
            yield Hit(*match.span(2), judge.mask_for(value, "Authorization"))


def _is_token(value: str) -> bool:
    return any(map(str.isdigit, value)) or len(value) > 32
