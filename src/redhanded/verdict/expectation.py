"""An expectation: everything that one `expect(...)` holds against one response."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import httpx2

from redhanded.contracts import document
from redhanded.contracts.document import Document
from redhanded.contracts.glimpse import glimpse
from redhanded.contracts.model import Extra, ModelContract
from redhanded.core.errors import UsageError
from redhanded.core.violation import Violation
from redhanded.verdict import headers, status
from redhanded.verdict.conditions import Conditions, Where
from redhanded.verdict.findings import breach_of_ceiling
from redhanded.verdict.observation import attempt_behind

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from redhanded.verdict.status import Status


class Unset:
    """The type of `UNSET`: None is a shape, JSON's null."""


UNSET: Final = Unset()
_DESCRIPTIONS = ("detail", "title", "message", "error")


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of an expectation: the value that `expect` returns, or everything it found."""

    value: Any
    violations: tuple[Violation, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Expectation:
    """What a test expects of a response; latency in seconds."""

    status: Status
    shape: Any
    headers: Mapping[str, object]
    within: float | None
    where: Where
    strict: bool
    extra: Extra
    mask: Callable[[str], str]

    def hold(self, response: httpx2.Response) -> Outcome:
        """The value of the body, and each breach: of status, headers, body, values, latency.

        Under an unexpected status the body is not held against the shape, because it is another
        kind of body; what it says about itself stands with the status.
        """
        allowed = status.allowed(self.status)
        found = list(headers.breaches(self.headers, response.headers, self._see))
        value: Any = response
        if response.status_code in allowed:
            value, breaches = self._body(response)
            found += breaches
        else:
            found[:0] = self._unexpected(response)
        return Outcome(value, (*found, *self._late(response)))

    def _see(self, value: object) -> str:
        return glimpse(value, mask=self.mask)

    def _unexpected(self, response: httpx2.Response) -> Iterator[Violation]:
        read = self._read(response)
        says = _description(read.value) if isinstance(read, Document) else None
        code = str(response.status_code)
        actual = f"{code} ({self._see(says)})" if says else code
        yield Violation("status", "status", actual, status.named(self.status))
        declares_json = self.shape not in (UNSET, str, bytes)
        if declares_json and isinstance(read, Violation) and read.code == "body.html":
            yield read

    def _body(self, response: httpx2.Response) -> tuple[Any, list[Violation]]:
        value: Any = response
        if self.shape is not UNSET:
            contract = ModelContract(
                self.shape,
                strict=self.strict,
                extra=self.extra,
                any_media_type=self._names_media_type,
                mask=self.mask,
            )
            reading = contract.parse(_content(response), _media_type(response))
            if reading.violations:
                return None, reading.violations
            value = reading.value
        conditions = Conditions(self.where, self._see)
        return value, list(conditions.breaches(value, lambda: self._read(response)))

    @property
    def _names_media_type(self) -> bool:
        return any(name.lower() == "content-type" for name in self.headers)

    def _read(self, response: httpx2.Response) -> Document | Violation:
        return document.read(
            _content(response), _media_type(response), any_media_type=self._names_media_type
        )

    def _late(self, response: httpx2.Response) -> Iterator[Violation]:
        if self.within is None:
            return
        attempt = attempt_behind(response)
        seconds = attempt.server_seconds
        # A transport that is not ours does not tell its phases: then the whole time counts.
        seconds = attempt.elapsed if seconds is None else seconds
        if seconds > self.within:
            yield breach_of_ceiling(seconds, self.within)


def _content(response: httpx2.Response) -> bytes:
    try:
        return response.content
    except httpx2.ResponseNotRead:
        raise UsageError(
            "The response is streamed and its body has not been read: call response.read(), or "
            "await response.aread(), before expect(...)."
        ) from None


def _media_type(response: httpx2.Response) -> str:
    return response.headers.get("content-type", "")


def _description(value: object) -> object:
    """What an error document says about itself: a problem (RFC 9457), or one of its kind."""
    if not isinstance(value, dict):
        return None
    return next((value[name] for name in _DESCRIPTIONS if value.get(name)), None)
