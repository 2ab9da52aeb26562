"""The pipelines that are written, as their platforms read them."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from redhanded.scaffold import pipelines
from redhanded.scaffold.answers import Answers, Auth, Pipelines

EXPRESSION = re.compile(r"\$\{\{.*?\}\}")
TESTS = ".github/workflows/tests.yml"
NIGHTLY = ".github/workflows/nightly.yml"
GITLAB = ".gitlab-ci.yml"
# The parser in C where it is there.
LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)

DEMO = Answers(
    name="shop-tests",
    package="shop_tests",
    auth=Auth.LOGIN,
    pipelines=Pipelines.BOTH,
    has_containers=True,
)


def every_answer() -> Iterator[Answers]:
    """Each combination of what pipelines and containers depend on."""
    for auth in Auth:
        yield replace(DEMO, auth=auth)
        yield replace(DEMO, auth=auth, is_demo=False, base_url="https://api.example.com")
    yield replace(DEMO, tests="tests/api")


@cache
def texts(answers: Answers) -> Mapping[str, str]:
    """What is written for these answers, by path."""
    return {file.path: file.text for file in pipelines.files(answers)}


@cache
def parsed(text: str) -> dict[str, Any]:
    """The YAML as a mapping."""
    found: dict[str, Any] = yaml.load(text, LOADER)  # noqa: S506  a safe one
    return found


def read(answers: Answers, path: str) -> dict[str, Any]:
    """One written file, parsed."""
    return parsed(texts(answers)[path])


def steps(job: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The steps of a job of GitHub."""
    return list(job["steps"])


def step(job: Mapping[str, Any], name: str) -> dict[str, Any]:
    """The step of that name."""
    return next(one for one in steps(job) if one.get("name", "").startswith(name))


def scripts(node: object) -> Iterator[str]:
    """Every piece of shell in a workflow, a pipeline or a part of one."""
    if isinstance(node, list):
        for one in node:
            yield from scripts(one)
    if isinstance(node, dict):
        for key, value in node.items():
            if key == "run" and isinstance(value, str):
                yield value
            elif key in {"script", "before_script"}:
                yield "\n".join(value)
            else:
                yield from scripts(value)


@dataclass(frozen=True, slots=True)
class Runner:
    """Runs steps as a platform's runner does: bash, one process each, in one folder."""

    folder: Path
    variables: Mapping[str, str] = field(default_factory=dict)

    def run(self, script: str) -> subprocess.CompletedProcess[str]:
        """The finished step."""
        return subprocess.run(
            self._command(script),
            cwd=self.folder,
            env=self._environment,
            capture_output=True,
            encoding="utf-8",
            timeout=50,
            check=False,
        )

    @contextmanager
    def leaving(self, script: str) -> Iterator[None]:
        """A step that leaves something running, which is ended afterwards."""
        with (self.folder / "step.log").open("wb") as log:
            started = subprocess.Popen(
                self._command(script),
                cwd=self.folder,
                env=self._environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        try:
            assert started.wait(timeout=50) == 0, (self.folder / "step.log").read_text("utf-8")
            yield
        finally:
            with suppress(ProcessLookupError):
                os.killpg(started.pid, signal.SIGTERM)

    @property
    def _environment(self) -> dict[str, str]:
        kept = {name: os.environ[name] for name in ("HOME", "LANG", "TMPDIR") if name in os.environ}
        path = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
        return {**kept, "PATH": path, **self.variables}

    @staticmethod
    def _command(script: str) -> list[str]:
        return ["bash", "--noprofile", "--norc", "-e", "-c", EXPRESSION.sub("1", script)]
