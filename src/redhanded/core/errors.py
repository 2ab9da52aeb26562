"""Every error of redhanded has one base; each says in one sentence what is wrong and what to do.

    RedhandedError
    ├── UsageError              the author's mistake; the message says what to write instead
    │   ├── SettingsError       a setting is wrong, unknown, missing or unsafe
    │   ├── InsecureTLS         somebody tried to switch certificate verification off
    │   └── DocumentUnusable    nothing can be held against a document; Unreachable: for now
    ├── CallError               a call ended without a whole, authentic answer; carries its attempts
    │   ├── CircuitOpen         the origin is known to be down; also an httpx2.TransportError
    │   ├── DeadlineExceeded    the call's own deadline passed; also an httpx2.TimeoutException
    │   ├── BodyTooLarge        the answer outgrew the cap; also an httpx2.DecodingError
    │   ├── BodyCorrupt         the answer was cut or altered; also an httpx2.RemoteProtocolError
    │   ├── ProtocolViolated    the answer breaks HTTP; also an httpx2.RemoteProtocolError
    │   ├── WriteDuplicated     sent once, there twice; also an httpx2.RemoteProtocolError
    │   └── CredentialUnavailable  no token could be had
    ├── ExpectationFailed       an answer broke what the test expects; also an AssertionError
    │   ├── ContractViolated    it broke its shape
    │   └── ObjectiveMissed     it came too late
    ├── NothingObserved         eventually() saw no observation that held; also an AssertionError
    ├── OnceFailed              what once() shares is not to be had
    ├── LeaseUnavailable        nothing of a pool came free in time
    └── InternalError           ours; asks for a report

Call errors live where they arise: in `redhanded.pipeline.errors`, as httpx2 errors as well, and
CredentialUnavailable in `redhanded.client.tokens`; OnceFailed lives in `redhanded.fleet.once`,
LeaseUnavailable in `redhanded.fleet.leases`, DocumentUnusable and DocumentUnreachable in
`redhanded.contracts.openapi.document`.
Errors of httpx2 pass unwrapped wherever there is nothing to add.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from redhanded.core.attempt import Attempt
    from redhanded.core.violation import Violation


class RedhandedError(Exception):
    """The base of every error that redhanded raises."""


class UsageError(RedhandedError):
    """What the author wrote cannot be meant; the message says what to write instead."""


class SettingsError(UsageError):
    """A setting is wrong, unknown, missing or unsafe."""


class InsecureTLS(UsageError):
    """Certificate verification was about to be switched off."""


class CallError(RedhandedError):
    """A call ended without a whole, authentic answer; `attempts` holds what was tried."""

    attempts: Sequence[Attempt] = ()


class ExpectationFailed(RedhandedError, AssertionError):
    """An answer broke what the test expects of it; `violations` holds each breach, worst first."""

    def __init__(
        self, message: str, violations: Sequence[Violation], attempt: Attempt | None
    ) -> None:
        super().__init__(message)
        self.violations: tuple[Violation, ...] = tuple(violations)
        self.attempt = attempt


class ContractViolated(ExpectationFailed):
    """The answer arrived whole and broke its declared shape."""


class ObjectiveMissed(ExpectationFailed):
    """The answer was right, and later than its ceiling allows."""


class NothingObserved(RedhandedError, AssertionError):
    """No observation held within the declared window; the message lists what was seen."""


class InternalError(RedhandedError):
    """A fault of redhanded itself; please report it with the message."""
