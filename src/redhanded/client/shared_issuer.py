"""An issuer behind which other processes of the run stand: a token of theirs is as good as ours."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Final

from redhanded.client.logins import Standing
from redhanded.client.tokens import CredentialUnavailable, Grant
from redhanded.fleet.store import FleetUnavailable
from redhanded.pipeline.flow import Consult, Sleep

if TYPE_CHECKING:
    from collections.abc import Callable

    from pydantic import SecretStr

    from redhanded.client.issuers import Fetching, Issuer
    from redhanded.client.logins import SharedLogin

PATIENCE: Final = 12.0  # seconds that another process is waited for; a dead one keeps its turn 10
PAUSE: Final = 0.05


class SharedIssuer:
    """Asks the other processes of the run before it asks the endpoint, and tells them what came.

    Each token is fetched once for all; where one is refused, one process renews it. It shares from
    its first trouble on no more: then this process logs in by itself. It is asked by one caller at
    a time, and only where the token that it gave last is good no longer.
    """

    def __init__(self, issuer: Issuer, login: SharedLogin) -> None:
        self._issuer = issuer
        self._login = login
        self._last = ""
        self._is_alone = False

    def forget_refusal(self) -> None:
        """Let the next one of all processes log in, although a refusal stands."""
        if not self._is_alone:
            self._reached(self._login.forget_refusal)

    def fetch(self, user_agent: str | None, *, refresh: SecretStr | None) -> Fetching[Grant]:
        """A token that another process has fetched, else a new one for all.

        Raises CredentialUnavailable where the endpoint hands none out, to whichever process.
        """
        borrowed = yield from self._borrowed()
        grant = borrowed or (yield from self._fetched(user_agent, refresh))
        self._last = grant.value.get_secret_value()
        return grant

    def _borrowed(self) -> Fetching[Grant | None]:
        """What another process has; None where this one is to ask the endpoint."""
        clock = self._login.logins.clock
        until = clock.monotonic() + PATIENCE
        has_waited = False
        while not self._is_alone and clock.monotonic() < until:
            found = yield Consult(self._asked)
            if isinstance(found, Grant):
                return found
            if found is not Standing.ANOTHERS:
                break
            has_waited = True
            yield Sleep(PAUSE)
        if has_waited:  # in vain: from here on all ask by themselves, lest each wait for each
            yield Consult(partial(self._reached, self._login.release))
        return None

    def _asked(self) -> Grant | Standing | None:
        try:
            return self._login.ask(but=self._last)
        except FleetUnavailable:
            self._is_alone = True
            return None

    def _fetched(self, user_agent: str | None, refresh: SecretStr | None) -> Fetching[Grant]:
        clock, login = self._login.logins.clock, self._login
        began = clock.monotonic()
        try:
            newest = yield Consult(self._refresh)
            grant = yield from self._issuer.fetch(user_agent, refresh=newest or refresh)
        except CredentialUnavailable as failure:
            yield Consult(partial(self._reached, partial(login.fail, failure)))
            raise
        except BaseException:
            self._reached(login.release)  # cancelled: the next process takes over
            raise
        age = clock.monotonic() - began
        yield Consult(partial(self._reached, partial(login.publish, grant, age=age)))
        return grant

    def _refresh(self) -> SecretStr | None:
        try:
            return None if self._is_alone else self._login.refresh()
        except FleetUnavailable:
            self._is_alone = True
            return None

    def _reached(self, act: Callable[[], object]) -> None:
        """Do what others are to know, unless this process is on its own."""
        try:
            if not self._is_alone:
                act()
        except FleetUnavailable:
            self._is_alone = True
