"""The command line, of click's own tree of commands."""

from __future__ import annotations

import inspect
from typing import TYPE_CHECKING, Any

import click

from redhanded.cli import group
from tests.documents.reference.markdown import block, bullets, flowing

if TYPE_CHECKING:
    from collections.abc import Iterator

_STAR = r"\*"  # no emphasis


def commands() -> Iterator[tuple[str, click.Command]]:
    """Every command with the words that call it, in the order of the help."""
    yield from _below(group, "redhanded", None)


def markdown() -> str:
    """A section for each command: how it is called, its help word by word, its options."""
    return "\n".join(["", *(line for path, command in commands() for line in _told(path, command))])


def _below(
    command: click.Command, path: str, parent: click.Context | None
) -> Iterator[tuple[str, click.Command]]:
    yield path, command
    if isinstance(command, click.Group):
        context = click.Context(command, info_name=path, parent=parent, **_manners())
        for name in command.list_commands(context):
            inner = command.get_command(context, name)
            assert inner is not None
            yield from _below(inner, f"{path} {name}", context)


def _manners() -> dict[str, Any]:
    """What holds for every command: each keeps the help option of its first context."""
    return {"help_option_names": group.context_settings["help_option_names"]}


def _told(path: str, command: click.Command) -> Iterator[str]:
    context = click.Context(command, info_name=path, **_manners())
    yield from (f"## {path}", "")
    pieces = " ".join(command.collect_usage_pieces(context))
    yield from block(f"{path} {pieces}")
    yield from _prose(command.help or "")
    yield from bullets(_options(command, context))
    yield from _prose(command.epilog or "")


def _options(command: click.Command, context: click.Context) -> Iterator[str]:
    for parameter in command.get_params(context):
        record = parameter.get_help_record(context)
        if record and record[1] and parameter.name != "help":  # the usage names the arguments
            yield f"`{flowing(record[0])}`: {flowing(record[1]).replace('*', _STAR)}"


def _prose(text: str) -> Iterator[str]:
    """The paragraphs of a help text; one that keeps its lines is shown as it stands."""
    for part in inspect.cleandoc(text).split("\n\n"):
        if part.startswith("\b"):
            yield from block(part.lstrip("\b\n"))
        elif part:
            yield from (flowing(part), "")
