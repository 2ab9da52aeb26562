"""Answers of another place, another build, another clock; and another actor."""

from __future__ import annotations

import json
import re
from datetime import timedelta
from email.utils import format_datetime, formatdate, parsedate_to_datetime
from typing import Annotated, Any, ClassVar, Literal

from pydantic import AfterValidator, Field, JsonValue

from redhanded.lab.weather.faults.fault import AnswerFault, RequestFault
from redhanded.lab.weather.link import Address, Link
from redhanded.lab.weather.passage import Answer, Passage
from redhanded.lab.weather.shapes import NAMED, Every, Shape
from redhanded.lab.weather.wire import Counted


def _of_this_machine(url: str) -> str:
    Address.parse(url)
    return url


_Upstream = Annotated[str, AfterValidator(_of_this_machine)]
_NAMES = re.compile(r"(?:^|_)(?:id|tag|token|key|uuid|etag|version|status)$|id$", re.IGNORECASE)
_CREDENTIALS = ("authorization", "cookie", "x-api-key")


class WrongEnvironment(RequestFault):
    """Lets another environment answer: the upstream that is named, or one that knows nothing."""

    code: ClassVar[str] = "E03"
    title: ClassVar[str] = "stale or wrong address"
    usual: ClassVar[Shape] = NAMED["always"]

    upstream: _Upstream | None = None

    async def strike(self, passage: Passage) -> None:
        """Asks the other upstream, or answers 404 in its place."""
        passage.note(forwarded=False, upstream=self.upstream)
        if self.upstream is not None:
            await _ask_another(passage, self.upstream)
            return
        problem = {"title": "Not Found", "status": 404, "environment": "other"}
        fields = {"Content-Type": "application/problem+json", "Server": "other-environment"}
        await passage.answer(404, json.dumps(problem).encode(), fields)


class SkewedClock(RequestFault):
    """Moves the Date of answers by ten minutes: seen from here, the runner's clock is off."""

    code: ClassVar[str] = "E10"
    title: ClassVar[str] = "the runner's clock is 10 min off"
    usual: ClassVar[Shape] = NAMED["always"]

    seconds: Annotated[float, Field(ge=-(10**8), le=10**8)] = 600.0

    async def strike(self, passage: Passage) -> None:
        """Forwards the request and rewrites one header of what comes back."""
        answer = await passage.forward()
        given = answer.head.head.get("date") or formatdate(passage.log.wall(), usegmt=True)
        try:
            moved = parsedate_to_datetime(given) + timedelta(seconds=self.seconds)
        except ValueError:  # a Date that nobody can read can tell nobody anything
            await passage.relay(answer)
            return
        passage.note(forwarded=True, seconds=self.seconds)
        await passage.relay(
            answer, head=answer.head.head.rewritten(date=format_datetime(moved, usegmt=True))
        )


class TwoBuilds(AnswerFault):
    """Lets another build answer: another upstream, or this one with another X-Build."""

    code: ClassVar[str] = "E36"
    title: ClassVar[str] = "two builds alternate behind the balancer"
    usual: ClassVar[Shape] = Every(2)

    upstream: _Upstream | None = None
    build: str = Field(default="next", pattern=r"[A-Za-z0-9._+-]{1,64}")
    field: str | None = None  # of a JSON object, which this build gives another value
    value: JsonValue = None

    async def strike(self, passage: Passage) -> None:
        """Asks the other upstream, or rewrites what comes back from this one."""
        if self.upstream is None:
            await super().strike(passage)
            return
        passage.note(forwarded=True, build=self.build, upstream=self.upstream)
        await _ask_another(passage, self.upstream)

    def can_spoil(self, answer: Answer) -> bool:  # noqa: ARG002  the protocol's
        """Any answer can name a build."""
        return True

    async def spoil(self, passage: Passage, answer: Answer) -> None:
        """Names another build, and changes the field where there is one."""
        head, found = answer.head.head, _document(answer)
        passage.note(forwarded=True, build=self.build)
        if self.field is not None and isinstance(found, dict) and self.field in found:
            body = json.dumps({**found, self.field: self.value}).encode()
            raw = head.rewritten(
                x_build=self.build, content_length=str(len(body)), transfer_encoding=None
            )
            answer.raw, answer.measure = body, Counted(0)
            await passage.relay(answer, head=raw)
        else:
            await passage.relay(answer, head=head.rewritten(x_build=self.build))


class AnotherActor(AnswerFault):
    """Changes what was just written, by a request of its own, before the writer is answered."""

    code: ClassVar[str] = "E37"
    title: ClassVar[str] = "another actor rewrites shared data"
    usual: ClassVar[Shape] = NAMED["always"]

    method: Literal["PATCH", "PUT"] = "PATCH"
    target: str | None = None  # in the place of what the answer says; {name} is a field of it
    change: dict[str, JsonValue] | None = None
    headers: dict[str, str] = Field(default_factory=dict)  # the actor's own credentials

    def concerns(self, passage: Passage) -> bool:
        """Whether the request writes."""
        return passage.request.method in {"POST", "PUT", "PATCH"}

    def can_spoil(self, answer: Answer) -> bool:
        """Whether something was written that can be found again."""
        return 200 <= answer.head.status < 300 and isinstance(_document(answer), dict)

    async def spoil(self, passage: Passage, answer: Answer) -> None:
        """Writes over it, and lets the first writer's answer pass as it is."""
        written: dict[str, Any] = _document(answer)
        target = self._target(passage, answer, written)
        body = self._body(written)
        if target and body:
            status = await passage.ask(self.method, target, self._fields(passage), body)
            if status is not None and 200 <= status < 300:
                passage.note(forwarded=True, target=target)
        await passage.relay(answer)

    def _target(self, passage: Passage, answer: Answer, written: dict[str, Any]) -> str | None:
        if self.target is not None:
            try:
                return self.target.format_map(written)
            except (KeyError, ValueError, IndexError, AttributeError):
                return None
        if passage.request.method != "POST":
            return passage.request.path
        location = answer.head.head.get("location")
        if location:
            return re.sub(r"^https?://[^/]*", "", location)
        ids = [value for name, value in written.items() if name.lower().endswith("id")]
        return f"{passage.request.path.rstrip('/')}/{ids[0]}" if ids else None

    def _body(self, written: dict[str, Any]) -> bytes | None:
        change = self.change or _changed(written)
        if change is None:
            return None
        document = {**_resource(written), **change} if self.method == "PUT" else change
        return json.dumps(document).encode()

    def _fields(self, passage: Passage) -> dict[str, str]:
        head = passage.request.head
        shown = {name.title(): head.get(name) for name in _CREDENTIALS}
        return {
            "Content-Type": "application/json",
            **{name: value for name, value in shown.items() if value},
            **self.headers,
        }


async def _ask_another(passage: Passage, upstream: str) -> None:
    link = Link(Address.parse(upstream))
    try:
        await passage.relay(await passage.forward(link=link))
    finally:
        link.drop()


def _document(answer: Answer) -> Any:  # noqa: ANN401  any JSON
    try:
        return json.loads(answer.contents)
    except ValueError:
        return None


def _resource(written: dict[str, Any]) -> dict[str, Any]:
    """The resource itself, where the answer wraps it: {"id": 1, "booking": {...}}."""
    inner = [value for value in written.values() if isinstance(value, dict)]
    plain = [value for name, value in written.items() if not _NAMES.search(name)]
    return inner[0] if len(inner) == 1 and len(plain) == 1 else written


def _changed(written: dict[str, Any]) -> dict[str, Any] | None:
    """One field of the resource with another value: a number if there is one, else a text."""
    fields = {name: old for name, old in _resource(written).items() if not _NAMES.search(name)}
    for name, old in fields.items():
        if isinstance(old, int | float) and not isinstance(old, bool):
            return {name: old + 1}
    for name, old in fields.items():
        if isinstance(old, str):
            return {name: f"{old} too"}
    return None
