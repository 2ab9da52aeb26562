"""Faults of HTTP/2, which the proxy speaks where a plan has one of them."""

from __future__ import annotations

from importlib.util import find_spec
from typing import ClassVar, Literal

from redhanded.lab.weather.faults.fault import RequestFault
from redhanded.lab.weather.passage import Passage


class GoAway(RequestFault):
    """Sends GOAWAY, or refuses the stream, while a request of HTTP/2 is in flight."""

    code: ClassVar[str] = "E23"
    title: ClassVar[str] = "GOAWAY or REFUSED_STREAM in flight"
    needs_http2: ClassVar[bool] = True

    kind: Literal["goaway", "refused"] = "goaway"
    forwarded: bool = False  # GOAWAY then counts the request among those that were processed

    @classmethod
    def lacks(cls) -> str | None:
        """The library that speaks HTTP/2."""
        return None if find_spec("h2") else "h2 (pip install 'redhanded[lab]')"

    def concerns(self, passage: Passage) -> bool:
        """Whether the request came by HTTP/2."""
        return passage.client.carrier is not None

    async def strike(self, passage: Passage) -> None:
        """Sends the stream, or the whole connection, away."""
        carrier = passage.client.carrier
        assert carrier  # noqa: S101 - others are no concern of this fault
        if self.forwarded and self.kind == "goaway":
            await (await passage.forward()).load()
        else:
            await passage.swallow()
        passage.note(forwarded=self.forwarded and self.kind == "goaway", kind=self.kind)
        if self.kind == "refused":
            await carrier.refuse()
        else:
            await carrier.go_away(processed=self.forwarded)
        passage.client.drop()
