"""Sweeps within a run: of what killed runs left, before the first test, and of its own at the end.

The work is that of `redhanded.cleanup.sweep`; here is what it may touch and how long it may take.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

import httpx2

from redhanded.cleanup.effects import Answer, Rules, Stopped
from redhanded.cleanup.holdings import holdings
from redhanded.cleanup.journal import FOLDER
from redhanded.cleanup.marking import parsed
from redhanded.cleanup.owner import Standing, address
from redhanded.cleanup.sweep import Sweep
from redhanded.client.tokens import CredentialUnavailable
from redhanded.core.errors import RedhandedError, UsageError
from redhanded.pipeline.call import PURPOSE, Scope
from redhanded.pipeline.retry_after import told_pause
from redhanded.session.swept import Swept

if TYPE_CHECKING:
    from collections.abc import Callable

    from redhanded.cleanup.holdings import Holding
    from redhanded.cleanup.sweep import Send
    from redhanded.core.settings import Settings
    from redhanded.session.session import Session

NAME: Final = "cleanup::sweep"
"""What its requests are recorded under; no test is called so."""

_LEAST: Final = 1.0  # seconds for a request that is sent at all


class Patience(NamedTuple):
    """How long a sweep may take, and how much of that it may wait for things to change, in seconds.

    `bears_silence` says whether it goes on where the API does not answer at all.
    """

    seconds: float
    pauses: float
    bears_silence: bool = True


AT_START: Final = Patience(10.0, 3.0, bears_silence=False)
AT_END: Final = Patience(10.0, 3.0)
HURRIED: Final = Patience(3.0, 1.0)


class Sweeping:
    """The sweeps of one run, in the one process that sees all of it.

    Only journals of this machine and of this run's base URL are touched, and no failure of the API
    raises. Tests, or whoever started them, wait for a sweep: what it does not come to in some
    seconds is for the next one, and so is what the API refuses for a reason that may pass.
    """

    def __init__(self, session: Session) -> None:
        self._session = session
        self._folder = session.settings.folder / FOLDER

    def begin(self) -> None:
        """Remove what dead processes left."""
        swept = self._swept("", AT_START)
        self._note(*swept.sentences(), *swept.earlier())

    def end(self, own: str, *, is_hurried: bool) -> None:
        """Remove what is left of this run, whose journals have names that begin so.

        Its processes have ended, however they did, but for this one, which makes nothing any more.
        """
        try:
            swept = self._swept(own, HURRIED if is_hurried else AT_END)
        except KeyboardInterrupt:  # nobody is there any more who would expect it
            self._note("the sweep was interrupted: `redhanded sweep` goes on with it")
        else:
            self._note(*swept.sentences(is_own=True))

    def _note(self, *sentences: str) -> None:
        for sentence in sentences:
            self._session.note(self._session.redactor.text(sentence))

    def _swept(self, beginning: str, patience: Patience) -> Swept:
        settings, around = self._session.settings, self._session.surroundings
        base_url = address(settings.base_url or "")
        dead = [
            one
            for one in holdings(self._folder)
            if one.standing is Standing.DEAD and one.path.name.startswith(beginning)
        ]
        barred = {one.path: why for one in dead if (why := undeclared(one, base_url, settings))}
        known = [one for one in dead if one.path not in barred]
        sweep = Sweep(
            base_url=base_url,
            profile=settings.env or "",
            rules=Rules.of(
                settings.cleanup, total=settings.timeouts.total, seconds=patience.seconds
            ),
            send=answering(
                self._sender(patience.seconds),
                mask=self._session.redactor.text,
                bears_silence=patience.bears_silence,
            ),
            sleep=self._sleeper(patience.pauses),
            monotonic=around.clock.monotonic,
            wall=around.clock.wall,
        )
        return Swept(known, sweep.run(known), around.clock.wall(), [*barred.values()])

    def _sleeper(self, most: float) -> Callable[[float], None]:
        left = most

        def sleep(seconds: float) -> None:
            nonlocal left
            left -= seconds
            if left < 0:
                raise Stopped("it would have to wait longer; the next sweep tries again")
            self._session.surroundings.sleep(seconds)

        return sleep

    def _sender(self, seconds: float) -> Callable[[str, str, str | None], httpx2.Response]:
        session, now = self._session, self._session.surroundings.clock.monotonic
        record, until = session.recorder(NAME), now() + seconds

        def send(method: str, path: str, identity: str | None) -> httpx2.Response:
            # Each of two attempts has half of what is left, should the API hang.
            left = max(until - now(), _LEAST) / 2
            with session.clients.open(Scope(record=record), identity) as client:
                return client.request(method, path, timeout=left, extensions={PURPOSE: "cleanup"})

        return send


def undeclared(holding: Holding, base_url: str, settings: Settings) -> str:
    """Why what was made on this API cannot be removed, where it takes an unknown identity.

    A sentence; empty where all are known.
    """
    owner = holding.contents.owner
    if owner is None or (owner.base_url, owner.profile) != (base_url, settings.env or ""):
        return ""
    needed = {one.kind for one in holding.remnants}
    for kind, declared in holding.contents.declared.items():
        if kind in needed and declared.identity not in (None, *settings.identities):
            return (
                f'a "{kind}" is removed as "{declared.identity}", who is not declared: write '
                f"[tool.redhanded.identities.{declared.identity}]"
            )
    return ""


def answering(
    send: Callable[[str, str, str | None], httpx2.Response],
    *,
    mask: Callable[[str], str],
    bears_silence: bool = True,
) -> Send:
    """Sends as the given function does, and gives whatever comes of it as an answer.

    `mask` takes secrets out of reasons, which are written into journals: what cannot be sent may
    be told with its headers.

    Raises Stopped, as a sweep expects it, where nothing can be sent at all; and where no answer
    comes and silence is not borne: tests wait for the sweep, and the API may be about to start.
    """

    def silence(reason: str) -> Answer:
        if not bears_silence:
            raise Stopped(f"the API does not answer ({reason})") from None
        return Answer(None, reason=mask(reason))

    def answer(method: str, path: str, identity: str | None) -> Answer:
        try:
            response = send(method, path, identity)
        except UsageError as error:  # no request of this sweep can be sent
            raise Stopped(str(error)) from None
        except (httpx2.HTTPError, RedhandedError) as error:
            if isinstance(error, CredentialUnavailable) and error.stands:
                raise Stopped(str(error)) from None  # the next try would be refused as well
            return silence(str(error) or type(error).__name__)
        if strange := _strangeness(response, method):
            return silence(strange)
        pause = told_pause(response.headers).seconds
        document, headers = parsed(response.content), dict(response.headers)
        return Answer(response.status_code, document, pause, headers=headers)

    return answer


def _strangeness(response: httpx2.Response, method: str) -> str:
    """Why a success is not the API's own word on what it was asked; empty where nothing says so."""
    if not response.is_success:
        return ""
    # A 303 leads to the result of what was done (RFC 9110, section 15.4.4), others elsewhere.
    moved = any(one.status_code in {301, 302} for one in response.history)
    if moved and response.request.method != method:
        return "the request was redirected, and another one was answered"
    if response.headers.get("content-type", "").lower().startswith("text/html"):
        return f"a page of HTML came with status {response.status_code}, as from a portal"
    return ""
