"""Whether a command can be typed as a document shows it."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from contextlib import redirect_stderr
from functools import cache
from io import StringIO
from itertools import pairwise
from typing import Final

import click

from redhanded.cli import group
from redhanded.lab.__main__ import command_line as lab
from tests.documents.blocks import ROOT

_FLAG = re.compile(r"^--?[A-Za-z][\w-]*")
_SHOWN = re.compile(r"(?<![\w-])--?[A-Za-z][\w-]*")
_INTERPRETERS: Final = ("python", "python3")


def problem(words: Sequence[str]) -> str:
    """What is wrong with a command; empty where nothing is, or where it is not one of ours."""
    words = _unwrapped(words)
    program = _PROGRAMS.get(words[0]) if words else None
    return program(words[1:]) if program else ""


def _unwrapped(words: Sequence[str]) -> Sequence[str]:
    """The command itself, where an interpreter starts it."""
    if words[:1] and words[0] in _INTERPRETERS:
        if words[1:2] == ["bootstrap.py"]:
            return _unwrapped(words[2:])
        if words[1:2] == ["-m"]:
            return words[2:]
    return words


def _redhanded(words: Sequence[str]) -> str:
    command: click.Command = group
    path, rest = "redhanded", list(words)
    # Commands keep the help option of the first context that they are asked in.
    context = click.Context(group, info_name=path, **group.context_settings)
    while isinstance(command, click.Group) and rest and not rest[0].startswith("-"):
        if rest[0].isupper():
            return ""  # it stands for any
        inner = command.get_command(context, rest[0])
        if inner is None:
            # a group may itself take an argument, such as the id of a run
            return "" if command is not group else f"there is no command {path} {rest[0]}"
        path, command = f"{path} {rest.pop(0)}", inner
        context = click.Context(command, info_name=path, parent=context)
    return _parsed(command, context, rest)


def _parsed(command: click.Command, context: click.Context, words: list[str]) -> str:
    try:
        given, _, _ = command.make_parser(context).parse_args(words)
        for parameter in command.params:
            if isinstance(parameter.type, click.Choice) and given.get(parameter.name or ""):
                parameter.type_cast_value(context, given[parameter.name or ""])
    except click.UsageError as error:
        return error.format_message()
    return ""


def _pytest(words: Sequence[str]) -> str:
    known = pytest_flags()
    flags = (match[0] for word in words if (match := _FLAG.match(word)))
    unknown = [flag for flag in flags if flag not in known and flag[:2] not in known]
    return f"pytest knows no {', '.join(unknown)}" if unknown else ""


@cache
def pytest_flags() -> frozenset[str]:
    """The options that `pytest --help` tells, those of plugins among them."""
    asked = [sys.executable, "-m", "pytest", "--help"]
    told = subprocess.run(
        asked, capture_output=True, check=True, encoding="utf-8", errors="replace"
    )
    return frozenset(_SHOWN.findall(told.stdout))


def _lab(words: Sequence[str]) -> str:
    said = StringIO()
    try:
        with redirect_stderr(said):
            lab().parse_args(words)
    except SystemExit:
        return said.getvalue()
    return ""


def _nox(words: Sequence[str]) -> str:
    sessions = set(re.findall(r"^@nox\.session.*\ndef (\w+)", _noxfile(), re.MULTILINE))
    named = [word for flag, word in pairwise(words) if flag == "-s"]
    return "".join(f"there is no session {name}" for name in named if name not in sessions)


def _noxfile() -> str:
    return (ROOT / "noxfile.py").read_text("utf-8")


_PROGRAMS: Mapping[str, Callable[[Sequence[str]], str]] = {
    "redhanded": _redhanded,
    "pytest": _pytest,
    "redhanded.lab": _lab,
    "nox": _nox,
}
