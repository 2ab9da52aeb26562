"""The suites that the demo runs: where they are, and how pytest is started on them."""

from __future__ import annotations

import shutil
import sys
import tomllib
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Self

from redhanded.core.errors import InternalError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

PACKAGE = Path(__file__).parents[1]
_PACKAGED = "redhanded_examples"
_WORKERS = 2
# What a person has set for runs of their own would change this one.
_FOREIGN = ("REDHANDED_", "PYTEST_")
# pytest refuses these together with workers.
_ALONE = frozenset({"no:xdist", "-pno:xdist", "--pdb", "--trace"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Suites:
    """Tests to run: `paths` go to pytest, `variables` hold credentials of the demo API."""

    name: str
    place: Path
    paths: tuple[Path, ...]
    variables: Mapping[str, str]

    @classmethod
    def of_examples(cls, folder: Path, *, package: Path = PACKAGE) -> Self:
        """The example suites; from an installed package they are copied into `folder` first."""
        place = _source(package)
        if place is None:
            raise InternalError(
                f"the example suites are missing from {package.parent}: install redhanded again,"
                " or give --tests"
            )
        if place.name == _PACKAGED:
            place = shutil.copytree(
                place, folder / "examples", ignore=shutil.ignore_patterns("__pycache__")
            )
        names = _testpaths(place)
        return cls(
            name=f"the example suites ({', '.join(names)})" if names else "the example suites",
            place=place,
            paths=tuple(place / name for name in names) or (place,),
            variables=_variables(place),
        )

    @classmethod
    def at(cls, path: Path, *, package: Path = PACKAGE) -> Self:
        """The tests of a file or folder; they know the demo's credentials like the examples."""
        place, examples = path.absolute(), _source(package)
        variables = _variables(examples) if examples is not None else {}
        return cls(name=str(path), place=place, paths=(place,), variables=variables)

    def command(
        self, url: str, folder: Path, pytest_args: Sequence[str], *, workers: int = _WORKERS
    ) -> list[str]:
        """How pytest is started; what a person adds comes last, and so is stronger."""
        return [
            # -P: the working folder's modules must not stand in for installed ones.
            *(sys.executable, "-P", "-m", "pytest", *map(str, self.paths)),
            # With `=`: pytest takes a path behind an option that it does not know yet for a test.
            *(f"--rh-base-url={url}", f"--rh-folder={folder}", "-p", "no:cacheprovider"),
            *_spread(pytest_args, workers),
            *pytest_args,
        ]

    def environ(self, environ: Mapping[str, str]) -> dict[str, str]:
        """The environment of the run: this process's, without settings for other runs."""
        kept = {name: value for name, value in environ.items() if not name.startswith(_FOREIGN)}
        return {**kept, **self.variables}


def _source(package: Path) -> Path | None:
    """The examples beside the sources of a checkout, or those installed beside the package."""
    checkout, packaged = package.parents[1] / "examples", package.parent / _PACKAGED
    if package.parent.name == "src" and checkout.is_dir():
        return checkout
    return packaged if packaged.is_dir() else None


def _testpaths(place: Path) -> list[str]:
    """The folders that the examples' own settings name: others need servers of their own."""
    text = (place / "pyproject.toml").read_text("utf-8")
    names: list[str] = tomllib.loads(text)["tool"]["pytest"].get("testpaths", [])
    return names


def _variables(place: Path) -> dict[str, str]:
    from dotenv import dotenv_values

    known = dotenv_values(place / "demo.env", interpolate=False)
    return {name: value for name, value in known.items() if value is not None}


def _spread(pytest_args: Sequence[str], workers: int) -> list[str]:
    if find_spec("xdist") is None or not _ALONE.isdisjoint(pytest_args):
        return []
    return ["-n", str(workers)]
