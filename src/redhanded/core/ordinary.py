"""What is shown under a name because it is known to be no secret: headers and query parameters.

Nothing else is: a name that nobody knows may be somebody's way to sign in.
"""

from __future__ import annotations

import re

from redhanded.core.encodings import SHORTEST_SECRET
from redhanded.core.secret_names import parts, words

_HEADERS = words("""
    age allow alt-svc baggage b3 cache-control cf-cache-status cf-ray clear-site-data connection
    date deprecation device-memory dnt downlink dpr early-data ect expect expect-ct expires etag
    forwarded from host http2-settings keep-alive last-event-id last-modified max-forwards nel
    origin pragma prefer preference-applied priority proxy-authenticate proxy-connection
    proxy-status range refresh report-to reporting-endpoints retry-after rtt save-data
    sec-fetch-dest sec-fetch-mode sec-fetch-site sec-fetch-user sec-gpc sec-websocket-accept
    sec-websocket-extensions sec-websocket-key sec-websocket-version server server-timing
    service-worker-allowed sourcemap status strict-transport-security sunset surrogate-control te
    timing-allow-origin tracestate traceparent trailer transfer-encoding upgrade
    upgrade-insecure-requests user-agent vary via viewport-width warning width www-authenticate
    x-amz-cf-pop x-amz-id-2 x-api-warn x-aspnet-version x-cache x-cache-hits
    x-content-type-options x-dns-prefetch-control x-download-options x-forwarded-for
    x-forwarded-host x-forwarded-port x-forwarded-prefix x-forwarded-proto x-frame-options
    x-http-method-override x-powered-by x-real-ip x-requested-with x-robots-tag x-runtime
    x-served-by x-timer x-ua-compatible x-xss-protection
""")
_HEADER_STARTS = (
    *("accept", "access-control-", "content-", "cross-origin-", "if-", "ratelimit"),
    *("sec-ch-", "x-rate-limit", "x-ratelimit"),
)
_HEADER_ENDS = (
    *("-id", "-trace", "-version", "idempotency-key", "-digest", "-count", "-total", "-limit"),
    *("-remaining", "-reset", "-page", "-pages", "-per-page", "-time", "-duration", "-timing"),
    *("-status", "-build", "-revision", "-commit", "-region", "-environment", "-policy"),
)

# The parts of a parameter's name: `check_in_date` and `page[size]` are made of such words.
_WORDS = words("""
    a active adult adults after all allow amount and any api archived arrival asc at attribute
    attributes author available availability base before begin between board booking bookings brand
    by categories category channel check checkin checkout child children cities city client color
    colour column columns compact completed count country created currency customer customers cursor
    date dates day days debug deleted departure depth desc description detail details dir direction
    distance done draft dry due duration each embed enabled end ends eq event events exact exclude
    expand expected explain facet facets field fields file filter filters first floor for force
    format from full fuzzy granularity group groups gt gte guest guests has height hotel hotels hour
    hours icon id ids in include includes index inner instance interval is item items keyword
    keywords kind label labels lang language languages last lat latitude level levels limit line
    link list lng locale location locations lon long longitude lower lt lte map mark match max min
    minute minutes mode model modified month months name names ne near new next night nights no node
    not number object of offset old on only op open operation or order ordering orders origin out
    owner page pages paging paid parent part party pattern payment pending per period pets pet
    position prefix pretty prev preview previous price prices priority product products project
    projects property public published q quantity query radius rank rate rating raw read recent
    region relation relations required resolution resource result results resume reverse rev
    revision role roles room rooms row rows run sales sample score search season section segment
    select seller service severity shape short show since site size sizes skip slug sort sorting
    source stage stars start starts state states stats status step stop store style subject suffix
    summary sync table tables tag tags take target team tenant term terms test text threshold time
    times timestamp timezone title to top topic total trace type types tz unit units until unread
    upper user users uuid v value values verbose version versions via view views visible wait week
    weeks weight where width with year years zone zoom
""")
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}(?:T[0-9:.]{4,15}(?:Z|[+-][0-9:]{4,6})?)?")
_NUMBER = re.compile(r"-?[0-9]{1,5}(?:\.[0-9]{1,7})?")


def is_ordinary_header(name: str) -> bool:
    """Whether a header of this name is known to be no secret."""
    lower = name.lower()
    is_known = lower in _HEADERS or lower.endswith(_HEADER_ENDS)
    return is_known or lower.startswith(_HEADER_STARTS)


def is_ordinary_parameter(name: str) -> bool:
    """Whether a query parameter of this name is known to be no secret."""
    found = parts(name)
    return bool(found) and all(part in _WORDS or part.isdecimal() for part in found)


def is_harmless(value: str) -> bool:
    """Whether a value says nothing that could be a secret, whatever its name.

    Fewer than six characters are no secret that could be told from text; a date or a number of a
    few digits is none that a person or a program would be given.
    """
    return (
        len(value) < SHORTEST_SECRET
        or _DATE.fullmatch(value) is not None
        or _NUMBER.fullmatch(value) is not None
    )
