"""The plan: which faults strike which requests, and when."""

from __future__ import annotations

import json
from collections.abc import Mapping
from difflib import get_close_matches
from pathlib import Path
from typing import Annotated, Any, ClassVar, Literal, TypeAlias

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    JsonValue,
    StringConstraints,
    ValidationError,
    model_validator,
)

from redhanded.lab.weather import shapes
from redhanded.lab.weather.faults.fault import Fault
from redhanded.lab.weather.faults.handshake import HandshakeFault
from redhanded.lab.weather.faults.table import FAULTS
from redhanded.lab.weather.route import Route

ShapeName: TypeAlias = Literal["once", "burst", "10s", "60s", "always", "random"]
_Count: TypeAlias = Annotated[int, Field(ge=1)]
_SHAPES = ("shape", "rate", "nth", "every", "burst", "window")


class PlanError(ValueError):
    """A plan that cannot be followed; the sentence says what to write."""


class _Part(BaseModel):
    model_config: ClassVar[ConfigDict] = ConfigDict(
        extra="forbid", frozen=True, populate_by_name=True
    )


class Burst(_Part):
    """So many matching requests in a row."""

    first: _Count = 1
    count: _Count = 3


class Window(_Part):
    """A span of seconds, counted from the first matching request or from the start."""

    start: float = Field(default=0.0, alias="from", ge=0)
    seconds: float = Field(alias="for", gt=0)
    since: Literal["first", "start"] = "first"


class Rule(_Part):
    """A fault, when it strikes, and what.

    At most one of `shape`, `rate`, `nth`, `every`, `burst` and `window` says when; where none
    does, the fault's own usual shape holds. `route` is a path with `*`, and may begin with a
    method.
    """

    fault: Annotated[str, StringConstraints(to_upper=True, strip_whitespace=True)]
    shape: ShapeName | None = None
    rate: float | None = Field(default=None, gt=0, le=1)
    nth: _Count | None = None
    every: _Count | None = None
    burst: Burst | None = None
    window: Window | None = None
    route: str | None = Field(default=None, min_length=1)
    methods: tuple[str, ...] = ()
    max: _Count | None = None
    params: dict[str, JsonValue] = Field(default_factory=dict)

    @model_validator(mode="after")
    def _check(self) -> Rule:
        given = [name for name in _SHAPES if getattr(self, name) is not None]
        if len(given) > 1:
            raise ValueError(f"{' and '.join(given)} exclude each other: keep one of them")
        if self.fault not in FAULTS:
            close = get_close_matches(self.fault, FAULTS, n=1, cutoff=0.5)
            hint = f"the closest is {close[0]}" if close else f"there are {', '.join(FAULTS)}"
            raise ValueError(f"there is no fault {self.fault!r}; {hint}")
        if self.route is not None:
            Route.parse(self.route, self.methods)
        if issubclass(FAULTS[self.fault], HandshakeFault) and (self.route or self.methods):
            raise ValueError(f"{self.fault} strikes before a request is read: leave out its route")
        self.weather()
        return self

    def weather(self) -> Fault:
        """The fault with its parameters."""
        try:
            return FAULTS[self.fault].model_validate(self.params)
        except ValidationError as error:
            raise ValueError(f"params: {_sentence(error, FAULTS[self.fault])}") from None

    def when(self) -> shapes.Shape:
        """The shape that the rule says, or the fault's own."""
        if self.rate is not None:
            return shapes.Chance(self.rate)
        if self.nth is not None:
            return shapes.Nth(self.nth)
        if self.every is not None:
            return shapes.Every(self.every)
        if self.burst is not None:
            return shapes.Row(self.burst.first, self.burst.count)
        if self.window is not None:
            window = self.window
            return shapes.Span(window.start, window.seconds, since_first=window.since == "first")
        return shapes.NAMED[self.shape] if self.shape else FAULTS[self.fault].usual

    def shape_name(self) -> str:
        """The shape as the log names it."""
        for name in _SHAPES[1:]:
            if getattr(self, name) is not None:
                return name
        return self.shape or str(FAULTS[self.fault].usual)

    def where(self) -> Route:
        """Which requests the rule is about."""
        return Route.parse(self.route or "*", self.methods)


class Plan(_Part):
    """Rules, asked in their order; the first that strikes takes the request."""

    rules: tuple[Rule, ...] = ()
    seed: int = 0

    @classmethod
    def of(cls, value: object) -> Plan:
        """The plan that this is: a plan, a rule, several rules, or the same as plain data.

        Raises PlanError when it is none of them.
        """
        if isinstance(value, Plan):
            return value
        match value:
            case Rule() | Mapping() if isinstance(value, Rule) or "fault" in value:
                value = {"rules": [value]}
            case list() | tuple():
                value = {"rules": value}
            case _:
                pass
        try:
            return cls.model_validate(value)
        except ValidationError as error:
            raise PlanError(f"the plan is wrong: {_sentence(error, Rule)}") from None

    def check(self, *, has_tls: bool) -> None:
        """Returns where the rules can be followed.

        Raises PlanError where one needs TLS or what this machine has not.
        """
        for rule in self.rules:
            fault = FAULTS[rule.fault]
            if fault.needs_tls and not has_tls:
                raise PlanError(f"{fault.code} is a fault of TLS: start the proxy with --tls")
            lack = fault.lacks()
            if lack:
                raise PlanError(f"{fault.code} needs {lack}: leave it out here")

    @classmethod
    def read(cls, path: Path) -> Plan:
        """The plan in a JSON file.

        Raises PlanError when there is none.
        """
        try:
            return cls.of(json.loads(path.read_text("utf-8")))
        except OSError as error:
            raise PlanError(f"the plan {path} cannot be read: {error.strerror}") from None
        except UnicodeDecodeError:
            raise PlanError(f"the plan {path} is no text in UTF-8") from None
        except json.JSONDecodeError as error:
            raise PlanError(f"the plan {path} is no JSON: {error}") from None


def _sentence(error: ValidationError, model: type[BaseModel]) -> str:
    first = error.errors(include_url=False)[0]
    place = ".".join(map(str, first["loc"]))
    if first["type"] == "extra_forbidden":
        known = _names(model)
        close = get_close_matches(str(first["loc"][-1]), known, n=1)
        return f"{place} is unknown; " + (
            f"the closest is {close[0]}" if close else f"there are {', '.join(known) or 'none'}"
        )
    reason = str(first.get("ctx", {}).get("error", first["msg"]))
    return f"{place}: {reason}" if place else reason


def _names(model: type[BaseModel]) -> list[str]:
    fields: dict[str, Any] = model.model_fields
    return [field.alias or name for name, field in fields.items()]
