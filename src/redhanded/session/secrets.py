"""Secrets behind references: `env:NAME` and `file:PATH`, and none written into tracked files."""

from __future__ import annotations

import re
import shutil
import subprocess
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

from pydantic import SecretStr

from redhanded.core.secret_names import SecretNames
from redhanded.session.layers import DOTENV, PROJECT, absolute
from redhanded.session.tree import Located

if TYPE_CHECKING:
    from redhanded.session.keys import Key

IsTracked: TypeAlias = Callable[[Path], bool]

_PUBLIC = frozenset({"username", "client_id"})


def git_tracks(path: Path) -> bool:
    """Whether git has the file in its index; False where there is no git or no repository."""
    git = shutil.which("git")
    if git is None:
        return False
    try:
        answer = subprocess.run(
            [git, "ls-files", "--error-unmatch", "--", path.name],
            cwd=path.parent,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            check=False,
            timeout=10,
        )
    except (OSError, subprocess.TimeoutExpired):
        return False
    return answer.returncode == 0


@dataclass(slots=True)
class References:
    """Resolves what the settings write in the place of secrets; `found` is what it handed out.

    Under `names`, text is a secret also where any text may stand: in headers and login bodies.
    """

    root: Path
    environ: Mapping[str, str]
    dotenv: Mapping[str, str]
    is_tracked: IsTracked
    names: SecretNames = field(default_factory=SecretNames)
    found: dict[str, str] = field(default_factory=dict)

    def resolve(self, written: str, *, declared: bool) -> str | SecretStr:
        """The secret that is meant; text that is none comes back as it was written.

        Raises ValueError with the end of a sentence that begins with the key.
        """
        kind, _, rest = written.partition(":")
        key: Key = written.key if isinstance(written, Located) else ()
        file = written.layer.file if isinstance(written, Located) else None
        if kind == "env" and "".join(key[-1:]) in _PUBLIC:
            return self._variable(rest)  # a name: masked everywhere, it would make no replay run
        if kind == "env":
            return self._found(rest, self._variable(rest))
        name = _variable_of(key)
        if kind == "file":
            return self._found(name, self._content(rest))
        if not declared and "".join(key[-1:]) not in self.names:
            return str(written)
        if written and file is not None and self._tracks(file):
            raise ValueError(
                "holds a secret in a file that git tracks:"
                f' write "env:{name}" and set the variable {name}'
            )
        return self._found(name, str(written))

    def _found(self, name: str, value: str) -> SecretStr:
        if value:
            self.found[name] = value
        return SecretStr(value)

    def _variable(self, name: str) -> str:
        value = self.environ.get(name)
        if value is None and name in self.dotenv:
            value = self.dotenv[name]
            if self._tracks(self.root / DOTENV):
                raise ValueError(
                    f"refers to env:{name}, whose value stands in {DOTENV}, a file that git"
                    f" tracks: take it out of git (git rm --cached {DOTENV}) and renew the secret"
                )
        if not value or not value.strip():
            state = "is not set" if value is None else "is empty"
            raise ValueError(
                f"refers to env:{name}, but the variable {name} {state}:"
                f" set it, or write it into {DOTENV}"
            )
        return value.rstrip("\r\n")

    def _content(self, written: str) -> str:
        path = absolute(Path(written), self.root)
        try:
            value = path.read_text(encoding="utf-8").rstrip("\r\n")
        except (OSError, ValueError) as error:
            reason = error.strerror if isinstance(error, OSError) else "it is not UTF-8 text"
            raise ValueError(
                f"refers to file:{written}, which cannot be read ({reason}):"
                " write the path of a file that holds nothing but the secret"
            ) from None
        if not value.strip():
            raise ValueError(f"refers to file:{written}, which is empty: write the secret into it")
        if self._tracks(path):
            raise ValueError(
                f"refers to file:{written}, a file that git tracks:"
                " take it out of git (git rm --cached) and renew the secret"
            )
        return value

    def _tracks(self, file: Path) -> bool:
        # Where git cannot be asked, the project file is still one that everybody commits.
        return file.name == PROJECT or self.is_tracked(file)


def _variable_of(key: Key) -> str:
    """A variable to keep this secret in: AUTH_TOKEN for auth.token."""
    return re.sub(r"\W", "_", "_".join(key), flags=re.ASCII).upper()
