"""Plugins that run any failed test again, whatever made it fail: named where one is at work."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    import pytest

UNKNOWN = "another plugin"

_MARKER = "flaky"  # theirs, all three


class Rival(NamedTuple):
    """A plugin by its distribution, and the options and ini values that set it to work."""

    name: str
    options: tuple[str, ...]
    inis: tuple[str, ...] = ()


_RIVALS = {
    rival.name: rival
    for rival in (
        Rival("pytest-rerunfailures", ("force_reruns", "reruns"), ("reruns",)),
        Rival("flaky", ("force_flaky",)),
        Rival("pytest-retry", ("retries",), ("retries",)),
    )
}


def at_work(config: pytest.Config) -> str:
    """The plugin that is told to run failed tests again; empty where none is."""
    return next((rival.name for rival in _installed(config) if _is_told(rival, config)), "")


def marked(config: pytest.Config, items: Iterable[pytest.Item]) -> str:
    """The plugin that a marker tells to run a failed test again; empty where none does."""
    name = next((rival.name for rival in _installed(config)), "")
    return name if name and any(item.get_closest_marker(_MARKER) for item in items) else ""


def warning(name: str) -> str:
    """What a reader must know of a run with such a plugin."""
    return (
        f"{name} runs failed tests again, whatever made them fail: what holds only then counts as "
        "recovered, and redhanded's own requeue stands down"
    )


def hint(config: pytest.Config) -> str:
    """What pytest's own JUnit file gets wrong beside such a plugin; empty where none is written."""
    is_theirs_alone = config.getoption("REDHANDED_JUNIT", default=None) is None
    if not is_theirs_alone or config.getoption("xmlpath", default=None) is None:
        return ""
    return (
        "the file of --junitxml tells a test that was run again as two that passed: "
        "--rh-junit=PATH tells it once, with what it lost"
    )


def _installed(config: pytest.Config) -> Iterator[Rival]:
    names = {dist.metadata["name"] for _, dist in config.pluginmanager.list_plugin_distinfo()}
    return (rival for name, rival in _RIVALS.items() if name in names)


def _is_told(rival: Rival, config: pytest.Config) -> bool:
    given = [config.getoption(name, default=None) for name in rival.options]
    first = next((value for value in given if value is not None), None)
    values = [first] if first is not None else [config.getini(name) for name in rival.inis]
    return any(_count(value) for value in values)


def _count(value: object) -> int:
    try:
        return int(value)  # type: ignore[call-overload, no-any-return]
    except (TypeError, ValueError):
        return 0
