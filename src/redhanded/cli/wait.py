"""`redhanded wait`: until the API is well, or its time is up."""

from __future__ import annotations

import math
import os
import sys
import time
from typing import TYPE_CHECKING, Any, Final

import click

from redhanded.cli.output import json_option, print_json

if TYPE_CHECKING:
    from redhanded.core.settings import Settings


def _positive(_: click.Context, option: click.Parameter, seconds: float) -> float:
    if not 0 < seconds < math.inf:
        raise click.BadParameter(f"{seconds:g} is not above 0 and finite", param=option)
    return seconds


_SECONDS: Final[Any] = {"type": float, "metavar": "SECONDS", "callback": _positive}


@click.command(short_help="Wait until the API is well.")
@click.argument("url", required=False)
@click.option("--for", "seconds", default=60.0, help="How long at most [60].", **_SECONDS)
@click.option("--every", default=0.5, help="The pause between two looks [0.5].", **_SECONDS)
@click.option(
    "--expect",
    type=click.IntRange(100, 599),
    default=200,
    metavar="STATUS",
    help="The status that means well [200].",
)
@json_option
@click.pass_context
def wait(
    ctx: click.Context,
    *,
    url: str | None,
    seconds: float,
    every: float,
    expect: int,
    as_json: bool,
) -> None:
    """Ask URL until it answers with the expected status; without URL, the project's health path.

    Ends with 0 once it does, and with 1, saying what was seen last, when the time is up.
    """
    from redhanded.cli.look import look
    from redhanded.cli.patience import Patience, Ticker
    from redhanded.core.clock import SystemClock

    settings, address = _target(url)
    ticker = Ticker.on(sys.stderr, os.environ, now=SystemClock.monotonic)
    patience = Patience(
        look=lambda left: look(settings, address, seconds=left),
        now=SystemClock.monotonic,
        sleep=time.sleep,
    )
    with ticker:
        outcome = patience.wait(seconds, every=every, expect=expect, tell=ticker.tell)
    if as_json:
        print_json({"url": _shown(address), **outcome.record()})
    elif outcome.is_well:
        click.echo(f"{_shown(address)} is well after {outcome.seconds:.1f} s: {outcome.last}.")
    else:
        click.echo(outcome.complaint(_shown(address), expect), err=True)
    ctx.exit(0 if outcome.is_well else 1)


def _target(url: str | None) -> tuple[Settings, str]:
    from redhanded.cli import project
    from redhanded.core.settings import health_url

    if url is not None:
        return _settings_for(_checked(url)), url
    settings = project.loaded(os.environ).settings
    health = health_url(settings)
    if health is None:
        raise click.UsageError(
            "No URL was given and base_url is not set: write redhanded wait URL, or set base_url"
        )
    return settings, health


def _checked(url: str) -> str:
    from pydantic import TypeAdapter, ValidationError

    from redhanded.core.credentials import Address

    try:
        return TypeAdapter(Address).validate_python(url)
    except ValidationError as error:
        reason = error.errors()[0]["ctx"]["error"]
        raise click.UsageError(f"URL {reason}") from None


def _settings_for(url: str) -> Settings:
    """The project's settings for an address that is named: they help, and are not needed.

    Headers may hold secrets, so no other origin than the project's own receives them.
    """
    import httpx2

    from redhanded.cli import project
    from redhanded.core.errors import SettingsError
    from redhanded.core.settings import Settings

    try:
        settings = project.loaded(os.environ).settings
    except SettingsError as error:
        click.echo(f"redhanded: waiting without the project's settings: {error}", err=True)
        return Settings()
    base = settings.base_url
    if base is not None and httpx2.URL(base).origin == httpx2.URL(url).origin:
        return settings
    return settings.model_copy(update={"headers": {}})


def _shown(url: str) -> str:
    from redhanded.core.redaction import Redactor

    return Redactor().url(url)
