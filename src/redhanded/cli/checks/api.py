"""The API under test: whether it can be reached, is well, and goes by the same clock."""

from __future__ import annotations

from email.utils import parsedate_to_datetime
from itertools import pairwise
from typing import TYPE_CHECKING

from redhanded.cli.checks.check import Check, ok, problem, warning
from redhanded.cli.look import media_type, seen
from redhanded.core.attempt import Phase
from redhanded.core.errors import UsageError
from redhanded.core.settings import health_url

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from redhanded.core.attempt import Attempt
    from redhanded.core.settings import Settings

_TOLERATED = 5.0  # seconds between two clocks; the Date header counts whole ones
_HOUR = 3600
_NEAR_AN_HOUR = 120

_ADVICE = {
    "certificate": "set tls.ca to the authority's PEM bundle, or correct the host in base_url",
    "closed_fresh": "see whether the port speaks HTTP, or only HTTPS",
    "connect_timeout": "see whether a firewall or a VPN stands between, or set proxy",
    "dns_no_such_name": "correct the host in base_url",
    "dns_temporary": "try again, or see whether this machine's name server is well",
    "protocol": "see whether the port speaks HTTP, or only HTTPS",
    "read_timeout": "see what the API is busy with",
    "refused": "start the API, or correct host and port in base_url",
    "tls_handshake": "see whether the port speaks TLS; write http:// in base_url if it does not",
}


def api_checks(settings: Settings, look: Callable[[str], Attempt]) -> Iterator[Check]:
    """What one look at the health endpoint tells."""
    url = health_url(settings)
    if url is None:
        yield warning(
            "api",
            "no base_url is set, so only tests that name whole URLs can run:"
            " write base_url in [tool.redhanded], or set REDHANDED_BASE_URL.",
        )
        return
    try:
        attempt = look(url)
    except UsageError as error:
        yield problem("api", f"{error}.")
        return
    yield _reached(url, attempt)
    if attempt.is_complete:
        yield clock_check(attempt)


def _reached(url: str, attempt: Attempt) -> Check:
    if not attempt.is_complete:
        advice = _ADVICE.get(attempt.row, "see what answers there")
        return problem("api", f"{url}: {seen(attempt)}; {advice}.")
    status = attempt.status or 0
    said = f"{url} answered {seen(attempt)} in {attempt.elapsed * 1000:.0f} ms"
    if status >= 500:
        return problem("api", f"{said}: the API is not well, so nothing can be judged; mend it.")
    if not 200 <= status < 300:
        return warning("api", f"{said}: set health to a path that answers 200 without login.")
    if media_type(attempt) == "text/html" and attempt.response_body:
        return warning(
            "api",
            f"{said}: if that is a page in front of the API, correct base_url or health.",
        )
    return ok("api", f"{said}{_steps(attempt)}")


def _steps(attempt: Attempt) -> str:
    """How long the look-up, connecting and the TLS handshake took, as far as there were any."""
    names = {Phase.DNS: "DNS", Phase.CONNECT: "connect", Phase.TLS: "TLS", Phase.WAIT: "first byte"}
    marks = [*attempt.marks, (Phase.DONE, attempt.elapsed)]
    steps = [
        f"{names[phase]} {(ended - began) * 1000:.0f} ms"
        for (phase, began), (_, ended) in pairwise(marks)
        if phase in names
    ]
    return f" ({', '.join(steps)})" if steps else ""


def clock_check(attempt: Attempt) -> Check:
    """How far the server's clock, by its Date header, is from this machine's."""
    written = attempt.header("date")
    if written is None:
        return ok("clock", "the API sends no Date, so the clocks cannot be compared")
    try:
        theirs = parsedate_to_datetime(written).timestamp() + _age(attempt)
    except ValueError:
        return warning(
            "clock", "the API's Date header is no date: mend it, RFC 9110, section 6.6.1."
        )
    ahead = theirs - (attempt.started_at + attempt.elapsed / 2)
    if abs(ahead) <= _TOLERATED:
        return ok("clock", f"within {_TOLERATED:g} s of the API's")
    return warning(
        "clock",
        f"the API's clock is {_span(ahead)} this machine's, which breaks tokens, signatures and"
        f" dates: {_cure(ahead)}.",
    )


def _age(attempt: Attempt) -> float:
    """How long a cache has held the answer: its Date is that much older."""
    age = attempt.header("age") or ""
    return float(age) if age.isascii() and age.isdigit() else 0.0


def _span(ahead: float) -> str:
    side = "ahead of" if ahead > 0 else "behind"
    hours = _hours(ahead)
    if hours:
        return f"{hours} hour{'s' * (hours != 1)} {side}"
    return f"{abs(ahead):.0f} s {side}"


def _hours(ahead: float) -> int:
    """Whole hours, where the difference is about that; else 0."""
    hours = round(abs(ahead) / _HOUR)
    return hours if abs(abs(ahead) - hours * _HOUR) <= _NEAR_AN_HOUR else 0


def _cure(ahead: float) -> str:
    if _hours(ahead):
        return "whole hours point to a wrong time zone or summer time; correct that one"
    return "let both machines synchronise with a time server"
