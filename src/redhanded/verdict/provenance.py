"""Provenance: signs by which an answer shows that it is the API's own, not a gateway's."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from redhanded.core.attempt import Attempt

BUILD_HEADERS = ("x-build", "x-build-id", "x-version", "x-app-version")
_LEARNED = 3  # answers, after which a sign that all of them carried is one that all must carry
_BODILESS = frozenset({204, 205, 304})


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


def foreign_sign(attempt: Attempt, known: Sequence[Attempt]) -> str:
    """Why the answer is not the API's own, in a clause; empty where nothing says so.

    `known` are other whole answers of the same origin. An answer without the stamp that all of
    them carry is not the API's own where it also comes in another form: as a page where they are
    JSON, or under another Server header.
    """
    if is_own(attempt) or attempt.status is None:
        return ""
    if len(known) < _LEARNED or not all(map(is_own, known)):
        return _unstamped(attempt, known)
    if not speaks_json(attempt) and attempt.status not in _BODILESS:
        return f"the stamp that {len(known)} other answers carry is missing, and {_form(attempt)}"
    server = attempt.header("server") or ""
    if all((other.header("server") or "") != server for other in known):
        return f"it comes from {server or 'no named server'}, as no other of {len(known)} answers"
    return ""


def _unstamped(attempt: Attempt, known: Sequence[Attempt]) -> str:
    """The sign in an API that stamps nothing: a page of another server where JSON is spoken."""
    server = attempt.header("server")
    is_page = _media(attempt) == "text/html"
    others = {other.header("server") for other in known}
    if is_page and len(known) >= _LEARNED and all(map(speaks_json, known)) and server not in others:
        return f"{_form(attempt)} from {server or 'no named server'}, where all others are JSON"
    return ""


def _form(attempt: Attempt) -> str:
    media = _media(attempt)
    return "it is a page of HTML" if media == "text/html" else f"it is {media or 'of no type'}"


def _media(attempt: Attempt) -> str:
    return (attempt.header("content-type") or "").partition(";")[0].strip().lower()
