"""What of a document's operations first tests can call, without a guess at what nobody said."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from redhanded.contracts.openapi.operations import VARIABLE
from redhanded.scaffold.openapi import names
from redhanded.scaffold.openapi.shapes import references

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from redhanded.scaffold.openapi.identities import Identity
    from redhanded.scaffold.openapi.methods import Method
    from redhanded.scaffold.openapi.naming import Classes
    from redhanded.scaffold.openapi.shapes import Model, Shape

# The last word of what names another thing: nobody who reads a document alone has one.
_FOREIGN = frozenset(
    {"code", "guid", "guids", "id", "ids", "key", "link", "ref", "reference", "references", "refs"}
    | {"symbol", "token", "uri", "url", "uuid", "uuids"}
)
_REFUSALS = frozenset({"400", "409", "411", "412", "413", "415", "422"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Trip:
    """A thing that can be made, read and removed: its methods, and where its id comes from."""

    thing: str
    create: Method
    read: Method
    delete: Method
    id_field: str
    id_property: str
    is_optional: bool
    is_text: bool
    """Whether the path takes a text."""
    has_text_id: bool
    """Whether the id that is given back is one."""
    identity: Identity | None
    ends: tuple[int, ...]
    """How a read says, as documented, that the thing is gone; none where nothing can be said."""
    read_id: str | None
    """The field by which what was read tells that it is the same thing."""


def callable_reads(methods: Sequence[Method]) -> list[Method]:
    """Reads whose whole request the document says, and whose answer ends and is JSON or text."""
    return [one for one in methods if one.is_safe and _is_callable(one)]


def lists(methods: Sequence[Method]) -> list[Method]:
    """Reads of these that answer with a list, or with an object around one."""
    return [
        one
        for one in methods
        if one.operation.method == "GET" and one.answers and _is_list(one.answers[0].shape)
    ]


def trips(methods: Sequence[Method], classes: Classes) -> Iterator[Trip]:
    """Each thing that is made at one path, and read and removed below it by its id alone."""
    by_route = {(one.operation.method, one.operation.template): one for one in methods}
    taken = names.Taken()
    for create in methods:
        template = create.operation.template.rstrip("/")
        if create.operation.method != "POST" or not makes(create, classes):
            continue
        for (method, other), read in by_route.items():
            delete = by_route.get(("DELETE", other))
            if method == "GET" and delete is not None and _is_below(other, template):
                found = _trip(create, read, delete, classes, taken)
                if found is not None:
                    yield found
                    break


def makes(method: Method, classes: Classes) -> bool:
    """Whether the request can be made from the document alone: a body without ids of others."""
    body = method.body
    if not _can_be_asked(method) or method.demanded or not method.answers:
        return False
    if body is None or body.shape is None:
        return False
    return is_fresh(body.shape, classes)


def is_fresh(shape: Shape, classes: Classes) -> bool:
    """Whether a body is an object of the document's own, without a name of something else."""
    model = classes.model_of(shape)
    if model is None:
        return False
    waiting, seen = [model], {model.key}
    while waiting:
        for name, inner in waiting.pop().shape.get("properties", {}).items():
            if _names_another(name):
                return False
            for key in references(inner):
                if key in seen:
                    continue
                seen.add(key)
                waiting.append(classes.by_key(key))
    return True


def _names_another(name: str) -> bool:
    said = names.words(name)
    return bool(said) and said[-1].lower() in _FOREIGN


def inner_objects(model: Model, classes: Classes) -> Iterator[tuple[str, Model]]:
    """The objects directly within one, by the names of the fields."""
    for name, inner in model.shape["properties"].items():
        found = classes.model_of(inner)
        if found is not None:
            yield classes.field_of(model, name), found


def days(model: Model, classes: Classes) -> list[tuple[str, bool]]:
    """The fields that hold days, where there are several; whether each has a time of day too."""
    found = [
        (classes.field_of(model, name), inner["format"] == "date-time")
        for name, inner in model.shape["properties"].items()
        if inner.get("format") in {"date", "date-time"}
    ]
    return found if len(found) > 1 else []


def refusals(method: Method) -> list[int]:
    """The statuses by which the operation says, as documented, that a body is not as it wants."""
    exact = sorted(int(code) for code in method.documented if code in _REFUSALS)
    if exact:
        return exact
    return [400, 422] if {"4xx", "default"} & set(method.documented) else []


def judged(methods: Sequence[Method], classes: Classes) -> list[Method]:
    """Writes that must refuse a body which is not as the document says, and say so."""
    return [
        one
        for one in methods
        if one.operation.method in {"POST", "PUT"}
        and one.body is not None
        and one.body.shape is not None
        and classes.model_of(one.body.shape) is not None
        and one.body.media_type == "application/json"
        and not one.demanded
        and _can_be_asked(one)
        and refusals(one)
    ]


def lacks(method: Method) -> str:
    """What one must know to call an operation, which the document does not say."""
    if not method.need.is_met:
        return "who may call it"
    needed = [one.name for one in method.required]
    if needed:
        return ", ".join(needed)
    return "a body" if method.body is not None else "what it changes"


def _can_be_asked(method: Method) -> bool:
    return method.need.is_met and not method.required and not method.operation.is_deprecated


def _is_callable(method: Method) -> bool:
    first = method.answers[0] if method.answers else None
    if first is None or not _can_be_asked(method) or any(one.is_endless for one in method.answers):
        return False
    if any(one.place != "query" for one in method.demanded):
        return False
    return first.shape is not None or not first.has_body


def _is_list(shape: Shape | None) -> bool:
    return shape is not None and shape.get("type") == "array"


def _is_below(template: str, collection: str) -> bool:
    rest = template.removeprefix(collection + "/").rstrip("/")
    return template.startswith(collection + "/") and VARIABLE.fullmatch(rest) is not None


def _trip(
    create: Method, read: Method, delete: Method, classes: Classes, taken: names.Taken
) -> Trip | None:
    variable = VARIABLE.findall(read.operation.template)[-1]
    is_one = all(
        [one.name for one in each.required] == [variable] and not each.demanded
        for each in (read, delete)
    )
    who = {each.need.identity for each in (create, read, delete)} - {None}
    model = classes.model_of(create.answers[0].shape or {})
    reads_json = bool(read.answers) and read.answers[0].shape is not None
    if not (is_one and len(who) <= 1 and reads_json and read.need.is_met and delete.need.is_met):
        return None
    if delete.body is not None or not delete.answers or model is None:
        return None
    own = _id_of(model.shape, variable)
    if own is None:
        return None
    kind = model.shape["properties"][own]
    path = next(one for one in read.parameters if one.name == variable)
    is_text = path.shape.get("type") != "integer"
    if not is_text and kind.get("type") != "integer":
        return None
    readable = classes.model_of(read.answers[0].shape or {})
    seen = _id_of(readable.shape, variable) if readable is not None else None
    is_same = readable is not None and readable.shape["properties"].get(seen) == kind
    return Trip(
        thing=taken.give(_thing(create.operation.template)),
        create=create,
        read=read,
        delete=delete,
        id_field=classes.field_of(model, own),
        id_property=own,
        is_optional=own not in model.shape["required"],
        is_text=is_text,
        has_text_id=kind.get("type") != "integer",
        identity=next(iter(who), None),
        ends=_ends(read, delete),
        read_id=classes.field_of(readable, seen) if is_same and readable and seen else None,
    )


def _ends(read: Method, delete: Method) -> tuple[int, ...]:
    """A removal that is only accepted may take its time."""
    if not {answer.status for answer in delete.answers} <= {200, 204}:
        return ()
    return tuple(int(code) for code in ("404", "410") if code in read.documented)


def _id_of(shape: Shape, variable: str) -> str | None:
    """The property of an answer that names the thing as the path does."""
    plain = "".join(names.words(variable)).lower()
    for name, inner in shape.get("properties", {}).items():
        is_scalar = inner.get("type") in {"string", "integer"}
        if is_scalar and "".join(names.words(name)).lower() in {plain, "id"}:
            return str(name)
    return None


def _thing(template: str) -> str:
    last = [step for step in template.split("/") if step and "{" not in step]
    name = names.snake(last[-1] if last else "", "thing").rstrip("_")
    if name.endswith("ies") and len(name) > 4:
        return f"{name[:-3]}y"
    return name[:-1] if name.endswith("s") and not name.endswith("ss") and len(name) > 3 else name
