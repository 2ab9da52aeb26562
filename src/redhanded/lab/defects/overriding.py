"""Services in which some methods do something else."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import fields, is_dataclass, replace
from functools import partial
from typing import Any

from redhanded.lab.defects.trigger import Trigger
from redhanded.lab.services import Services


def overriding(
    service: str, **methods: Callable[..., object]
) -> Callable[[Services, Trigger], Services]:
    """An alteration that exchanges methods of the service, such as "bookings".

    Each is called with the trigger, the method in whose place it stands, and the arguments. So
    any number of defects can sit in one service.
    """

    def alter(services: Services, trigger: Trigger) -> Services:
        altered: dict[str, Any] = {service: _altered(getattr(services, service), trigger, methods)}
        return replace(services, **altered)

    return alter


def _altered(
    service: object, trigger: Trigger, methods: Mapping[str, Callable[..., object]]
) -> object:
    kind: Any = type(service)
    exchanged = {
        name: _exchanged(getattr(kind, name), partial(method, trigger))
        for name, method in methods.items()
    }
    altered = type(kind.__name__, (kind,), {"__slots__": (), **exchanged})
    held = fields(service) if is_dataclass(service) else ()
    return altered(**{field.name: getattr(service, field.name) for field in held})


def _exchanged(
    correct: Callable[..., object], method: Callable[..., object]
) -> Callable[..., object]:
    def exchanged(self: object, *arguments: object, **named: object) -> object:
        return method(partial(correct, self), *arguments, **named)

    return exchanged
