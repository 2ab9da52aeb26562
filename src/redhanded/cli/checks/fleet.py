"""The fleet: whether the Redis that machines share can be used."""

from __future__ import annotations

from contextlib import closing
from typing import TYPE_CHECKING

from redhanded.cli.checks.check import Check, ok, warning

if TYPE_CHECKING:
    from collections.abc import Iterator

    from redhanded.core.settings import Settings

_NAME = "redis"


def fleet_checks(settings: Settings) -> Iterator[Check]:
    """Whether Redis can be used, where the settings name one; a run goes on without it."""
    if settings.redis_url is None or not settings.fleet.enabled:
        return
    from redhanded.core.errors import RedhandedError

    try:
        _use(settings)
    except RedhandedError as error:
        yield warning(_NAME, str(error))
    else:
        yield ok(_NAME, f"{settings.redis_url} can be used")


def _use(settings: Settings) -> None:
    from redhanded.pipeline.surroundings import Surroundings
    from redhanded.session.fleet import Part, store_of

    part, told = Part(run_id=_NAME, worker="doctor"), list[str]()
    around = Surroundings()
    store = store_of(settings, part, settings.folder, surroundings=around, tell=told.append)
    with closing(store):
        store.claim("doctor", part.worker, 1.0)  # by a script, as all that matters
