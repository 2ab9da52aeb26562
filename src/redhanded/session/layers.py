"""Where settings come from: files, environment, command line; read here, understood elsewhere.

From the weakest to the strongest: `[tool.redhanded]` < `[tool.redhanded.env.<name>]` <
`redhanded.local.toml` < `.env` < environment < command line. pydantic is not imported here, so
that asking whether a project has settings at all costs next to nothing.
"""

from __future__ import annotations

import difflib
import io
import os
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal, TypeAlias

if TYPE_CHECKING:
    from pathlib import Path

PREFIX = "REDHANDED_"
PROJECT = "pyproject.toml"
LOCAL = "redhanded.local.toml"
DOTENV = ".env"
TABLE = "[tool.redhanded]"

Values: TypeAlias = Mapping[str, Any]
Medium: TypeAlias = Literal["file", "variable", "arguments"]


@dataclass(frozen=True, slots=True)
class Layer:
    """What one source says; but for a file, numbers, lists and tables arrive as strings."""

    label: str
    values: Values
    file: Path | None = None
    medium: Medium = "file"


@dataclass(slots=True)
class Layers:
    """Every source that says something, from the weakest to the strongest.

    `fatal` lists what keeps a source from being read; `problems` what is wrong with one variable.
    `dotenv` holds all of `.env`, for references; `profiles` those that could have been chosen.
    """

    found: list[Layer] = field(default_factory=list)
    dotenv: Mapping[str, str] = field(default_factory=dict)
    profiles: Mapping[str, Values] = field(default_factory=dict)
    fatal: list[str] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)


def read(root: Path, *, overrides: Values, environ: Mapping[str, str]) -> Layers:
    """The layers of the project in `root`; overrides that are None were not given."""
    layers = Layers()
    given = {key: value for key, value in overrides.items() if value is not None}
    table = _project_table(layers, root / PROJECT)
    local = _toml(layers, root / LOCAL)
    layers.dotenv = _dotenv(layers, root / DOTENV)
    variables = [
        *_variables(layers, layers.dotenv, label=DOTENV, file=root / DOTENV),
        *_variables(layers, environ, label="environment", file=None),
    ]
    stronger = [
        *([Layer(LOCAL, local, file=root / LOCAL)] if local else []),
        *variables,
        *([Layer("command line", given, medium="arguments")] if given else []),
    ]
    layers.found = [*_project(layers, root / PROJECT, table, stronger), *stronger]
    return layers


def profile(name: str) -> str:
    """What a profile is called where it is told who said something."""
    return f"{PROJECT} [tool.redhanded.env.{name}]"


def absolute(path: Path, root: Path) -> Path:
    """The path as it is meant by a setting: `~` is the user's home, and relative is to `root`."""
    try:
        return root / path.expanduser()
    except RuntimeError:  # there is no such user
        return root / path


def anchored(where: str, root: Path) -> str:
    """The URL of a file, as `absolute` has it; another URL, or what begins with `/`, as it is."""
    if where.startswith(("/", "http://", "https://", "file://")):
        return where
    # Without `..`: references in the document are resolved so, and it is to be one file to them.
    return type(root)(os.path.normpath(absolute(type(root)(where), root))).as_uri()


def _project(
    layers: Layers, file: Path, table: Values | None, stronger: list[Layer]
) -> Iterator[Layer]:
    profiles = layers.profiles = _profiles(layers, table or {})
    if table is not None:
        values = {key: value for key, value in table.items() if key != "env"}
        yield Layer(f"{PROJECT} {TABLE}", values, file=file)
    chosen = next((layer for layer in reversed(stronger) if "env" in layer.values), None)
    if chosen is None:
        return
    name = chosen.values["env"]
    if isinstance(name, str) and name in profiles:
        yield Layer(profile(name), profiles[name], file=file)
    else:
        layers.fatal.append(_unknown_profile(chosen, name, list(profiles)))


def _profiles(layers: Layers, table: Values) -> Mapping[str, Values]:
    profiles = table.get("env", {})
    if not isinstance(profiles, Mapping):
        layers.fatal.append(
            f"{PROJECT} {TABLE}: env is not a table of profiles: write [tool.redhanded.env.<name>]"
            f" for each, and choose one with {PREFIX}ENV."
        )
        return {}
    for name, values in profiles.items():
        if not isinstance(values, Mapping) or "env" in values:
            layers.fatal.append(
                f"{PROJECT} {TABLE}: env.{name} is not a profile:"
                f" write [tool.redhanded.env.{name}] with settings other than env."
            )
    return profiles


def _unknown_profile(chosen: Layer, name: object, known: list[str]) -> str:
    if not isinstance(name, str):
        return f'{chosen.label}: env is not the name of a profile: write such as env = "ci".'
    close = difflib.get_close_matches(name, known, n=1)
    write = f'"{close[0]}"' if close else f"[tool.redhanded.env.{name}]"
    others = f" or choose one of: {', '.join(known)}" if known and not close else ""
    return (
        f'{chosen.label}: env names the profile "{name}", which {PROJECT} lacks:'
        f" write {write}{others}."
    )


def _project_table(layers: Layers, file: Path) -> Values | None:
    tool = _toml(layers, file).get("tool", {})
    table = tool.get("redhanded") if isinstance(tool, Mapping) else None
    if table is None or isinstance(table, Mapping):
        return table
    layers.fatal.append(f"{PROJECT}: tool.redhanded is not a table: write {TABLE}.")
    return None


def _toml(layers: Layers, file: Path) -> Values:
    text = _text(layers, file)
    try:
        return tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        layers.fatal.append(f"{file.name} is not valid TOML ({error}): correct that place.")
        return {}


def _text(layers: Layers, file: Path) -> str:
    try:
        return file.read_bytes().decode("utf-8-sig")
    except FileNotFoundError:
        return ""
    except OSError as error:
        layers.fatal.append(f"{file.name} cannot be read ({error.strerror}): make it readable.")
    except UnicodeDecodeError:
        layers.fatal.append(f"{file.name} is not UTF-8: save it in that encoding.")
    return ""


def _dotenv(layers: Layers, file: Path) -> Mapping[str, str]:
    text = _text(layers, file)
    if not text:
        return {}
    from dotenv.parser import parse_stream

    # The parser rather than dotenv_values: that one only logs a line that it cannot read.
    found: dict[str, str] = {}
    for line in parse_stream(io.StringIO(text)):
        if line.key is not None and line.value is not None and not line.error:
            found[line.key] = line.value
        elif PREFIX in line.original.string.partition("#")[0]:
            layers.problems.append(
                f"{DOTENV}: line {line.original.line} is not an assignment:"
                f" write {PREFIX}<NAME>=<value>."
            )
    return found


def _variables(
    layers: Layers, environ: Mapping[str, str], *, label: str, file: Path | None
) -> Iterator[Layer]:
    for name in sorted((name for name in environ if name.startswith(PREFIX)), key=_rank):
        if not environ[name].strip():
            layers.problems.append(f"{label}: {name} is empty: give it a value or remove it.")
            continue
        values: Any = environ[name]
        for part in reversed(name.removeprefix(PREFIX).lower().split("__")):
            values = {part: values}
        yield Layer(f"{label} {name}", values, file=file, medium="variable")


def _rank(name: str) -> tuple[int, bool, str]:
    # A whole table as JSON comes first, for its single keys are stronger; then a credential's
    # kind, for another kind empties the table.
    return name.count("__"), not name.endswith("__KIND"), name
