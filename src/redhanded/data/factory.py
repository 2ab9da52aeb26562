"""`make`: objects that a model accepts, drawn from a seed that can be printed and given again."""

from __future__ import annotations

import itertools
from datetime import UTC, datetime, time
from functools import cache, partial
from typing import TYPE_CHECKING, TypeAlias, TypeVar

from redhanded.core import ids
from redhanded.core.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import date

    from pydantic import BaseModel

    from redhanded.core.ids import NewTag
    from redhanded.data.blueprints import Blueprints

M = TypeVar("M", bound="BaseModel")
_Source: TypeAlias = "Callable[[], Blueprints]"


class Factory:
    """Makes objects for one test; what it makes follows from seed, scope and the call's number.

    `scope` is the test's id, so neither the order of tests nor the number of workers matters. `tag`
    makes the values of fields of that name: none = of `run`, as made at the first hour of `today`.
    Dates are drawn from the year after `today`.
    """

    def __init__(
        self,
        seed: int,
        scope: str,
        run: str,
        *,
        today: date,
        tag: NewTag | None = None,
        source: _Source | None = None,
    ) -> None:
        self._seed = seed
        self._scope = scope
        self._run = run
        self._today = today
        self._source = source or _made_once(tag or _tags_of(run, today), today)
        self._numbers = itertools.count(1)

    def scoped(self, scope: str) -> Factory:
        """The factory of another test; they share what is known about the models."""
        return Factory(self._seed, scope, self._run, today=self._today, source=self._source)

    def __call__(self, model: type[M], /, **fixed: object) -> M:
        """A new object of this model: valid, with every field drawn that is not given here.

        Plain texts differ from call to call. Nested objects may be given in part, as dictionaries.
        """
        key = f"{self._seed}/{self._scope}/{next(self._numbers)}"
        return self._source().build(model, key, fixed)

    def many(self, model: type[M], count: int, /, **fixed: object) -> list[M]:
        """That many new objects, as separate calls would make them."""
        if type(count) is not int or count < 0:
            raise UsageError(f"make.many() takes a number of objects, not {count!r}.")
        return [self(model, **fixed) for _ in range(count)]


def _tags_of(run: str, today: date) -> NewTag:
    return partial(ids.tag, run, at=datetime.combine(today, time(), UTC).timestamp())


def _made_once(tag: NewTag, today: date) -> _Source:
    @cache
    def blueprints() -> Blueprints:
        from redhanded.data.blueprints import Blueprints

        return Blueprints(tag=tag, today=today)

    return blueprints
