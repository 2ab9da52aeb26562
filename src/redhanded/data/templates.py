"""Templates: a JSON Schema made ready to be filled with values that it accepts."""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from functools import cached_property
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any, Final

from redhanded.core.errors import UsageError
from redhanded.data.json_layers import Layers, Undrawable
from redhanded.data.json_values import JsonValues
from redhanded.data.schema_view import SchemaView

if TYPE_CHECKING:
    from random import Random

    from jsonschema_rs import Draft202012Validator

    from redhanded.data.schema_view import Schema
    from redhanded.data.values import Values

# With every optional field; where the whole is refused, with fewer of them; at last with none.
_SHARES: Final = (*(1.0,) * 8, *(0.7,) * 8, *(0.3,) * 8, *(0.0,) * 6)
_SHOWN = 60  # characters of what a keyword asks for


class Template:
    """A schema that values are made of; `told` is what the author calls it."""

    def __init__(self, schema: Schema, told: str) -> None:
        if not isinstance(schema, Mapping):
            raise UsageError(
                f"make.schema() takes a JSON Schema as a mapping, the name of a schema or an"
                f' operation such as "POST /booking", and not {schema!r}.'
            )
        if find_spec("jsonschema_rs") is None:
            raise UsageError(
                "make.schema() needs more than is installed: pip install redhanded[openapi]"
            )
        self._schema = schema
        self._told = told
        self._view = SchemaView(schema)

    def fill(self, values: Values, rng: Random, given: Mapping[str, object]) -> Any:  # noqa: ANN401
        """A value that the schema accepts, with what is given; UsageError where none is found."""
        if given:
            self._check(given)
        refusal = ""
        for share in _SHARES:
            drawing = JsonValues(self._view, values, rng, share=share)
            try:
                made = drawing.draw(given)
            except Undrawable as error:
                refusal = refusal or str(error)
                continue
            except RecursionError:
                refusal = refusal or "$: `$ref` leads too deep"
                continue
            if self._validator.is_valid(made):
                return made
            refusal = self._why(made, given)
        raise UsageError(
            f"make.schema({self._told}) found no valid value in {len(_SHARES)} tries:"
            f" {refusal}; pass what is accepted, such as make.schema({self._told}, name=...)."
        )

    @cached_property
    def _validator(self) -> Draft202012Validator:
        from jsonschema_rs import Draft202012Validator, ValidationError

        schema: Any = self._schema
        try:
            return Draft202012Validator(schema, validate_formats=True, offline=True)
        except (ValidationError, ValueError) as error:
            message = str(error).partition("\n")[0].rstrip(".")
            raise UsageError(
                f"make.schema({self._told}): this is no JSON Schema (2020-12): {message}."
            ) from error

    def _check(self, given: Mapping[str, object]) -> None:
        """Raises UsageError where the schema has no such field."""
        layers = Layers.of(self._view, self._view.root, (), "$")
        declared = layers.flat.get("properties", {})
        if layers.choices or layers.flat.get("additionalProperties") is not False:
            return
        for name in given:
            if name not in declared:
                close = difflib.get_close_matches(name, declared, n=1)
                hint = f'did you mean "{close[0]}"?' if close else f"it has {', '.join(declared)}."
                raise UsageError(
                    f'make.schema({self._told}, {name}=...): it has no field "{name}"; {hint}'
                )

    def _why(self, made: object, given: Mapping[str, object]) -> str:
        """The first thing that is wrong; UsageError where it is the author's own value."""
        error = next(self._validator.iter_errors(made))
        at = "$" + "".join(
            f"[{step}]" if isinstance(step, int) else f".{step}" for step in error.instance_path
        )
        keyword = str(error.schema_path[-1]) if error.schema_path else "false"
        why = f"{at}: `{keyword}` refuses {_short(error.instance)}"
        first = str(error.instance_path[0]) if error.instance_path else ""
        if first in given and not isinstance(given[first], Mapping | list):
            raise UsageError(
                f"make.schema({self._told}) makes valid values only, and what is given is"
                f" refused: {why}; to send a wrong one on purpose, change what it made."
            )
        return why


def _short(value: object) -> str:
    text = repr(value)
    return text if len(text) <= _SHOWN else f"{text[: _SHOWN - 1]}…"
