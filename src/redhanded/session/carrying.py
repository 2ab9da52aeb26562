"""Evidence against objectives, as it is carried from the runs of a build to the next one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from redhanded.verdict.objectives import NOTHING, Carried, carried_on

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from redhanded.history.records import Weighed


def carried_by(
    weighed: Iterable[Weighed], *, but: str = ""
) -> Callable[[str, str, float, str], Carried]:
    """What those runs, the oldest first, hold against (operation, measure, limit, build).

    The run `but` is left out: it is the one that is judged.
    """
    known: dict[tuple[str, str, float, str], Carried] = {}
    for run_id, _, one in weighed:
        if run_id != but:
            key = (one.operation, one.measure, one.limit, one.build)
            before = carried_on(known.get(key, NOTHING), one.build)
            known[key] = Carried(
                log=before.log + one.gain,
                runs=before.runs + 1,
                samples=before.samples + one.samples,
                bad=before.bad + one.bad,
            )

    def carried(operation: str, measure: str, limit: float, build: str) -> Carried:
        return carried_on(known.get((operation, measure, limit, build), NOTHING), build)

    return carried
