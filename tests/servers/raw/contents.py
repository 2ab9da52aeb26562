"""Scripts whose message is whole and whose contents are not what they are said to be."""

from __future__ import annotations

from tests.servers.raw.answers import HTML, JSON, answer
from tests.servers.raw.steps import Script

LOGIN_PAGE = b"<!doctype html>\n<title>Sign in</title>\n<p>Please accept the terms.</p>\n"
GATEWAY_PAGE = b"<html><head><title>502 Bad Gateway</title></head><body>nginx</body></html>\n"


def html_where_json() -> Script:
    """A captive portal's page with 200 and an honest Content-Type."""
    return answer(200, LOGIN_PAGE, headers=[HTML])


def html_declared_json() -> Script:
    """The same page under the Content-Type of JSON."""
    return answer(200, LOGIN_PAGE, headers=[JSON])


def gateway_page(status: int = 502) -> Script:
    """A gateway's own page in the place of the API's answer."""
    return answer(status, GATEWAY_PAGE, headers=[HTML, ("Server", "nginx")])


def invalid_json() -> Script:
    """JSON with a comma too many."""
    return answer(200, b'{"id": 1, "name": "Ada",}')


def json_nan() -> Script:
    """Numbers that Python's json reads and JSON does not have."""
    return answer(200, b'{"id": 1, "price": NaN, "limit": Infinity}')


def duplicate_keys() -> Script:
    """An object that says two things under one name."""
    return answer(200, b'{"id": 1, "role": "user", "role": "admin"}')


def deep_json(*, depth: int = 100_000) -> Script:
    """Arrays within arrays, deeper than a recursive reader can follow."""
    return answer(200, b"[" * depth + b"]" * depth)


def empty_json() -> Script:
    """No byte at all where JSON is declared."""
    return answer(200, b"")


def wrong_charset() -> Script:
    """Latin-1 bytes that are said to be UTF-8."""
    declared = [("Content-Type", "application/json; charset=utf-8")]
    return answer(200, '{"id": 1, "name": "José"}'.encode("latin-1"), headers=declared)


def unknown_charset() -> Script:
    """A charset that nobody knows."""
    declared = [("Content-Type", "application/json; charset=nobody-knows")]
    return answer(200, b'{"id": 1, "name": "Ada"}', headers=declared)
