"""The target: how much it gets at most, whether it is live, and what canary runs have shown."""

from __future__ import annotations

import time
from contextlib import closing, nullcontext
from typing import TYPE_CHECKING

from redhanded.cli.checks.check import Check, ok, warning

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from contextlib import AbstractContextManager
    from pathlib import Path

    from redhanded.core.settings import Settings
    from redhanded.fleet.store import Store
    from redhanded.session.sources import Loaded


def canary_checks(
    loaded: Loaded, root: Path, *, wall: Callable[[], float] = time.time
) -> Iterator[Check]:
    """The limits in force, and where the target is live, its last canary run."""
    from redhanded.session.live_target import is_guarded, load_line

    settings = loaded.settings
    if settings.base_url is None:
        return
    limits = load_line(settings) or "none"
    yield ok("load", f"{limits} (load guard)" if is_guarded(settings) else limits)
    if not settings.live:
        yield ok("canary", "the target is not live, so that no test waits for a canary run")
        return
    yield from _standing(loaded, root, wall)


def _standing(loaded: Loaded, root: Path, wall: Callable[[], float]) -> Iterator[Check]:
    from redhanded.session.live_target import live_target
    from redhanded.session.stores import project_name

    settings, said = loaded.settings, list[str]()
    with _shared(settings) as store:
        target = live_target(
            settings,
            store=store,
            project=project_name(settings, root),
            origins=loaded.origins,
            wall=wall,
            note=said.append,
        )
        told, refusal = target.told(), target.refusal()
    yield warning("canary", refusal) if refusal else ok("canary", f"live target, {told}")
    yield from (warning("canary", f"{one}.") for one in dict.fromkeys(said))


def _shared(settings: Settings) -> AbstractContextManager[Store | None]:
    """What machines share, where they do; that it is away is another check's to tell."""
    if settings.redis_url is None or not settings.fleet.enabled:
        return nullcontext()
    from redhanded.core.errors import UsageError
    from redhanded.pipeline.surroundings import Surroundings
    from redhanded.session.fleet import Part, store_of

    part, told = Part(run_id="doctor", worker="doctor"), list[str]()
    around = Surroundings()
    try:
        store = store_of(settings, part, settings.folder, surroundings=around, tell=told.append)
    except UsageError:
        return nullcontext()
    return closing(store)
