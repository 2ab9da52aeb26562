"""`resource`: a fixture that makes objects of a kind, and has them removed."""

from __future__ import annotations

import sys
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, TypeAlias, TypeVar, cast, overload

import pytest

from redhanded.core.errors import UsageError
from redhanded.plugin import conduct
from redhanded.session.active import active
from redhanded.session.maker import Bench, Maker
from redhanded.session.removals import Removals, of_scope
from redhanded.session.resources import Declaration, Recipe

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from types import FrameType
    from typing import Unpack

    from pydantic import BaseModel, TypeAdapter

    from redhanded.data.factory import Factory
    from redhanded.session.test_run import TestRun

T = TypeVar("T")
Scope: TypeAlias = Literal["function", "class", "module", "package", "session"]

_ENDS = {
    "function": "test",
    "class": "class",
    "module": "module",
    "package": "package",
    "session": "run",
}
_TAKEN = frozenset(
    {
        "api",
        "api_as",
        "async_api",
        "async_api_as",
        "cleanup",
        "lease",
        "make",
        "request",
        "settings",
    }
)
_WIDE: pytest.StashKey[Removals] = pytest.StashKey()


@overload
def resource(
    name: str,
    *,
    shape: type[T],
    model: type[BaseModel] | None = ...,
    scope: Scope = ...,
    **declared: Unpack[Declaration],
) -> Maker[T]: ...
@overload
def resource(
    name: str,
    *,
    shape: TypeAdapter[T],
    model: type[BaseModel] | None = ...,
    scope: Scope = ...,
    **declared: Unpack[Declaration],
) -> Maker[T]: ...
@overload
def resource(
    name: str,
    *,
    shape: None = ...,
    model: type[BaseModel] | None = ...,
    scope: Scope = ...,
    **declared: Unpack[Declaration],
) -> Maker[Any]: ...
def resource(
    name: str,
    *,
    shape: object = None,
    model: type[BaseModel] | None = None,
    scope: Scope = "function",
    **declared: object,
) -> Maker[Any]:
    """A fixture called `name`, which gives a function that makes objects: `booking(nights=3)`.

    What is not said here is taken from `[tool.redhanded.resources.<name>]`. `model` is what is
    sent, `shape` what the answer to the creation is read as; without it, its JSON is given. Objects
    are removed at the end of the fixture's scope. To a type checker this is what the fixture gives.

    Raises UsageError where something cannot be meant.
    """
    __tracebackhide__ = True
    caller = sys._getframe(1)  # noqa: SLF001  the documented way to a caller's line
    recipe = Recipe(kind=name, model=model, shape=shape, place=_place(caller), declared=declared)
    try:
        recipe.check()
    except UsageError as error:  # the author's line, not ours
        raise error.with_traceback(None) from None
    if scope not in _ENDS:
        raise recipe.problem(f"scope={scope!r} is none: write one of {', '.join(_ENDS)}")
    if "__qualname__" in caller.f_locals:
        raise recipe.problem("it stands in a class: write it in the module, or in a conftest.py")
    if name in _TAKEN:
        raise recipe.problem(f"{name} is a fixture already: give the kind another name")
    made = pytest.fixture(name=name, scope=scope)(_fixture(recipe, scope))
    return cast("Maker[Any]", made)


def _fixture(recipe: Recipe, scope: Scope) -> Any:  # noqa: ANN401  two functions of one purpose
    def in_test(request: pytest.FixtureRequest, cleanup: object) -> Maker[Any]:  # noqa: ARG001
        run = conduct(request.config).current
        return _maker(recipe, request, run.removals, lambda: run.make)

    def wide(request: pytest.FixtureRequest) -> Iterator[Maker[Any]]:
        _current(request)  # begins the run, where nobody has
        session, stash = active(), request.node.stash
        name = request.node.nodeid or "the fixtures of the session"
        is_first = _WIDE not in stash
        removals = stash.setdefault(_WIDE, of_scope(session, name))
        factory = session.factory.scoped(f"{name}::{recipe.kind}")
        yield _maker(recipe, request, removals, lambda: factory)
        if is_first:  # it is torn down last of those in its scope
            del stash[_WIDE]
            removals.run()

    made = in_test if scope == "function" else wide
    made.__doc__ = f"Makes a {recipe.kind}, which is removed at the end of the {_ENDS[scope]}."
    return made


def _maker(
    recipe: Recipe,
    request: pytest.FixtureRequest,
    removals: Removals,
    make: Callable[[], Factory],
) -> Maker[Any]:
    session = active()
    declared = recipe.resolve(session.settings)
    above = _given_by(request, declared.parent)
    if above is None and declared.parent and declared.parent not in removals.cleanup.kinds:
        raise recipe.problem(
            f'its parent "{declared.parent}" is not declared: write {declared.parent} ='
            f' resource("{declared.parent}", ...), or [tool.redhanded.resources.{declared.parent}]'
        )
    bench = Bench(
        session=session,
        current=partial(_current, request),
        removals=removals,
        make=make,
        above=lambda: above,
    )
    return Maker(recipe, declared, bench)


def _current(request: pytest.FixtureRequest) -> TestRun:
    return conduct(request.config).current


def _given_by(request: pytest.FixtureRequest, kind: str | None) -> object:
    """What the fixture of that name gives; None where there is none."""
    if kind is None:
        return None
    try:
        return cast("object", request.getfixturevalue(kind))
    except pytest.FixtureLookupError:
        return None


def _place(caller: FrameType) -> str:
    """The author's line, as it is typed."""
    path = Path(caller.f_code.co_filename)
    with suppress(ValueError):
        path = path.relative_to(Path.cwd())
    return f"{path}:{caller.f_lineno}"
