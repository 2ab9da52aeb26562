"""Tests that call: each makes its calls one after the other, follows redirects, and logs in."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from random import Random
from typing import TypeAlias

import httpx2

from redhanded.pipeline.call import CALL, PURPOSE, RETRY, Call
from redhanded.pipeline.drivers import arun
from redhanded.pipeline.flow import Effect, Proceed
from tests.simulation.inquest import Ended
from tests.simulation.network import Network
from tests.simulation.rules import Breach
from tests.simulation.schedule import Cancelled, Task, until

Told: TypeAlias = Callable[[str], None]

HOSTS = ("http://api.test", "https://pay.test", "http://files.test:8080")
_ROUTES = tuple(
    route.split(" ")
    for route in (
        "GET /v1/orders/7", "GET /v1/orders", "GET /v1/files/1", "HEAD /v1/orders/7",
        "OPTIONS /v1/orders", "POST /v1/orders", "PATCH /v1/orders/7", "PUT /v1/orders/7",
        "DELETE /v1/orders/7", "TRACE /v1/orders", "POST /v1/payments", "POST /v1/jobs",
    )
)  # fmt: skip
URLS = {host + path: httpx2.URL(host + path) for host in HOSTS for _, path in _ROUTES}
_HEADERS = [(b"Accept", b"*/*"), (b"User-Agent", b"a test")]
_WRITES = frozenset({"POST", "PUT", "PATCH"})
_KEEPING = (307, 308)
_HOPS = 5


@dataclass(slots=True, kw_only=True)
class Caller:
    """One test: it makes a number of calls, and hands over what came of each."""

    network: Network
    random: Random
    proceed: Proceed
    task: Task
    total: float
    number: Callable[[], int]
    ended: Callable[[Ended], None]
    tell: Callable[[int], Told | None]
    hops: list[int] = field(default_factory=list)

    async def run(self, calls: int) -> None:
        """Make so many calls, with a pause before some of them."""
        schedule, random = self.network.schedule, self.random.random
        for _ in range(calls):
            if random() < 0.5:
                await until(schedule.elapsed + 0.2 * random())
            number = self.number()
            try:
                await self._call(number)
            except Breach as breach:
                breach.call = number if breach.call < 0 else breach.call
                raise

    async def _call(self, number: int) -> None:
        request, schedule = self._request(number), self.network.schedule
        began, response, failed = schedule.elapsed, None, None
        if self.random.random() < 0.05:
            self.task.cancel_after = int(self.random.random() * 5)
        self.hops.clear()
        try:
            response = await self._followed(request, self.tell(number))
        except (Cancelled, httpx2.RequestError) as error:
            failed = error
        self.task.spare()
        self.ended(
            Ended(
                number=number,
                call=request.extensions[CALL],
                started_at=began,
                ended_at=schedule.elapsed,
                total=self.total,
                seen=self.network.seen,
                hops=self.hops,
                response=response,
                error=failed,
            )
        )

    def _request(self, number: int) -> httpx2.Request:
        random = self.random.random
        method, path = _ROUTES[int(random() * len(_ROUTES))]
        url = URLS[HOSTS[int(random() * len(HOSTS))] + path]
        headers = [*_HEADERS, (b"Host", url.netloc)]
        content = b""
        if method in _WRITES:
            content = b'{"order":%d}' % number
            headers.append((b"Content-Length", str(len(content)).encode("ascii")))
            if random() < 0.5:
                headers.append((b"Idempotency-Key", b"key-%d" % number))
        request = httpx2.Request(method, url, headers=headers, stream=httpx2.ByteStream(content))
        chance = random()
        if chance < 0.05:
            request.extensions[PURPOSE] = "canary" if method == "GET" else "cleanup"
        elif chance < 0.1:
            request.extensions[RETRY] = False
        return request

    async def _followed(self, request: httpx2.Request, tell: Told | None) -> httpx2.Response:
        """The last response, after redirects and at most one new login."""
        is_following, may_log_in = self.random.random() < 0.5, self.random.random() < 0.5
        while True:
            call: Call | None = request.extensions.get(CALL)
            self.hops.append(len(call.attempts) if call else 0)
            perform = self._aloud(tell) if tell else self.network.perform
            response = await arun(self.proceed(request), perform)
            if response.status_code == 401 and may_log_in:
                may_log_in = False
                request.headers["Authorization"] = "Bearer renewed"
            elif is_following and response.has_redirect_location and len(self.hops) <= _HOPS:
                request = _next(request, response)
            else:
                return response

    def _aloud(self, tell: Told) -> Callable[[Effect], Awaitable[object]]:
        """The performing of effects, each of which is told with its time."""
        schedule, perform = self.network.schedule, self.network.perform

        async def performed(effect: Effect) -> object:
            tell(f"{schedule.elapsed:12.4f}  {effect}")
            try:
                answer = await perform(effect)
            except BaseException as error:
                tell(f"{schedule.elapsed:12.4f}    {error!r}")
                raise
            if answer is not None:
                tell(f"{schedule.elapsed:12.4f}    {answer!r}")
            return answer

        return performed


def _next(request: httpx2.Request, response: httpx2.Response) -> httpx2.Request:
    """The request to where a redirect leads, as a client makes it: one of the same call."""
    is_kept = response.status_code in _KEEPING
    method = request.method if is_kept or request.method == "HEAD" else "GET"
    url = request.url.join(response.headers["location"])
    headers = httpx2.Headers(request.headers)
    headers["Host"] = url.netloc.decode("ascii")
    if not is_kept:
        headers.pop("content-length", None)
    stream = request.stream if is_kept else httpx2.ByteStream(b"")
    return httpx2.Request(
        method, url, headers=headers, stream=stream, extensions=request.extensions
    )
