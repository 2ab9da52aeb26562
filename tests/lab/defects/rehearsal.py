"""The witnesses, each run with the defect that it is a witness to, in a pytest of their own.

One API serves them all: before each test it is given that test's defect, or none of them.
"""

from __future__ import annotations

import os
import sys
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from redhanded.lab import Running, running
from tests.lean import LEAN


@dataclass(frozen=True, slots=True)
class Switching:
    """The part of a plugin that switches the API before each test."""

    lab: Running
    served: Path
    faulty: bool
    _last: list[str] = field(default_factory=list)

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtest_setup(self, item: pytest.Item) -> None:
        """Before the test's fixtures call the API."""
        marker = item.get_closest_marker("defect")
        codes = [_switch(marker)] if marker and self.faulty else []
        if codes != self._last:
            self.lab.switch(*codes, seed=1, served=self.served)
            self._last[:] = codes


def _switch(marker: pytest.Mark) -> str:
    numbers = ",".join(f"{name}={number}" for name, number in marker.kwargs.items())
    return f"{marker.args[0]}:{numbers}"


def main(folder: Path, *, faulty: bool) -> int:
    """The exit code of the suite's run."""
    with running(folder / "lab.db") as lab:
        os.environ["REDHANDED_BASE_URL"] = lab.url
        plugin = Switching(lab, folder / "served.ndjson", faulty)
        # The plugin is in use here before pytest could rewrite its assertions: it has none.
        quiet = ["-W", "ignore::pytest.PytestAssertRewriteWarning"]
        alone = ["-p", "no:cacheprovider", *LEAN]
        witnesses = sorted(map(str, Path().glob("test_*_defects.py"))) if faulty else []
        return pytest.main([*quiet, *alone, "-ra", *witnesses], plugins=[plugin])


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]), faulty=sys.argv[2] == "faulty"))
