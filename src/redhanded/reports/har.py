"""HTTP Archive 1.2: every attempt of the run, for the tools that open what browsers export.

A test is a page, an attempt an entry of it. Names that begin with `_` are ours, as the format
allows. Source: HTTP Archive 1.2 specification, sections `entries`, `timings` and `content`.
"""

from __future__ import annotations

from functools import lru_cache
from http import HTTPStatus
from ipaddress import ip_address
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import parse_qsl, quote, urlsplit

from redhanded.reports.files import writing
from redhanded.reports.har_cookies import cookies_received, cookies_sent
from redhanded.reports.har_timings import timings, total
from redhanded.reports.json_line import json_line
from redhanded.reports.links import anchor
from redhanded.reports.moments import iso
from redhanded.reports.signatures import kind

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from redhanded.core.exchange import Body, Exchange, Headers
    from redhanded.reports.dossier.case import Case, Round, Row, Sent
    from redhanded.reports.dossier.dossier import Dossier
    from redhanded.reports.dossier.head import Head


# Reserved, unreserved and percent-encoded characters stay. Source: RFC 3986, section 2.
_SAFE: Final = "%:/?#[]@!$&'()*+,;=-._~"


def write(dossier: Dossier, path: Path) -> None:
    """Write the run as one HAR file; raises OSError where that cannot be."""
    with writing(path) as file:
        for piece in pieces(dossier):
            file.write(piece.encode())


def pieces(dossier: Dossier) -> Iterator[str]:
    """The file in pieces, one for each page and each entry."""
    opened = json_line({"log": {"version": "1.2", "creator": _creator(dossier.head)}})
    yield f'{opened.removesuffix("}}")},"pages":['
    yield from _listed(_page(row) for row in dossier.rows if row.attempts)
    yield '],"entries":['
    yield from _listed(entry for case in dossier.cases() for entry in _entries(case))
    yield "]}}\n"


def _listed(values: Iterator[dict[str, Any]]) -> Iterator[str]:
    for number, value in enumerate(values):
        yield f"{',' if number else ''}\n{json_line(value)}"


def _creator(head: Head) -> dict[str, str]:
    version = head.parts[0].versions.get("redhanded", "") if head.parts else ""
    return {"name": "redhanded", "version": version, "comment": " ".join(head.missing)}


def _page(row: Row) -> dict[str, Any]:
    return {
        "startedDateTime": iso(row.began),
        "id": row.id,
        "title": row.test_id,
        "pageTimings": {},
        "comment": row.headline,
        "_verdict": kind(row),
        "_report": anchor(row.id),
    }


def _entries(case: Case) -> Iterator[dict[str, Any]]:
    for round_ in case.rounds:
        for sent in round_.sent:
            yield _entry(case.row, round_, sent)


def _entry(row: Row, round_: Round, sent: Sent) -> dict[str, Any]:
    exchange = sent.exchange
    spent = timings(exchange)
    told: dict[str, Any] = {
        "pageref": row.id,
        "startedDateTime": iso(exchange.started_at),
        "time": total(spent),
        "request": _request(exchange, sent.request),
        "response": _response(exchange, sent.response),
        "cache": {},
        "timings": spent,
        **_ours(row, round_, sent),
    }
    address = _address(exchange.peer)
    return {**told, "serverIPAddress": address} if address else told


def _ours(row: Row, round_: Round, sent: Sent) -> dict[str, Any]:
    exchange, failure = sent.exchange, sent.exchange.failure
    told = {
        "_verdict": kind(row),
        "_id": exchange.id,
        "_traceId": exchange.trace_id,
        "_call": exchange.call_id,
        "_attempt": exchange.number,
        "_round": round_.number + 1,
        "_purpose": exchange.purpose,
        "_operation": sent.operation,
        "_reused": exchange.reused,
        "_notes": [*exchange.notes],
    }
    if exchange.wait.seconds:
        told["_waited"] = {"ms": exchange.wait.seconds * 1000, "reason": exchange.wait.reason}
    if failure is not None:
        told["_failure"] = {"row": failure.row, "phase": failure.phase.value}
        told["_error"] = f"{failure.error}: {failure.message}".removesuffix(": ")
    return told


def _request(exchange: Exchange, body: Body | None) -> dict[str, Any]:
    told: dict[str, Any] = {
        "method": exchange.method,
        "url": quote(exchange.url, safe=_SAFE, errors="backslashreplace"),
        "httpVersion": exchange.http_version,
        "cookies": cookies_sent(exchange.request_headers),
        "headers": _headers(exchange.request_headers),
        "queryString": _query(exchange.url),
        "headersSize": -1,
        "bodySize": exchange.request_size,
    }
    if body is not None and body.size:
        told["postData"] = _kept(body, exchange.request_headers)
    return told


def _response(exchange: Exchange, body: Body | None) -> dict[str, Any]:
    headers = exchange.response_headers
    status = exchange.status or 0
    content = {"mimeType": _header(headers, "content-type")}
    return {
        "status": status,
        "statusText": _phrase(status),
        "httpVersion": exchange.http_version,
        "cookies": cookies_received(headers),
        "headers": _headers(headers),
        "content": {
            "size": exchange.response_size,
            **(_kept(body, headers) if body is not None else content),
        },
        "redirectURL": _header(headers, "location"),
        "headersSize": -1,
        "bodySize": _size_on_the_wire(exchange),
    }


def _size_on_the_wire(exchange: Exchange) -> int:
    """The size of the body as it came; -1 where it came compressed, or not at all."""
    is_packed = _header(exchange.response_headers, "content-encoding") not in ("", "identity")
    return -1 if is_packed or exchange.status is None else exchange.response_size


def _kept(body: Body, headers: Headers) -> dict[str, Any]:
    told: dict[str, Any] = {"mimeType": _header(headers, "content-type")}
    if body.kind == "binary":
        return {**told, "comment": f"{body.size} bytes that are no text"}
    cut = {"comment": f"the beginning of {body.size} bytes"} if body.truncated else {}
    return {**told, "text": body.text, **cut}


def _headers(headers: Headers) -> list[dict[str, str]]:
    return [{"name": name, "value": value} for name, value in headers]


def _header(headers: Headers, wanted: str) -> str:
    """The first header of that name; empty where there is none."""
    return next((value for name, value in headers if name.lower() == wanted), "")


def _query(url: str) -> list[dict[str, str]]:
    try:
        pairs = parse_qsl(urlsplit(url).query, keep_blank_values=True)
    except ValueError:
        return []
    return [{"name": name, "value": value} for name, value in pairs]


def _phrase(status: int) -> str:
    try:
        return HTTPStatus(status).phrase
    except ValueError:
        return ""


@lru_cache(maxsize=64)
def _address(peer: str) -> str:
    """The address of a peer such as `127.0.0.1:80` or `[::1]:80`; empty where it is none."""
    host = peer[1:].partition("]")[0] if peer.startswith("[") else peer.rpartition(":")[0]
    for candidate in (host, peer):
        try:
            return str(ip_address(candidate))
        except ValueError:
            continue
    return ""
