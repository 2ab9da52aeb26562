"""Secrets in what a caller gives a client: their values are put in when the request is built."""

from __future__ import annotations

import re
from typing import Any, Final

from redhanded.core.errors import UsageError
from redhanded.core.secret import KEYRING, Secret

_SHOWN: Final = re.compile(r"Secret\(([A-Za-z0-9_]{1,40})\)")
_HOLDING: Final = ("url", "headers", "params", "cookies", "data", "content", "auth")


def given(options: dict[str, Any]) -> dict[str, Any]:
    """The options of a call, with the values of the secrets that they hold.

    Raises UsageError where a secret was formatted into a text, which then holds only its name.
    """
    for name in _HOLDING:
        if options.get(name) is not None:
            options[name] = sendable(options[name])
    return options


def sendable(value: Any) -> Any:  # noqa: ANN401  whatever httpx2 takes
    """The value, with those of the secrets in it; what can hold none comes back as it is."""
    if isinstance(value, Secret):
        return value.reveal()
    if isinstance(value, str):
        return checked(value)
    if isinstance(value, dict):
        return {key: sendable(inner) for key, inner in value.items()}
    if type(value) in (list, tuple):
        return type(value)(map(sendable, value))
    return value


def checked(text: str) -> str:
    """The text as it is; raises UsageError where it shows a secret of this process by its name."""
    found = _SHOWN.search(text) if "Secret(" in text else None
    if found and found[1] in KEYRING.names:
        message = (
            f"the secret {found[1]} was formatted into a text, which shows its name and not its"
            f' value: add the parts instead, as in "Bearer " + {found[1].lower()}'
        )
        raise UsageError(message)
    return text
