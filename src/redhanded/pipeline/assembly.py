"""The pipeline in its order, from the author's call down to the wire."""

from __future__ import annotations

from typing import TYPE_CHECKING

import httpx2

from redhanded.core.credentials import ApiKeyAuth, revealed
from redhanded.pipeline.breaker import BreakerLimits
from redhanded.pipeline.call import CALL
from redhanded.pipeline.ceiling import Ceiling
from redhanded.pipeline.correlation import Calls, Correlation
from redhanded.pipeline.crossing import CrossOrigin
from redhanded.pipeline.deadline import Deadline, Timeouts
from redhanded.pipeline.flow import Send, compose
from redhanded.pipeline.gate import CircuitBreaker, RateLimiter
from redhanded.pipeline.in_flight import InFlight
from redhanded.pipeline.integrity import Integrity
from redhanded.pipeline.load import Load, load_of, share_of
from redhanded.pipeline.lookup import Lookup, Lookups
from redhanded.pipeline.observe import Observe
from redhanded.pipeline.origin import Origins
from redhanded.pipeline.reconcile import Reconcile
from redhanded.pipeline.retry import Retry
from redhanded.pipeline.routes import Routes
from redhanded.pipeline.shared_circuit import SharedCircuit
from redhanded.pipeline.surroundings import Surroundings
from redhanded.pipeline.table import SAFE_METHODS

if TYPE_CHECKING:
    from redhanded.core.settings import Resource, Settings
    from redhanded.pipeline.call import Scope
    from redhanded.pipeline.flow import Flow, Proceed
    from redhanded.pipeline.shared_gate import Sharing

__all__ = [
    "Surroundings",
    "assemble",
    "assemble_shared",
    "lookup_of",
    "of_scope",
    "origins_of",
]


def origins_of(
    settings: Settings,
    surroundings: Surroundings,
    sharing: Sharing | None = None,
    *,
    seat: int = 0,
    workers: int = 1,
) -> Origins:
    """An empty register of origins that keeps to the settings.

    `seat` is the place of this process among the `workers` of its machine, who divide what may be
    in flight.
    """

    def load(host: str) -> Load:
        whole = load_of(settings, host)
        if whole.in_flight is None:
            return whole
        return whole._replace(in_flight=share_of(whole.in_flight, seat=seat, workers=workers))

    return Origins(
        surroundings.clock.monotonic,
        breaker_limits(settings),
        load=load,
        tokens=float(settings.retry.capacity),
        sharing=sharing,
    )


def breaker_limits(settings: Settings) -> BreakerLimits:
    """When circuits open and how they close again."""
    limits = settings.breaker
    return BreakerLimits(
        window=limits.window,
        minimum=limits.minimum,
        rate=limits.rate,
        consecutive=limits.consecutive,
        open=limits.open,
        longest=limits.longest,
    )


def assemble(
    settings: Settings,
    scope: Scope,
    origins: Origins,
    surroundings: Surroundings,
) -> Proceed:
    """The way of every request of one client.

    Outermost comes what holds for the whole call; below `Retry` everything happens once an
    attempt; `Observe` is next to the body check and the wire, so that the ledger misses nothing.
    """
    return of_scope(scope, origins, assemble_shared(settings, origins, surroundings))


def of_scope(scope: Scope, origins: Origins, shared: Proceed) -> Proceed:
    """The way of the requests of one test, over the part that all tests share."""
    return compose(Calls(scope, origins), last=shared)


def assemble_shared(settings: Settings, origins: Origins, surroundings: Surroundings) -> Proceed:
    """The policies that know no test: made once a session, because a client is opened a test."""
    now = surroundings.clock.monotonic
    times, retry, base = settings.timeouts, settings.retry, _base(settings)
    below = base.path if base else ""
    health = below.rstrip("/") + settings.health
    shared = [SharedCircuit(now=now, health=health)] * (origins.sharing is not None)
    keyed = Routes.of(retry.keys, below=below)
    return compose(
        Deadline(times.total, now),
        Ceiling(settings.ceilings, below),
        Reconcile(
            now=now,
            lookups=_lookups(settings, below),
            keyed=keyed,
            cost=retry.cost,
        ),
        Retry(
            now=now,
            random=surroundings.random,
            keyed=keyed,
            opted_in={
                "unsafe_503": Routes.of(retry.unsafe_503, below=below),
                "throttled": Routes.of(retry.throttled, below=below),
                "timeout408": Routes.of(retry.timeout408, below=below),
            },
            cost=retry.cost,
            throttled_cost=retry.throttled_cost,
        ),
        InFlight(now),
        CircuitBreaker(now=now, health=health),
        *shared,
        RateLimiter(now),
        Timeouts(_limits(settings), now),
        Correlation(surroundings.entropy, settings.correlation_alias, surroundings.spans),
        CrossOrigin(origins.of(base) if base else None, revealed(settings.headers)),
        Observe(surroundings.clock),
        Integrity(int(settings.body_limit)),
        last=_to_wire,
    )


def lookup_of(resource: Resource, settings: Settings) -> Lookup | None:
    """How the creation of a resource is found by its mark; None where nothing lists it."""
    base = _base(settings)
    return Lookup.of_resource(
        resource,
        prefix=settings.cleanup.prefix,
        below=base.path if base else "",
        credentials=_credentials(settings),
    )


def _lookups(settings: Settings, below: str) -> Lookups:
    """What is declared for a route, then what its resource tells."""
    declared = Lookups.of(settings.lookups, below=below, credentials=_credentials(settings))
    told = (lookup_of(resource, settings) for resource in settings.resources.values())
    return Lookups((*declared.declared, *filter(None, told)))


def _limits(settings: Settings) -> dict[str, float]:
    times = settings.timeouts
    return {
        "connect": times.connect,
        "read": times.read,
        "write": times.write,
        "pool": times.pool,
    }


def _credentials(settings: Settings) -> frozenset[str]:
    """The query parameters that carry a credential."""
    known = (settings.auth, *settings.identities.values())
    keys = (one for one in known if isinstance(one, ApiKeyAuth))
    return frozenset(key.name for key in keys if key.place == "query")


def _base(settings: Settings) -> httpx2.URL | None:
    return httpx2.URL(settings.base_url) if settings.base_url else None


def _to_wire(request: httpx2.Request) -> Flow:
    # A write never rides on a connection that the server may be closing: its loss is ambiguous.
    fresh = request.extensions[CALL].fresh or request.method not in SAFE_METHODS
    response: httpx2.Response = yield Send(request, fresh)
    return response
