"""What a run is made with, as its reports tell: the command, settings, plugins and the source."""

from __future__ import annotations

import json
import platform
from typing import TYPE_CHECKING, Any

from pydantic import SecretStr
from pydantic_core import to_jsonable_python

from redhanded.core.events import Described
from redhanded.core.settings import leaves
from redhanded.session.checkout import source_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

    from redhanded.core.redaction import Redactor
    from redhanded.session.session import Session

_DEFAULT = "default"


def described(
    session: Session,
    *,
    command: Sequence[str],
    workers: int,
    plugins: Mapping[str, str],
    environ: Mapping[str, str],
    root: Path,
) -> Described:
    """What the run of a session is made with, secrets masked; settings are those that were made."""
    settings, mask = session.settings, session.redactor.text
    return Described(
        run_id=session.run_id,
        name=session.name,
        shard=settings.shard or "",
        env=settings.env or "",
        command=tuple(_masked(command, session.redactor)),
        workers=workers,
        platform=platform.platform(),
        plugins=dict(plugins),
        settings=tuple(_settings(session)),
        source={name: mask(told) for name, told in source_of(environ, root).items()},
    )


def _masked(command: Sequence[str], redactor: Redactor) -> Iterator[str]:
    """The command without its secrets: known ones, and what is given under a secret's name."""
    name = ""
    for argument in command:
        if name and not argument.startswith("-"):
            yield redactor.mask_for(argument, name)
        else:
            yield _argument(argument, redactor)
        plain = argument.lstrip("-")
        is_name = plain != argument and "=" not in plain and redactor.is_secret_name(plain)
        name = plain if is_name else ""


def _argument(argument: str, redactor: Redactor) -> str:
    key, separator, value = argument.partition("=")
    name = key.lstrip("-").rpartition(".")[2]
    if not separator:
        return redactor.text(argument)
    if name and value and redactor.is_secret_name(name):
        return f"{key}={redactor.mask_for(value, name)}"
    return f"{key}={_argument(value, redactor)}" if "://" not in value else redactor.text(argument)


def _settings(session: Session) -> Iterator[tuple[str, str, str]]:
    for key, value in leaves(session.settings):
        origin = session.origins.get(key, _DEFAULT)
        if origin != _DEFAULT:
            yield key, _shown(key, value, session), origin


def _shown(key: str, value: object, session: Session) -> str:
    if isinstance(value, SecretStr):
        return session.redactor.mask_for(value.get_secret_value(), key)
    plain: Any = to_jsonable_python(value)
    told = plain if isinstance(plain, str) else json.dumps(plain, ensure_ascii=False)
    return session.redactor.text(told)
