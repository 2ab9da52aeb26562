"""Provenance: signs by which an answer shows that it is the API's own, not a gateway's."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from redhanded.core.attempt import Attempt

BUILD_HEADERS = ("x-build", "x-build-id", "x-version", "x-app-version")


def build_of(attempt: Attempt) -> str:
    """The build that the answer names; empty where it names none."""
    return next((value for name in BUILD_HEADERS if (value := attempt.header(name))), "")


def is_own(attempt: Attempt) -> bool:
    """Whether the answer carries the API's stamp: its build, or the trace that we sent."""
    trace = attempt.trace_id
    echoed = trace and any(trace in value for _, value in attempt.response_headers)
    return bool(echoed or build_of(attempt))
