"""How calls are made, as settings: time limits, certificates, retries, look-ups, breaker, pace."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

from pydantic import Field, model_validator

from redhanded.core.credentials import Secret, Table, conflict
from redhanded.core.setting_values import (
    NUMBER,
    Burst,
    Count,
    Find,
    JsonPlace,
    Natural,
    Rate,
    Route,
    Seconds,
    Share,
)


class Timeouts(Table):
    """How long a call may take, and each step of its attempts."""

    connect: Seconds = Field(5.0, description="For TCP and TLS; at most `read` and `total`.")
    read: Seconds = Field(10.0, description="For each wait for bytes of the answer.")
    write: Seconds = Field(10.0, description="For each wait to hand over bytes of the request.")
    pool: Seconds = Field(10.0, description="For a free connection.")
    total: Seconds = Field(30.0, description="For the whole call, its retries included.")

    @model_validator(mode="after")
    def _are_ordered(self) -> Timeouts:
        for name in ("read", "total"):
            longer: float = getattr(self, name)
            if self.connect > longer:
                raise conflict(
                    "connect",
                    f"is {self.connect:g} s, above timeouts.{name} ({longer:g} s): write at most"
                    f" {longer:g}, or raise timeouts.{name}",
                )
        return self


class TLS(Table):
    """Whom to trust and who we are; that certificates are verified is no setting."""

    ca: Path | None = Field(
        None, description="A PEM bundle of authorities to trust in place of the public ones."
    )
    cert: Path | None = Field(None, description="Our client certificate, PEM; may hold the key.")
    key: Path | None = Field(None, description="The private key of `cert`, PEM.")
    key_password: Secret | None = Field(None, description="The password of the private key.")

    @model_validator(mode="after")
    def _belong_together(self) -> TLS:
        for name in ("key", "key_password"):
            if getattr(self, name) is not None and self.cert is None:
                raise conflict(name, "stands without a certificate: set tls.cert too")
        return self


class Retry(Table):
    """What may be sent again, beyond the retry table's defaults."""

    capacity: Natural = Field(
        100, description="Tokens that retries can spend per origin and worker; 0 = no retry."
    )
    cost: Count = Field(10, description="Tokens that one retry takes; a success gives them back.")
    throttled_cost: Count = Field(5, description="Tokens of a retry after a 429.")
    keys: tuple[Route, ...] = Field((), description="Routes that honour `Idempotency-Key`.")
    unsafe_503: tuple[Route, ...] = Field(
        (), description="Writes to resend after a 503 with `Retry-After`."
    )
    throttled: tuple[Route, ...] = Field(
        (), description="Writes that a 429 means were not executed."
    )
    timeout408: tuple[Route, ...] = Field((), description="Writes to resend after a 408.")


class Lookup(Table):
    """How a write whose answer was lost is found again, by a tag that no other write carries."""

    find: Find = Field(
        description='What asks for it, such as "GET /orders?tag={$.tag}": `{$.tag}` is taken from'
        " the JSON body of the write, `{header:X-Tag}` from its headers, `{name}` from its path."
    )
    at: JsonPlace = Field(
        "$", description="Where the answer holds the list of what was found, or the one object."
    )
    seconds: Annotated[float, Field(gt=0, le=30), NUMBER] = Field(
        5.0, description="How long the write may take to show; then it counts as not applied."
    )


class Breaker(Table):
    """When an origin counts as down."""

    window: Seconds = Field(10.0, description="How far back failures are counted.")
    minimum: Count = Field(10, description="Calls in the window before the rate means anything.")
    rate: Share = Field(0.5, description="Share of failures that opens the breaker.")
    consecutive: Count = Field(3, description="Failures in a row that open it.")
    open: Seconds = Field(1.0, description="How long it stays open at first.")
    longest: Seconds = Field(30.0, description="How long it stays open at most.")

    @model_validator(mode="after")
    def _grows(self) -> Breaker:
        if self.open > self.longest:
            raise conflict(
                "open",
                f"is {self.open:g} s, above breaker.longest ({self.longest:g} s): write at most"
                f" {self.longest:g}, or raise breaker.longest",
            )
        return self


class Limit(Table):
    """How much we ask of the API at most."""

    guard: bool = Field(
        default=True,
        description="Whether other machines than this one get limits where none is set: 6 requests"
        " a second, 30 at once, 10 in flight.",
    )
    rate: Rate | None = Field(
        None,
        description="Requests per second and origin, of all workers and machines together where"
        " they share; none = the guard's, or no limit.",
    )
    burst: Burst | None = Field(
        None, description="Requests that may go at once; none = a second's worth."
    )
    in_flight: Count | None = Field(
        None,
        description="Requests to an origin that may be on their way at once, of all workers of the"
        " machine together, at least one of each; none = the guard's, or no limit.",
    )

    @model_validator(mode="after")
    def _limits_something(self) -> Limit:
        if self.burst is not None and self.rate is None:
            raise conflict("burst", "limits nothing alone: set limit.rate too")
        return self
