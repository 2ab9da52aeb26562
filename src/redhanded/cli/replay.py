"""`redhanded replay`: what a run recorded is sent once more, and held against the record."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

import click

from redhanded.cli.output import json_option, print_json, printable

if TYPE_CHECKING:
    from redhanded.cli.recorded import Recorded
    from redhanded.cli.replays import Replayed, Sending

_CODES = {"same": 0, "different": 1, "cannot": 75}


@click.command(short_help="A recorded test or request, sent again and compared.")
@click.argument("id_", metavar="ID")
@click.option("--run", metavar="RUN", help="The run that recorded it: its id, or a folder.")
@click.option("--env", metavar="NAME", help="The profile to use; else that of the run.")
@click.option("--base-url", metavar="URL", help="Where to send it; else the settings' base_url.")
@click.option(
    "--as", "identity", metavar="NAME", help="Who signs it, where several identities may have."
)
@click.option("--yes", "is_sure", is_flag=True, help="Send writes, and to another API, unasked.")
@json_option
@click.pass_context
def replay(
    ctx: click.Context,
    *,
    id_: str,
    run: str | None,
    env: str | None,
    base_url: str | None,
    identity: str | None,
    is_sure: bool,
    as_json: bool,
) -> None:
    """Send the calls of a test again, or one attempt, as a run recorded them, and compare.

    ID is that of a test or of an attempt, as a failure and the reports show it, or its first
    characters; or a test's name. Secrets are those of the settings today. Writes are sent only
    after a yes. Ends with 0 where all is the same, with 1 where anything is different, and with 75
    where nobody can tell: no answer came, or the record lacks what it takes.
    """
    from redhanded.cli.project import loaded
    from redhanded.cli.recorded import recorded
    from redhanded.cli.replays import Sending
    from redhanded.cli.ticker import ticking

    home = loaded(os.environ, env=env, only=("folder",)).settings.folder
    with ticking() as ticker:
        found = recorded(home, id_, run, tell=ticker.tell)
    profile = env or _profile_of(found)
    sending = Sending.of(loaded(os.environ, env=profile), found, base_url, identity)
    _ask(sending, is_sure=is_sure, is_named=base_url is not None)
    with ticking() as ticker:
        replayed = sending.send(ticker.counting("requests sent"))
    if as_json:
        print_json(replayed.described())
    else:
        _print(replayed)
    ctx.exit(_CODES[replayed.result])


def _profile_of(found: Recorded) -> str | None:
    """The profile that the run had used; None where it had none."""
    return next((part.env for part in found.head.parts if part.env), None)


def _ask(sending: Sending, *, is_sure: bool, is_named: bool) -> None:
    """Let somebody agree to what may change something, or to another API than the run's."""
    moved, writes = printable(sending.moved), [printable(one) for one in sending.writes]
    if moved:
        click.echo(f"redhanded: {moved}", err=True)
    reasons = [f"{len(writes)} of its requests may change something"] * bool(writes)
    reasons += ["it goes to another API than that of the run"] * bool(moved and not is_named)
    if is_sure or not reasons:
        return
    why = " and ".join(reasons)
    if not can_ask():
        raise click.UsageError(f"Not sent, for {why}: give --yes to send it")
    for write in writes:
        click.echo(f"  {write}", err=True)
    if not click.confirm(f"Send it, although {why}?", err=True):
        raise click.UsageError("Nothing was sent, as you said")


def can_ask() -> bool:
    """Whether somebody is there to answer."""
    return sys.stdin.isatty()


def _print(replayed: Replayed) -> None:
    from redhanded.cli.replayed_lines import lines

    for line in lines(replayed):
        click.secho(printable(line.text), fg=line.colour or None, bold=line.is_bold)
