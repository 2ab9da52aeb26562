"""Which store a project has, and under which names its runs stand there."""

from __future__ import annotations

import re
import sysconfig
import tomllib
from contextlib import suppress
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

from redhanded.session.layers import PROJECT

if TYPE_CHECKING:
    from pathlib import Path

    from redhanded.core.settings import Settings
    from redhanded.history.store import Store

FOLDER: Final = "history"
FILE: Final = "history.sqlite"

_RELATIVE = re.compile(r"(sqlite(?:\+\w+)?:///)(?![/?:]|[A-Za-z]:)(.+)")
_LOOPBACK = ("127.", "localhost", "::1")


def open_store(settings: Settings, root: Path) -> Store:
    """The store that the settings name; raises HistoryUnavailable where it cannot be opened.

    A relative path in its address begins at `root`, as that of every setting.
    """
    from redhanded.history.sql import SqlStore

    password = settings.history.password
    secret = password.get_secret_value() if password is not None else None
    return SqlStore.open(store_url(settings, root), password=secret)


def store_url(settings: Settings, root: Path) -> str:
    """The address of the store."""
    url = settings.history.url
    if url is None:
        return f"sqlite:///{(settings.folder / FOLDER / FILE).as_posix()}"
    return _RELATIVE.sub(lambda found: f"{found[1]}{(root / found[2]).as_posix()}", url)


def is_server(settings: Settings) -> bool:
    """Whether the store is reached over a network, and seen by other machines."""
    url = settings.history.url
    return url is not None and not url.startswith("sqlite")


def project_name(settings: Settings, root: Path) -> str:
    """The name of the project: as set, else that of pyproject.toml, else that of its folder."""
    return settings.history.project or _declared(root / PROJECT) or root.absolute().name or "tests"


def _declared(file: Path) -> str:
    with suppress(OSError, ValueError):
        project = tomllib.loads(file.read_text("utf-8-sig")).get("project")
        name = project.get("name") if isinstance(project, dict) else None
        return name if isinstance(name, str) else ""
    return ""


def environment_of(settings: Settings, workers: int) -> str:
    """What the times of a run may be compared with: profile, target, platform and workers.

    The port of a server on this machine is often another one each time, and says nothing.
    """
    facts = [settings.env or "", _target(settings.base_url or ""), sysconfig.get_platform()]
    count = f"{workers} worker{'' if workers == 1 else 's'}"
    return ", ".join([*filter(None, facts), count])


def _target(url: str) -> str:
    split = urlsplit(url)
    host = split.hostname or ""
    if not host.startswith(_LOOPBACK):
        return url.rstrip("/")
    shown = f"[{host}]" if ":" in host else host
    return f"{split.scheme}://{shown}{split.path}".rstrip("/")
