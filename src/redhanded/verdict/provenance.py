"""Provenance: signs by which an answer shows that it is the API's own, not a gateway's."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from redhanded.core.attempt import Attempt

BUILD_HEADERS = ("x-build", "x-build-id", "x-version", "x-app-version")
LEARNED = 3  # answers, after which a sign that all of them carried is one that all must carry
_MOST = 0.75  # of all answers: some may have been foreign themselves
_BODILESS = frozenset({204, 205, 304})
_UNKNOWING = frozenset({401, 403, 404, 421})


def build_of(attempt: Attempt) -> str:
    """The build that the answer names; empty where it names none."""
    return next((value for name in BUILD_HEADERS if (value := attempt.header(name))), "")


def is_own(attempt: Attempt) -> bool:
    """Whether the answer carries the API's stamp: its build, or the trace that we sent."""
    trace = attempt.trace_id
    echoed = trace and any(trace in value for _, value in attempt.response_headers)
    return bool(echoed or build_of(attempt))


def speaks_json(attempt: Attempt) -> bool:
    """Whether the answer declares JSON, in a look that is cheap enough for every green test."""
    headers = attempt.raw_response_headers
    return any(name.lower() == b"content-type" and b"json" in value for name, value in headers)


def is_page(attempt: Attempt) -> bool:
    """Whether the answer is a page of HTML."""
    return _media(attempt) == "text/html"


def foreign_sign(attempt: Attempt, known: Sequence[Attempt]) -> str:
    """Why the answer is not the API's own, in a clause; empty where nothing says so.

    `known` are other whole answers of the same origin. An answer without the stamp that they
    carry is not the API's own where it also comes in another form: as a page where they are
    JSON, or under another Server header. Who has only refused, from there, has no say in it.
    """
    if is_own(attempt) or attempt.status is None:
        return ""
    own = list(filter(is_own, known))
    others = [one for one in known if not (_refuses(one) and _is_from_there(one, attempt))]
    if len(own) < max(LEARNED, _MOST * len(others)):
        return page_sign(attempt, known)
    if not speaks_json(attempt) and attempt.status not in _BODILESS:
        return f"the stamp that {len(own)} other answers carry is missing, and {_form(attempt)}"
    server = attempt.header("server") or ""
    if all((other.header("server") or "") != server for other in own):
        return f"it comes from {server or 'no named server'}, as no other of {len(own)} answers"
    return ""


def _refuses(attempt: Attempt) -> bool:
    """Whether the answer is what a server says that knows neither the path nor the caller."""
    return attempt.status in _UNKNOWING and not is_own(attempt)


def _is_from_there(one: Attempt, attempt: Attempt) -> bool:
    return one.header("server") == attempt.header("server")


def is_stranger(attempt: Attempt, known: Sequence[Attempt]) -> bool:
    """Whether the answer lacks the stamp, and comes from a server that never gave one with it."""
    servers = {one.header("server") for one in known if is_own(one)}
    return bool(servers) and not is_own(attempt) and attempt.header("server") not in servers


def stranger_sign(attempt: Attempt, known: Sequence[Attempt]) -> str:
    """Why the answer is a stranger's, in a clause, by other answers of its route; else empty.

    However many strangers have answered meanwhile, as at an address that leads elsewhere for a
    while: who stamps one answer of a route stamps all of them.
    """
    if attempt.status is None or not is_stranger(attempt, known):
        return ""
    sender = attempt.header("server") or "no named server"
    return f"it comes from {sender} without the stamp that its route carried before"


def page_sign(attempt: Attempt, known: Sequence[Attempt]) -> str:
    """Why a page is not the API's own, whether that stamps its answers or not; else empty.

    It comes from another server than all others, which are JSON.
    """
    server = attempt.header("server")
    others = {other.header("server") for other in known}
    if (
        is_page(attempt)
        and len(known) >= LEARNED
        and all(map(speaks_json, known))
        and server not in others
    ):
        return f"{_form(attempt)} from {server or 'no named server'}, where all others are JSON"
    return ""


def _form(attempt: Attempt) -> str:
    return "it is a page of HTML" if is_page(attempt) else f"it is {_media(attempt) or 'untyped'}"


def _media(attempt: Attempt) -> str:
    return (attempt.header("content-type") or "").partition(";")[0].strip().lower()
