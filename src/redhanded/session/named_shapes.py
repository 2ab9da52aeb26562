"""Shapes that settings name as `module:Name`, imported as pytest imports the project's own code."""

from __future__ import annotations

import importlib
import sys
from difflib import get_close_matches
from typing import TYPE_CHECKING, Any

from redhanded.core.errors import SettingsError

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

_LIST = "[]"


def imported(models: Mapping[str, str], root: Path) -> dict[str, Any]:
    """The shapes by their routes; `root` is the project's folder.

    Raises SettingsError, naming the key, where a name leads to nothing.
    """
    return {route: _shape(f'models."{route}"', name, root) for route, name in models.items()}


def _shape(key: str, name: str, root: Path) -> Any:  # noqa: ANN401  whatever pydantic reads
    plain = name.removesuffix(_LIST)
    module_name, _, path = plain.partition(":")
    found: Any = _module(key, name, module_name, root)
    for part in path.split("."):
        if not hasattr(found, part):
            raise SettingsError(_unknown(key, name, found, part))
        found = getattr(found, part)
    return list[found] if name.endswith(_LIST) else found


def _module(key: str, name: str, module: str, root: Path) -> object:
    """The module, looked for where pytest looks, and then in the project's folder."""
    try:
        return importlib.import_module(module)
    except ModuleNotFoundError as error:
        if not _is_behind(error, module):
            raise SettingsError(_broken(key, name, module, error)) from error
    except Exception as error:
        raise SettingsError(_broken(key, name, module, error)) from error
    if str(root) in sys.path or not root.is_dir():
        raise SettingsError(_missing(key, name, module, root))
    sys.path.append(str(root))
    try:
        importlib.invalidate_caches()
        return _module(key, name, module, root)
    except SettingsError:
        sys.path.remove(str(root))
        raise


def _is_behind(error: ModuleNotFoundError, module: str) -> bool:
    """Whether the module itself is missing, or a package that it lies in; not one it imports."""
    return error.name is not None and f"{module}.".startswith(f"{error.name}.")


def _missing(key: str, name: str, module: str, root: Path) -> str:
    return (
        f'{key} = "{name}": there is no module {module!r}: write it as a test of this project '
        f"would import it, and set pytest's `pythonpath` where it lies outside of {root.name}/."
    )


def _broken(key: str, name: str, module: str, error: Exception) -> str:
    said = f"{type(error).__name__}: {error}".partition("\n")[0].rstrip(".: ")
    return f'{key} = "{name}": {module!r} cannot be imported ({said}): mend the module.'


def _unknown(key: str, name: str, owner: object, part: str) -> str:
    known = [each for each in dir(owner) if not each.startswith("_")]
    close = get_close_matches(part, known, n=1)
    hint = f"did you mean {close[0]!r}?" if close else "write the name of a model in it."
    owner_name = getattr(owner, "__name__", type(owner).__name__)
    return f'{key} = "{name}": {owner_name!r} has no {part!r}; {hint}'
