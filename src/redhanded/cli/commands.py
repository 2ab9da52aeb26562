"""The group of all commands: imports each when it is needed, and turns errors into sentences."""

from __future__ import annotations

import errno
import os
import sys
import traceback
from contextlib import contextmanager
from difflib import get_close_matches
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from redhanded.core.errors import InternalError, UsageError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

_OURS = Path(__file__).parents[1]
INTERRUPTED = 130  # 128 + SIGINT, as shells count


class Refusal(click.ClickException):
    """What was asked for cannot be done; shown as one sentence."""

    exit_code = 2

    def show(self, file: Any = None) -> None:  # noqa: ANN401  click's
        """Write the sentence to standard error."""
        click.echo(f"redhanded: {self.format_message()}", file=file, err=True)


class Fault(Refusal):
    """A fault of redhanded itself."""

    exit_code = 3  # pytest's code for an internal error


class Commands(click.Group):
    """Commands by name and home module; help and errors come without importing anything heavy."""

    def __init__(self, *, homes: Mapping[str, str], **attributes: Any) -> None:  # noqa: ANN401
        super().__init__(**attributes)
        self._homes = homes

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002  click's
        """The names, in the order of their use."""
        return list(self._homes)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        """The command of that name, which its module calls by the same name."""
        if cmd_name not in self._homes:
            return None
        command: click.Command = getattr(import_module(self._homes[cmd_name]), cmd_name)
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """The command that the arguments name; a name that is close to one is told."""
        name = args[0]
        if name in self._homes or ctx.resilient_parsing:  # a shell that completes asks for None
            return super().resolve_command(ctx, args)
        close = get_close_matches(name, self._homes, n=1)
        hint = f"did you mean {close[0]}?" if close else f"there are {', '.join(self._homes)}."
        raise click.UsageError(f"There is no command {name!r}; {hint}", ctx)

    def make_context(
        self,
        info_name: str | None,
        args: list[str],
        parent: click.Context | None = None,
        **extra: Any,  # noqa: ANN401  click's
    ) -> click.Context:
        """The context of one call, which knows whether colours are wanted."""
        with _in_sentences():
            context = super().make_context(info_name, args, parent, **extra)
        context.color = colours_wanted(os.environ)
        return context

    def invoke(self, ctx: click.Context) -> Any:  # noqa: ANN401  click's
        """What the command gives; whatever goes wrong becomes a sentence and an exit code."""
        with _in_sentences(is_traced=ctx.params.get("traceback", False)):
            return super().invoke(ctx)


def colours_wanted(environ: Mapping[str, str]) -> bool | None:
    """False where the environment forbids colours, True where it wants them even in a file.

    None where the terminal decides. Source: https://no-color.org, https://force-color.org.
    """
    if environ.get("NO_COLOR"):
        return False
    if environ.get("FORCE_COLOR"):
        return True
    return False if environ.get("TERM") == "dumb" else None


@contextmanager
def _in_sentences(*, is_traced: bool = False) -> Iterator[None]:
    try:
        yield
    except (click.exceptions.Exit, click.exceptions.NoArgsIsHelpError, Refusal):
        raise
    except click.ClickException as error:
        raise Refusal(_usage(error)) from None
    except UsageError as error:
        raise Refusal(str(error)) from None
    except (KeyboardInterrupt, click.Abort):
        click.echo(err=True)  # ends the line on which the terminal shows ^C
        raise click.exceptions.Exit(INTERRUPTED) from None
    except OSError as error:
        if error.errno == errno.EPIPE:  # whoever read our output has gone: click ends quietly
            raise
        raise Refusal(_system(error)) from None
    except Exception as error:  # noqa: BLE001  a traceback tells a user nothing
        if is_traced:
            traceback.print_exc(file=sys.stderr)
        raise Fault(_fault(error)) from None


def _usage(error: click.ClickException) -> str:
    said = error.format_message().rstrip(".?")
    end = "?" if error.format_message().endswith("?") else "."
    context = getattr(error, "ctx", None)
    return f"{said}{end} See {context.command_path} --help." if context else f"{said}{end}"


def _system(error: OSError) -> str:
    reason = error.strerror or str(error) or type(error).__name__
    return f"{error.filename}: {reason}." if error.filename else f"{reason}."


def _fault(error: Exception) -> str:
    """Names the error and its place; not its message, which may hold anything."""
    if isinstance(error, InternalError):
        return str(error)
    places = traceback.extract_tb(error.__traceback__)
    ours = [place for place in places if _OURS in Path(place.filename).parents]
    where = f"{Path(ours[-1].filename).relative_to(_OURS)}:{ours[-1].lineno}"
    return (
        f"an internal error ({type(error).__name__} at {where}): please report it with what"
        " `redhanded --traceback ...` shows."
    )
