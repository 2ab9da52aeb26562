"""The settings of a run: one frozen model, loaded once by the session and passed down.

Nothing here reads a file or the environment; `redhanded.session.sources` does. Durations are
seconds, above 0 and finite, so that no wait can be endless.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Annotated, Literal

from pydantic import ByteSize, Field, field_validator, model_validator

from redhanded.core.calling import TLS, Breaker, Limit, Lookup, Retry, Timeouts
from redhanded.core.contracting import Contracting
from redhanded.core.credentials import (
    Address,
    Auth,
    BareAddress,
    HeaderName,
    HeaderValue,
    NoAuth,
    Secret,
    Table,
    Text,
    UrlPath,
    conflict,
)
from redhanded.core.generating import Generating
from redhanded.core.reporting import Reporting
from redhanded.core.setting_values import (
    BLANK,
    NUMBER,
    TAG,
    Connections,
    Count,
    CreationRoute,
    JsonPlace,
    ListByTag,
    Names,
    Natural,
    Prefix,
    RedisUrl,
    Refusal,
    Route,
    RouteOrAny,
    RunId,
    Seconds,
    Shape,
    ShapeRoute,
    Shard,
    Share,
    Size,
    Span,
    Tagged,
    Texts,
    WriteRoute,
)

__all__ = [
    "TLS",
    "Breaker",
    "Canary",
    "Cleaning",
    "Diagnosis",
    "Fleet",
    "History",
    "Limit",
    "Lookup",
    "Objective",
    "Recovered",
    "Redact",
    "Requeue",
    "Resource",
    "Retry",
    "Settings",
    "Shapes",
    "Timeouts",
    "health_url",
    "leaves",
]


class Resource(Table):
    """Something that tests create and cleanup removes."""

    delete: Route = Field(description='How it is removed, such as "DELETE /booking/{id}".')
    identity: Text | None = Field(
        None, description="Who makes and removes it: a name under `identities`; none = `auth`."
    )
    gone: tuple[Refusal, ...] = Field(
        (404, 410), description="Statuses of the removal that mean it is already gone."
    )
    create: CreationRoute | None = Field(
        None, description='How it is made, such as "POST /booking"; `{parent}` is its parent\'s id.'
    )
    tag: Tagged | None = Field(
        None,
        description='Where it carries our mark: "$.note" in the JSON body of its creation, or'
        ' "header:X-Tag".',
    )
    list_by_tag: ListByTag | None = Field(
        None,
        description='What finds it by its mark, such as "GET /booking?note={tag}"; may be a list'
        " of everything: each entry's own mark is compared.",
    )
    at: JsonPlace = Field("$", description="Where the answer of `list_by_tag` holds the list.")
    id: JsonPlace = Field(
        "$.id", description="Where the answer of `create`, and an entry of the list, has its id."
    )
    parent: Text | None = Field(
        None, description="The resource that it belongs to: its children are removed first."
    )

    @field_validator("delete")
    @classmethod
    def _names_the_object(cls, value: str) -> str:
        if "{id}" not in value:
            raise ValueError('does not say which one: write "{id}" where the id goes')
        return value

    @model_validator(mode="after")
    def _can_be_found(self) -> Resource:
        if self.list_by_tag is not None and self.tag is None:
            raise conflict("list_by_tag", "finds nothing alone: set `tag` too")
        if self.tag is not None and self.create is None:
            raise conflict("tag", "marks nothing alone: set `create` too")
        return self


class Cleaning(Table):
    """How what tests made is removed, also after a run that was killed."""

    prefix: Prefix = Field(
        "rh", description="What the mark of everything that we make begins with."
    )
    sweep: bool = Field(
        default=True, description="Whether a run removes what killed runs of this machine left."
    )
    journal: Literal["strict", "relaxed"] = Field(
        "strict",
        description="Whether each line of the journal reaches the disk before the request goes"
        " out, or is left to the system (a crash of the machine may then leave something).",
    )
    hosts: tuple[Text, ...] = Field(
        ("127.0.0.1", "::1", "localhost"),
        description="Hosts of APIs on which a sweep may remove what it finds by listing alone.",
    )
    ttl: Seconds = Field(
        7200.0, description="How old what only a listing shows must be to be removed."
    )
    most: Count = Field(200, description="Removals after which a sweep stops and asks.")
    grace: Seconds | None = Field(
        None,
        description="How long a create that was under way may still take to show; none = twice"
        " `timeouts.total`.",
    )


class Shapes(Table):
    """How strictly answers are held against their models; a call may say otherwise."""

    strict: bool = Field(
        default=True, description='Whether `"1"` is refused where `1` is declared.'
    )
    extra: Literal["forbid", "ignore"] = Field(
        "forbid", description="Whether an undeclared field is drift."
    )


class Recovered(Table):
    """How much recovered weather a green run may hold."""

    limit: Share = Field(0.01, description="Share of recovered tests above which the run fails.")
    statuses_5xx: bool = Field(default=True, description="Whether one recovered 5xx fails the run.")
    strict: bool = Field(default=False, description="Whether any recovered test fails the run.")


class Diagnosis(Table):
    """How causes are looked for: a canary and replays of safe requests tell weather from defect."""

    enabled: bool = Field(
        default=True, description="Whether anything is asked; else the retry table alone decides."
    )
    pairs: Count = Field(
        7, description="Failures, each beside a healthy canary, that convict the server."
    )
    share: Share = Field(0.05, description="Share of a run's requests that may be spent on it.")
    floor: Natural = Field(60, description="Requests that may be spent on it in any case.")
    seconds: Seconds = Field(20.0, description="The longest that one failure is looked into.")


class Requeue(Table):
    """How tests that the environment kept from judging get another chance."""

    seconds: Span = Field(
        120.0, description="How long a run waits for the API to be well again; 0 = no requeue."
    )
    rounds: Natural = Field(3, description="How often such a test is run again.")


class Objective(Table):
    """What an operation promises over many calls; only what the server itself takes counts."""

    p95: Seconds | None = Field(
        None, description="Seconds within which 95 of 100 calls are answered."
    )
    p99: Seconds | None = Field(
        None, description="Seconds within which 99 of 100 calls are answered."
    )
    errors: Annotated[float, Field(gt=0, le=0.2), NUMBER] | None = Field(
        None, description="Share of calls that may end in an error of the server, such as 0.01."
    )

    @model_validator(mode="after")
    def _promises_something(self) -> Objective:
        if self.p95 is None and self.p99 is None and self.errors is None:
            raise conflict("p95", "is missing: set p95, p99 or errors, or take the objective away")
        return self


class History(Table):
    """Where runs are remembered, and for how long."""

    enabled: bool = Field(default=True, description="Whether runs are remembered at all.")
    url: Text | None = Field(
        None,
        description='A database, such as "postgresql://user@host/name" (extra `postgres`);'
        " none = an SQLite file in `folder`.",
    )
    password: Secret | None = Field(None, description="The password for `url`.")
    project: Text | None = Field(
        None, description="The project's name in the database; none = its name in pyproject.toml."
    )
    days: Count = Field(365, description="After how many days a run is forgotten.")
    runs: Count = Field(1000, description="How many runs are kept at most.")
    regressions: Literal["report", "fail"] = Field(
        "report", description="Whether an operation that became slower is told, or fails the run."
    )


class Redact(Table):
    """What is hidden in evidence beyond the secrets that are known anyway."""

    names: tuple[Text, ...] = Field(
        (), description="Further fields, headers and parameters whose values are secret."
    )
    shown_query: tuple[Text, ...] = Field(
        (), description="Query parameters to show beside the ordinary ones, such as `page`."
    )
    shown_headers: tuple[Text, ...] = Field(
        (), description="Headers to show beside those that are known, such as `Content-Type`."
    )


class Fleet(Table):
    """What workers and machines share about the API."""

    enabled: bool = Field(
        default=True, description="Whether workers share circuits, the pace and test users."
    )
    quorum: Count = Field(
        2, description="Machines that must see failures for all to stop (where so many are there)."
    )


class Canary(Table):
    """How fresh a canary run must be before a live target gets all tests."""

    within: Seconds = Field(
        3600.0, description="How old the last green canary run of its origin may be."
    )


class Settings(Table):
    """Everything that a run can be told."""

    base_url: BareAddress | None = Field(
        None, description="Where the API under test answers; a path may follow the host."
    )
    env: Text | None = Field(None, description="The profile in use.")
    live: bool = Field(
        default=False,
        description="Whether people use the target: then all tests wait for a green canary run.",
    )
    canary: Canary = Field(Canary(), description="What a live target asks for first.")
    health: UrlPath = Field("/health", description="The path that tells whether the API is well.")
    timeouts: Timeouts = Field(Timeouts(), description="Time limits.")
    http2: bool = Field(default=False, description="Whether to offer HTTP/2 (extra `http2`).")
    redirects: bool = Field(default=False, description="Whether redirects are followed, at most 5.")
    body_limit: Size = Field(
        ByteSize(10 * 1024 * 1024),
        description='The longest decoded answer: bytes, or such as "10 MiB".',
    )
    keepalive: Seconds = Field(1.0, description="How long an idle connection is kept.")
    connections: Connections = Field(50, description="Connections per pool.")
    trust_env: bool = Field(
        default=False, description="Whether the environment's proxy variables are heeded."
    )
    proxy: Address | None = Field(None, description="A proxy for every call.")
    proxy_auth: Secret | None = Field(
        None, description="The proxy's `user:password`; needs `proxy`."
    )
    tls: TLS = Field(TLS(), description="Certificates.")
    retry: Retry = Field(Retry(), description="What may be sent again.")
    lookups: Mapping[WriteRoute, Lookup] = Field(
        default_factory=dict,
        description="How writes whose answer was lost are looked up, by their route.",
    )
    breaker: Breaker = Field(Breaker(), description="When an origin counts as down.")
    limit: Limit = Field(Limit(), description="How fast we call at most.")
    auth: Auth = Field(NoAuth(), description="How calls prove who they are.")
    identities: Mapping[str, Auth] = Field(
        default_factory=dict, description="Further identities by name, each like `auth`."
    )
    headers: Mapping[HeaderName, HeaderValue] = Field(
        default_factory=dict, description="Headers of every call; secrets as references."
    )
    correlation_alias: HeaderName | None = Field(
        "X-Correlation-ID", description='A header that repeats the trace id; "" = not sent.'
    )
    resources: Mapping[str, Resource] = Field(
        default_factory=dict, description="What cleanup can remove, by name."
    )
    cleanup: Cleaning = Field(Cleaning(), description="How what tests made is removed.")
    redis_url: RedisUrl | None = Field(
        None,
        description='A Redis that workers and machines share, such as "redis://host:6379/0" or'
        ' "rediss://..." (extra `redis`); none = workers of one machine share through a file.',
    )
    redis_password: Secret | None = Field(None, description="The password for `redis_url`.")
    run_id: RunId | None = Field(
        None,
        description="The run's name, the same on all machines of one run, and no other run's while"
        " it lasts; none = a new one.",
    )
    shard: Shard | None = Field(
        None, description='Which part of a run that has several machines this is, such as "1/4".'
    )
    fleet: Fleet = Field(Fleet(), description="What workers and machines share.")
    leases: Mapping[str, Names] = Field(
        default_factory=dict,
        description="Names of which one test at a time may use each, by pool:"
        ' `users = ["ann", "bob"]`, of which `lease("users")` gives one.',
    )
    routes: tuple[Route, ...] = Field(
        (),
        description='Routes whose inputs paths alone do not show: "GET /instruments/{symbol}".',
    )
    ceilings: Mapping[RouteOrAny, Seconds] = Field(
        default_factory=dict,
        description='Latency ceilings in seconds by route; "*" is for every other call.',
    )
    objectives: Mapping[RouteOrAny, Objective] = Field(
        default_factory=dict,
        description='What operations promise over many calls, by route; "*" is for every other.',
    )
    history: History = Field(History(), description="What is remembered of runs.")
    shapes: Shapes = Field(Shapes(), description="How strictly answers are checked.")
    models: Mapping[ShapeRoute, Shape] = Field(
        default_factory=dict,
        description='What answers every call of a route has, such as "GET /booking/{id}" ='
        ' "models:Booking", also for one status alone: "POST /booking 201".',
    )
    openapi: Texts = Field(
        (),
        description="The API's OpenAPI document (3.0 to 3.2; extra `openapi`): a file, a URL, or a"
        ' path below `base_url` such as "/openapi.json"; several as a list.',
    )
    contract: Contracting = Field(
        Contracting(), description="How answers are held against contracts."
    )
    recovered: Recovered = Field(Recovered(), description="How much recovered weather is green.")
    diagnosis: Diagnosis = Field(Diagnosis(), description="How causes are looked for.")
    requeue: Requeue = Field(Requeue(), description="Another chance for unjudged tests.")
    inconclusive: Literal["error", "allow"] = Field(
        "error",
        description="What a run that is merely inconclusive ends with: 75, or 0.",
    )
    redact: Redact = Field(Redact(), description="What else is hidden in evidence.")
    folder: Path = Field(Path(".redhanded"), description="Where a run writes what it leaves.")
    seed: Natural | None = Field(
        None, description="The seed of generated data; none = a new one, printed."
    )
    data: Generating = Field(Generating(), description="How test data is drawn.")
    evidence: Literal["all", "failed", "none"] = Field(
        "failed", description="Which tests' bodies are kept."
    )
    report: Reporting = Field(Reporting(), description="Which reports a run writes.")
    telemetry: bool = Field(
        default=False,
        description="Whether tests and attempts become spans and metrics of OpenTelemetry"
        " (extra `otel`).",
    )
    trace_url: Text | None = Field(
        None, description='A link to a trace, with "{trace_id}" where its id goes.'
    )
    vacuous: Literal["refuse", "allow"] = Field(
        "refuse", description="What becomes of a run that checked nothing."
    )

    @field_validator("correlation_alias", mode="before")
    @classmethod
    def _may_be_left_out(cls, value: object) -> object:
        return None if value == "" else value  # TOML has no null

    @field_validator("trace_url")
    @classmethod
    def _links_to_a_trace(cls, value: str | None) -> str | None:
        if value is not None and "{trace_id}" not in value:
            raise ValueError('does not say which trace: write "{trace_id}" where the id goes')
        return value

    @model_validator(mode="after")
    def _fit_together(self) -> Settings:
        if self.live and self.base_url is None:
            raise conflict("live", "says so of no target: set base_url too")
        if self.proxy_auth is not None and self.proxy is None:
            raise conflict("proxy_auth", "stands without a proxy: set proxy too")
        for name, resource in self.resources.items():
            if resource.identity is not None and resource.identity not in self.identities:
                raise conflict(
                    f"resources.{name}.identity",
                    f'names "{resource.identity}", who is not declared:'
                    f" write [identities.{resource.identity}] or take a declared name",
                )
            self._require_parent(name, resource)
        for route, lookup in self.lookups.items():
            self._require_fit(route, lookup)
        if self.shard is not None and self.run_id is None:
            raise conflict("shard", "is a part of no run: set run_id, the same on all machines")
        if self.redis_password is not None and self.redis_url is None:
            raise conflict("redis_password", "stands without a Redis: set redis_url too")
        return self

    def _require_parent(self, name: str, resource: Resource) -> None:
        above, seen = resource.parent, {name}
        while above is not None:
            if above not in self.resources:
                raise conflict(
                    f"resources.{name}.parent",
                    f'names "{above}", which is not declared: write [resources.{above}] or take'
                    " a declared name",
                )
            if above in seen:
                raise conflict(
                    f"resources.{name}.parent", "leads back to itself: take one parent away"
                )
            seen.add(above)
            above = self.resources[above].parent

    def _require_fit(self, route: str, lookup: Lookup) -> None:
        key = f"lookups.{route}"
        names = (blank for blank in BLANK.findall(lookup.find) if not TAG.fullmatch(blank))
        strange = next((name for name in names if f"{{{name}}}" not in route), None)
        if strange is not None:
            raise conflict(
                f"{key}.find",
                f'asks for "{{{strange}}}", which the route does not name: write "{{$.{strange}}}"'
                " for a value of the JSON body, or name it in the route",
            )
        if lookup.seconds >= self.timeouts.total:
            raise conflict(
                f"{key}.seconds",
                f"is {lookup.seconds:g} s, and timeouts.total leaves a call"
                f" {self.timeouts.total:g} s in all: write less, or raise timeouts.total",
            )


def health_url(settings: Settings) -> str | None:
    """The health endpoint of the API under test; None where no API is named."""
    if settings.base_url is None:
        return None
    return settings.base_url.rstrip("/") + settings.health


def leaves(table: Table, prefix: str = "") -> Iterator[tuple[str, object]]:
    """Every value with its dotted key, in the model's order; secrets stay SecretStr."""
    for name, value in table:
        yield from _unfolded(f"{prefix}{name}", value)


def _unfolded(key: str, value: object) -> Iterator[tuple[str, object]]:
    if isinstance(value, Table):
        yield from leaves(value, f"{key}.")
    elif isinstance(value, Mapping) and value:
        for name, inner in value.items():
            yield from _unfolded(f"{key}.{name}", inner)
    else:
        yield key, value
