"""An exchange: an attempt as frozen, redacted data that may be stored and shown.

Only `redhanded.core.redaction` makes one.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, NamedTuple, TypeAlias

if TYPE_CHECKING:
    from redhanded.core.attempt import Failure, Mark, Purpose, Wait
    from redhanded.core.media import Kind

Headers: TypeAlias = tuple[tuple[str, str], ...]

VERSION: Final = 1


class Exchange(NamedTuple):
    """One request on the wire and what came of it, without its secrets; times are seconds.

    Sizes are those of the bodies in bytes. `body_digest` is keyed by run: it tells whether two
    answers of one run were equal, and nothing about their content.
    """

    # A named tuple, as an attempt is: one is made for every request.

    id: str
    trace_id: str
    call_id: str
    number: int
    purpose: Purpose
    method: str
    url: str
    request_headers: Headers
    request_size: int
    status: int | None
    http_version: str
    response_headers: Headers
    response_size: int
    body_digest: str
    row: str
    failure: Failure | None
    started_at: float
    elapsed: float
    marks: tuple[Mark, ...]
    reused: bool
    wait: Wait
    peer: str
    bucket: float
    epoch: int
    notes: tuple[str, ...]

    def record(self) -> dict[str, Any]:
        """The exchange as JSON values, under keys that stay as long as `v` does."""
        failure = self.failure
        return {
            "v": VERSION,
            "id": self.id,
            "trace_id": self.trace_id,
            "call_id": self.call_id,
            "number": self.number,
            "purpose": self.purpose,
            "method": self.method,
            "url": self.url,
            "request_headers": [[*header] for header in self.request_headers],
            "request_size": self.request_size,
            "status": self.status,
            "http_version": self.http_version,
            "response_headers": [[*header] for header in self.response_headers],
            "response_size": self.response_size,
            "body_digest": self.body_digest,
            "row": self.row,
            "failure": failure and _failure_record(failure),
            "started_at": self.started_at,
            "elapsed": self.elapsed,
            "marks": [[phase.value, at] for phase, at in self.marks],
            "reused": self.reused,
            "wait": {"seconds": self.wait.seconds, "reason": self.wait.reason},
            "peer": self.peer,
            "bucket": self.bucket,
            "epoch": self.epoch,
            "notes": [*self.notes],
        }


@dataclass(frozen=True, slots=True)
class Body:
    """A body without its secrets: its text, whole or from its start; no text where it is binary.

    `size` is that of the whole body in bytes, `digest` is keyed like an exchange's.
    """

    kind: Kind
    text: str
    size: int
    digest: str
    truncated: bool = False

    def record(self) -> dict[str, Any]:
        """The body as JSON values."""
        return {
            "kind": self.kind,
            "text": self.text,
            "size": self.size,
            "digest": self.digest,
            "truncated": self.truncated,
        }


def _failure_record(failure: Failure) -> dict[str, str]:
    return {
        "row": failure.row,
        "phase": failure.phase.value,
        "error": failure.error,
        "message": failure.message,
    }
