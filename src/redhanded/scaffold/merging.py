"""Files of which a project may have its own: what is there stays, and what it lacks follows."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from redhanded.core.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from redhanded.scaffold.plan import File

_HEADER = re.compile(r"^\[(?P<name>[\w.-]+)\]$", re.MULTILINE)
_ALL = ("project", "dependency-groups", "tool.pytest", "tool.redhanded", "tool.ruff", "tool.mypy")
_VITAL = (".env", "/.redhanded/")  # secrets, and evidence of what an API answered


@dataclass(frozen=True, slots=True)
class Merged:
    """A file that keeps all that is there, and sentences on what is left to its owner."""

    file: File
    notes: tuple[str, ...] = ()


def merged_table(file: File, there: str, *, has_pytest: bool) -> Merged:
    """A planned pyproject.toml as what follows the one that is there.

    `[tool.redhanded]` is added where there is none, and `[tool.pytest]` where pytest has no
    settings at all, for it refuses two. Raises UsageError where the text is no TOML.
    """
    try:
        known = tomllib.loads(there)
    except tomllib.TOMLDecodeError as error:
        raise UsageError(f"pyproject.toml is no TOML ({error}): mend it first.") from None
    added = _tables(file.text, _wanted(known, has_pytest=has_pytest))
    if not added:
        return Merged(replace(file, text=there))
    text = f"{there.rstrip()}\n\n{added}" if there.strip() else added
    if not _keeps(text, known):
        note = f"pyproject.toml cannot be added to as it is written: add this by hand:\n\n{added}"
        return Merged(replace(file, text=there), (note,))
    return Merged(replace(file, text=text), tuple(_lacking(file.text, tomllib.loads(text))))


def merged_ignores(file: File, there: str) -> Merged:
    """A planned .gitignore as the lines that the one that is there must not lack."""
    known = {line.strip().strip("/") for line in there.splitlines()}
    lacking = [line for line in _VITAL if line.strip("/") not in known]
    text = "".join(f"{line}\n" for line in lacking)
    before = there if not there or there.endswith("\n") or not text else f"{there}\n"
    return Merged(replace(file, text=before + text))


def _wanted(known: Mapping[str, Any], *, has_pytest: bool) -> set[str]:
    """The tables to add: in a file that says nothing yet, those of the project too."""
    wanted = {"tool.redhanded", "tool.pytest"} if known else set(_ALL)
    return (
        wanted
        - {f"tool.{name}" for name in known.get("tool", {})}
        - ({"tool.pytest"} if has_pytest else set())
    )


def _tables(text: str, wanted: Iterable[str]) -> str:
    """The tables of these names and those below them, with the comments that precede them."""
    parts = re.split(r"\n\n(?=(?:#[^\n]*\n)*\[)", text.rstrip("\n"))
    chosen = [
        part
        for part in parts
        if (header := _HEADER.search(part))
        and any(f"{header['name']}.".startswith(f"{name}.") for name in wanted)
    ]
    return "".join(f"{part}\n\n" for part in chosen).rstrip("\n") + "\n" if chosen else ""


def _keeps(text: str, known: Mapping[str, Any]) -> bool:
    """Whether the text is TOML in which nothing that was known has changed."""
    try:
        found = tomllib.loads(text)
    except tomllib.TOMLDecodeError:
        return False
    tools = known.get("tool", {})
    kept = {name: found.get(name) for name in known if name != "tool"}
    kept_tools = {name: found["tool"].get(name) for name in tools}
    return {**kept, "tool": kept_tools} == {**known, "tool": tools}


def _lacking(planned: str, known: Mapping[str, Any]) -> Iterator[str]:
    """A sentence on the dependencies, whose list nobody but their owner should change."""
    wanted = tomllib.loads(planned)["project"]["dependencies"]
    if "redhanded" not in str(known.get("project")) + str(known.get("dependency-groups")):
        yield f"Add to the dependencies of the project: {', '.join(wanted)}."
