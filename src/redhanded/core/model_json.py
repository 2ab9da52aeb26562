"""A Pydantic model as the JSON value that is sent."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel, SecretBytes, SecretStr

from redhanded.core.secret import Secret


def json_of(model: BaseModel) -> Any:  # noqa: ANN401  any JSON value
    """The model's JSON value, by alias.

    Secrets in it are sent as they are: pydantic would put asterisks in their place.
    """
    return _revealed(model.model_dump(mode="json", by_alias=True), model.model_dump(by_alias=True))


def _revealed(told: object, meant: object) -> object:
    """The JSON value `told`, with the secrets that stand at the same places of `meant`."""
    if isinstance(meant, Secret):
        return meant.reveal()
    if isinstance(meant, SecretStr):
        return meant.get_secret_value()
    if isinstance(meant, SecretBytes):
        return meant.get_secret_value().decode()
    if isinstance(told, dict) and isinstance(meant, dict):
        pairs = zip(told.items(), meant.values(), strict=False)
        return {key: _revealed(value, own) for (key, value), own in pairs}
    if isinstance(told, list) and isinstance(meant, list | tuple):
        return [_revealed(value, own) for value, own in zip(told, meant, strict=False)]
    return told
