"""`redhanded config`: the settings that are in force, and the schema of all."""

from __future__ import annotations

import json
import os
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple, Self

import click

from redhanded.cli.output import Cell, json_option, print_json, print_rows

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from redhanded.core.redaction import Redactor
    from redhanded.session.sources import Loaded


class Setting(NamedTuple):
    """One setting as it may be shown: a JSON value, and the source that decided it."""

    key: str
    value: Any
    origin: str


@click.group(short_help="The settings that are in force, and the schema of all.")
def config() -> None:
    """Show the settings of the project around the working folder."""


@config.command(short_help="Every setting that is in force.")
@click.option("--origin", "shows_origin", is_flag=True, help="Show where each value comes from.")
@click.option("--env", metavar="NAME", help="The profile [tool.redhanded.env.NAME] to use.")
@json_option
def show(*, shows_origin: bool, env: str | None, as_json: bool) -> None:
    """Show every setting that is in force, secrets masked.

    Ends with 2, and a sentence for each problem, where the settings are refused.
    """
    from redhanded.cli import project

    settings = list(shown(project.loaded(os.environ, env=env)))
    if as_json:
        found = {each.key: {"value": each.value, "origin": each.origin} for each in settings}
        print_json({"settings": found})
    else:
        print_rows([_row(each, shows_origin=shows_origin) for each in settings])


@config.command(short_help="The JSON Schema of [tool.redhanded].")
def schema() -> None:
    """Print the JSON Schema of [tool.redhanded], for editors."""
    from redhanded.session import reference

    click.echo(json.dumps(reference.schema(), indent=2))


def shown(loaded: Loaded) -> Iterator[Setting]:
    """Every setting with its secrets masked, in the model's order."""
    from redhanded.core.settings import leaves

    veil = Veil.over(loaded)
    for key, value in leaves(loaded.settings):
        yield Setting(key, veil.shown(key, value), loaded.origins[key])


@dataclass(frozen=True, slots=True)
class Veil:
    """Hides the secrets of one project's settings; `names` tells what each is called."""

    redactor: Redactor
    names: Mapping[str, str]

    @classmethod
    def over(cls, loaded: Loaded) -> Self:
        """The veil that knows every secret behind these settings."""
        from redhanded.core.redaction import Redactor

        redactor = Redactor.of(loaded.settings.redact)
        for name, secret in loaded.secrets:
            redactor.register(secret, name=name)
        return cls(redactor, {secret: name for name, secret in loaded.secrets})

    def shown(self, key: str, value: object) -> Any:  # noqa: ANN401  JSON
        """The value as JSON, without secrets."""
        from pydantic import SecretStr
        from pydantic_core import to_jsonable_python

        if isinstance(value, SecretStr):
            secret = value.get_secret_value()
            return self.redactor.mask_for(secret, self.names.get(secret, key))
        return self._masked(to_jsonable_python(value))

    def _masked(self, value: Any) -> Any:  # noqa: ANN401  JSON
        if isinstance(value, list):
            return [self._masked(item) for item in value]
        if not isinstance(value, str):
            return value
        if value in self.names:  # known whole, also where it is too short to be searched for
            return self.redactor.mask_for(value, self.names[value])
        return self.redactor.text(value)


def _row(setting: Setting, *, shows_origin: bool) -> list[Cell]:
    is_default = setting.origin == "default"
    value = "" if setting.value is None else json.dumps(setting.value, ensure_ascii=False)
    row = [Cell(setting.key, "dim" if is_default else "bold"), Cell(value)]
    return [*row, Cell(setting.origin, "dim")] if shows_origin else row
