"""Shows the package the standard library as Windows has it, in this interpreter and its children.

Only modules of `redhanded` see that: they are told that this is Windows, and find no name that it
lacks. Everybody else, the standard library above all, goes on with what is really there.
"""

from __future__ import annotations

import builtins
from importlib import import_module
from types import ModuleType
from typing import Any

from posix_only import MODULES, NAMES  # type: ignore[import-not-found]  # it lies beside this

TOLD = {"os": {"name": "nt"}, "sys": {"platform": "win32"}}
real_import = builtins.__import__


class View(ModuleType):
    """A module without some of its names; what is set in it is set in the module itself."""

    def __init__(self, name: str) -> None:
        ModuleType.__init__(self, name)
        object.__setattr__(self, "_module", import_module(name))

    def __getattribute__(self, name: str) -> object:
        module = object.__getattribute__(self, "_module")
        if name in NAMES.get(module.__name__, ()):
            raise AttributeError(f"module {module.__name__!r} has no attribute {name!r} on Windows")
        told = TOLD.get(module.__name__, {})
        return told[name] if name in told else getattr(module, name)

    def __setattr__(self, name: str, value: object) -> None:
        setattr(object.__getattribute__(self, "_module"), name, value)


views = {name: View(name) for name in {*NAMES, *TOLD}}


def view_of_windows(name: str, *rest: Any, **more: Any) -> ModuleType:  # noqa: ANN401  as given
    """What an import statement finds, by who imports."""
    importer = rest[0] if rest else more.get("globals")
    if str((importer or {}).get("__name__", "")).startswith("redhanded"):
        if name in MODULES:
            raise ModuleNotFoundError(f"No module named {name!r} on Windows", name=name)
        if name in views:
            return views[name]
    return real_import(name, *rest, **more)


builtins.__import__ = view_of_windows
