"""How much an origin is asked at most: what the settings say, or what a host of others can bear."""

from __future__ import annotations

from ipaddress import ip_address
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from redhanded.core.settings import Settings


class Load(NamedTuple):
    """Requests a second and at once, and how many may be in flight; None where nothing limits."""

    rate: float | None = None
    burst: float = 1.0
    in_flight: int | None = None


GUARD = Load(rate=6.0, burst=30.0, in_flight=10)
"""What another machine gets where nobody says how much it may: 1,830 requests in any five minutes.

2,000 in five minutes from one address is the classical threshold of a firewall's rate rule.
Source: AWS WAF, rate-based rules, whose least limit it was until August 2019.
"""


def load_of(settings: Settings, host: str) -> Load:
    """What holds for a host: the settings' own limits, else the guard's for another machine."""
    limit = settings.limit
    guard = GUARD if limit.guard and not is_loopback(host) else Load()
    in_flight = guard.in_flight if limit.in_flight is None else limit.in_flight
    if limit.rate is None:
        return guard._replace(in_flight=in_flight)
    return Load(limit.rate, limit.burst or max(1.0, limit.rate), in_flight)


def share_of(places: int, *, seat: int, workers: int) -> int:
    """How many of a machine's places are those of the worker at this seat; one at least."""
    if workers < 2:
        return places
    each, left = divmod(places, workers)
    return max(1, each + (seat % workers < left))


def is_loopback(host: str) -> bool:
    """Whether a host is this machine by its very name; nobody is asked where a name leads to.

    Source: RFC 6761, section 6.3, for `localhost` and the names below it.
    """
    name = host.lower().rstrip(".").partition("%")[0]
    try:
        return ip_address(name).is_loopback
    except ValueError:
        return name == "localhost" or name.endswith(".localhost")
