"""`make`: objects that a model accepts, drawn from a seed that can be printed and given again."""

from __future__ import annotations

import itertools
from copy import copy
from datetime import UTC, datetime, time
from functools import cache, partial
from typing import TYPE_CHECKING, Any, TypeAlias, TypeVar

from redhanded.core import ids
from redhanded.core.errors import UsageError
from redhanded.data.styles import PLAIN

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from datetime import date

    from pydantic import BaseModel

    from redhanded.core.generating import Charset
    from redhanded.core.ids import NewTag
    from redhanded.data.blueprints import Blueprints
    from redhanded.data.styles import Style
    from redhanded.data.templates import Template

M = TypeVar("M", bound="BaseModel")
Schemas: TypeAlias = "Callable[[str], Mapping[str, Any]]"
_Source: TypeAlias = "Callable[[Style], Blueprints]"


class Factory:
    """Makes objects for one test; what it makes follows from seed, scope and the call's number.

    `scope` is the test's id, so neither the order of tests nor the number of workers matters. `tag`
    makes the values of fields of that name: none = of `run`, as made at the first hour of `today`.
    Dates are drawn from the year after `today`, `style` is who the data looks like, and `schemas`
    knows those of the API's document by name.
    """

    def __init__(
        self,
        seed: int,
        scope: str,
        run: str,
        *,
        today: date,
        tag: NewTag | None = None,
        style: Style = PLAIN,
        schemas: Schemas | None = None,
        source: _Source | None = None,
    ) -> None:
        self._seed = seed
        self._scope = scope
        self._run = run
        self._today = today
        self._style = style
        self._source = source or _made_once(tag or _tags_of(run, today), today)
        self._schemas = schemas or no_document
        self._templates: dict[str, Template] = {}
        self._numbers = itertools.count(1)

    def scoped(self, scope: str, *, seed: int | None = None) -> Factory:
        """The factory of another test; they share what is known about the models.

        `seed` takes the place of this one's.
        """
        made = copy(self)
        made._seed = self._seed if seed is None else seed  # noqa: SLF001  one of us
        made._scope, made._numbers = scope, itertools.count(1)  # noqa: SLF001  one of us
        return made

    def using(
        self, *, charset: Charset | None = None, locale: str | Sequence[str] | None = None
    ) -> Factory:
        """The same test's factory, whose objects are of other characters, or of other countries.

        `charset` is what each plain text surely holds: `ascii`, `latin-1`, `utf-8`, or
        `utf-8-hostile`, which is valid text that software trips over. What is not given stays.
        """
        made = copy(self)
        made._style = self._style.using(charset, locale)  # noqa: SLF001  one of us
        return made

    def __call__(self, model: type[M], /, **fixed: object) -> M:
        """A new object of this model: valid, with every field drawn that is not given here.

        Plain texts differ from call to call. Nested objects may be given in part, as dictionaries.
        """
        key = f"{self._seed}/{self._scope}/{next(self._numbers)}"
        return self._source(self._style).build(model, key, fixed)

    def schema(self, source: str | Mapping[str, Any], /, **fixed: object) -> Any:  # noqa: ANN401
        """A new JSON value that a schema accepts, with the fields that are given here.

        `source` is a JSON Schema (2020-12), the name of a schema of the API's document, or an
        operation, such as "POST /booking", whose JSON request body is meant.
        """
        key = f"{self._seed}/{self._scope}/{next(self._numbers)}"
        return self._source(self._style).fill(self._template(source), key, fixed)

    def _template(self, source: str | Mapping[str, Any]) -> Template:
        from redhanded.data.templates import Template

        if not isinstance(source, str):
            return Template(source, "...")
        if source not in self._templates:
            self._templates[source] = Template(self._schemas(source), f'"{source}"')
        return self._templates[source]

    def many(self, model: type[M], count: int, /, **fixed: object) -> list[M]:
        """That many new objects, as separate calls would make them."""
        if type(count) is not int or count < 0:
            raise UsageError(f"make.many() takes a number of objects, not {count!r}.")
        return [self(model, **fixed) for _ in range(count)]


def no_document(name: str) -> Mapping[str, Any]:
    """Raises UsageError: nobody knows a schema of this name."""
    raise UsageError(
        f'make.schema("{name}") is looked up in the API\'s document, and there is none: set openapi'
        " in [tool.redhanded], or pass the schema itself."
    )


def _tags_of(run: str, today: date) -> NewTag:
    return partial(ids.tag, run, at=datetime.combine(today, time(), UTC).timestamp())


def _made_once(tag: NewTag, today: date) -> _Source:
    @cache
    def blueprints(style: Style) -> Blueprints:
        from redhanded.data.blueprints import Blueprints

        return Blueprints(tag=tag, today=today, style=style)

    return blueprints
