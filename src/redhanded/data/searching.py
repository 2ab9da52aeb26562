"""Hypothesis strategies of valid objects, from the models that factories use."""

from __future__ import annotations

import json
from collections.abc import Mapping
from contextlib import contextmanager
from difflib import get_close_matches
from typing import TYPE_CHECKING, Any, Literal, TypeAlias, TypeVar, overload

from pydantic import BaseModel

from redhanded.core.errors import UsageError
from redhanded.data.asking import asked
from redhanded.data.ground import Ground

if TYPE_CHECKING:
    from collections.abc import Iterator

    from hypothesis import settings
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
@asked
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
    with _hypothesis("strategy()"):
        from redhanded.data.drawing import Drawing
    ground = Ground.of(source, example=example, strict=False)
    bodies = Drawing(ground, charset).bodies(_by_json_name(source, ground, fixed))
    if isinstance(source, Mapping):
        return bodies
    model = source

    def read(body: object) -> BaseModel:
        return model.model_validate_json(json.dumps(body))

    return bodies.map(read)


@asked
def search(*, examples: int = 25, **options: Any) -> settings:  # noqa: ANN401  Hypothesis's
    """Hypothesis's settings for tests of an API: `@search(examples=50)` above `@given(...)`.

    Fixtures of one test serve all its examples, no example has a deadline of its own (calls have),
    and nothing is kept between runs. `options` are those of `hypothesis.settings`.
    """
    with _hypothesis("search()"):
        from hypothesis import HealthCheck, Phase, settings
    usual: dict[str, Any] = {
        "deadline": None,
        "database": None,
        "phases": (Phase.explicit, Phase.reuse, Phase.generate, Phase.shrink),
        "suppress_health_check": [HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
    }
    return settings(max_examples=examples, **usual | options)


@contextmanager
def _hypothesis(name: str) -> Iterator[None]:
    try:
        yield
    except ModuleNotFoundError as error:
        if (error.name or "").partition(".")[0] != "hypothesis":
            raise
        raise UsageError(
            f"{name} needs Hypothesis: pip install 'redhanded[hypothesis]'."
        ) from error


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
