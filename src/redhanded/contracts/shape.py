"""A shape: what a body is expected to look like, as a type, as a text, or as a value."""

from __future__ import annotations

import re
import typing
from functools import lru_cache
from inspect import isroutine
from types import ModuleType, UnionType
from typing import Any, Literal, TypeAlias

from pydantic import PydanticUserError, TypeAdapter

from redhanded.core.errors import UsageError

_MODULES = re.compile(r"(?<!['\"\w.])(?:[A-Za-z_<][\w<>]*\.)+(?=\w)")

Kind: TypeAlias = Literal["type", "value", "text", "bytes"]


def kind_of(shape: object) -> Kind:
    """How a body is held against the shape.

    `str` and `bytes` mean the body as it came, unless it is declared to be JSON; every other type
    is read by pydantic; anything else is a value that the document must equal.
    """
    if shape is bytes or isinstance(shape, bytes):
        return "bytes"
    if shape is str or isinstance(shape, str):
        return "text"
    if isinstance(shape, ModuleType) or isroutine(shape):
        raise UsageError(
            f"{name_of(shape)} is no shape: give a model, a type or a value, "
            "and conditions as `where=`."
        )
    return "value" if is_matcher(shape) or not _is_type(shape) else "type"


def is_matcher(shape: object) -> bool:
    """Whether the shape is a dirty-equals value, which knows itself what it equals."""
    from dirty_equals import DirtyEquals

    return isinstance(shape, DirtyEquals) or (
        isinstance(shape, type) and issubclass(shape, DirtyEquals)
    )


def name_of(shape: object) -> str:
    """The shape as its author wrote it, without the modules it comes from."""
    if typing.get_origin(shape) is typing.Annotated:
        return name_of(typing.get_args(shape)[0])
    if isinstance(shape, type) and not typing.get_args(shape):
        return shape.__qualname__.rpartition("<locals>.")[2]
    if isroutine(shape) or isinstance(shape, ModuleType):
        return str(getattr(shape, "__name__", shape))
    written = repr(shape)
    if isinstance(shape, TypeAdapter):
        written = written.removeprefix("TypeAdapter(").removesuffix(")")
    return _MODULES.sub("", written)


def adapter_of(shape: object) -> TypeAdapter[Any]:
    """The pydantic adapter of a type, built on first use and kept.

    Raises UsageError where pydantic cannot make one.
    """
    if isinstance(shape, TypeAdapter):
        return shape
    try:
        hash(shape)
    except TypeError:  # Annotated with metadata that has no hash
        return _build(shape)
    return _kept(shape)


@lru_cache(maxsize=256)
def _kept(shape: Any) -> TypeAdapter[Any]:  # noqa: ANN401  pydantic decides what is a type
    return _build(shape)


def _build(shape: Any) -> TypeAdapter[Any]:  # noqa: ANN401
    try:
        adapter: TypeAdapter[Any] = TypeAdapter(shape)
        adapter.rebuild(raise_errors=True)
    except (PydanticUserError, NameError) as error:
        reason = re.split(r"\n|\. ", str(error))[0].rstrip(".")
        raise UsageError(f"{name_of(shape)} cannot serve as a shape: {reason}.") from error
    return adapter


def _is_type(shape: object) -> bool:
    return (
        isinstance(shape, type | TypeAdapter | UnionType | typing.NewType)
        or shape is typing.Any
        or typing.get_origin(shape) is not None
        # `type X = ...` of Python 3.12 and the backport of it are different classes.
        or type(shape).__name__ == "TypeAliasType"
    )
