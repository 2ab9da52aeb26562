"""What a contract finds wrong with an attempt."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, Protocol

from redhanded.core import jsonpath

if TYPE_CHECKING:
    from collections.abc import Sequence

    from redhanded.core.attempt import Attempt


@dataclass(frozen=True, slots=True)
class Violation:
    """One breach: `where` (JSONPath, `status`, `headers.<name>`), what stands there, what should.

    `code` groups breaches (`status`, `header`, `body.schema`, `body.json`, `latency`, `value`);
    `rule` is the broken rule in the words of its source (`int_type`, `required`, `maxLength`);
    `source` names the contract behind it: a model, or a place in a document as its name and a JSON
    Pointer (`openapi.yaml#/paths/~1booking/get`). `suggestion` is a JSON Patch operation on that
    document (RFC 6902) as JSON text, which would make it allow what stands there; empty where there
    is none.
    """

    code: str
    where: str
    actual: str
    expected: str
    rule: str = ""
    source: str = ""
    level: Literal["error", "warning"] = "error"
    suggestion: str = ""

    @property
    def pointer(self) -> str | None:
        """Where it stands in the body, as a JSON Pointer (RFC 6901); None where not in the body."""
        return jsonpath.pointer(self.where) if self.where.startswith("$") else None


class Contract(Protocol):
    """Anything that can judge an attempt; pure, so that it can be asked again at any time."""

    def check(self, attempt: Attempt) -> Sequence[Violation]:
        """Every breach found, in a stable order; empty where the contract holds."""
        ...
