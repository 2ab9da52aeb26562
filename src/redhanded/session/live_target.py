"""A live target: whether all tests may go, and what to say where they may not."""

from __future__ import annotations

import shlex
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import httpx2

from redhanded.pipeline.load import load_of
from redhanded.pipeline.origin import address_of
from redhanded.verdict.words import many

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from redhanded.core.settings import Settings
    from redhanded.fleet.store import Store
    from redhanded.session.canary_runs import CanaryRun, CanaryRuns

_AHEAD: Final = 60.0  # seconds by which the clocks of two machines may differ


@dataclass(frozen=True, slots=True, kw_only=True)
class LiveTarget:
    """The target of a run and what canary runs have shown of it; `wall` is the time since 1970.

    Only the origin of `base_url` is asked about: what tests call by whole URLs is their author's.
    """

    settings: Settings
    runs: CanaryRuns
    wall: Callable[[], float]
    origins: Mapping[str, str]

    @property
    def origin(self) -> str:
        """Scheme, host and port of `base_url`; empty where there is none."""
        return origin_of(self.settings)

    @property
    def last(self) -> CanaryRun | None:
        """The last canary run of this origin."""
        return self.runs.last(self.origin)

    def refusal(self) -> str:
        """Why all tests may not go, and what to run first; empty where they may."""
        if not self.settings.live:
            return ""
        why = self.doubt(self.last)
        return why and f"{self.origin} is live, and {why}: run `{self.command}` first."

    def doubt(self, last: CanaryRun | None) -> str:
        """Why this run shows nothing of how the target is now; empty where it does."""
        within = self.settings.canary.within
        if last is None:
            return "no canary run was green there"
        age = self.wall() - last.at
        if age < -_AHEAD:
            return f"its last canary run is {span(-age)} in the future, so some clock is wrong"
        if not last.is_green:
            return f"its last canary run, {span(age)} ago, did not hold"
        if age > within:
            return f"its last green canary run is {span(age)} old (canary.within is {span(within)})"
        return ""

    def told(self) -> str:
        """How the target stands, in a line."""
        last = self.last
        if last is None or self.doubt(last):
            return f"{self.doubt(last)}: `{self.command}` comes first"
        age = span(self.wall() - last.at)
        return f"canary green {age} ago ({many(last.tests, 'test')}, run {last.run_id})"

    @property
    def command(self) -> str:
        """What a person types to make a canary run of this target."""
        words = ["redhanded", "canary"]
        if self.settings.env is not None:
            words += ["--env", self.settings.env]
        if self.origins.get("base_url") == "command line":
            words += ["--", f"--rh-base-url={self.settings.base_url}"]
        return shlex.join(words)


def live_target(
    settings: Settings,
    *,
    store: Store | None,
    project: str,
    origins: Mapping[str, str],
    wall: Callable[[], float],
    note: Callable[[str], None],
) -> LiveTarget:
    """The target that the settings name; `store` is what machines share, where they do."""
    from redhanded.session.canary_runs import CanaryRuns

    runs = CanaryRuns(settings.folder, store=store, project=project, note=note)
    return LiveTarget(settings=settings, runs=runs, wall=wall, origins=origins)


def origin_of(settings: Settings) -> str:
    """Scheme, host and port of the API under test; empty where none is named."""
    return str(address_of(httpx2.URL(settings.base_url))) if settings.base_url else ""


def load_line(settings: Settings) -> str:
    """The limits in force for the target, in a line; empty where there are none."""
    if settings.base_url is None:
        return ""
    load = load_of(settings, httpx2.URL(settings.base_url).host)
    limits = []
    if load.rate is not None:
        limits.append(f"{load.rate:g} requests a second ({load.burst:g} at once)")
    if load.in_flight is not None:
        limits.append(f"{load.in_flight} in flight")
    return f"at most {' and '.join(limits)}" if limits else ""


def is_guarded(settings: Settings) -> bool:
    """Whether some of these limits are the guard's, and nobody's choice."""
    unguarded = settings.limit.model_copy(update={"guard": False})
    without = settings.model_copy(update={"limit": unguarded})
    return load_line(settings) != load_line(without)


def span(seconds: float) -> str:
    """A while as people say it: `40 s`, `12 min`, `3 h`, `5 days`."""
    if seconds < 90:
        return f"{max(0.0, seconds):.0f} s"
    if seconds < 90 * 60:
        return f"{seconds / 60:.0f} min"
    return f"{seconds / 3600:.0f} h" if seconds < 48 * 3600 else f"{seconds / 86400:.0f} days"
