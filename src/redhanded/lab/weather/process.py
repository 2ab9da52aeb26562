"""The weather proxy as a child process, for tests and benchmarks."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from redhanded.lab.child import Child, started
from redhanded.lab.weather.plan import Plan

_LONGEST_START = 30.0  # seconds; a loaded machine needs a few, an idle one less than one


@dataclass(frozen=True, slots=True, kw_only=True)
class Running:
    """Where the proxy listens."""

    url: str
    pid: int
    ca: Path | None = None  # the certificate to trust, where it speaks TLS
    _child: Child = field(repr=False, compare=False)

    def replan(
        self, plan: Plan | Mapping[str, object], *, log: Path, seed: int | None = None
    ) -> None:
        """Follows another plan from its beginning: counters, windows and connections are new.

        Raises PlanError for a plan that is none, and ChildError where the proxy cannot follow it.
        """
        self._child.ask(_command(Plan.of(plan), log, seed))


@contextmanager
def blowing(
    upstream: str,
    plan: Plan | Mapping[str, object],
    *,
    log: Path,
    seed: int | None = None,
    tls: bool = False,
    start_seconds: float = _LONGEST_START,
) -> Iterator[Running]:
    """A proxy before the upstream that follows the plan; it ends with the block.

    A seed takes the place of the plan's. Raises PlanError for a plan that is none, and ChildError
    when the proxy does not start.
    """
    # The plan goes by standard input: a command line is too short for some.
    command = _command(Plan.of(plan), log, seed)
    arguments = ["-m", "redhanded.lab.weather", upstream, "--with-parent"]
    if tls:
        arguments.append("--tls")
    with started("the weather proxy", arguments, seconds=start_seconds) as (child, said):
        child.ask(command)
        ca = Path(said["ca"]) if said["ca"] else None
        yield Running(url=said["url"], pid=said["pid"], ca=ca, _child=child)


def _command(plan: Plan, log: Path, seed: int | None) -> dict[str, object]:
    if seed is not None:
        plan = plan.model_copy(update={"seed": seed})
    return {
        "plan": plan.model_dump(mode="json", by_alias=True, exclude_defaults=True),
        "log": str(log),
    }
