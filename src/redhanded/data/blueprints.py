"""How each model is built: the room's side of polyfactory and Faker.

Importing this module takes a few hundred milliseconds, so only the first object asks for it.
"""

from __future__ import annotations

import threading
from copy import copy
from random import Random
from typing import TYPE_CHECKING, Annotated, Any, ClassVar, TypeVar, cast, get_args, get_origin

from faker import Faker
from polyfactory.factories.pydantic_factory import ModelFactory
from pydantic import BaseModel, RootModel, ValidationError

from redhanded.core.errors import UsageError
from redhanded.data import refusals
from redhanded.data.lengths import LONGEST, LONGEST_MATCH
from redhanded.data.strings import Strings
from redhanded.data.styles import PLAIN
from redhanded.data.values import Values

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import date

    from polyfactory.factories.base import BuildContext
    from polyfactory.field_meta import FieldMeta

    from redhanded.core.ids import NewTag
    from redhanded.data.styles import Style
    from redhanded.data.templates import Template

M = TypeVar("M", bound=BaseModel)

# A validator that refuses nine of ten objects still gets one, all but surely.
_TRIES = 100
# A set of three members that can only hold two would be drawn for ever.
_MOST_VALUES = 20_000


class Blueprints:
    """Builds objects; what was learnt about a model is kept for the next one.

    One lock guards the only source of randomness, which is seeded anew for each object.
    """

    def __init__(self, *, tag: NewTag, today: date, style: Style = PLAIN) -> None:
        self._rng = _SteadyRandom()
        # One order, whatever order they were given in: the seed alone decides which is drawn.
        self._fakes = [_faker(locale, self._rng) for locale in sorted({*style.locales})]
        self._strings = [Strings(fake, self._rng, style.charset) for fake in self._fakes]
        self.values: Values = Values(self._strings[0], self._rng, tag=tag, today=today)
        self._factories: dict[type[BaseModel], type[_Rules]] = {}
        self._providers: dict[Any, Callable[[], Any]] = {}
        self._lock = threading.RLock()
        self._drawn = 0

    def build(self, model: type[M], key: str, fixed: Mapping[str, Any]) -> M:
        """An object that its model accepts; the same key and fixed values give the same object."""
        refusals.check_model(model)
        with self._lock:
            factory = self.create_factory(model)
            self._begin(key)
            return cast("M", factory.build(**fixed))

    def fill(self, template: Template, key: str, fixed: Mapping[str, object]) -> Any:  # noqa: ANN401
        """A value that a schema accepts; the same key and fixed values give the same value."""
        with self._lock:
            self._begin(key)
            return template.fill(self.values, self._rng, fixed)

    def _begin(self, key: str) -> None:
        self._rng.seed(key)
        self._drawn = 0
        if len(self._strings) > 1:
            self.values.strings = self._rng.choice(self._strings)

    def create_factory(self, model: type[BaseModel], **_: object) -> type[_Rules]:
        """The model's factory, made once; polyfactory asks here for the models inside of models."""
        if model not in self._factories:
            self._factories[model] = refusals.explained(model, lambda: self._factory(model))
        return self._factories[model]

    def providers(self, known: Callable[[], dict[Any, Any]]) -> dict[Any, Callable[[], Any]]:
        """What polyfactory knows, with our values before its own."""
        if not self._providers:
            self._providers = {**known(), **self.values.providers()}
        return self._providers

    def count(self) -> None:
        """Counts a value; raises ValueError when an object needs more of them than is sane."""
        self._drawn += 1
        if self._drawn > _MOST_VALUES:
            raise ValueError("no number of values fills it")

    def _factory(self, model: type[BaseModel]) -> type[_Rules]:
        made = _Rules.create_factory(
            model,
            __faker__=self._fakes[0],
            __random__=self._rng,
            __base_factory_overrides__={BaseModel: self},
            _blueprints=self,
        )
        return cast("type[_Rules]", made)


class _Nothing(BaseModel):
    """A model, because polyfactory registers a factory without one for the whole process."""


class _Rules(ModelFactory[_Nothing]):
    """Every field is drawn, also optional ones; a field is called by its name, not its alias."""

    __allow_none_optionals__ = False
    _blueprints: ClassVar[Blueprints]

    @classmethod
    def build(cls, factory_use_construct: bool = False, **kwargs: Any) -> Any:  # noqa: ANN401, ARG003, FBT001, FBT002
        context = {key: kwargs.pop(key) for key in ("_build_context",) if key in kwargs}
        given = refusals.by_field(cls.__model__, kwargs)
        for _ in range(_TRIES):
            values = cls.process_kwargs(**given, **context)
            try:
                return _validated(cls.__model__, values)
            except ValidationError as error:
                refusals.check_given(cls.__model__, error, given)
                refusal = error
        raise refusals.exhausted(cls.__model__, refusal, _TRIES) from refusal

    @classmethod
    def get_field_value(
        cls,
        field_meta: FieldMeta,
        field_build_parameters: Any | None = None,  # noqa: ANN401
        build_context: BuildContext | None = None,
    ) -> Any:  # noqa: ANN401
        kind, limits = _bare(field_meta.annotation), dict(field_meta.constraints or {})
        values = cls._blueprints.values
        try:
            cls._blueprints.count()
            _check_length(limits)
            if values.can_draw(kind, limits):
                return values.draw(kind, field_meta.name, limits)
            # polyfactory takes constraints out of what it is given.
            field_meta = copy(field_meta)
            field_meta.constraints = cast("Any", limits)
            return super().get_field_value(field_meta, field_build_parameters, build_context)
        except UsageError:
            raise
        except Exception as error:
            if not field_meta.name:  # an item: the field around it can be named
                raise
            raise refusals.undrawable(cls.__model__, field_meta, error) from error

    @classmethod
    def get_model_fields(cls) -> list[FieldMeta]:
        # polyfactory calls a field by its alias, or not, depending on its release.
        fields = super().get_model_fields()
        for field, name in zip(fields, cls.__model__.model_fields, strict=True):
            field.name = name
        return fields

    @classmethod
    def get_provider_map(cls) -> dict[Any, Callable[[], Any]]:
        return cls._blueprints.providers(super().get_provider_map)


class _SteadyRandom(Random):
    """Randomness that does not depend on how a process orders its sets of characters."""

    def choice(self, seq: Any) -> Any:  # noqa: ANN401  as in the base class
        """One of the candidates; those of a pattern were collected in sets."""
        if isinstance(seq, list) and all(type(each) is str for each in seq):
            seq = sorted(seq)
        return super().choice(seq)


def _faker(locale: str, rng: Random) -> Faker:
    fake = Faker(locale)
    cast("Any", fake).random = rng  # its stub leaves this out
    return fake


def _validated(model: type[BaseModel], values: dict[str, Any]) -> BaseModel:
    if issubclass(model, RootModel):
        return model.model_validate(values["root"])
    return model.model_validate(values, by_name=True)


def _check_length(limits: Mapping[str, Any]) -> None:
    longest = LONGEST_MATCH if limits.get("pattern") else LONGEST
    if (limits.get("min_length") or 0) > longest:
        raise ValueError(f"nothing is made that is longer than {longest}")


def _bare(annotation: object) -> object:
    return get_args(annotation)[0] if get_origin(annotation) is Annotated else annotation
