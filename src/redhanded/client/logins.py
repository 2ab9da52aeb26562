"""Logins that the processes of a run share: one of them asks for a token, the others take it."""

from __future__ import annotations

import hashlib
import json
import math
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from enum import Enum, auto
from typing import TYPE_CHECKING, Any, Final

from pydantic import SecretStr

from redhanded.client.tokens import CredentialUnavailable, Grant, usable
from redhanded.fleet.store import FleetUnavailable

if TYPE_CHECKING:
    from collections.abc import Iterator

    from redhanded.core.clock import Clock
    from redhanded.core.credentials import Table
    from redhanded.fleet.store import Store

TURN: Final = 10.0  # seconds for which one process may log in while the others wait
STANDS: Final = 60.0  # seconds for which a refusal is everybody's, as within one process
KEPT: Final = 6 * 3600.0  # seconds: a token that promises no end is tried for so long
_ROUNDS: Final = 50_000
GONE: Final = 0.001  # seconds: as good as not kept at all


class Standing(Enum):
    """How a process stands that asks for a shared token and finds none."""

    OURS = auto()
    ANOTHERS = auto()


@dataclass(frozen=True, slots=True, kw_only=True)
class Logins:
    """The logins of one run's processes; `scope` tells the run from others, `owner` this process.

    The store is trusted with the tokens, and keeps them no longer than they are good.
    """

    store: Store
    scope: str
    owner: str
    clock: Clock

    def of(self, settings: Table, *, key: str, base_url: str) -> SharedLogin:
        """The login that these settings describe; `key` is their name.

        Machines may differ in what stands behind a name: then they do not share.
        """
        place = hashlib.sha256(f"{self.scope}\0{key}\0{base_url}".encode()).hexdigest()[:32]
        return SharedLogin(self, f"login:{place}:{_fingerprint(settings, place)}")

    def discard(self) -> None:
        """Remove what all processes of the run have put there; for its end."""
        with suppress(FleetUnavailable):  # it is forgotten by itself
            for key in self.store.beat(self.list, "", GONE) - {""}:
                for kind in ("token", "refresh", "refused"):
                    self.store.put(f"{key}:{kind}", "", GONE)
                self.store.leave(self.list, key)

    @property
    def list(self) -> str:
        """Where the logins of the run are written down."""
        return f"logins:{self.scope}"


def _fingerprint(settings: Table, salt: str) -> str:
    """Two bytes of a slow digest: enough to tell two passwords apart, too few to find one by."""
    text = json.dumps(settings.model_dump(), default=_revealed, sort_keys=True)
    return hashlib.pbkdf2_hmac("sha256", text.encode(), salt.encode(), _ROUNDS, 2).hex()


def _revealed(value: SecretStr) -> str:
    return value.get_secret_value()


@dataclass(frozen=True, slots=True)
class SharedLogin:
    """One credential's token in the store; each act raises FleetUnavailable where that is away."""

    logins: Logins
    key: str

    def ask(self, *, but: str) -> Grant | Standing:
        """A token other than `but`; else whose turn it is to fetch one, which may be ours now.

        Raises CredentialUnavailable where a refusal stands.
        """
        found = self._granted(but)
        if found is not None:
            return found
        self._raise_refusal()
        store = self.logins.store
        if store.claim(self._turn, self.logins.owner, TURN) != self.logins.owner:
            return Standing.ANOTHERS
        found = self._granted(but)  # whoever had the turn may just have given it back
        if found is None:
            return Standing.OURS
        self.release()
        return found

    def refresh(self) -> SecretStr | None:
        """What the newest token can be renewed with."""
        found = self.logins.store.get(f"{self.key}:refresh")
        return SecretStr(found) if found else None

    def publish(self, grant: Grant, *, age: float) -> None:
        """Give the token to all, and the turn back; it was asked for so many seconds ago."""
        store, now = self.logins.store, self.logins.clock.wall()
        store.beat(self.logins.list, self.key, KEPT)
        store.put(f"{self.key}:refresh", _plain(grant.refresh), KEPT)
        left = min(usable(grant.seconds) - age, KEPT)
        if left > 0:
            store.put(f"{self.key}:token", _written(grant, now - age), left)
        self.release()

    def fail(self, failure: CredentialUnavailable) -> None:
        """Give the turn back without a token; a refusal that stands is everybody's."""
        if failure.stands:
            told = {"message": str(failure), "status": failure.status}
            self.logins.store.put(self._refusal, json.dumps(told), STANDS)
        self.release()

    def release(self) -> None:
        """Give the turn back."""
        self.logins.store.release(self._turn, self.logins.owner)

    def forget_refusal(self) -> None:
        """Let the next one log in, although a refusal stands."""
        self.logins.store.put(self._refusal, "", GONE)

    def _granted(self, but: str) -> Grant | None:
        text = self.logins.store.get(f"{self.key}:token")
        if not text:
            return None
        with _understood():
            grant = _read(json.loads(text), self.logins.clock.wall())
        return None if grant.value.get_secret_value() == but else grant

    def _raise_refusal(self) -> None:
        text = self.logins.store.get(self._refusal)
        if text:
            with _understood():
                told = json.loads(text)
                refusal = CredentialUnavailable(told["message"], status=told["status"], stands=True)
            raise refusal

    @property
    def _turn(self) -> str:
        return f"{self.key}:turn"

    @property
    def _refusal(self) -> str:
        return f"{self.key}:refused"


def _written(grant: Grant, at: float) -> str:
    """A token as text; `at` is when it was asked for, in seconds of this machine's wall clock."""
    told = {
        "value": _plain(grant.value),
        "refresh": _plain(grant.refresh),
        "seconds": None if math.isinf(grant.seconds) else grant.seconds,
        "at": at,
    }
    return json.dumps(told)


def _read(told: dict[str, Any], now: float) -> Grant:
    promised = math.inf if told["seconds"] is None else float(told["seconds"])
    # The store has it, so it is good, whatever the clocks of two machines say.
    age = min(max(now - told["at"], 0.0), 0.9 * promised)
    refresh = SecretStr(told["refresh"]) if told["refresh"] else None
    return Grant(SecretStr(told["value"]), promised - age, refresh, is_borrowed=True)


@contextmanager
def _understood() -> Iterator[None]:
    """While the block runs, what nobody of ours has written is as good as no store."""
    try:
        yield
    except (ValueError, KeyError, TypeError) as error:
        raise FleetUnavailable("the fleet's store holds what is no login.") from error


def _plain(value: SecretStr | None) -> str:
    return "" if value is None else value.get_secret_value()
