"""API tests whose red is a real bug, caught red-handed, with the evidence in hand.

Names are imported when they are first used: the pytest plugin lives in this package, and a run
that does not use it must not pay for it.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from redhanded.cleanup.registry import Cleanup
    from redhanded.client.client import AsyncClient, Client, open_async_client, open_client
    from redhanded.contracts.registry import ModelRegistry
    from redhanded.core.attempt import Attempt
    from redhanded.core.errors import (
        CallError,
        ContractViolated,
        ExpectationFailed,
        InsecureTLS,
        InternalError,
        NothingObserved,
        ObjectiveMissed,
        RedhandedError,
        SettingsError,
        UsageError,
    )
    from redhanded.core.secret import Secret
    from redhanded.core.settings import Settings
    from redhanded.core.verdicts import Finding, Verdict
    from redhanded.core.violation import Contract, Violation
    from redhanded.data.factory import Factory
    from redhanded.pipeline.errors import (
        BodyCorrupt,
        BodyTooLarge,
        CircuitOpen,
        DeadlineExceeded,
        ProtocolViolated,
        WriteDuplicated,
    )
    from redhanded.plugin.resource import resource
    from redhanded.session.maker import Maker
    from redhanded.session.once import once
    from redhanded.session.references import secret
    from redhanded.session.steps import step
    from redhanded.verdict.eventually import eventually
    from redhanded.verdict.expect import expect

__version__ = "0.1.0"

__all__ = [
    "AsyncClient",
    "Attempt",
    "BodyCorrupt",
    "BodyTooLarge",
    "CallError",
    "CircuitOpen",
    "Cleanup",
    "Client",
    "Contract",
    "ContractViolated",
    "DeadlineExceeded",
    "ExpectationFailed",
    "Factory",
    "Finding",
    "InsecureTLS",
    "InternalError",
    "Maker",
    "ModelRegistry",
    "NothingObserved",
    "ObjectiveMissed",
    "ProtocolViolated",
    "RedhandedError",
    "Secret",
    "Settings",
    "SettingsError",
    "UsageError",
    "Verdict",
    "Violation",
    "WriteDuplicated",
    "eventually",
    "expect",
    "once",
    "open_async_client",
    "open_client",
    "resource",
    "secret",
    "step",
]

_HOMES = {
    "redhanded.cleanup.registry": ("Cleanup",),
    "redhanded.client.client": ("AsyncClient", "Client", "open_async_client", "open_client"),
    "redhanded.contracts.registry": ("ModelRegistry",),
    "redhanded.core.attempt": ("Attempt",),
    "redhanded.core.errors": (
        "CallError",
        "ContractViolated",
        "ExpectationFailed",
        "InsecureTLS",
        "InternalError",
        "NothingObserved",
        "ObjectiveMissed",
        "RedhandedError",
        "SettingsError",
        "UsageError",
    ),
    "redhanded.core.secret": ("Secret",),
    "redhanded.core.settings": ("Settings",),
    "redhanded.core.verdicts": ("Finding", "Verdict"),
    "redhanded.core.violation": ("Contract", "Violation"),
    "redhanded.data.factory": ("Factory",),
    "redhanded.pipeline.errors": (
        "BodyCorrupt",
        "BodyTooLarge",
        "CircuitOpen",
        "DeadlineExceeded",
        "ProtocolViolated",
        "WriteDuplicated",
    ),
    "redhanded.plugin.resource": ("resource",),
    "redhanded.session.maker": ("Maker",),
    "redhanded.session.once": ("once",),
    "redhanded.session.references": ("secret",),
    "redhanded.session.steps": ("step",),
    "redhanded.verdict.eventually": ("eventually",),
    "redhanded.verdict.expect": ("expect",),
}
_HOME_OF = {name: home for home, names in _HOMES.items() for name in names}


def __getattr__(name: str) -> object:
    if name not in _HOME_OF:
        message = f"module {__name__!r} has no attribute {name!r}"
        raise AttributeError(message)
    value = getattr(import_module(_HOME_OF[name]), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted([*globals(), *__all__])
