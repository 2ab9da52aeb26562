"""Sweeps within a run: of what killed runs left, before the first test, and of its own at the end.

The work is that of `redhanded.cleanup.sweep`; here is what it may touch and how long it may take.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import httpx2

from redhanded.cleanup.course import Answer, Rules, Stopped
from redhanded.cleanup.file import ENDING
from redhanded.cleanup.holdings import holdings
from redhanded.cleanup.journal import FOLDER
from redhanded.cleanup.marking import parsed
from redhanded.cleanup.owner import Standing, address
from redhanded.cleanup.sweep import Sweep
from redhanded.core.errors import RedhandedError, UsageError
from redhanded.pipeline.call import PURPOSE, Scope
from redhanded.pipeline.retry_after import told_pause
from redhanded.session.swept import Swept

if TYPE_CHECKING:
    from collections.abc import Callable, Collection

    from redhanded.cleanup.holdings import Holding
    from redhanded.cleanup.sweep import Send
    from redhanded.session.session import Session

NAME: Final = "cleanup::sweep"
"""What its requests are recorded under; no test is called so."""

SECONDS: Final = 10.0
HURRIED: Final = 3.0
_LEAST: Final = 1.0  # seconds for a request that is sent at all


class Sweeping:
    """The sweeps of one run, in the one process that sees all of it.

    Only journals of this machine and of this run's base URL are touched, and no failure of the API
    raises. A sweep begins nothing after ten seconds, or three where the run was stopped; what is
    left then is for the next one.
    """

    def __init__(self, session: Session) -> None:
        self._session = session
        self._folder = session.settings.folder / FOLDER

    def begin(self) -> None:
        """Remove what dead processes left; costs one look at a folder where none did."""
        if self._has_journals(""):
            swept = self._swept("", SECONDS, is_patient=False)
            self._note(*swept.sentences(), *swept.earlier())

    def end(self, *, is_hurried: bool) -> None:
        """Remove what is left of this run; its workers have ended, however they did."""
        self._session.tracking.close()
        own = f"{self._session.run_id}-"
        if not self._has_journals(own):
            return
        try:
            seconds = HURRIED if is_hurried else SECONDS
            swept = self._swept(own, seconds, is_patient=True)
        except KeyboardInterrupt:  # nobody is there any more who would expect it
            self._note("the sweep was interrupted: `redhanded sweep` goes on with it")
        else:
            self._note(*swept.sentences())

    def _note(self, *sentences: str) -> None:
        for sentence in sentences:
            self._session.note(self._session.redactor.text(sentence))

    def _has_journals(self, beginning: str) -> bool:
        settings = self._session.settings
        if not settings.cleanup.sweep or settings.base_url is None:
            return False
        try:
            names = [one.name for one in self._folder.iterdir()]
        except OSError:  # it is not there, or whoever must write in it will tell
            return False
        return any(one.startswith(beginning) and one.endswith(ENDING) for one in names)

    def _swept(self, beginning: str, seconds: float, *, is_patient: bool) -> Swept:
        settings, around = self._session.settings, self._session.surroundings

        def sleep(seconds: float) -> None:
            around.sleep(seconds)

        base_url = address(settings.base_url or "")
        dead = [
            one
            for one in holdings(self._folder)
            if one.standing is Standing.DEAD and one.path.name.startswith(beginning)
        ]
        barred = {
            one.path: why for one in dead if (why := undeclared(one, base_url, settings.identities))
        }
        known = [one for one in dead if one.path not in barred]
        sweep = Sweep(
            base_url=base_url,
            rules=Rules.of(settings.cleanup, total=settings.timeouts.total, seconds=seconds),
            send=answering(self._sender(seconds), is_patient=is_patient),
            sleep=sleep,
            monotonic=around.clock.monotonic,
            wall=around.clock.wall,
        )
        return Swept(known, sweep.run(known), around.clock.wall(), [*barred.values()])

    def _sender(self, seconds: float) -> Callable[[str, str, str | None], httpx2.Response]:
        session, now = self._session, self._session.surroundings.clock.monotonic
        record, until = session.recorder(NAME), now() + seconds

        def send(method: str, path: str, identity: str | None) -> httpx2.Response:
            # Each of two attempts has half of what is left, should the API hang.
            left = max(until - now(), _LEAST) / 2
            with session.clients.open(Scope(record=record), identity) as client:
                return client.request(method, path, timeout=left, extensions={PURPOSE: "cleanup"})

        return send


def undeclared(holding: Holding, base_url: str, identities: Collection[str]) -> str:
    """Why what was made on this API cannot be removed, where it takes an unknown identity.

    A sentence; empty where all are known.
    """
    owner = holding.contents.owner
    if owner is None or owner.base_url != base_url:
        return ""
    needed = {one.kind for one in holding.remnants}
    for kind, declared in holding.contents.declared.items():
        if kind in needed and declared.identity not in (None, *identities):
            return (
                f'a "{kind}" is removed as "{declared.identity}", who is not declared: write '
                f"[tool.redhanded.identities.{declared.identity}]"
            )
    return ""


def answering(
    send: Callable[[str, str, str | None], httpx2.Response], *, is_patient: bool = True
) -> Send:
    """Sends as the given function does, and gives whatever comes of it as an answer.

    Raises Stopped, as a sweep expects it, where nothing can be sent at all; and where no answer
    comes but the sweep is not patient: tests wait for it, and the API may be about to start.
    """

    def answer(method: str, path: str, identity: str | None) -> Answer:
        try:
            response = send(method, path, identity)
        except UsageError as error:  # no request of this sweep can be sent
            raise Stopped(str(error)) from None
        except (httpx2.HTTPError, RedhandedError) as error:
            reason = str(error) or type(error).__name__
            if not is_patient:
                raise Stopped(f"the API does not answer ({reason})") from None
            return Answer(None, reason=reason)
        pause = told_pause(response.headers).seconds
        document, headers = parsed(response.content), dict(response.headers)
        return Answer(response.status_code, document, pause, headers=headers)

    return answer
