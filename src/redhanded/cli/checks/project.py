"""The project: its settings, where its evidence goes, and proxies that nobody heeds."""

from __future__ import annotations

import shutil
import tempfile
from typing import TYPE_CHECKING

from redhanded.cli.checks.check import Check, ok, problem, warning

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from pathlib import Path

    from redhanded.core.settings import Settings

_LEAST_FREE = 100 * 1024 * 1024
_PROXIES = ("http_proxy", "https_proxy", "all_proxy")


def settings_check(root: Path, origins: Iterable[str]) -> Check:
    """Which sources the settings come from."""
    sources = sorted(set(origins) - {"default"})
    if not sources:
        return warning(
            "settings",
            f"none were found from {root} upwards: write [tool.redhanded] in pyproject.toml.",
        )
    return ok("settings", f"from {', '.join(sources)} in {root}")


def refused_settings(sentences: str) -> Iterator[Check]:
    """One problem for each line with which the settings are refused."""
    for line in sentences.splitlines():
        yield problem("settings", line)


def folder_check(folder: Path) -> Check:
    """Whether a run can leave its evidence."""
    place = next((near for near in (folder, *folder.parents) if near.exists()), folder)
    try:
        with tempfile.TemporaryFile(dir=place):
            free = shutil.disk_usage(place).free
    except OSError as error:
        reason = error.strerror or str(error)
        return problem(
            "folder",
            f"{folder} cannot be written ({reason}): make it writable, or set folder.",
        )
    if free < _LEAST_FREE:
        left = free // (1024 * 1024)
        return warning("folder", f"{folder} has {left} MiB left on its disk: make room.")
    return ok("folder", f"{folder} can be written")


def proxy_check(settings: Settings, environ: Mapping[str, str]) -> Check:
    """Whether the environment names proxies that the settings leave aside; never their values."""
    named = sorted(name for name in environ if name.lower() in _PROXIES and environ[name])
    if settings.proxy is not None:
        return ok("proxy", f"{settings.proxy}, as the settings say")
    if not named:
        return ok("proxy", "none")
    if settings.trust_env:
        return ok("proxy", f"the environment's ({', '.join(named)}), as trust_env says")
    return warning(
        "proxy",
        f"the environment names a proxy ({', '.join(named)}) that calls do not use:"
        " set trust_env = true, or proxy, if the API is behind it.",
    )
