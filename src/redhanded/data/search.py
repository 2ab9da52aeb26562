"""Hypothesis strategies of valid objects, from the models that factories use."""

from __future__ import annotations

import json
from collections.abc import Mapping
from difflib import get_close_matches
from typing import TYPE_CHECKING, Any, Literal, TypeAlias, TypeVar, overload

from pydantic import BaseModel

from redhanded.core.errors import UsageError
from redhanded.data.ground import Ground

if TYPE_CHECKING:
    from hypothesis.strategies import SearchStrategy

    from redhanded.data.schema_view import Schema

M = TypeVar("M", bound=BaseModel)
Characters: TypeAlias = Literal["ascii", "latin-1", "utf-8"]


@overload
def strategy(
    source: type[M], /, *, charset: Characters = ..., example: object = ..., **fixed: object
) -> SearchStrategy[M]: ...
@overload
def strategy(
    source: Schema, /, *, charset: Characters = ..., example: object = ..., **fixed: object
) -> SearchStrategy[Any]: ...
def strategy(
    source: type[BaseModel] | Schema,
    /,
    *,
    charset: Characters = "utf-8",
    example: object = None,
    **fixed: object,
) -> SearchStrategy[Any]:
    """A Hypothesis strategy of all objects that a model accepts, or of JSON values of a schema.

    Texts hold letters and signs of the charset, no control characters. Fields given here have that
    value, or are drawn by that strategy. Where validators of the model refuse what was drawn,
    fields of an example stand in its place, so that a search is never short of objects.
    """
    try:
        from redhanded.data.drawing import Drawing
    except ModuleNotFoundError as error:
        if error.name is None or not error.name.startswith("hypothesis"):
            raise
        raise UsageError(
            "strategy() needs Hypothesis: pip install 'redhanded[hypothesis]'."
        ) from error
    ground = Ground.of(source, example=example, strict=False)
    bodies = Drawing(ground, charset).bodies(_by_json_name(source, ground, fixed))
    if isinstance(source, Mapping):
        return bodies
    model = source
    return bodies.map(lambda body: model.model_validate_json(json.dumps(body)))


def _by_json_name(
    source: type[BaseModel] | Schema, ground: Ground, fixed: Mapping[str, object]
) -> dict[str, object]:
    names = {name: name for name in ground.view.place(ground.view.root).names}
    if isinstance(source, type):
        fields = source.model_fields.items()
        names |= {name: str(field.validation_alias or name) for name, field in fields}
    for name in fixed:
        if name not in names:
            close = get_close_matches(name, names, n=1, cutoff=0.4)
            meant = f"did you mean {close[0]!r}?" if close else f"it has {', '.join(names)}."
            raise UsageError(f"strategy() was given {name!r}, which is no field: {meant}")
    return {names[name]: value for name, value in fixed.items()}
