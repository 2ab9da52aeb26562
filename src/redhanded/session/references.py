"""`secret`, as tests and conftests call it: a secret of the environment or of a file."""

from __future__ import annotations

import os
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from redhanded.core.credentials import REFERENCES
from redhanded.core.errors import UsageError
from redhanded.core.secret import Secret
from redhanded.session import layers
from redhanded.session.secrets import References, git_tracks

if TYPE_CHECKING:
    from collections.abc import Mapping


def secret(reference: str) -> Secret:
    """The secret behind `env:NAME` or `file:PATH`, under the name of the variable or the file.

    Variables may also stand in `.env`. Raises UsageError where the reference leads nowhere.
    """
    kind, _, rest = reference.partition(":")
    if not reference.startswith(REFERENCES) or not rest:
        message = (
            "secret() was given no reference: write the name of a variable or a file that holds"
            ' the value, such as secret("env:ADMIN_TOKEN")'
        )
        raise UsageError(message)
    dotenv = {} if kind == "file" or rest in os.environ else _dotenv()
    references = References(Path.cwd(), os.environ, dotenv, cache(git_tracks))
    try:
        references.resolve(reference, declared=True)
    except ValueError as error:
        message = f"secret({reference!r}) {error}"
        raise UsageError(message) from None
    (value,) = references.found.values()
    return Secret(rest if kind == "env" else Path(rest).stem, value)


def _dotenv() -> Mapping[str, str]:
    return layers.read(Path.cwd(), overrides={}, environ={}).dotenv
