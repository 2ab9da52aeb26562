"""A network and servers that do to each request what chance says, and keep book of it."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from random import Random
from typing import NamedTuple

import httpx2

from redhanded.client import wire
from redhanded.core.attempt import Mark, Phase
from redhanded.pipeline.call import CALL, Call
from redhanded.pipeline.codings import too_large
from redhanded.pipeline.flow import Close, Consult, Effect, Fill, Read, Send, Sleep
from redhanded.pipeline.integrity import Raw
from tests.simulation.faults import BODIES, EMPTY, REUSED, Body, Break, Reply, plain
from tests.simulation.schedule import Schedule, Task, until
from tests.simulation.servers import Seen, Server

SEEN = "simulation.seen"
_TIMEOUTS: dict[Phase, tuple[str, type[Exception], str]] = {
    Phase.POOL: ("pool", httpx2.PoolTimeout, "local"),
    Phase.CONNECT: ("connect", httpx2.ConnectTimeout, "connect_timeout"),
    Phase.TLS: ("connect", httpx2.ConnectTimeout, "tls_handshake"),
    Phase.SEND: ("write", httpx2.WriteTimeout, "upload_broken"),
    Phase.WAIT: ("read", httpx2.ReadTimeout, "read_timeout"),
}
_BODILESS = (204, 304)
_NOTHING = Body()


class Plan(NamedTuple):
    """What is to come of a request: its phases, the end, and there an error or a reply."""

    fate: Break | Reply
    marks: list[Mark]
    ends: float
    row: str
    error: Exception | None = None

    @property
    def ends_by_itself(self) -> bool:
        """Whether it comes to its end before a time-out does."""
        return not isinstance(self.error, httpx2.TimeoutException)


@dataclass(slots=True)
class Network:
    """Performs the effects of the pipeline in the time of a schedule."""

    schedule: Schedule
    random: Random
    servers: dict[str, Server]
    seen: dict[int, list[Seen]] = field(default_factory=dict)
    _serial: int = 0

    async def perform(self, effect: Effect) -> object:
        """The answer to an effect, when its time has come."""
        if isinstance(effect, Send):
            return await self._send(effect)
        if isinstance(effect, Read):
            return await self._read(effect)
        if isinstance(effect, Sleep):
            await until(self.schedule.elapsed + effect.seconds)
        elif isinstance(effect, Fill):
            wire.fill(effect.response, effect.content)
        elif isinstance(effect, Close):
            await until(self.schedule.elapsed)
        elif isinstance(effect, Consult):
            return await self._consult(effect)
        return None

    async def _consult(self, effect: Consult) -> object:
        """What others answer; it may come when whoever asked is gone."""
        is_early = self.random.random() < 0.5
        answer = effect.act() if is_early else None
        try:
            await until(self.schedule.elapsed)
        except BaseException:
            if not is_early:
                self.schedule.start(Task(_late(effect)))
            raise
        return answer if is_early else effect.act()

    async def _send(self, effect: Send) -> httpx2.Response:
        call: Call = effect.request.extensions[CALL]
        server = self.servers[effect.request.url.host]
        seen = self._note(effect, call, server)
        server.admit(seen, call.epoch)
        plan = self._plan(seen, server)
        try:
            return await self._answered(seen, call, server, plan)
        except BaseException:  # else its body is still to come
            server.busy -= 1
            raise

    async def _answered(
        self, seen: Seen, call: Call, server: Server, plan: Plan
    ) -> httpx2.Response:
        try:
            await until(plan.ends)
        finally:  # also when it is cancelled: the server may have got it by then
            self._reach(seen, call, server, plan)
        seen.row = plan.row
        if plan.error is not None:
            if plan.ends_by_itself:
                _tell(call, plan.fate)
            raise plan.error
        assert isinstance(plan.fate, Reply)
        return self._respond(seen, server, plan.fate)

    def _note(self, effect: Send, call: Call, server: Server) -> Seen:
        request = effect.request
        is_reused = not effect.fresh and server.idle > 0 and self.random.random() < 0.8
        server.idle -= is_reused
        seen = Seen(
            request=request,
            path=request.url.path,
            purpose=call.purpose,
            headers=call.headers,
            fresh=effect.fresh,
            reused=is_reused,
            sent_at=self.schedule.elapsed,
            deadline=call.deadline,
            timeouts=request.extensions["timeout"],
        )
        known = self.seen.setdefault(id(call), [])
        seen.is_doubtful = any(one.is_ambiguous for one in known if one.request.url == request.url)
        known.append(seen)
        return seen

    def _plan(self, seen: Seen, server: Server) -> Plan:
        fate = server.fate(seen, self.random)
        now, marks = seen.sent_at, []
        for phase in server.phases(seen, fate):
            marks.append((phase, now - seen.sent_at))
            name, kind, row = _TIMEOUTS[phase]
            limit = min(now + seen.timeouts[name], seen.deadline)
            is_stuck = isinstance(fate, Break) and fate.phase is phase and fate.error is None
            now += math.inf if is_stuck else server.seconds(self.random)
            if now > limit:
                row = "deadline" if limit >= seen.deadline else row
                return Plan(fate, marks, limit, row, kind("it took too long"))
        if isinstance(fate, Reply):
            return Plan(fate, marks, now, seen.row_of(fate))
        row = REUSED if fate.row == "closed_fresh" and seen.reused else fate.row
        assert fate.error is not None
        return Plan(fate, marks, now, row, fate.error())

    def _reach(self, seen: Seen, call: Call, server: Server, plan: Plan) -> None:
        """Note how far the request has come by now, and whether its work was done."""
        now = seen.ended_at = self.schedule.elapsed
        spent = now - seen.sent_at
        reached = [mark for mark in plan.marks if mark[1] <= spent]
        call.timeline.marks.extend(reached)
        phase = reached[-1][0]
        seen.may_be_done = phase is Phase.SEND or phase is Phase.WAIT
        if phase is Phase.WAIT:
            server.work(seen, plan.fate, self.random)

    def _respond(self, seen: Seen, server: Server, reply: Reply) -> httpx2.Response:
        self._serial += 1
        body = self._body(seen, server, reply)
        seen.status, seen.reply, seen.body = reply.status, reply, body
        if reply.is_unprocessed or (seen.is_opted_in and reply.status in (408, 503)):
            seen.may_be_done = False
        headers = [*reply.headers, *body.headers]
        extensions = {"http_version": b"HTTP/1.1", SEEN: seen}
        stream = httpx2.ByteStream(body.sent)
        seen.response = httpx2.Response(
            reply.status, headers=headers, stream=stream, extensions=extensions
        )
        return seen.response

    def _body(self, seen: Seen, server: Server, reply: Reply) -> Body:
        if reply is EMPTY or reply.status in _BODILESS or seen.request.method == "HEAD":
            return _NOTHING
        content = b'{"n":%d,"of":"the fake network"}' % self._serial
        if self.random.random() < server.storm * 0.3:
            return BODIES[int(self.random.random() * len(BODIES))](content)
        return plain(content)

    async def _read(self, effect: Read) -> Raw:
        seen: Seen = effect.response.extensions[SEEN]
        server, body, reply = self.servers[seen.request.url.host], seen.body, seen.reply
        assert body is not None
        assert reply is not None
        row, seen.row = seen.row, "cancelled"
        try:
            await self._arrive(seen, server, body)
        finally:
            server.busy -= 1
        seen.row = body.row
        if body.error is not None:
            raise body.error()
        if len(body.sent) > effect.limit:
            raise too_large(effect.limit)
        if not body.row:
            seen.row, seen.content, seen.is_complete = row, body.seen, True
            server.finish(seen, reply, self.schedule.elapsed)
        wire.consume(effect.response, body.sent)
        return Raw(body.sent, body.trailing)

    async def _arrive(self, seen: Seen, server: Server, body: Body) -> None:
        """Wait for the body, as long as it is given."""
        now = self.schedule.elapsed
        seconds = server.seconds(self.random) if self.random.random() < 0.2 else 0.0
        limit = min(now + seen.timeouts["read"], seen.deadline)
        ends = math.inf if body.hangs or body.drips else now + seconds
        if body.drips:
            limit = seen.deadline  # each read is quick, there is no end to them
        try:
            if ends > now:
                await until(min(ends, limit))
        finally:
            seen.ended_at = self.schedule.elapsed
        if ends > limit:
            seen.row = "deadline" if limit >= seen.deadline else "cut_after_headers"
            raise httpx2.ReadTimeout("the body took too long")


async def _late(effect: Consult) -> None:
    effect.act()


def _tell(call: Call, fate: Break | Reply) -> None:
    """Let the attempt know what its connection would have seen."""
    if isinstance(fate, Break):
        call.timeline.upload_failed = fate.upload_failed
        call.timeline.first = fate.first
