"""A requirements file with the versions that are installed here, made without a network."""

from __future__ import annotations

from importlib import metadata
from typing import TYPE_CHECKING, Final

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

# Where pipelines and images run, whatever this machine is.
_LINUX: Final = {
    "implementation_name": "cpython",
    "os_name": "posix",
    "platform_python_implementation": "CPython",
    "platform_system": "Linux",
    "sys_platform": "linux",
}


def pinned(
    wanted: Iterable[str],
    *,
    python: str,
    find: Callable[[str], metadata.Distribution] = metadata.distribution,
) -> list[str]:
    """What these requirements need on Linux with that Python, each at the version found here.

    What is not installed here is left as it was asked for, for the installer to choose.
    """
    place = {**_LINUX, "python_version": python, "python_full_version": f"{python}.0"}
    found: dict[str, str] = {}
    asked: set[tuple[str, str]] = set()
    queue = [(Requirement(text), "") for text in wanted]
    while queue:
        requirement, extra = queue.pop(0)
        if not _applies(requirement, place, extra):
            continue
        name = canonicalize_name(requirement.name)
        try:
            known = find(name)
        except metadata.PackageNotFoundError:
            found.setdefault(name, f"{name}{requirement.specifier}")
            continue
        found[name] = f"{name}=={known.version}"
        for part in ("", *requirement.extras):
            if (name, part) not in asked:
                asked.add((name, part))
                queue.extend((Requirement(text), part) for text in known.requires or ())
    return [found[name] for name in sorted(found)]


def _applies(requirement: Requirement, place: Mapping[str, str], extra: str) -> bool:
    marker = requirement.marker
    return marker is None or marker.evaluate({**place, "extra": extra})
