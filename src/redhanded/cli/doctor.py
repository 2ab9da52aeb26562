"""`redhanded doctor`: whether this machine and this project can judge an API."""

from __future__ import annotations

import os
from collections import Counter
from typing import TYPE_CHECKING

import click

from redhanded.cli.output import Cell, json_option, print_json, print_rows

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

    from redhanded.cli.checks.check import Check
    from redhanded.session.sources import Loaded

_STYLES = {"ok": "green", "warning": "yellow", "problem": "bold red"}


@click.command(short_help="Whether this machine and this project can judge an API.")
@click.option("--env", metavar="NAME", help="The profile [tool.redhanded.env.NAME] to use.")
@json_option
@click.pass_context
def doctor(ctx: click.Context, *, env: str | None, as_json: bool) -> None:
    """Look at versions, settings, the API, clocks, pytest plugins, folder, proxies and Redis.

    And at the target: how much it gets at most, whether it is live, and its last canary run.

    Ends with 1 where a problem is found; warnings alone are no problem.
    """
    checks = list(_checks(os.environ, env))
    if as_json:
        print_json({"healthy": _is_healthy(checks), "checks": [each._asdict() for each in checks]})
    else:
        print_rows([_row(each) for each in checks])
        click.echo(_conclusion(checks))
    ctx.exit(0 if _is_healthy(checks) else 1)


def _checks(environ: Mapping[str, str], env: str | None) -> Iterator[Check]:
    from redhanded.cli.checks.installation import installation_checks

    yield from installation_checks()
    yield from _project_checks(environ, env)


def _project_checks(environ: Mapping[str, str], env: str | None) -> Iterator[Check]:
    from pathlib import Path

    from redhanded.cli import project
    from redhanded.cli.checks.project import refused_settings, settings_check
    from redhanded.core.errors import SettingsError

    root = project.root(Path.cwd())
    try:
        loaded = project.loaded(environ, env=env)
    except SettingsError as error:
        yield from refused_settings(str(error))
        return
    yield settings_check(root, loaded.origins.values())
    yield from _world_checks(loaded, root, environ)


def _world_checks(loaded: Loaded, root: Path, environ: Mapping[str, str]) -> Iterator[Check]:
    from redhanded.cli.checks.api import api_checks
    from redhanded.cli.checks.canary import canary_checks
    from redhanded.cli.checks.fleet import fleet_checks
    from redhanded.cli.checks.project import folder_check, proxy_check
    from redhanded.cli.look import look

    settings = loaded.settings
    seconds = settings.timeouts.total
    yield from api_checks(settings, lambda url: look(settings, url, seconds=seconds))
    yield folder_check(settings.folder)
    yield proxy_check(settings, environ)
    yield from fleet_checks(settings)
    yield from canary_checks(loaded, root)


def _is_healthy(checks: Sequence[Check]) -> bool:
    return all(each.level != "problem" for each in checks)


def _row(check: Check) -> list[Cell]:
    return [Cell(check.level, _STYLES[check.level]), Cell(check.name, "bold"), Cell(check.text)]


def _conclusion(checks: Sequence[Check]) -> str:
    found = Counter(each.level for each in checks)
    counts = [
        f"{found[level]} {level}{'s' * (found[level] != 1)}"
        for level in ("problem", "warning")
        if found[level]
    ]
    return f"{' and '.join(counts) or 'Nothing wrong'} found."
