"""Why an object cannot be made, in one sentence that says what to write instead."""

from __future__ import annotations

import difflib
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, TypeVar

from pydantic import AliasChoices, BaseModel, PydanticUserError, ValidationError

from redhanded.core.errors import UsageError

if TYPE_CHECKING:
    from polyfactory.field_meta import FieldMeta
    from pydantic_core import ErrorDetails

T = TypeVar("T")


def check_model(model: object) -> None:
    """Raises UsageError where this is no model class."""
    if isinstance(model, BaseModel):
        name = type(model).__name__
        raise UsageError(f"make() takes the class, not an object of it: write make({name}).")
    if not isinstance(model, type) or not issubclass(model, BaseModel):
        raise UsageError(
            f"make() builds objects of Pydantic models, and {_shown(model)} is none; "
            "write make(Booking), or make.many(Booking, 3) for a list."
        )


def explained(model: type[BaseModel], create: Callable[[], T]) -> T:
    """What `create` gives; UsageError where the model itself is not finished."""
    try:
        return create()
    except (PydanticUserError, NameError) as error:
        raise UsageError(
            f"make({model.__name__}) cannot read the model: {_first_line(error)}; "
            "define or import every type that its fields name."
        ) from error


def by_field(model: type[BaseModel], given: Mapping[str, Any]) -> dict[str, Any]:
    """The given values by field name, also where they were given by alias."""
    names = _names(model)
    open_ended = model.model_config.get("extra") == "allow"
    unknown = [name for name in given if name not in names]
    if unknown and not open_ended:
        raise UsageError(_unknown_field(model, unknown[0], names))
    return {names.get(name, name): value for name, value in given.items()}


def check_given(
    model: type[BaseModel], error: ValidationError, given: Mapping[str, object]
) -> None:
    """Raises UsageError where a value of the caller is refused, so that no other draw can help."""
    for detail in error.errors(include_url=False):
        value = given.get(_field(detail), {})
        # Inside of a given dictionary or list the rest is drawn, and another draw may fit.
        if not isinstance(value, Mapping | list):
            raise UsageError(
                f"make({model.__name__}) builds valid objects only, and the given "
                f"{_complaint(detail)}; to send a wrong one on purpose, change a dictionary: "
                f"make({model.__name__}).model_dump()."
            ) from error


def exhausted(model: type[BaseModel], error: ValidationError, tries: int) -> UsageError:
    """The error for a model that refuses whatever is drawn for it."""
    detail = error.errors(include_url=False)[0]
    fields = [_field(detail)] if detail["loc"] else list(model.model_fields)[:2]
    return UsageError(
        f"make({model.__name__}) found no valid object in {tries} tries: {_complaint(detail)}; "
        "pass what is accepted, such as "
        f"make({model.__name__}, {', '.join(f'{field}=...' for field in fields)})."
    )


def undrawable(model: type[BaseModel], field: FieldMeta, error: Exception) -> UsageError:
    """The error for a field whose type or constraints nothing can be drawn for."""
    return UsageError(
        f'make({model.__name__}) cannot invent a value for "{field.name}" '
        f"({_shown(field.annotation)}: {_first_line(error)}); "
        f"pass one: make({model.__name__}, {field.name}=...)."
    )


def _names(model: type[BaseModel]) -> dict[str, str]:
    names: dict[str, str] = {}
    for name, field in model.model_fields.items():
        choices = field.validation_alias
        aliases = choices.choices if isinstance(choices, AliasChoices) else [choices, field.alias]
        names |= {alias: name for alias in aliases if isinstance(alias, str)}
    return names | {name: name for name in model.model_fields}


def _unknown_field(model: type[BaseModel], name: str, names: Mapping[str, str]) -> str:
    close = difflib.get_close_matches(name, names, n=1)
    hint = f'did you mean "{close[0]}"?' if close else f"it has {', '.join(model.model_fields)}."
    return f'make({model.__name__}, {name}=...): {model.__name__} has no field "{name}"; {hint}'


def _field(detail: ErrorDetails) -> str:
    return str(detail["loc"][0]) if detail["loc"] else ""


def _complaint(detail: ErrorDetails) -> str:
    place = ".".join(str(step) for step in detail["loc"])
    who = f'"{place}" is refused' if place else "the whole is refused"
    cause = detail.get("ctx", {}).get("error")
    if isinstance(cause, Exception):
        return f"{who} by the validator {_validator(cause)}: {_first_line(cause)}"
    return f"{who}: {detail['msg']}"


def _validator(error: Exception) -> str:
    # Pydantic does not say whose exception it was; the traceback begins in that function.
    frame = error.__traceback__
    return frame.tb_frame.f_code.co_name if frame else type(error).__name__


def _shown(value: object) -> str:
    return value.__name__ if isinstance(value, type) else str(value)


def _first_line(error: Exception) -> str:
    return (str(error) or type(error).__name__).splitlines()[0].rstrip(".")
