"""The run as a whole, as the dossier knows it: what it was made with, and what it came to."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from redhanded.core.events import Turned


@dataclass(frozen=True, slots=True, kw_only=True)
class Process:
    """One process of the run, on one machine; `ended` is None of one that was killed."""

    shard: str
    worker: str
    began: float
    ended: float | None
    exit_code: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """One run folder: a whole run, or the shard of one machine.

    `exit_code` is None and `sentences` are made of what there is where the run was killed.
    """

    name: str
    run_id: str
    shard: str
    began: float
    ended: float
    seed: int
    target: str
    env: str
    command: tuple[str, ...]
    platform: str
    versions: Mapping[str, str]
    plugins: Mapping[str, str]
    settings: tuple[tuple[str, str, str], ...]
    source: Mapping[str, str]
    exit_code: int | None
    sentences: tuple[str, ...]
    masked: int
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Head:
    """All parts together. `missing` are sentences on what could not be read, for every reader.

    `counts` are tests by `kind`; `builds` what the API said of itself, in order of appearance.
    """

    parts: tuple[Part, ...]
    counts: Mapping[str, int]
    builds: tuple[str, ...] = ()
    processes: tuple[Process, ...] = ()
    turned: tuple[Turned, ...] = ()
    missing: tuple[str, ...] = ()
    trace_url: str = ""
    began: float = 0.0
    ended: float = 0.0
    sentences: tuple[str, ...] = field(default=())
    exit_code: int | None = None
    masked: int = 0
