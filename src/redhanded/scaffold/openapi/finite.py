"""Which objects can be made: those whose required properties do not lead back to themselves."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from redhanded.scaffold.openapi.shapes import Model, Shape


def finite(models: Mapping[str, Model]) -> frozenset[str]:
    """The keys of the models that some object can have."""
    waiting, found = list(models), set[str]()
    while filled := [key for key in waiting if _is_filled(models[key].shape, found)]:
        found.update(filled)
        waiting = [key for key in waiting if key not in found]
    return frozenset(found)


def is_finite(shape: Shape, known: Collection[str]) -> bool:
    """Whether a value of this shape can be made of objects whose models are known to be finite."""
    if isinstance(shape.get("$ref"), str):
        return shape["$ref"] in known
    if "anyOf" in shape:
        return any(is_finite(one, known) for one in shape["anyOf"])
    if shape.get("type") == "array":
        return not shape.get("minItems") or is_finite(shape.get("items") or {}, known)
    return _is_filled(shape, known)


def _is_filled(shape: Shape, known: Collection[str]) -> bool:
    fields = shape.get("properties", {})
    return all(is_finite(fields.get(name, {}), known) for name in shape.get("required", ()))
