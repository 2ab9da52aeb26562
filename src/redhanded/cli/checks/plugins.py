"""pytest plugins that fight with what redhanded promises."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from redhanded.cli.checks.check import Check, ok, warning
from redhanded.cli.checks.versions import number

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping


class Rival(NamedTuple):
    """A plugin, why it fights and what to do; `below` is the version in which it made peace."""

    why: str
    below: str = ""


_RERUNS = (
    "runs a red test again until it is green, so that a real bug can pass:"
    " uninstall it; weather is retried below the test, where the evidence is kept"
)
_RIVALS = {
    "pytest-rerunfailures": Rival(_RERUNS),
    "flaky": Rival(_RERUNS),
    "pytest-retry": Rival(_RERUNS),
    "pytest-flakefinder": Rival(
        "runs each test many times in one run, and each writes its data again:"
        " keep it out of the environment in which you judge an API"
    ),
    "pytest-httpx": Rival(
        "answers calls of httpx, never those of httpx2: a test that relies on its mocks here"
        " calls the real API; take httpx2.MockTransport instead"
    ),
    "pytest-socket": Rival(
        "can forbid sockets, and every call then looks like a broken network:"
        " give --allow-hosts with the host of base_url"
    ),
    "pytest-parallel": Rival(
        "runs tests in threads that share one pytest state, and mixes their evidence up:"
        " take pytest-xdist instead"
    ),
    "pytest-tornasync": Rival(
        "takes every async test, and runs it in a loop of its own kind:"
        " take pytest-asyncio or anyio instead"
    ),
    "pytest-asyncio": Rival(
        "was written for pytest 8, and fails async tests or warns at each one: upgrade it",
        below="1.3",
    ),
    "pytest-xdist": Rival("was written for pytest 7: upgrade it", below="3.6"),
}


def plugin_checks(installed: Mapping[str, str]) -> Iterator[Check]:
    """Each installed plugin that fights; `installed` tells versions by distribution."""
    fighting = [
        warning("plugins", f"{name} {version} {rival.why}.")
        for name, version in sorted(installed.items())
        if (rival := _RIVALS.get(name.lower().replace("_", "-"))) and _fights(rival, version)
    ]
    if not fighting:
        yield ok("plugins", f"none of {len(installed)} pytest plugins fights with redhanded")
    yield from fighting


def _fights(rival: Rival, version: str) -> bool:
    return not rival.below or number(version) < number(rival.below)
