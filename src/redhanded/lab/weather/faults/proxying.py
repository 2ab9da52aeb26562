"""Faults of a forward proxy, which the proxy is as well for clients that use it as one."""

from __future__ import annotations

from typing import ClassVar, Literal

from redhanded.lab.weather.faults.fault import RequestFault
from redhanded.lab.weather.passage import Passage


class ProxyRefuses(RequestFault):
    """Answers 407, or closes the connection on CONNECT without a word."""

    code: ClassVar[str] = "E24"
    title: ClassVar[str] = "forward proxy: 407, or CONNECT closed"

    kind: Literal["407", "closed"] = "407"

    def concerns(self, passage: Passage) -> bool:
        """Whether the client uses the proxy as one; 407 may meet others, too."""
        return self.kind == "407" or passage.request.method == "CONNECT"

    async def strike(self, passage: Passage) -> None:
        """Refuses; the upstream never sees the request."""
        passage.note(forwarded=False, kind=self.kind)
        if self.kind == "closed":
            await passage.close()
            return
        fields = {
            "Content-Type": "text/html; charset=utf-8",
            "Proxy-Authenticate": 'Basic realm="proxy"',
            "Server": "proxy",
        }
        await passage.answer(407, b"<h1>Proxy authentication required</h1>\n", fields)
