"""The demo API as a child process, for tests and demonstrations."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeAlias

from redhanded.lab.child import Child, ChildError, started

LabError: TypeAlias = ChildError  # a demo API that did not start or obey: the sentence says why

_LONGEST_START = 30.0  # seconds; a loaded machine needs a few, an idle one less than one


@dataclass(frozen=True, slots=True, kw_only=True)
class Running:
    """Where the demo API is, and its switches."""

    url: str
    pid: int
    build: str
    _child: Child | None = field(default=None, repr=False, compare=False)

    def switch(self, *defects: str, seed: int = 0, served: Path | None = None) -> None:
        """Turns these defects on and all others off; each wrong answer is a line in `served`.

        Raises LabError, with nothing changed, for an unknown defect or a file that cannot be
        written.
        """
        if self._child is None:
            raise LabError("only who started the demo API can switch it: use running(...)")
        command = {"defects": defects, "seed": seed, "served": str(served or "")}
        self._child.ask(command)


@contextmanager
def running(
    data: Path,
    *,
    build: str = "1",
    start_seconds: float = _LONGEST_START,
    defects: Iterable[str] = (),
    seed: int = 0,
    served: Path | None = None,
) -> Iterator[Running]:
    """A demo API with the data file, which ends with the block, or with this process.

    It has these defects; each wrong answer is a line in the file `served`, and `seed` decides
    when those that come and go do so. Raises LabError when it does not start in time.
    """
    arguments = [
        *("-m", "redhanded.lab", "--with-parent", "--data", str(data), "--build", build),
        *(word for code in defects for word in ("--defect", code)),
        *("--seed", str(seed)),
        *(("--served", str(served)) if served else ()),
    ]
    with started("the demo API", arguments, seconds=start_seconds) as (child, announced):
        yield Running(**announced, _child=child)
