"""What of a document goes into the project's settings: identities, and how things are removed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from redhanded.contracts.openapi.operations import VARIABLE
from redhanded.scaffold.answers import Auth
from redhanded.scaffold.openapi import paths, texts

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from redhanded.scaffold.openapi.identities import Identity
    from redhanded.scaffold.openapi.trips import Trip

_VARIABLES = {
    Auth.BEARER: {"token": "TOKEN"},
    Auth.BASIC: {"username": "USER", "password": "PASSWORD"},
    Auth.API_KEY: {"value": "KEY"},
    Auth.OAUTH2: {"client_id": "CLIENT_ID", "client_secret": "CLIENT_SECRET"},
}


def tables(others: Sequence[Identity], trips: Iterable[Trip], main: Identity | None) -> str:
    """The tables for pyproject.toml, besides those that every suite has."""
    blocks = [_identity(one) for one in others]
    removals = [_resource(trip, main) for trip in trips]
    if removals:
        blocks.append("\n".join(["[tool.redhanded.resources]", *removals]))
    return "\n\n".join(blocks)


def variables(others: Iterable[Identity]) -> tuple[str, ...]:
    """The environment variables that these identities prove themselves with."""
    return tuple(
        f"{one.name.upper()}_{ending}" for one in others for ending in _VARIABLES[one.kind].values()
    )


def _identity(one: Identity) -> str:
    lines = [f"[tool.redhanded.identities.{one.name}]", f'kind = "{one.kind}"']
    if one.kind is Auth.API_KEY:
        lines.append(f"name = {_text(one.key_name)}")
        lines += [f'place = "{one.key_place}"'] if one.key_place != "header" else []
    if one.kind is Auth.OAUTH2:
        lines.append(f"token_url = {_text(one.token_url)}")
    for key, ending in _VARIABLES[one.kind].items():
        lines.append(f'{key} = "env:{one.name.upper()}_{ending}"')
    return "\n".join(lines)


def _resource(trip: Trip, main: Identity | None) -> str:
    template = trip.delete.operation.template
    found = VARIABLE.search(template)
    before = paths.fixed(template[: found.start()]) if found else template
    after = paths.fixed(template[found.end() :]) if found else ""
    delete = f'delete = "DELETE {before}{{id}}{after}"'
    other = trip.identity if trip.identity is not main else None
    who = f', identity = "{other.name}"' if other is not None else ""
    return f"{trip.thing} = {{ {delete}{who} }}"


def _text(value: str) -> str:
    """A text of plain ASCII as TOML quotes it."""
    return texts.literal(value)
