"""A page acted out: its files are written, its commands typed, beside a demo API with weather.

`<!-- session: D84; E12 once GET /booking/2 -->` in a page begins one, or gives the API other
defects and other weather from there on. A block that begins with `# name.py`, or another file, is
written; of a console, what is typed and answered is run, and each line of the answer must come, in
its order. What is typed without an answer is only looked up, as in any other page.
"""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
from collections.abc import Mapping
from contextlib import AbstractContextManager, ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final, Self

from redhanded.lab import Running, running
from redhanded.lab.weather import Running as Weather
from redhanded.lab.weather import blowing
from tests.documents.blocks import ROOT, Block, blocks
from tests.lean import LEAN

MARK: Final = re.compile(r"^<!-- session:(.*?)-->$", re.MULTILINE)
_FILE = re.compile(r"^# ([\w./-]*\.\w+)\n")
_SHOWN_URL: Final = "http://localhost:8000"
_MODULES: Final = {"pytest": "pytest", "redhanded": "redhanded.cli"}
_CODE: Final = "echo $?"
_CALM: Final[Mapping[str, Any]] = {"rules": []}
_WHEN: Final = ("nth", "every", "max")  # numbers of a rule; others are its fault's own
# What differs from run to run, and what takes its place on both sides.
_VARYING: Final = (
    (re.compile(r"\x1b\[[0-9;]*m"), ""),
    (re.compile(r"\b[0-9a-f]{8}(?:[0-9a-f]{8}|[0-9a-f]{24})?\b"), "<id>"),
    (re.compile(r"\b\d+(?:\.\d+)? ?m?s\b"), "<time>"),
    (re.compile(r"\b\d+@\d{4}-\d\d-\d\d\b"), "<seed>"),
    (re.compile(r"\b\d{4}-\d\d-\d\d\b"), "<day>"),
    (re.compile(r"=+"), "="),
    (re.compile(r"-{4,}"), "----"),
    (re.compile(r"\s+"), " "),
)


@dataclass(slots=True)
class Session(AbstractContextManager["Session"]):
    """The folder of one reader, with the API that the page speaks of."""

    folder: Path
    _environ: dict[str, str] = field(default_factory=dict)
    _code: int = 0
    _stack: ExitStack = field(default_factory=ExitStack)
    _lab: Running | None = None
    _weather: Weather | None = None

    def __enter__(self) -> Self:
        """Begin with a calm API without defects, and nothing in the folder."""
        self._lab = self._stack.enter_context(running(self.folder.parent / "demo.db"))
        log = self.folder.parent / "weather.ndjson"
        self._weather = self._stack.enter_context(blowing(self._lab.url, _CALM, log=log))
        self._environ = _environ()
        return self

    def __exit__(self, *_: object) -> None:
        """Let go of the API."""
        self._stack.close()

    def switch(self, words: str) -> None:
        """Give the API those defects, and its way that weather; all others are over."""
        assert self._lab
        assert self._weather
        said = [part.strip() for part in words.split(";") if part.strip()]
        self._lab.switch(*(part for part in said if part.startswith("D")))
        rules = [rule_of(part) for part in said if part.startswith("E")]
        self._weather.replan({"rules": rules}, log=self.folder.parent / "weather.ndjson")

    def act(self, block: Block) -> list[str]:
        """Do what a block says; the lines of its answer that did not come."""
        if named := _FILE.match(block.text):
            file = self.folder / named[1]
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(block.text.replace(_SHOWN_URL, self.url), "utf-8")
            return []
        if block.language != "console":
            return []
        return [
            line for command, answer in typed(block.text) for line in self._run(command, answer)
        ]

    @property
    def url(self) -> str:
        """Where the API answers."""
        assert self._weather
        return self._weather.url

    def _run(self, command: str, answer: list[str]) -> list[str]:
        words = shlex.split(command.replace(_SHOWN_URL, self.url), comments=True)
        if command == _CODE:
            return lacking(answer, str(self._code))
        environ = dict(self._environ)
        while "=" in words[0]:
            name, _, environ[name] = words.pop(0).partition("=")
        if words[0] == "export":
            self._environ.update(_pair(word) for word in words[1:])
            return lacking(answer, "")
        ran = subprocess.run(
            [sys.executable, "-m", _MODULES[words[0]], *words[1:]],
            cwd=self.folder,
            env=environ,
            check=False,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            encoding="utf-8",
        )
        self._code = ran.returncode
        left = lacking(answer, ran.stdout.replace(self.url, _SHOWN_URL))
        return [f"{line}   (in the answer to {command})\n{ran.stdout}" for line in left]


def act_out(page: Path, session: Session) -> list[str]:
    """Every line that a page shows and that did not come when it was acted out."""
    marks = [(page.read_text("utf-8").count("\n", 0, m.start()), m[1]) for m in _marks(page)]
    begins = marks[0][0]  # what stands above is for other places, and only looked up
    found: list[str] = []
    for block in blocks(page):
        while marks and marks[0][0] < block.line:
            session.switch(marks.pop(0)[1])
        found += session.act(block) if block.line > begins else []
    return found


def lacking(shown: list[str], answer: str) -> list[str]:
    """The first line shown that does not come after those before it; none, where all do."""
    ahead = iter(_levelled(line) for line in answer.splitlines())
    for line in shown:
        wanted = re.compile(re.escape(_levelled(line)).replace(re.escape("..."), ".*"))
        if line.strip(". ") and not any(wanted.fullmatch(told) for told in ahead):
            return [line]
    return []


def _marks(page: Path) -> list[re.Match[str]]:
    return list(MARK.finditer(page.read_text("utf-8")))


def _pair(word: str) -> tuple[str, str]:
    name, _, value = word.partition("=")
    return name, value


def typed(console: str) -> list[tuple[str, list[str]]]:
    """What is typed, each with the lines of its answer."""
    parts: list[tuple[str, list[str]]] = []
    for line in console.replace("\\\n", "").splitlines():
        if line.startswith("$ "):
            parts.append((line.removeprefix("$ "), []))
        elif parts and line.strip():
            parts[-1][1].append(line)
    return parts


def _levelled(line: str) -> str:
    for pattern, plain in _VARYING:
        line = pattern.sub(plain, line)
    return line.strip()


def rule_of(words: str) -> dict[str, object]:
    """`E39 nth=2 seconds=3 GET /booking/*` as a rule of a plan; a word in between is its shape."""
    fault, *rest = words.split()
    named = [word.partition("=") for word in rest if "=" in word]
    rule: dict[str, object] = {name: int(n) for name, _, n in named if name in _WHEN}
    params = {name: float(n) for name, _, n in named if name not in _WHEN}
    plain = [word for word in rest if "=" not in word]
    if plain and plain[0].islower():
        rule["shape"] = plain.pop(0)
    return {
        "fault": fault,
        "params": params,
        **rule,
        **({"route": " ".join(plain)} if plain else {}),
    }


def _environ() -> dict[str, str]:
    """What a reader's shell has, with the credentials of the demo, and nothing about redhanded.

    Nor is it measured which lines a page covers, which takes as long again as its commands.
    """
    foreign = ("REDHANDED_", "PYTEST_", "DEMO_", "CI", "GITHUB_", "COVERAGE_")
    kept = {
        name: value
        for name, value in os.environ.items()
        if not name.upper().startswith(foreign) and not name.lower().endswith("_proxy")
    }
    secrets = (ROOT / "examples" / "demo.env").read_text("utf-8").splitlines()
    pairs = (_pair(line) for line in secrets if "=" in line and not line.startswith("#"))
    quiet = {
        "NO_COLOR": "1",
        "PYTHONUTF8": "1",
        "COLUMNS": "110",
        "PYTEST_ADDOPTS": " ".join([*LEAN, "-p", "no:asyncio"]),
    }
    return {**kept, **dict(pairs), **quiet}
