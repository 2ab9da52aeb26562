"""A project on disk whose settings are loaded, with an environment and a git of its own."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from textwrap import dedent

import pytest

from redhanded.core.errors import SettingsError
from redhanded.session.sources import Loaded, load

TABLE = "pyproject.toml [tool.redhanded]"


@dataclass
class Project:
    """Files in `root`, variables in `environ`, and the names of the files that git tracks."""

    root: Path
    environ: dict[str, str] = field(default_factory=dict)
    tracked: set[str] = field(default_factory=set)

    def write(self, name: str, text: str) -> Project:
        """The project with one more file."""
        (self.root / name).write_text(dedent(text), "utf-8")
        return self

    def table(self, text: str) -> Project:
        """The project with this in its `[tool.redhanded]`."""
        return self.write("pyproject.toml", "[tool.redhanded]\n" + dedent(text))

    def local(self, text: str) -> Project:
        """The project with this in its local file."""
        return self.write("redhanded.local.toml", text)

    def dotenv(self, text: str) -> Project:
        """The project with this in its `.env`."""
        return self.write(".env", text)

    def set(self, **variables: str) -> Project:
        """The project in an environment with these variables."""
        self.environ |= variables
        return self

    def load(self, **overrides: object) -> Loaded:
        """What the settings come to; `a__b` overrides `a.b`."""
        return load(
            self.root,
            overrides={name.replace("__", "."): value for name, value in overrides.items()},
            environ=self.environ,
            is_tracked=lambda path: path.name in self.tracked,
        )

    def problems(self, **overrides: object) -> list[str]:
        """The sentences with which the settings are refused, without a traceback of ours."""
        with pytest.raises(SettingsError) as refused:
            self.load(**overrides)
        assert refused.value.__cause__ is None
        assert refused.value.__suppress_context__ or refused.value.__context__ is None
        return str(refused.value).splitlines()
