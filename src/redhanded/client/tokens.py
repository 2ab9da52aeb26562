"""The token that many callers share, and the lease under which one of them fetches the next."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from threading import Lock
from typing import TYPE_CHECKING

from pydantic import SecretStr

from redhanded.core.errors import CallError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from redhanded.core.attempt import Attempt
    from redhanded.core.clock import Clock

_MARGIN_SECONDS = 30.0


class CredentialUnavailable(CallError):
    """No token could be had.

    `status` is what the endpoint answered, None where no whole answer came; `stands` says that
    asking again would be answered the same, because the fault is in what we send.
    """

    def __init__(
        self,
        message: str,
        *,
        status: int | None = None,
        stands: bool = False,
        attempts: Sequence[Attempt] = (),
    ) -> None:
        super().__init__(message)
        self.status = status
        self.stands = stands
        self.attempts = attempts

    def again(self) -> CredentialUnavailable:
        """The same error for one more caller: a traceback belongs to one thread."""
        copy = CredentialUnavailable(
            str(self), status=self.status, stands=self.stands, attempts=self.attempts
        )
        copy.__cause__ = self.__cause__
        return copy


@dataclass(frozen=True, slots=True)
class Grant:
    """What an endpoint handed out; `seconds` is how long it promised to honour it.

    One that is borrowed was handed out to another process of the run, some time ago.
    """

    value: SecretStr
    seconds: float = math.inf
    refresh: SecretStr | None = None
    is_borrowed: bool = False


@dataclass(frozen=True, slots=True)
class Token:
    """A grant in use; `generation` tells it from those before and after."""

    value: SecretStr
    generation: int
    expires_at: float
    refresh: SecretStr | None = None
    is_borrowed: bool = False


@dataclass(slots=True, eq=False)
class Lease:
    """One caller's right to fetch the next token, until it is settled, let go or run out."""

    began: float
    expires_at: float
    refresh: SecretStr | None
    failure: CredentialUnavailable | None = None


@dataclass(frozen=True, slots=True)
class Busy:
    """Another caller is fetching: claim again after a pause, and say which lease was waited for."""

    lease: Lease


class Tokens:
    """One credential's token, for every thread, task and event loop of the process.

    Generations count from 1. No method waits, and no lock is held between two of them: a caller
    who disappears leaves a lease that runs out after `lease_seconds`. A refusal stands for
    `refused_seconds`, lest a wrong password be tried once a test until the account is locked.
    """

    def __init__(
        self, clock: Clock, *, lease_seconds: float, refused_seconds: float = 60.0
    ) -> None:
        self._clock = clock
        self._lease_seconds = lease_seconds
        self._refused_seconds = refused_seconds
        self._lock = Lock()
        self._token = Token(SecretStr(""), generation=0, expires_at=-math.inf)
        self._lease: Lease | None = None
        self._refused: tuple[CredentialUnavailable, float] | None = None
        self._issued: set[str] = set()

    def claim(self, *, newer_than: int = 0, after: Lease | None = None) -> Token | Lease | Busy:
        """A token of a later generation, else the right to fetch one, else word who has it.

        Raises CredentialUnavailable where the lease waited for failed or a refusal stands.
        """
        with self._lock:
            now = self._clock.monotonic()
            if self._token.generation > newer_than and now < self._token.expires_at:
                return self._token
            if (failure := self._failure(after, now)) is not None:
                raise failure.again()
            if self._lease is not None and now < self._lease.expires_at:
                return Busy(self._lease)
            self._lease = Lease(now, now + self._lease_seconds, self._token.refresh)
            return self._lease

    def _failure(self, after: Lease | None, now: float) -> CredentialUnavailable | None:
        if after is not None and after.failure is not None:
            return after.failure
        if self._refused is not None and now < self._refused[1]:
            return self._refused[0]
        return None

    def settle(self, lease: Lease, grant: Grant) -> Token:
        """The token made of what the lease's holder fetched, from now on everybody's.

        Where the lease had run out and was taken over, it is the holder's alone.
        """
        expires_at = lease.began + usable(grant.seconds)
        token = Token(grant.value, 0, expires_at, grant.refresh, grant.is_borrowed)
        with self._lock:
            self._issued.add(grant.value.get_secret_value())
            if self._lease is lease:
                token = replace(token, generation=self._token.generation + 1)
                self._token, self._lease, self._refused = token, None, None
            return token

    def fail(self, lease: Lease, failure: CredentialUnavailable) -> None:
        """End a lease without a token: all who wait for it are told why."""
        with self._lock:
            lease.failure = failure.again()
            if self._lease is not lease:
                return
            self._lease = None
            if failure.stands:
                self._refused = (lease.failure, self._clock.monotonic() + self._refused_seconds)

    def forget_refusal(self) -> None:
        """Let the next caller ask again, although a refusal stands."""
        with self._lock:
            self._refused = None

    def release(self, lease: Lease) -> None:
        """Let go of a lease without a result: whoever claims next takes over."""
        with self._lock:
            if self._lease is lease:
                self._lease = None

    def has_issued(self, value: str) -> bool:
        """Whether the value was ever handed out here, so that no test can have made it up."""
        with self._lock:
            return value in self._issued


def usable(seconds: float) -> float:
    """For how many of the promised seconds a token is used."""
    # Renewed a little early, so that no request is under way while its token runs out; a tenth of
    # a short life, so that the margin never eats it up.
    return seconds - min(_MARGIN_SECONDS, seconds / 10)
