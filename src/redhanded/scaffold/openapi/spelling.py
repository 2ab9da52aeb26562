"""How small parts of methods are spelled: types, statuses, bodies, dictionaries."""

from __future__ import annotations

from typing import TYPE_CHECKING

from redhanded.scaffold.openapi import texts

if TYPE_CHECKING:
    from collections.abc import Sequence

    from redhanded.scaffold.openapi.methods import Method
    from redhanded.scaffold.openapi.shapes import Shape

_LONGEST_VALUES = 50
FORM = "application/x-www-form-urlencoded"


def brief(shape: Shape) -> Shape:
    """The shape of an argument, without values that would not fit in a line."""
    if len(str(shape.get("enum", ""))) > _LONGEST_VALUES:
        return {"type": "string"} if all(isinstance(each, str) for each in shape["enum"]) else {}
    found = dict(shape)
    for keyword in ("items", "additionalProperties"):
        if keyword in found:
            found[keyword] = brief(found[keyword])
    if "anyOf" in found:
        found["anyOf"] = [brief(each) for each in found["anyOf"]]
    return found


def is_class(shape: Shape) -> bool:
    """Whether a type checker takes the type for a class, as `expect` has it."""
    return "$ref" in shape or shape.get("type") in {
        "array",
        "object",
        "integer",
        "number",
        "boolean",
    }


def or_none(said: str) -> str:
    """The type of an argument that need not be given, with its default."""
    if said == "Any":
        return "Any = None"
    return f"{said} = None" if said.endswith("None") else f"{said} | None = None"


def status(statuses: Sequence[int | str]) -> str:
    """What `expect` takes for these statuses."""
    exact = [one for one in statuses if isinstance(one, int)]
    ranges = [one for one in statuses if isinstance(one, str)]
    if ranges:
        return texts.literal(ranges[0])
    listed = ", ".join(map(str, sorted(exact)))
    return listed if len(exact) == 1 else f"{{{listed}}}"


def numbers(statuses: Sequence[int | str]) -> str:
    """The rest of a condition that is met by these statuses."""
    exact = sorted(one for one in statuses if isinstance(one, int))
    if len(exact) < len(statuses):
        return "in range(200, 300)"
    if len(exact) == 1:
        return f"== {exact[0]}"
    return f"in {{{', '.join(map(str, exact))}}}"


def content_type(method: Method) -> str | None:
    """What must be said of the body, where the client does not say it itself."""
    if method.body is None:
        return None
    media_type = method.body.media_type.partition(";")[0].strip()
    if not media_type.isascii() or not media_type.isprintable() or "*" in media_type:
        return None
    if media_type in {"application/json", FORM} or media_type.startswith("multipart/"):
        return None
    return media_type


def body_argument(method: Method) -> str:
    """The argument by which a client takes the body."""
    body = method.body
    if body is not None and body.shape is not None:
        return "json=body"
    media_type = body.media_type if body is not None else ""
    if media_type.startswith("multipart/"):
        return "files=body"
    return "data=body" if media_type.startswith(FORM) else "content=body"


def call_of_dict(opening: str, pairs: Sequence[str]) -> str:
    """A statement that calls a function with a dictionary, laid out as a formatter does."""
    line = f"        {opening}{{{', '.join(pairs)}}})"
    if len(line) <= texts.WIDTH:
        return line
    inner = "".join(f"                {pair},\n" for pair in pairs)
    return f"        {opening}\n            {{\n{inner}            }}\n        )"


def split(annotation: str) -> set[str]:
    """The names in an annotation."""
    for sign in "[]|,":
        annotation = annotation.replace(sign, " ")
    return set(annotation.split())
