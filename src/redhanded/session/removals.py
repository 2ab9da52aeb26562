"""Removing what tests made: what is sent for it, and what is told where it fails."""

from __future__ import annotations

from typing import TYPE_CHECKING

import anyio

from redhanded.cleanup.pending import Answered, Undo
from redhanded.cleanup.registry import Cleanup
from redhanded.pipeline.call import PURPOSE, Scope
from redhanded.session.failed_removals import Removed, weigh
from redhanded.session.fates import Fates
from redhanded.verdict.findings import is_weather
from redhanded.verdict.inquiry import Inquiry
from redhanded.verdict.provenance import foreign_sign

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    import httpx2

    from redhanded.cleanup.pending import Leftover, Removal
    from redhanded.core.attempt import Attempt
    from redhanded.session.examiner import Judged
    from redhanded.session.session import Session


class Sender:
    """Sends what cleanup asks: past the circuit, at most twice, apart from any test's own ledger.

    Its attempts are recorded under `test_id`; `scope` holds those of the last request.
    """

    def __init__(self, session: Session, test_id: str, trace_id: str = "") -> None:
        self._session = session
        self._record = session.recorder(test_id)
        self._trace_id = trace_id
        self.scope: Scope = Scope(trace_id)

    def __call__(self, method: str, path: str, identity: str | None = None) -> httpx2.Response:
        """The answer, whole; httpx2's errors pass where there is none."""
        with self._session.clients.open(self._begin(), identity) as client:
            return client.request(method, path, extensions={PURPOSE: "cleanup"})

    async def ask(self, path: str, identity: str | None = None) -> httpx2.Response:
        """The answer to a GET, in the loop of the caller."""
        async with self._session.clients.open_async(self._begin(), identity) as client:
            return await client.get(path, extensions={PURPOSE: "cleanup"})

    def _begin(self) -> Scope:
        self.scope = Scope(self._trace_id, record=self._record)
        return self.scope


class Removals:
    """What was made within a test, or by fixtures of a wider scope, and how it is removed.

    `owner` is in whose name requests are recorded; `release` lets go of its connections.
    """

    def __init__(
        self, session: Session, owner: Judged, release: Callable[[], Awaitable[None]]
    ) -> None:
        self._session = session
        self._owner = owner
        self._release = release
        self.fates: Fates = Fates(session, owner.test_id)
        self.cleanup: Cleanup = Cleanup(
            session.settings.resources, send=self._send, wait=self._wait, log=self.fates
        )

    def run(self) -> tuple[Leftover, ...]:
        """Remove everything; what is left over is noted, and never turns a test red."""
        pending = self.cleanup.pending
        if not pending:
            return ()
        left = self.cleanup.run()
        self.fates.over([one for one in pending if isinstance(one, Undo)], left)
        for one in left:
            told = f"left behind by {self._owner.test_id}: {one.kind} {one.id} ({one.reason})"
            self._session.note(self._session.redactor.text(told))
        return left

    def _send(self, asked: Removal) -> Answered:
        owner = self._owner
        send = Sender(self._session, owner.test_id, owner.scope.trace_id)
        try:
            answer = send(asked.method, asked.path, asked.identity)
        finally:
            self.fates.sent(asked.object, send.scope.attempts)
        weigh(self._session, asked, Removed(owner.test_id, owner.round, send.scope, owner.inquiry))
        return Answered(answer.status_code, self._is_by_others(send.scope.attempts[-1]))

    def _is_by_others(self, attempt: Attempt) -> bool:
        """Whether the environment may have answered: a gateway, a portal, a firewall."""
        known = self._session.examiner.almanac.documents_beside(attempt)
        return is_weather(attempt) or bool(foreign_sign(attempt, known))

    def _wait(self, awaitable: Awaitable[object]) -> object:
        """What an asynchronous undoing gives; the test's loop is over, so it has its own."""

        async def awaiting() -> object:
            try:
                return await awaitable
            finally:
                await self._release()

        return anyio.run(awaiting)


def of_scope(session: Session, name: str) -> Removals:
    """Removals for fixtures that outlive a test, in the name of their scope."""

    async def nothing() -> None:
        """There is nothing to let go of."""

    return Removals(session, Removed(name, 0, Scope(), Inquiry()), nothing)
