"""The body of a creation: the author's data with our mark in the place that is declared for it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from pydantic import BaseModel, ValidationError

from redhanded.cleanup.marking import header_of, marked, value_at
from redhanded.client.bodies import dumped
from redhanded.core.errors import UsageError
from redhanded.core.ids import read_tag
from redhanded.core.jsonpath import read

if TYPE_CHECKING:
    from collections.abc import Mapping

    from redhanded.core.ids import Tags
    from redhanded.core.settings import Resource
    from redhanded.data.factory import Factory
    from redhanded.session.resources import Recipe


class Body(NamedTuple):
    """What is sent to make an object; `mark` is empty where the author's own value stands there."""

    json: object
    headers: Mapping[str, str]
    mark: str


def compose(
    recipe: Recipe,
    resource: Resource,
    given: object,
    fields: Mapping[str, object],
    *,
    make: Factory,
    mark: str,
    tags: Tags,
) -> Body:
    """The author's own data, or what the model is made of, with the mark.

    A value that the author has put in the mark's place stays there; one of our own marks serves.
    """
    if given is not None and fields:
        raise recipe.problem("it takes an object as it is, or fields for a new one, and not both")
    made = _made(recipe, given, fields, make)
    json, place = dumped(made), resource.tag
    if place is None:
        return Body(json, {}, mark)
    if header := header_of(place):
        return Body(json, {header: mark}, mark)
    if given is not None or _is_named(recipe, place, fields):
        if there := value_at(json, place):
            return Body(json, {}, there if _is_ours(there, tags) else "")
        if fields:  # it was emptied on purpose
            return Body(json, {}, "")
    _check_room(recipe, made, place, mark)
    return Body(_marked(recipe, json, place, mark), {}, mark)


def _made(recipe: Recipe, given: object, fields: Mapping[str, object], make: Factory) -> object:
    if given is not None:
        return given
    if recipe.model is not None:
        return make(recipe.model, **fields)
    return dict(fields) or None


def _is_named(recipe: Recipe, place: str, fields: Mapping[str, object]) -> bool:
    """Whether the author gave a value for what the mark stands in."""
    first = read(place)[0]
    return first in fields or _field(recipe.model, first) in fields


def _field(model: type[BaseModel] | None, name: str | int) -> str:
    """The model's field that is sent under this name; empty where it has none."""
    for known, info in (model.model_fields if model is not None else {}).items():
        if name in {info.serialization_alias, info.alias} or (
            name == known and not (info.serialization_alias or info.alias)
        ):
            return known
    return ""


def _is_ours(text: str, tags: Tags) -> bool:
    mark = read_tag(text, tags.prefix)
    return mark is not None and mark.run == tags.run


def _check_room(recipe: Recipe, made: object, place: str, mark: str) -> None:
    """Refuse a place for which the model itself takes no mark: the API would refuse it as well."""
    steps = read(place)
    name = _field(recipe.model, steps[0]) if len(steps) == 1 else ""
    if recipe.model is None or not name or not isinstance(made, recipe.model):
        return
    values: dict[str, Any] = {**made.model_dump(), name: mark}
    try:
        recipe.model.model_validate(values, by_name=True)
    except ValidationError as error:
        for detail in error.errors(include_url=False):
            if detail["loc"] and detail["loc"][0] in {name, steps[0]}:
                raise recipe.problem(
                    f"{recipe.model.__name__} takes no mark of {len(mark)} characters at {place}"
                    f" ({detail['msg']}); name another place with tag=..., or none"
                ) from None


def _marked(recipe: Recipe, json: object, place: str, mark: str) -> object:
    try:
        return marked(json, place, mark)
    except UsageError as error:
        raise recipe.problem(str(error).rstrip(".")) from None
